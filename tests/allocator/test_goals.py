"""Every form of a budget, from the file to a verified plan in cents."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
from run_case import alike, checked, faults_of

from allocator import run
from allocator.plan import Recommendation
from mmm.curves import TabulatedCurves

FLAT = "reference: {flat: true, scale_to: 90k}\n"
PROFILE = np.full(13, 1 / 13)
SEEK = FLAT + "-objective\n"
FLOOR_ = "budget: {most_with: {kpi: revenue, %s}}\n"


def roots(factors: tuple[float, ...] = (300.0, 400.0), *, points: int = 301) -> TabulatedCurves:
    """factor · √x up to 200,000, in steps that rise with x, so that slopes are nearly its own."""
    at = 200_000 * np.linspace(0, 1, points) ** 2
    names = [f"l{place}" for place in range(len(factors))]
    heights = {name: f * np.sqrt(at)[None] for name, f in zip(names, factors, strict=True)}
    return curve_case.tabulated(dict.fromkeys(names, at.tolist()), {"revenue": heights})


def test_least_spend_for_a_target_in_cents(tmp_path: Path) -> None:
    """300√x + 400√y ≥ 120,000 costs (120,000/500)² = 57,600, of which x has 9/25."""
    plan = checked(
        tmp_path, roots(), SEEK + "budget: {least_for: {kpi: revenue, at_least: 120k}}\n"
    )
    assert plan.objective == "least_spend"
    assert plan.totals.plan.spend == pytest.approx(57_600, rel=1e-3)
    assert plan.lines[0].total == pytest.approx(0.36 * 57_600, rel=0.03)
    assert plan.totals.plan.kpis["revenue"].mean >= 120_000 * (1 - 1e-9)
    assert plan.goal is not None
    assert plan.goal.met == 1.0
    target = next(limit for limit in plan.constraints if limit.part == "target")
    assert (target.id, target.words, target.binding) == ("budget", "at least 120,000 revenue", True)
    assert plan.totals.difference.reference.spend < 0


def test_a_reference_that_reaches_the_target_bounds_what_is_spent(tmp_path: Path) -> None:
    """Three equal lines, split evenly: hardly anything can be saved, and never is more spent."""
    curves = alike()
    reached = sum(curves.steady("revenue", line, PROFILE, curve_case.window(curves, 13))
                  .mean_at(30_000)[0] for line in curves.lines)  # fmt: skip
    target = int(reached * 100) / 100
    changes = SEEK + f"budget: {{least_for: {{kpi: revenue, at_least: {target}}}}}\n"
    plan = checked(tmp_path, curves, changes)
    assert 80_000 < plan.totals.plan.spend <= 90_000


def test_a_target_below_the_reference_costs_less_than_it(tmp_path: Path) -> None:
    plan = checked(
        tmp_path, alike(), SEEK + "budget: {least_for: {kpi: revenue, at_least: 100k}}\n"
    )
    assert plan.recommendation is Recommendation.CHANGE
    assert plan.totals.plan.spend < 90_000
    assert plan.totals.reference_scaled.spend == 90_000


def test_a_target_out_of_reach_is_infeasible(tmp_path: Path) -> None:
    loaded = curve_case.project(
        tmp_path, alike(),
        SEEK + "budget: {least_for: {kpi: revenue, at_least: 1M}}\n",
    )  # fmt: skip
    answer = run.plan(loaded, alike(), folder=tmp_path)
    assert answer.plan is None
    assert answer.infeasible is not None


def test_most_spend_with_an_average_return(tmp_path: Path) -> None:
    """500·√B = 2.5·B at B = 40,000."""
    plan = checked(tmp_path, roots(), SEEK + FLOOR_ % "roas: 2.5")
    assert plan.totals.plan.spend == pytest.approx(40_000, rel=2e-3)
    roas = plan.totals.plan.roas["revenue"]
    assert roas is not None
    assert roas.mean >= 2.5 * (1 - 1e-6)
    assert plan.totals.plan.objective.mean == plan.totals.plan.spend


def test_most_spend_whose_every_unit_earns_its_return(tmp_path: Path) -> None:
    """300/(2√x) = 1 at 22,500 and 400/(2√y) = 1 at 40,000."""
    plan = checked(tmp_path, roots(), SEEK + FLOOR_ % "marginal_roas: 1.0")
    assert plan.objective == "efficient_spend"
    assert plan.totals.plan.spend == pytest.approx(62_500, rel=0.02)
    assert [line.total for line in plan.lines] == pytest.approx([22_500, 40_000], rel=0.02)
    for line in plan.lines:
        assert line.marginal_roas["revenue"] == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize(("form", "spent"), [("cac: 0.4", 40_000), ("marginal_cac: 1", 62_500)])
def test_most_spend_at_a_cost_of_a_new_customer(tmp_path: Path, form: str, spent: float) -> None:
    at = 200_000 * np.linspace(0, 1, 301) ** 2
    heights = {"l0": 300 * np.sqrt(at)[None], "l1": 400 * np.sqrt(at)[None]}
    curves = curve_case.tabulated(
        dict.fromkeys(heights, at.tolist()), {"new_customers": heights}, counts=["new_customers"]
    )
    changes = SEEK + f"budget: {{most_with: {{kpi: new_customers, {form}}}}}\n"
    plan = checked(tmp_path, curves, changes)
    assert plan.totals.plan.spend == pytest.approx(spent, rel=0.02)


def test_an_extra_amount_leaves_what_is_committed(tmp_path: Path) -> None:
    """l0 earns less: all that is added goes to l1, and l0 keeps its 45,000."""
    plan = checked(tmp_path, roots((100.0, 400.0)), FLAT + "budget: {extra: 10k}\n")
    assert [line.total for line in plan.lines] == [45_000, 55_000]
    assert plan.totals.plan.spend == 100_000
    assert all(
        limit.slack is not None and limit.slack >= 0
        for limit in plan.constraints
        if limit.part in ("l0", "l1")
    )


def test_a_cut_at_least_harm(tmp_path: Path) -> None:
    plan = checked(tmp_path, roots((100.0, 400.0)), FLAT + "budget: {cut: 10k}\n")
    assert [line.total for line in plan.lines] == [35_000, 45_000]


def test_goals_on_a_fitted_model_with_rules(tmp_path: Path) -> None:
    """S-shapes, carry-over and draws: the target is met by the mean, and by some of the draws."""
    curves = curve_case.parametric(3, curve_case.Market(draws=8, lags=3))
    changes = (
        "period: {start: 2027-W01, weeks: 4}\n"
        "reference: {actuals: {start: 2026-W01, weeks: 4}, scale_to: 150k}\n"
        "until_start: zero\n-objective\n"
        "constraints:\n  - {id: most, each: [tv], share: {max: 30%}}\n"
    )
    target = "budget: {least_for: {kpi: revenue, at_least: 150k}}\n"
    plan = checked(tmp_path, curves, changes + target)
    revenue = plan.totals.plan.kpis["revenue"].mean
    assert revenue == pytest.approx(150_000, rel=1e-5)
    assert plan.goal is not None
    assert 0 < (plan.goal.met or 0) < 1
    assert plan.lines[0].total <= 0.3 * plan.totals.plan.spend + 0.05


def test_what_the_curves_refuse_has_a_place(tmp_path: Path) -> None:
    wrong = {
        "least_for: {kpi: revenues, at_least: 1k}": "did you mean 'revenue'?",
        "most_with: {kpi: revenue, cac: 40}": "write `roas`",
        "most_with: {kpi: new_customers, marginal_roas: 4}": "write `marginal_cac`",
    }
    curves = curve_case.parametric(1)
    for place, (budget, said) in enumerate(wrong.items()):
        changes = f"-objective\nbudget: {{{budget}}}\n"
        (fault,) = faults_of(tmp_path / str(place), curves, changes)
        assert said in fault


def test_a_cut_of_more_than_there_is(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, alike(), FLAT + "budget: {cut: 90k}\n")
    assert "budget.cut: found a reference that spends 90,000.00 in all" in fault
