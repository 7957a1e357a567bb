"""How a plan is spread over the weeks: profiles, dark and locked weeks, limits on weeks."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case
import scenario_case

from allocator import run
from allocator.engine.pose import along, declarations, pose
from allocator.engine.setting import settle
from allocator.plan import Plan, Status
from allocator.scenario import LoadedScenario, from_resolved, load, resolved_form, written_form
from allocator.scenario.flighting_rule import FlightingRule
from allocator.verify import verify
from mmm.curves import ResponseCurves
from mmm.curves import save as save_curves
from mmm.errors import InputError
from mmm.reach import ReachCurve
from mmm.reach.families import by_name
from mmm.yamlfile import to_text

LINES = ("tv", "search", "social")
CURVES = curve_case.parametric(3, curve_case.Market(lines=LINES, kpis=("revenue",), draws=4))
WEEKS = [f"2027-W{n:02d}" for n in range(1, 7)]
QUARTER = (
    "period: {start: 2027-W01, weeks: 6}\n"
    "reference: {actuals: {start: 2026-W01, weeks: 6}}\n"
    "budget: {at_most: 150k}\n"
    "run: {gap: 1%}\n"
)


def planned(tmp_path: Path, changes: str, curves: ResponseCurves = CURVES) -> Plan:
    plan = run_case.planned(tmp_path, curves, QUARTER + changes)
    assert plan.certificate.status is Status.PROVEN
    assert plan.certificate.worst_violation < 1e-4
    return plan


def weekly(plan: Plan) -> dict[str, np.ndarray]:
    return {line.line: np.array(line.spend) for line in plan.lines}


def written(tmp_path: Path, name: str, rows: dict[str, list[float]], weeks: list[str]) -> None:
    """A CSV file beside the scenario."""
    body = [f"{line},{week},{spend}" for line, own in rows.items()
            for week, spend in zip(weeks, own, strict=True)]  # fmt: skip
    (tmp_path / "scenarios" / name).write_text("\n".join(["line,week,spend", *body]) + "\n")


def loaded_with(
    tmp_path: Path, changes: str, name: str, rows: dict[str, list[float]]
) -> LoadedScenario:
    """A scenario beside a table of its weeks."""
    path = scenario_case.write_scenario(tmp_path, QUARTER + changes)
    save_curves(CURVES, path.parent / "curves.nc", force=True)
    weeks = WEEKS[: len(next(iter(rows.values())))]
    written(tmp_path, name, rows, weeks)
    return load(path)


def test_flat_weeks_and_dark_weeks(tmp_path: Path) -> None:
    dark = "{social: 2027-W02, tv: {from: 2027-W05, to: 2027-W06}}"
    plan = planned(tmp_path, f"flighting: {{profile: flat, dark: {dark}}}\n")
    spend = weekly(plan)
    assert plan.scenario.resolved["flighting"]["dark"]["tv"] == ["2027-W05", "2027-W06"]
    for line, lit in (
        ("tv", [1, 1, 1, 1, 0, 0]),
        ("search", [1] * 6),
        ("social", [1, 0] + [1] * 4),
    ):
        share = np.array(lit) / sum(lit)
        assert spend[line] == pytest.approx(share * spend[line].sum(), abs=0.011)
        assert spend[line][np.array(lit) == 0].sum() == 0
    asked = {(c.id, c.part) for c in plan.constraints}
    assert ("flighting", "tv in 2027-W06") in asked
    path = tmp_path / "scenarios" / "plan.json"
    path.write_text(plan.model_dump_json(), encoding="utf-8")
    assert verify(path).differences == ()


def test_a_profile_from_a_file_and_back_from_the_plan(tmp_path: Path) -> None:
    rows: dict[str, list[float]] = {
        "tv": [1, 2, 3, 0, 0, 4],
        "search": [5] * 6,
        "social": [0, 0, 0, 0, 0, 9],
    }
    loaded = loaded_with(tmp_path, "flighting: {profile: p.csv}\n", "p.csv", rows)
    plan = run_case.go(loaded, CURVES)
    for line, own in weekly(plan).items():
        share = np.array(rows[line]) / sum(rows[line])
        assert own == pytest.approx(share * own.sum(), abs=0.011)
    again = from_resolved(resolved_form(loaded.scenario))
    assert again == loaded.scenario
    text = to_text(written_form(loaded.scenario))
    (tmp_path / "scenarios" / "again.yaml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "scenarios" / "again.yaml").digest == loaded.digest


LIMITS = """constraints:
  - {id: booked, each: [tv], commitment: {weeks: [2027-W02], exactly: 9k}}
  - {id: january, together: all, phasing: {per: month, budgets: {2027-01: {max: 110k}}}}
  - {id: calm, each: [social], steps: {by: 4k}}
