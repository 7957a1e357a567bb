"""A split that was given has every figure of a plan, says what it breaks, and can be verified."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case
from typer.testing import CliRunner

from allocator.cli import app
from allocator.evaluate import evaluated, of_rows
from allocator.plan import Plan, Status
from allocator.plan.file import read
from allocator.scenario import LoadedScenario, TableRow
from allocator.verify import verify
from mmm.curves import ParametricCurves
from mmm.curves import save as save_curves
from mmm.errors import InputError

FLOOR = run_case.QUARTER + "constraints: [{id: floor, each: [tv], spend: {min: 90k}}]\n"
GIVEN = {"tv": 80e3, "search/brand": 70e3, "search/generic": 60e3, "social": 40e3}


@pytest.fixture(scope="module")
def curves() -> ParametricCurves:
    return curve_case.parametric(3)


@pytest.fixture
def loaded(tmp_path: Path, curves: ParametricCurves) -> LoadedScenario:
    return curve_case.project(tmp_path, curves, FLOOR)


def given(loaded: LoadedScenario, curves: ParametricCurves, rows: dict[str, float]) -> Plan:
    table = tuple(TableRow(line=line, spend=amount) for line, amount in rows.items())
    places = ("given.csv", tuple(range(2, len(table) + 2)))
    return evaluated(
        loaded,
        curves,
        lambda setting: of_rows(setting, table, places),
        folder=loaded.curves_file.parent,
    )


def test_figures_are_those_of_the_curves_and_broken_rules_are_named(
    loaded: LoadedScenario, curves: ParametricCurves
) -> None:
    plan = given(loaded, curves, GIVEN)
    assert {line.line: line.total for line in plan.lines} == GIVEN
    assert plan.certificate.status is Status.EVALUATED
    assert "breaks the rule floor (tv)" in plan.warnings[0]
    assert plan.warnings[0].endswith("by 10,000.00")
    best = run_case.go(loaded, curves)
    kept = given(loaded, curves, {line.line: line.total for line in best.lines})
    assert not any("breaks" in warning for warning in kept.warnings)
    assert kept.totals == best.totals  # the same amounts are worth the same
    assert kept.certificate.bound == pytest.approx(best.certificate.bound, rel=2e-3)


def test_verify_agrees_and_sees_tampering(loaded: LoadedScenario, curves: ParametricCurves) -> None:
    plan = given(loaded, curves, GIVEN)
    path = loaded.curves_file.parent / "plan.json"
    path.write_text(plan.to_json(), encoding="utf-8")
    assert verify(path).differences == ()
    path.write_text(plan.to_json().replace("breaks the rule floor", "keeps the rule floor"))
    paths = [difference.path for difference in verify(path).differences]
    assert "warnings.0" in paths
    assert "digest" in paths


def test_weeks_stand_as_they_were_given(loaded: LoadedScenario, curves: ParametricCurves) -> None:
    path = loaded.curves_file.parent / "weeks.csv"
    rng = np.random.default_rng(1)
    weekly = rng.uniform(5e3, 20e3, (4, 6)).round(2)
    rows = [
        f"{line},2027-W{week + 1:02d},{weekly[place, week]}"
        for place, line in enumerate(curves.lines)
        for week in range(6)
    ]
    path.write_text("line,week,spend\n" + "\n".join(rows), encoding="utf-8")
    done = call(path, loaded, "--force")
    assert done.exit_code == 0, done.output
    plan = read(path.parent / "out" / "plan.json")
    assert [list(line.spend) for line in plan.lines] == weekly.tolist()
    assert verify(path.parent / "out" / "plan.json").differences == ()


def call(table: Path, loaded: LoadedScenario, *more: str) -> object:
    out = str(table.parent / "out")
    scenario = loaded.document.file
    line = ["evaluate", str(table), "--scenario", scenario, "--out", out, "--quiet", *more]
    return CliRunner().invoke(app, line)


def test_last_years_spend_on_curves_alone(loaded: LoadedScenario, curves: ParametricCurves) -> None:
    out = loaded.curves_file.parent / "past"
    line = ["evaluate", "--actuals", "2026-W10:6", "--curves", str(loaded.curves_file)]
    done = CliRunner().invoke(app, [*line, "--out", str(out), "--quiet"])
    assert done.exit_code == 0, done.output
    plan = read(out / "plan.json")
    history = curves.history.sel(week=slice("2026-03-02", "2026-04-06")).to_numpy()
    assert [list(entry.spend) for entry in plan.lines] == history.tolist()
    assert verify(out / "plan.json").differences == ()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("tv", None, 1.0)], "no amount for search/brand, search/generic, social"),
        ([(line, None, 1.0) for line in (*GIVEN, "socail")], "the line 'socail'"),
        ([(line, "2027-W20", 1.0) for line in GIVEN], "the week 2027-W20"),
        ([(line, "2027-W01", 1.0) for line in GIVEN], "no row for tv in 2027-W02"),
    ],
)
def test_faults_of_the_table(
    loaded: LoadedScenario,
    curves: ParametricCurves,
    rows: list[tuple[str, str | None, float]],
    said: str,
) -> None:
    table = tuple(TableRow(line=line, week=week, spend=spend) for line, week, spend in rows)
    places = ("given.csv", tuple(range(2, len(table) + 2)))
    with pytest.raises(InputError) as caught:
        evaluated(loaded, curves, lambda s: of_rows(s, table, places), folder=Path())
    assert said in str(caught.value)
    assert "given.csv" in str(caught.value)


def test_beyond_an_imported_curve_nothing_is_known(tmp_path: Path) -> None:
    curves = run_case.alike()
    loaded = curve_case.project(tmp_path, curves, run_case.FLAT)
    save_curves(curves, loaded.curves_file, force=True)
    with pytest.raises(InputError, match="at most 400,000"):
        given(loaded, curves, {"l0": 500e3, "l1": 1.0, "l2": 1.0})


def test_one_split_and_one_question(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "--out", str(tmp_path)])
    assert isinstance(done.exception, InputError)
    assert len(done.exception.faults) == 2
