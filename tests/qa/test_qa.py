"""A seeded sample of every part of the suite; the full numbers are in docs/qa.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.qa.part import Findings, Part, run
from tests.qa.registry import PARTS
from tests.qa.report import DATA

HERE = Path(__file__).parent
BELOW = {"__init__", "__main__", "test_qa", "part", "registry", "report", "question", "checker",
         "draw", "rules"}  # fmt: skip


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_sample(part: Part) -> None:
    result = run(part, part.few, seed=0, advance=lambda _: None)
    failures = {name: tally.failures for name, tally in result.tallies.items()}
    assert failures == {name: [] for name in part.properties}
    assert all(tally.instances for tally in result.tallies.values())


def test_every_part_is_registered() -> None:
    names = {path.stem for path in HERE.glob("*.py")} - BELOW
    assert {part.name for part in PARTS} == names


def test_the_report_is_about_the_parts_as_they_are() -> None:
    asked = {entry["part"]: entry for entry in json.loads(DATA.read_text(encoding="utf-8"))}
    parts = {part.name: part for part in PARTS}
    assert set(asked) <= set(parts)
    for name, entry in asked.items():
        found = entry["properties"]
        assert [record["property"] for record in found] == list(parts[name].properties.values())
        assert all(r["instances"] >= parts[name].instances for r in found)
        assert all(r["failures"] <= r["accepted"] * r["instances"] for r in found)


def test_a_failure_is_counted_with_its_seed_and_a_fault_is_one() -> None:
    def ask(seed: int) -> Findings:
        if seed == 3:
            raise ArithmeticError("no")
        return {"even": "odd" if seed % 2 else None, **({"rare": None} if seed % 2 else {})}

    result = run(
        Part("drill", {"even": "it is even", "rare": "it is rare"}, ask), 3, seed=0,
        advance=lambda _: None,
    )  # fmt: skip
    assert result.tallies["even"].failures == [(1, "odd"), (3, "ArithmeticError: no"), (5, "odd")]
    assert result.tallies["rare"].instances == 3
    assert result.seeds == 6
    assert result.failing == ["even", "rare"]
