"""Limits kept in a spreadsheet: read with their places, kept, measured, proven."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case
import scenario_case

from allocator.cli import app
from allocator.constraints import Facts, Outcome, Selection, TableRule
from allocator.constraints.table import LimitRow
from allocator.engine.figures.check import check
from allocator.engine.figures.document import evaluate
from allocator.engine.setting import settle
from allocator.scenario import from_resolved, load, written_form
from allocator.sensitivity.levers import levers_of
from allocator.sensitivity.opened import opened
from allocator.verify import verify
from mmm.errors import InputError
from mmm.terminal import run
from mmm.yamlfile import to_text

MARKET = curve_case.Market(lines=("tv", "search"), kpis=("revenue",), draws=5, lags=3)
MONTH = (
    "period: {start: 2027-W01, weeks: 4}\n"
    "reference: {actuals: {start: 2026-W01, weeks: 4}, scale_to: 100k}\n"
    "until_start: zero\nbudget: {exactly: 100k}\n"
)
RULE = "constraints:\n  - {id: limits, table: limits.csv, reason: contracts, owner: media}\n"


def project(tmp_path: Path, table: str, changes: str = MONTH, rule: str = RULE) -> Path:
    path = scenario_case.write_scenario(tmp_path, changes + rule)
    (path.parent / "limits.csv").write_text(table, encoding="utf-8")
    curve_case.save_curves(curve_case.parametric(4, MARKET), path.parent / "curves.nc")
    return path


def planned(path: Path) -> tuple[dict[str, list[float]], dict[str, tuple[float, float]]]:
    """Line -> its weeks, and limit -> (limit, value); verified."""
    loaded = load(path)
    plan = run_case.go(loaded, curve_case.parametric(4, MARKET))
    file = path.parent / "plan.json"
    file.write_text(plan.to_json(), encoding="utf-8")
    assert verify(file).differences == ()
    limits = {
        f"{one.part} {one.side}": (one.limit, one.value) for one in plan.constraints
        if one.id == "limits"
    }  # fmt: skip
    return {line.line: list(line.spend) for line in plan.lines}, limits


def test_a_total_and_a_week_under_steady_flighting(tmp_path: Path) -> None:
    flat = MONTH + "flighting: {form: steady, profile: flat}\n"
    table = "line,week,min,max\ntv,,,40k\nsearch,2027-W02,16000,\n"
    spend, limits = planned(project(tmp_path, table, flat))
    # a quarter of search's total falls in each week: 16,000 in one of them is 64,000 in all
    assert sum(spend["search"]) >= 64_000 - 0.01
    assert sum(spend["tv"]) <= 40_000 + 0.01
    assert set(limits) == {"tv max", "search in 2027-W02 min"}
    assert limits["tv max"] == (40_000.0, pytest.approx(sum(spend["tv"])))
    assert limits["search in 2027-W02 min"] == (16_000.0, pytest.approx(spend["search"][1]))


def test_a_week_under_weekly_flighting_is_that_week(tmp_path: Path) -> None:
    weekly = MONTH + "flighting: weekly\n"
    table = "line,week,max\ntv,2027-W01,0\ntv,2027-W02,0\nsearch,2027-W03,5000\n"
    spend, _ = planned(project(tmp_path, table, weekly))
    assert spend["tv"][:2] == [0.0, 0.0]
    assert spend["search"][2] <= 5000.01
    assert sum(map(sum, spend.values())) == pytest.approx(100_000)


def test_the_plan_is_that_of_the_same_rules_written_out(tmp_path: Path) -> None:
    table = "line,min,max\ntv,,30k\nsearch,65k,90k\n"
    spend, _ = planned(project(tmp_path / "a", table))
    rules = (
        "constraints:\n  - {id: a, each: [tv], spend: {max: 30k}}\n"
        "  - {id: b, each: [search], spend: {min: 65k, max: 90k}}\n"
    )
    same, _ = planned(project(tmp_path / "b", table, rule=rules))
    assert spend == same


def test_rows_and_measures_by_hand() -> None:
    rows = (LimitRow(line="tv", min=10.0), LimitRow(line="ooh", week="2027-W02", min=1.0, max=5.0))
    rule = TableRule(file="limits.csv", rows=rows)
    facts = Facts(("tv", "ooh"), {"tv": 0.0, "ooh": 0.0}, weeks=("2027-W01", "2027-W02"))
    both = Selection(("tv", "ooh"), False, "all")
    first, low, high = rule.declare("r", both, facts).rows
    assert (first.part, first.side, first.bound, first.spend) == ("tv", "min", 10.0, {"tv": 1.0})
    assert (low.part, low.bound, low.spend["ooh"].tolist()) == ("ooh in 2027-W02", 1.0, [0.0, 1.0])
    assert (high.side, high.bound, high.spend["ooh"].tolist()) == ("max", -5.0, [0.0, -1.0])
    weekly = {"tv": np.array([3.0, 4.0]), "ooh": np.array([9.0, 7.0])}
    outcome = Outcome({"tv": 7.0, "ooh": 16.0}, {}, weekly=weekly)
    found = rule.measure("r", both, facts, outcome)
    assert [(m.value, m.limit, m.slack) for m in found] == [
        (7.0, 10.0, -3.0),
        (7.0, 1.0, 6.0),
        (7.0, 5.0, -2.0),
    ]
    assert len(rule.declare("r", Selection(("tv",), False, "tv"), facts).rows) == 1
    assert rule.words("EUR") == "the 3 limits of limits.csv"
    assert rule.row_of(("rows", 1, "max")) == "ooh in 2027-W02"
    assert rule.row_of(("file",)) is None
    other = rule.model_copy(update={"rows": (LimitRow(line="tv", min=7.0), rows[1])})
    said = other.changed_words(rule, "EUR")
    assert said == "tv: at least 7 EUR instead of at least 10 EUR"


def test_the_rows_are_kept_and_the_file_is_named(tmp_path: Path) -> None:
    path = project(tmp_path, "line,week,min,max\ntv,2027-W01,,40k\n")
    loaded = load(path)
    (rule,) = loaded.resolved["constraints"]
    assert rule["table"] == {
        "file": "limits.csv",
        "rows": [{"line": "tv", "week": "2027-W01", "max": 40000.0}],
    }
    assert from_resolved(loaded.resolved) == loaded.scenario
    again = path.parent / "again.yaml"
    again.write_text(to_text(written_form(loaded.scenario)), encoding="utf-8")
    assert load(again).scenario == loaded.scenario
    assert loaded.place(("constraints", 0, "table", "rows", 0, "max")) == (
        str(path.parent / "limits.csv"),
        2,
    )


def test_a_table_of_the_policy_is_beside_the_policy(tmp_path: Path) -> None:
    path = project(tmp_path, "line,max\ntv,1\n", rule="policy: shared/policy.yaml\n")
    (path.parent / "shared").mkdir()
    (path.parent / "shared" / "policy.yaml").write_text(
        "schema_version: 1\n" + RULE, encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"policy\.yaml:3:\d+: .*no file limits\.csv"):
        load(path)
    (path.parent / "shared" / "limits.csv").write_text("line,max\ntv,20k\nradio,1\n")
    with pytest.raises(InputError, match=r"shared/limits\.csv:3:1: line: found the line 'radio'"):
        settle(load(path), curve_case.parametric(4, MARKET))
    (path.parent / "shared" / "limits.csv").write_text("line,max\ntv,20k\n")
    spend, _ = planned(path)
    assert sum(spend["tv"]) <= 20_000.01


FAULTS = (
    ("line,week,min,max\ntv,,240 000,\n", "2:5: min: found '240 000', expected an amount without"),
    ("line,min\ntv,-5\n", "2:4: min: found '-5', expected an amount that is not negative"),
    ("line,min\ntv,5,6\n", "2:1: found 3 values, expected 2, one for each column"),
    ("line,min,max\ntv,9,5\n", "2:4: min: found a min of 9 above the max, 5, expected min at most"),
    ("line,min,max\ntv,,\n", "2:4: found a row without a limit, expected an amount under min, max"),
    ("line,min\n,5\n", "2:1: line: found nothing, expected a line: channel, or channel/campaign"),
    ("line,week,min\ntv,2027-1,5\n", "2:4: week: found '2027-1', expected a week such as"),
    ("line,min\ntv,5\ntv,6\n", "3:1: line: found tv again (first on line 2), expected each once"),
    ("line,limit\ntv,5\n", "1:1: found the columns line, limit, expected line, with min, max"),
    ("line;min\ntv;5\n", "separate columns with commas"),
    ("line,min\n", "1:1: found no rows, expected a row for every limit"),
    ("", "1:1: found no columns"),
    ('line,min\n"tv",x\n', "2: min: found 'x'"),
)


@pytest.mark.parametrize(("table", "found"), FAULTS)
def test_what_is_wrong_in_the_table(tmp_path: Path, table: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        load(project(tmp_path, table))
    said = [str(fault).rpartition("limits.csv:")[2] for fault in caught.value.faults]
    assert len(said) == 1
    assert found in said[0]


BOUND = (
    ("tvv,,5,", "limits.csv:2:1: line: found the line 'tvv', expected a line of the curves"),
    ("tv,2027-W09,5,", "limits.csv:2:4: week: found the week 2027-W09, expected a week of the per"),
    ("tv,2027-W03,5,", "limits.csv:2:13: min: found at least 5.00 for tv in 2027-W03, in which"),
)


@pytest.mark.parametrize(("row", "found"), BOUND)
def test_what_the_curves_do_not_have(tmp_path: Path, row: str, found: str) -> None:
    dark = MONTH + "flighting: {form: steady, dark: {tv: [2027-W03]}}\n"
    loaded = load(project(tmp_path, f"line,week,min,max\n{row}\n", dark))
    with pytest.raises(InputError) as caught:
        settle(loaded, curve_case.parametric(4, MARKET))
    (fault,) = caught.value.faults
    assert found in str(fault)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("{id: r, each: [tv], table: limits.csv}", "`table` alone"),
        ("{id: r, together: all, table: limits.csv}", "`each` with table"),
        ("{id: r, table: nowhere.csv}", "no file nowhere.csv"),
        ("{id: r, table: ../../x.csv}", "outside the project"),
        ("{id: r, table: {file: limits.csv}}", "a CSV file with columns"),
        ("{id: r, table: limits.csv, spend: {max: 1}}", "one limit a rule, not spend and table"),
    ],
)
def test_what_is_wrong_in_the_rule(tmp_path: Path, rule: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        load(project(tmp_path, "line,max\ntv,5\n", rule=f"constraints:\n  - {rule}\n"))
    assert any(found in str(fault) for fault in caught.value.faults), caught.value.faults


def test_prices_are_of_single_rows(tmp_path: Path) -> None:
    path = project(tmp_path, "line,week,max\ntv,,30k\nsearch,,90k\ntv,2027-W02,29k\n")
    planned(path)
    known = opened(path.parent / "plan.json")
    setting = known.known.setting
    found = evaluate(setting, setting.labelled(known.known.spend))
    measures = check(setting, found.spend, found.response)
    levers = [
        one for one in levers_of(known.loaded, setting, measures, None) if one.rule != "budget"
    ]
    assert [(one.rule, one.part, one.name, one.value) for one in levers] == [
        ("limits", "tv", "max", 30_000.0)
    ]
    eased = levers[0].at(1000.0)
    assert eased is not None
    (rule,) = (bound.rule for bound in eased.rules)
    assert [row.max for row in rule.rows] == [31_000.0, 90_000.0, 29_000.0]


def test_ways_out_name_the_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project(tmp_path, "line,max\ntv,30k\nsearch,50k\n")
    assert run(app, ["plan", str(path), "--out", str(tmp_path / "out"), "--quiet"]) == 3
    said = capsys.readouterr().err
    assert "instead of at most" in said
    assert "limits" in said
