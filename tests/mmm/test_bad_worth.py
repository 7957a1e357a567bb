"""Bad values, margins and pairs: what is said of each, word for word.

As in test_bad_inputs.py; the messages stand in bad_worth.json, BAD_INPUTS_REWRITE=1 writes them
anew, then read the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import planner_case
import pytest

from mmm.cli import app
from mmm.terminal import run

GOLDEN = Path(__file__).with_name("bad_worth.json")

COUNT: dict[str, str] = {
    "value of nothing": "value_per_unit: 0",
    "value below zero": "value_per_unit: -3",
    "value as a list": "value_per_unit: [30]",
    "value in an unknown column": "value_per_unit: baskt",
    "value in the column of a control": "value_per_unit: price",
    "margin in per cent": "value_per_unit: basket, margin: 35",
    "margin yes": "value_per_unit: basket, margin: true",
    "margin of a count without a value": "margin: 0.3",
    "margins in per cent in the table": "value_per_unit: basket, margin: percent",
    "negative values in the table": "value_per_unit: below",
    "empty values in the table": "value_per_unit: gaps",
}
"""what is written behind ``unit: count`` of customers"""

TOP: dict[str, str] = {
    "pair with an unknown channel": "synergy: [[tv, serch]]",
    "pair with itself": "synergy: [[tv, tv]]",
    "pair with its own campaign": "synergy: [[search, search/brand]]",
    "pair twice": "synergy: [[tv, search], [search, tv]]",
    "three together": "synergy: [[tv, search, social]]",
    "pairs without brackets": "synergy: [tv, search]",
    "campaign that is not listed": "synergy: [[tv/spot, search]]",
}
"""what is written at the top of model.yaml"""

CASES = {
    **{name: ("unit: count", f"unit: count, {text}") for name, text in COUNT.items()},
    **{name: ("currency: EUR", f"currency: EUR\n{text}") for name, text in TOP.items()},
    "value of money": ("unit: currency", "unit: currency, value_per_unit: 3"),
}


def kpis() -> str:
    """kpis.csv with columns of values, good and bad."""
    head, *rows = planner_case.files()["kpis.csv"].splitlines()
    more = [
        f"{row},{30 + i % 4},35,{-1 if i == 3 else 30},{'' if i == 5 else 30}"
        for i, row in enumerate(rows)
    ]
    return "\n".join([f"{head},basket,percent,below,gaps", *more]) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_what_is_said(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    old, new = CASES[name]
    model = planner_case.MODEL.replace(old, new, 1)
    if name == "campaign that is not listed":
        model = model.replace("tv: {}", "tv: {campaigns: {brand: {}}}")
    planner_case.write(tmp_path, planner_case.files() | {"kpis.csv": kpis(), "model.yaml": model})
    monkeypatch.chdir(tmp_path)
    code = run(app, ["check", "model.yaml"])
    shown = capsys.readouterr()
    assert (code, shown.out) == (2, "")
    assert "Traceback" not in shown.err
    said = shown.err.splitlines()
    golden = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
    if os.environ.get("BAD_INPUTS_REWRITE"):
        golden[name] = said
        GOLDEN.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert said == golden[name]


def test_every_golden_message_has_its_input() -> None:
    assert set(json.loads(GOLDEN.read_text("utf-8"))) == set(CASES)
