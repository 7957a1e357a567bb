"""Cells and overrides reach the plan: every command that is given a scenario takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import curve_case
import pytest
import run_case

from allocator.cli import app
from mmm.terminal import run

VARIED = run_case.FLAT + (
    "variants: {money: {base: {}, low: {budget: {exactly: 60k}}}, "
    "cap: {base: {}, capped: {constraints: [{id: l0, each: [l0], spend: {max: 5k}}]}}}\n"
)


def planned(path: Path, out: Path, *asked: str) -> dict[str, Any]:
    assert run(app, ["plan", str(path), "--out", str(out), "--quiet", *asked]) == 0
    found: dict[str, Any] = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    return found


def totals(plan: dict[str, Any]) -> list[float]:
    return [sum(line["spend"]) for line in plan["lines"]]


def test_the_plan_of_a_cell(tmp_path: Path) -> None:
    """Three lines alike: an even split, unless one is held down."""
    loaded = curve_case.project(tmp_path, run_case.alike(3), VARIED)
    path = Path(loaded.document.file)
    both = planned(
        path, tmp_path / "both", "--cell", "low.capped", "--set", "constraints.l0.spend.max=10k"
    )
    assert both["scenario"]["resolved"]["id"] == "q1.low.capped"
    assert "variants" not in both["scenario"]["resolved"]
    assert totals(both) == pytest.approx([10e3, 25e3, 25e3], abs=0.01)
    assert run(app, ["verify", str(tmp_path / "both" / "plan.json")]) == 0


@pytest.mark.parametrize("command", ["plan", "ladder", "evaluate"])
def test_every_command_refuses_a_cell_that_is_not_there(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = curve_case.project(tmp_path, run_case.alike(3), VARIED)
    asked = [str(loaded.document.file)]
    if command == "evaluate":
        asked = ["--actuals", "2026-W01:13", "--scenario", *asked]
    asked += ["--out", str(tmp_path / "out"), "--cell", "lo"]
    assert run(app, [command, *asked]) == 2
    assert "--cell: found 'lo', expected a cell of" in capsys.readouterr().err
    if command == "evaluate":
        asked = ["--actuals", "2026-W01:13", "--curves", str(loaded.curves_file)]
        asked += ["--out", str(tmp_path / "out"), "--set", "run.seed=1"]
        assert run(app, [command, *asked]) == 2
        assert "--set: found no scenario" in capsys.readouterr().err
