"""What holds of every weekly plan, on problems made at random."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import weekly_case as case

from allocator.constraints import MinimumIfActive, Row
from allocator.engine.weekly.boxed import Boxed
from allocator.engine.weekly.certificate import certify
from allocator.engine.weekly.feasible import satisfies
from allocator.engine.weekly.problem import WeeklyProblem

WEEKS = 4


def _ruled(seed: int, slopes: tuple[float, float]) -> WeeklyProblem:
    """A month with half the money or less, steps in one line, a commitment, a smallest buy."""
    responses, budget = case.market(seed, 3, WEEKS, draws=3, slopes=slopes)
    problem = case.posed(responses, budget)
    month = replace(case.money(problem, {0: 1.0, 1: 1.0}, sign=-1.0), bound=-budget / 2)
    step = np.array([0.0, 1.3, -1.0, 0.0])
    rows = (
        month,
        Row("step", "l0", "max", 0.0, {"l0": step}),
        Row("commit", "l1", "min", budget / 10, {"l1": 1.0}),
    )
    minima = (MinimumIfActive("buy", "l2", budget / 4),)
    return replace(problem, rows=rows, minima=minima)


def _random_plan(problem: WeeklyProblem, rng: np.random.Generator) -> np.ndarray:
    spend = rng.dirichlet(np.full(3 * WEEKS, rng.uniform(0.3, 3))).reshape(3, WEEKS)
    if rng.random() < 0.5:
        spend[2] = 0
    return spend / spend.sum() * problem.budget.total


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("slopes", [(0.6, 0.95), (0.8, 1.6)])
def test_bound_above_value_above_every_allowed_plan(seed: int, slopes: tuple[float, float]) -> None:
    problem = _ruled(seed, slopes)
    found = case.found(problem, seconds=3.0)
    assert found.spend is not None
    value = problem.value(found.spend)
    assert satisfies(problem, found.spend, problem.response(found.spend), cents=0.01)
    assert found.certificate.bound >= value * (1 - 1e-9)
    rng = np.random.default_rng(seed)
    kept = 0
    for _ in range(400):
        plan = _random_plan(problem, rng)
        if satisfies(problem, plan, problem.response(plan)):
            kept += 1
            assert problem.value(plan) <= value * (1 + 1e-7)
    assert kept >= 10


def test_the_same_plan_again() -> None:
    problem = _ruled(7, (0.6, 0.95))
    one, two = (case.found(problem) for _ in range(2))
    assert one.spend is not None
    assert np.array_equal(one.spend, two.spend)
    assert one.certificate == two.certificate


def test_whole_cents_that_add_up() -> None:
    responses, _ = case.market(3, 3, WEEKS)
    spend = case.found(case.posed(responses, 1234.57)).spend
    assert spend is not None
    assert np.array_equal(np.rint(spend * 100) / 100, spend)
    assert np.rint(spend * 100).sum() == 123_457


def test_free_of_units() -> None:
    """Money in thousandths: the same shares, the same worth."""
    responses, budget = case.market(4, 3, WEEKS)
    small = [replace(own, kernel=own.kernel / 1000) for own in responses]
    one = case.found(case.posed(responses, budget)).spend
    two = case.found(case.posed(small, budget * 1000)).spend
    assert two is not None
    assert one == pytest.approx(two / 1000, abs=0.02)


def test_more_money_and_looser_limits_never_cost() -> None:
    responses, budget = case.market(5, 2, WEEKS)
    bounds = []
    for share in (0.5, 0.8, 1.0):
        problem = case.posed(responses, budget * share, exact=False)
        row = Row("cap", "l0", "max", -budget / 4, {"l0": -1.0})
        bounds.append([case.found(p).certificate.bound
                       for p in (replace(problem, rows=(row,)), problem)])  # fmt: skip
    assert np.all(np.diff(bounds, axis=0) >= -1e-6 * budget)
    assert np.all(np.diff(bounds, axis=1) >= -1e-6 * budget)


def test_a_bound_at_any_plan_is_a_bound() -> None:
    """Proven around a bad plan it is no less true."""
    responses, budget = case.market(6, 3, WEEKS)
    problem = case.posed(responses, budget)
    best = case.found(problem)
    assert best.spend is not None
    bad = np.zeros((3, WEEKS))
    bad[0, 0] = budget
    far = certify(problem, bad, gap=0.0, time_limit=10.0).certificate.bound
    assert far >= problem.value(best.spend) * (1 - 1e-9)
    assert far == pytest.approx(best.certificate.bound, rel=1e-3)


@pytest.mark.parametrize("slopes", [(0.6, 0.95), (1.5, 3.0)])
def test_planes_hold_throughout_the_box(slopes: tuple[float, float]) -> None:
    (own, *_), budget = case.market(8, 1, WEEKS, slopes=slopes)
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(own.draws), size=2)
    for _ in range(10):
        lower = rng.uniform(0, 0.3, WEEKS) * budget * rng.integers(0, 2)
        upper = lower + rng.uniform(0, 1, WEEKS) * budget
        box = Boxed(own, weights, lower, upper)
        at, rate = box.below()
        x = rng.uniform(lower, upper)
        value, slope = box.above(x)
        for _ in range(20):
            y = rng.uniform(lower, upper)
            true = own.cuts(y, weights)[0]
            move = np.concatenate([y - x, np.zeros(own.lags - 1)])
            behind = np.stack([np.roll(move, lag) for lag in range(own.lags)], axis=1)
            above = value + (slope * behind).sum(axis=2)
            assert np.all(above >= true - 1e-9 * np.abs(true).max())
            low = at + rate @ (y - lower)
            assert np.all(low <= true.sum(axis=1) * (1 + 1e-9) + 1e-9)
            assert np.all(true <= box.tops * (1 + 1e-9) + 1e-9)