"""


def test_limits_on_weeks_hold_in_a_steady_plan(tmp_path: Path) -> None:
    plan = planned(tmp_path, f"flighting: {{profile: flat}}\n{LIMITS}")
    spend = weekly(plan)
    assert spend["tv"] == pytest.approx(np.full(6, 9000.0), abs=0.01)
    days = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0])  # 4 to 31 January 2027
    assert sum(own @ days for own in spend.values()) <= 110_000.05
    before = settle(curve_case.project(tmp_path / "b", CURVES, QUARTER + LIMITS), CURVES)
    last = float(before.facts.past["social"][-1])
    assert abs(spend["social"][0] - last) <= 4000.02
    assert plan.scenario.resolved["constraints"][1]["phasing"]["budgets"] == {
        "2027-01": {"max": 110_000.0}
    }


def test_a_profile_that_breaks_the_steps_is_refused(tmp_path: Path) -> None:
    steps = "{between: [0%, 0%], first_week: free}"
    rule = f"constraints:\n  - {{id: calm, each: [tv], steps: {steps}}}\n"
    (fault,) = faults(tmp_path, rule)
    assert "its steady profile moves from" in fault
    flat = f"flighting: {{profile: flat}}\n{rule}"
    loaded = curve_case.project(tmp_path / "flat", CURVES, QUARTER + flat)
    rows = [row for declared in declarations(settle(loaded, CURVES)) for row in declared.rows]
    setting = settle(loaded, CURVES)
    assert [along(setting, row).spend for row in rows] == [{"tv": 0.0}] * 10  # nothing is asked


def test_locked_weeks_become_rows(tmp_path: Path) -> None:
    rows: dict[str, list[float]] = {"tv": [5000, 0], "search": [100.5, 200], "social": [0, 0]}
    flighting = "flighting: {form: weekly, locked: {until: 2027-W02, spend: l.csv}}\n"
    loaded = loaded_with(tmp_path, flighting, "l.csv", rows)
    (bound,) = [rule for rule in settle(loaded, CURVES).rules if rule.id == "flighting"]
    assert isinstance(bound.rule, FlightingRule)
    assert bound.rule.locked == {
        line: dict(zip(WEEKS, own, strict=False)) for line, own in rows.items()
    }
    assert bound.place is None
    facts = settle(loaded, CURVES).facts
    found = bound.rule.declare("flighting", bound.selection, facts).rows
    sides = {(row.part, row.side): row.bound for row in found}
    assert sides["search in 2027-W01", "min"] == 100.5
    assert sides["search in 2027-W01", "max"] == -100.5
    assert ("tv in 2027-W02", "min") not in sides


def test_weeks_that_ask_the_same_are_one_row(tmp_path: Path) -> None:
    rule = "{id: weeks, together: [tv, social], phasing: {per: week, max: 9k, budgets: {%s: 7k}}}"
    changes = "flighting: {profile: flat}\nconstraints:\n  - " + rule % WEEKS[3] + "\n"
    loaded = curve_case.project(tmp_path, CURVES, QUARTER + changes)
    rows = [row for row in pose(settle(loaded, CURVES)).rows if row.rule == "weeks"]
    found = {row.side: (row.part, row.bound) for row in rows}
    assert len(rows) == 2
    assert found["max"] == (f"tv + social in {WEEKS[3]}", -7000.0)


def faults(tmp_path: Path, flighting: str, rows: str = "") -> list[str]:
    path = scenario_case.write_scenario(tmp_path, QUARTER + flighting)
    save_curves(CURVES, path.parent / "curves.nc", force=True)
    if rows:
        (path.parent / "t.csv").write_text("line,week,spend\n" + rows, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        run.plan(load(path), CURVES, folder=tmp_path)
    return [str(fault).partition("scenarios/")[2] for fault in caught.value.faults]


def test_faults_say_where(tmp_path: Path) -> None:
    found = faults(tmp_path, "flighting: {dark: {vt: 2027-W01, tv: [2027-W01, 2027-W30]}}\n")
    assert found == [
        "q1.yaml:11:20: flighting.dark.vt: found the line 'vt', expected a channel, a "
        "channel/campaign of the curves, or all; known: search, social, tv",
        "q1.yaml:11:34: flighting.dark.tv: found the week 2027-W30, expected a week of the "
        "period, 2027-W01 to 2027-W06",
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("vt,2027-W01,5\n", "t.csv:2: found the line 'vt'"),
        ("tv,2027-W09,5\n", "t.csv:2: found the week 2027-W09"),
        ("tv,2027-W01,5\ntv,2027-01-04,6\n", "t.csv:3: found tv in 2027-W01 again"),
        ("tv,2027-W01,5\n", "found no row for tv in 2027-W02 and 16 more"),
    ],
)
def test_a_profile_that_is_not_whole(rows: str, message: str, tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "flighting: {profile: t.csv}\n", rows)
    assert message in fault


MANY = """flighting:
  form: weekly
  dark: {social: 2027-W05}
  locked: {until: 2027-W02, spend: l.csv}
audiences:
  adults:
    people: 300k
    lines: [tv, social]
    reach: {family: nbd, shape: 0.8}
    cost_per_thousand: {tv: 14, social: 9}
constraints:
  - {id: booked, each: [tv], commitment: {weeks: 2027-W03, exactly: 9k}}
  - {id: january, together: all, phasing: {per: month, budgets: {2027-01: {max: 60k}}}}
  - {id: often, audience: adults, frequency: {max: 4, per: week}}
  - {id: calm, each: [search], steps: {by: 15k}}
"""


def test_weekly_amounts_keep_all_of_it(tmp_path: Path) -> None:
    rows: dict[str, list[float]] = {"tv": [5000, 0], "search": [100.5, 200], "social": [0, 0]}
    loaded = loaded_with(tmp_path, MANY, "l.csv", rows)
    plan = run_case.go(loaded, CURVES)
    assert plan.certificate.status is Status.PROVEN
    spend = weekly(plan)
    for line, own in rows.items():
        assert spend[line][:2].tolist() == own
    assert spend["tv"][2] == pytest.approx(9000, abs=0.01)
    assert spend["social"][4] == 0
    assert sum(own[:4].sum() for own in spend.values()) <= 60_000.05  # January ends on a Sunday
    curve = ReachCurve(by_name("nbd"), np.array([300_000.0]), {"shape": np.array([0.8])})
    seen = spend["tv"] / 0.014 + spend["social"] / 0.009
    assert curve.frequency(seen).max() == pytest.approx(4.0, rel=1e-5)
    assert np.diff(spend["search"]).max() == pytest.approx(15_000, abs=0.02)
    binding = {c.id for c in plan.constraints if c.binding}
    assert {"booked", "january", "often", "calm", "flighting"} <= binding
