"""Bad lines without history in model.yaml: what is said of each, word for word.

As in test_bad_inputs.py: one good case, one change each, exit code 2, no traceback. The messages
stand in bad_new_lines.json; BAD_INPUTS_REWRITE=1 writes them anew, then read the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import planner_case
import pytest

from mmm.cli import app
from mmm.terminal import run

GOLDEN = Path(__file__).with_name("bad_new_lines.json")
ROAS = "revenue: {roas: {median: 1.5, high90: 4}}"
CAC = "customers: {cac: {median: 60, high90: 180}}"
PRIOR = f"prior: {{{ROAS}, {CAC}}}"
MONEY = "weekly_spend: 2000"
RANGE = "{median: 1, high90: 2}"

CASES: dict[str, str] = {
    "no belief at all": f"line: podcast, {MONEY}",
    "no belief about one KPI": f"line: podcast, {MONEY}, prior: {{{ROAS}}}",
    "no belief of a new campaign": f"line: search/shopping, {MONEY}",
    "no spend": f"line: podcast, {PRIOR}",
    "spend of zero": f"line: podcast, weekly_spend: 0, {PRIOR}",
    "no name": f"{MONEY}, {PRIOR}",
    "unknown key": f"line: podcast, weekly_budget: 2000, {MONEY}, {PRIOR}",
    "unknown KPI": f"line: podcast, {MONEY}, prior: {{{ROAS}, {CAC}, profit: {{roas: {RANGE}}}}}",
    "a cac of money": f"line: podcast, {MONEY}, prior: {{revenue: {{cac: {RANGE}}}, {CAC}}}",
    "a share": f"line: podcast, {MONEY}, prior: {{revenue: {{share: {RANGE}}}, {CAC}}}",
    "unlike anything": f"line: search/shopping, {MONEY}, like: brand",
    "siblings of a new channel": f"line: podcast, {MONEY}, like: siblings",
    "siblings of a campaign of a new channel": f"line: podcast/weekly, {MONEY}, like: siblings",
    "a blank campaign": f"line: search/, {MONEY}, {PRIOR}",
    "a colon": f"line: 'pod:cast', {MONEY}, {PRIOR}",
    "a channel of the file": f"line: search, {MONEY}, {PRIOR}",
    "a campaign in the data": f"line: search/brand, {MONEY}, like: siblings",
    "a campaign of a channel that has none": f"line: tv/late, {MONEY}, {PRIOR}",
    "a cost for spend": f"line: podcast, {MONEY}, {PRIOR}, cost_per_unit: 0.02",
    "unknown form": f"line: podcast, {MONEY}, {PRIOR}, saturation: {{kind: log}}",
}
"""what is written inside the one entry of new_lines"""

TWICE = {
    "the same line twice": ("podcast", "podcast"),
    "a channel and its campaign": ("podcast", "podcast/weekly"),
}

WHOLE: dict[str, tuple[str, str]] = {
    "impressions without a cost": ("search: {}", "search: {media: impressions}"),
    "a campaign of a commission": (
        "search: {}",
        "search: {commission: {rate: 0.1, fee: 12, incremental: {median: 0.3, high90: 0.7}}}",
    ),
    "a campaign of an organic channel": ("search: {}", "search: {organic: true}"),
    "a campaign of a sum": ("search: {}", "search: {level: channel}"),
    "only commissions": (
        "  tv: {}\n  search: {}",
        "  tv: {commission: {rate: 0.1, fee: 12, incremental: {median: 0.3, high90: 0.7}}}\n"
        "  search: {commission: {rate: 0.1, fee: 12, incremental: {median: 0.3, high90: 0.7}}}",
    ),
    "without currency": ("currency: EUR\n", ""),
}
"""a change of the file that has the new campaign search/shopping"""


def texts() -> dict[str, str]:
    """Every case: name -> model.yaml."""
    good = planner_case.MODEL
    made = {name: f"{good}new_lines: [{{{text}}}]\n" for name, text in CASES.items()}
    for name, lines in TWICE.items():
        entries = ", ".join(f"{{line: {line}, {MONEY}, {PRIOR}}}" for line in lines)
        made[name] = f"{good}new_lines: [{entries}]\n"
    for name, (old, new) in WHOLE.items():
        assert good.count(old) == 1
        entry = f"new_lines: [{{line: search/shopping, {MONEY}, {PRIOR}}}]\n"
        made[name] = good.replace(old, new) + entry
    return made


@pytest.mark.parametrize("name", texts())
def test_what_is_said(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    planner_case.write(tmp_path, planner_case.files() | {"model.yaml": texts()[name]})
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
    assert set(json.loads(GOLDEN.read_text("utf-8"))) == set(texts())


def test_good_new_lines_are_told_by_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = (
        f"new_lines: [{{line: podcast, {MONEY}, {PRIOR}}}, "
        f"{{line: search/shopping, {MONEY}, like: siblings}}]\n"
    )
    text = planner_case.MODEL + entries
    planner_case.write(tmp_path, planner_case.files() | {"model.yaml": text})
    monkeypatch.chdir(tmp_path)
    assert run(app, ["check", "model.yaml"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "podcast has no history: its curve is a belief about 2,000 EUR a week" in said
    assert "customers: like its siblings" in said
