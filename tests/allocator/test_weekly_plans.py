"""Scenarios with weekly flighting, from file to verified plan."""

from __future__ import annotations

import json
from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case
from run_case import QUARTER

from allocator import run
from allocator.plan import Plan, Status, digest_of
from allocator.verify import verify

WEEKLY = "flighting: weekly\n"
SMALL = curve_case.Market(slopes=(0.6, 0.95), draws=3)


def weekly(plan: Plan) -> np.ndarray:
    """(line, week) currency."""
    return np.array([line.spend for line in plan.lines])


@pytest.mark.parametrize("slopes", [(0.6, 0.95), (0.9, 1.3)])
def test_free_weeks_are_worth_no_less_than_a_profile(
    tmp_path: Path, slopes: tuple[float, float]
) -> None:
    curves = curve_case.parametric(
        1, curve_case.Market(lines=("tv", "social"), kpis=("revenue",), slopes=slopes, draws=4)
    )
    question = QUARTER + "run: {time_limit: 5s}\n"
    for name in ("steady", "free"):
        (tmp_path / name).mkdir()
    steady = run_case.planned(tmp_path / "steady", curves, question)
    free = run_case.planned(tmp_path / "free", curves, question + WEEKLY)
    assert free.certificate.value >= steady.certificate.value * (1 - 1e-9)
    assert free.certificate.bound >= steady.certificate.value
    assert free.certificate.gap_of_outcome <= 1e-3
    assert np.rint(weekly(free) * 100).sum() == 25_000_000


def test_a_plan_is_verified_and_a_moved_week_is_found(tmp_path: Path) -> None:
    curves = curve_case.parametric(2, SMALL)
    loaded = curve_case.project(tmp_path, curves, QUARTER + WEEKLY)
    plan = run_case.go(loaded, curves)
    assert plan.certificate.status is Status.PROVEN
    path = tmp_path / "plan.json"
    path.write_text(plan.to_json(), encoding="utf-8")
    assert verify(path, curves_file=loaded.curves_file).differences == ()
    stated = json.loads(plan.to_json())
    spend = stated["lines"][0]["spend"]
    spend[0], spend[1] = round(spend[0] - 100, 2), round(spend[1] + 100, 2)
    stated["digest"] = digest_of(stated)
    path.write_text(json.dumps(stated), encoding="utf-8")
    assert verify(path, curves_file=loaded.curves_file).differences != ()


def test_rules_about_weeks_outcomes_and_lines_together(tmp_path: Path) -> None:
    """Months, steps, a smallest buy, a return and a cap on a week's customers at once."""
    curves = curve_case.parametric(1, SMALL)
    plan = run_case.planned(
        tmp_path, curves, QUARTER + WEEKLY + (
            "constraints:\n"
            "  - {id: months, together: all, phasing: {per: month, budgets: {2027-01: 190k}}}\n"
            "  - {id: calm, each: [tv], steps: {between: [-20%, +20%], first_week: free}}\n"
            "  - {id: buy, each: [search/brand, social], active: {min: 90k}}\n"
            "  - {id: return, together: all, roas: {kpi: revenue, min: 1.2}}\n"
            "  - {id: capacity, together: all, kpi: {new_customers: {max: 1500, per: week}}}\n"
        ),
    )  # fmt: skip
    spend = weekly(plan)
    assert plan.certificate.status is Status.PROVEN
    assert plan.certificate.worst_violation < 1e-5  # a month, by a cent
    assert spend[:, :4].sum() == pytest.approx(190_000, abs=1.0)
    tv = spend[0]
    assert np.all(np.abs(np.diff(tv)) <= 0.2 * tv[:-1] + 0.02)
    for line in plan.lines:
        if line.line in ("search/brand", "social"):
            assert line.total == 0 or line.total >= 90_000


def test_the_same_bytes_again(tmp_path: Path) -> None:
    curves = curve_case.parametric(3, SMALL)
    loaded = curve_case.project(tmp_path, curves, QUARTER + WEEKLY)
    texts = {run_case.go(loaded, curves).to_json() for _ in range(2)}
    assert len(texts) == 1


def test_a_conflict_that_only_weeks_have(tmp_path: Path) -> None:
    """Six weeks at 30,000 cannot take 250,000; steady plans are not what is asked."""
    curves = curve_case.parametric(1, SMALL)
    loaded = curve_case.project(
        tmp_path, curves, QUARTER + WEEKLY + (
            "constraints:\n"
            "  - {id: floor, each: [social], spend: {min: 10k}}\n"
            "  - {id: weeks, together: all, phasing: {per: week, max: 30k}}\n"
        ),
    )  # fmt: skip
    answer = run.plan(loaded, curves, folder=tmp_path)
    assert answer.plan is None
    assert answer.infeasible is not None
    assert {item.rule for item in answer.infeasible.conflict} == {"budget", "weeks"}
    assert any(way.rule == "weeks" for way in answer.infeasible.ways_out)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("marginal_roas: {kpi: revenue, min: 1.0}", "found `marginal_roas` with weekly flighting"),
        ("round_to: {step: 1k}", "found `round_to` with weekly flighting"),
    ],
)
def test_rules_that_need_a_profile_are_refused(tmp_path: Path, rule: str, said: str) -> None:
    text = f"constraints:\n  - {{id: next, each: [tv], {rule}}}\n"
    (fault,) = run_case.faults_of(
        tmp_path, curve_case.parametric(1, SMALL), QUARTER + WEEKLY + text
    )
    assert said in fault
    assert fault.endswith("write `flighting: steady`")


def test_imported_curves_know_no_weeks(tmp_path: Path) -> None:
    text = "period: {start: 2027-W01, weeks: 13}\n" + run_case.FLAT + WEEKLY
    (fault,) = run_case.faults_of(tmp_path, run_case.alike(), text)
    assert "found weekly flighting, with imported curves, which know no weeks" in fault
