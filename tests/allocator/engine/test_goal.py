"""Amounts that are sought: closed forms of √-curves, and brute force on S-shaped ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import curve_case
import numpy as np
import pytest

from allocator.constraints import Facts, Outcome
from allocator.engine.conflict.reachable import largest_reachable
from allocator.engine.goal import limits_of, measures_of, rows_of
from allocator.engine.problem import AllocationProblem, split
from allocator.engine.problem import Budget as Money
from allocator.objectives import (
    EfficientSpendObjective,
    LeastSpendObjective,
    MostSpendObjective,
    Objective,
)
from allocator.scenario import Budget
from mmm.curves import SteadyResponse

FACTORS = np.array([10.0, 15.0])
STRENGTH = float(FACTORS @ FACTORS) ** 0.5  # R(B) = strength · √B at the best split


def sought(
    curves: Sequence[SteadyResponse], budget: Budget, objective: Objective, most: float
) -> AllocationProblem:
    problem = curve_case.separable(curves, most, exact=False)
    _, rows = split(rows_of(budget, Facts(problem.lines, {})))
    return replace(problem, terms=objective.terms(), rows=rows, budget=Money(most, False))


def spent(problem: AllocationProblem) -> np.ndarray:
    found = curve_case.found(problem)
    assert found.spend is not None
    gap = found.certificate.bound - problem.value(found.spend)
    amounts = np.array([found.spend[line] for line in problem.lines])
    assert -1e-6 * problem.budget.total <= gap <= 6e-5 * amounts.sum()
    return amounts


@pytest.mark.parametrize("unit", [1.0, 1e5])
def test_least_spend_for_a_target(unit: float) -> None:
    """10√x + 15√y ≥ 180.2776 costs 100 at (30.769, 69.231); in any unit of money."""
    target = STRENGTH * 10.0
    budget = Budget.model_validate({"least_for": {"kpi": "revenue", "at_least": round(target, 2)}})
    curves = [curve_case.root(factor / unit**0.5) for factor in FACTORS]
    amounts = spent(sought(curves, budget, LeastSpendObjective(), 400 * unit))
    assert amounts.sum() == pytest.approx((round(target, 2) / STRENGTH) ** 2 * unit, rel=1e-5)
    assert amounts / amounts.sum() == pytest.approx(FACTORS**2 / STRENGTH**2, rel=2e-3)


def test_most_spend_that_still_earns_a_return() -> None:
    """strength·√B = r·B at B = (strength/r)²."""
    budget = Budget.model_validate({"most_with": {"kpi": "revenue", "roas": 1.5}})
    curves = [curve_case.root(factor) for factor in FACTORS]
    amounts = spent(sought(curves, budget, MostSpendObjective(), 1000.0))
    assert amounts.sum() == pytest.approx((STRENGTH / 1.5) ** 2, rel=1e-4)


def test_most_spend_at_a_cost_of_one() -> None:
    """The same as a cap on the cost of each: 1 / r."""
    by_cost = Budget.model_validate({"most_with": {"kpi": "revenue", "cac": 0.8}})
    curves = [curve_case.root(factor) for factor in FACTORS]
    amounts = spent(sought(curves, by_cost, MostSpendObjective(), 1000.0))
    assert amounts.sum() == pytest.approx((STRENGTH * 0.8) ** 2, rel=1e-4)


def test_every_next_unit_still_earns_the_floor() -> None:
    """a/(2√x) = m at x = (a/2m)², line by line."""
    curves = [curve_case.root(factor) for factor in FACTORS]
    objective = EfficientSpendObjective("revenue", 0.75)
    amounts = spent(sought(curves, Budget(at_most=1.0), objective, 1000.0))
    assert amounts == pytest.approx((FACTORS / 1.5) ** 2, rel=2e-3)
    assert amounts.sum() == pytest.approx((STRENGTH / 1.5) ** 2, rel=1e-3)


def test_a_unit_that_earns_the_floor_exactly_is_spent() -> None:
    flat = curve_case.straight(lambda x: 2.0 * np.minimum(x, 50.0), 100.0, pieces=4)
    amounts = spent(
        sought([flat], Budget(at_most=1.0), EfficientSpendObjective("revenue", 2.0), 80)
    )
    assert amounts.sum() == pytest.approx(50)


@pytest.mark.parametrize("seed", range(3))
def test_least_spend_on_s_curves_against_brute_force(seed: int) -> None:
    """The cheapest of all pairs on a fine grid that reach the target is no cheaper than ours."""
    rng = np.random.default_rng(seed)
    curves = [
        curve_case.hill(rng.uniform(1, 3), rng.uniform(20, 60), rng.uniform(1.5, 3.5))
        for _ in range(2)
    ]
    target = round(0.6 * sum(float(curve.value(np.array([100.0]))[0, 0]) for curve in curves), 2)
    budget = Budget.model_validate({"least_for": {"kpi": "revenue", "at_least": target}})
    total = spent(sought(curves, budget, LeastSpendObjective(), 200.0)).sum()
    grid = np.linspace(0, 200, 2001)
    first, second = (curve.value(grid)[0] for curve in curves)
    reached = first[:, None] + second[None, :] >= target
    cheapest = float((grid[:, None] + grid[None, :])[reached].min())
    assert total <= cheapest * (1 + 1e-4)
    assert total >= cheapest - 0.2  # two steps of the grid


def test_extra_and_cut_leave_every_line_on_its_side() -> None:
    reference = {"a": 100.0, "b": 50.0}
    more, less = Budget(extra=30.0), Budget(cut=30.0)
    assert (more.money(150.0), less.money(150.0)) == (180.0, 120.0)
    assert [(one.line, one.side, one.amount) for one in limits_of(more, reference)] == [
        ("a", "min", 100.0), ("b", "min", 50.0),
    ]  # fmt: skip
    assert {one.side for one in limits_of(less, reference)} == {"max"}
    outcome, facts = Outcome({"a": 90.0, "b": 90.0}, {}), Facts(("a", "b"), reference)
    slack = {m.part: m.slack for m in measures_of(more, facts, outcome)}
    assert slack == {"a": -10.0, "b": 40.0}
    slack = {m.part: m.slack for m in measures_of(less, facts, outcome)}
    assert slack == {"a": 10.0, "b": -40.0}


def test_measures_of_targets_and_floors() -> None:
    outcome = Outcome({"a": 60.0, "b": 40.0}, {("n", "a"): 3.0, ("n", "b"): 2.0, ("m", "a"): 9.0})
    target = Budget.model_validate({"least_for": {"kpi": "n", "at_least": 6}})
    (measure,) = measures_of(target, Facts(("a", "b"), {}, {"n": "count"}), outcome)
    assert (measure.value, measure.slack, measure.unit) == (5.0, -1.0, "count")
    cost = Budget.model_validate({"most_with": {"kpi": "n", "cac": 25}})
    none = Facts(("a", "b"), {})
    (measure,) = measures_of(cost, none, outcome)
    assert (measure.side, measure.value, measure.slack) == ("max", 20.0, 5.0)
    assert measures_of(cost, none, Outcome({"a": 0.0}, {("n", "a"): 0.0}))[0].slack is None
    assert measures_of(cost, none, Outcome({"a": 1.0}, {("n", "a"): 0.0}))[0].slack == -25
    every = Budget.model_validate({"most_with": {"kpi": "n", "marginal_cac": 25}})
    assert measures_of(every, none, outcome) == ()


def test_a_ceiling_that_nobody_states_is_three_references() -> None:
    assert Budget.model_validate({"least_for": {"kpi": "n", "at_least": 6}}).money(50.01) == 150.03
    stated = {"least_for": {"kpi": "n", "at_least": 6, "at_most": 70}}
    assert Budget.model_validate(stated).money(50.01) == 70


def test_the_largest_reachable_value() -> None:
    """With 100 to spend 10√x + 15√y reaches strength · 10 and no more."""
    budget = Budget.model_validate({"least_for": {"kpi": "revenue", "at_least": 1000}})
    curves = [curve_case.root(factor) for factor in FACTORS]
    problem = sought(curves, budget, LeastSpendObjective(), 100.0)
    assert curve_case.found(problem).spend is None
    reach = largest_reachable(problem, time_limit=20)
    assert reach is not None
    assert reach.kpi == "revenue"
    assert reach.value == pytest.approx(STRENGTH * 10, rel=1e-6)
    assert reach.value <= reach.bound <= reach.value * (1 + 2e-5)
    assert sum(reach.spend.values()) == pytest.approx(100)
    assert largest_reachable(replace(problem, rows=()), time_limit=20) is None
