"""Branch and bound without a solver: against enumeration, and what its estimators promise."""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import replace

import curve_case
import numpy as np
import pytest

from allocator.engine.problem import AllocationProblem, Limit
from allocator.engine.proof.branch import branch, separable
from allocator.engine.proof.cover import Cover, hull
from allocator.engine.solvers.newton import climb
from allocator.objectives import Terms

BUDGET = 12.0
CELLS = 24


def drawn(seed: int) -> AllocationProblem:
    """Three lines on curves of any kind; limits, a cost of spend and a budget at most at random."""
    rng = np.random.default_rng([seed, 40])
    curves = [curve_case.mixed(rng, BUDGET) for _ in range(3)]
    problem = curve_case.separable(curves, BUDGET, exact=bool(rng.random() < 0.6))
    limits = [Limit("most", "l0", "max", BUDGET * float(rng.uniform(0.3, 1)))]
    if rng.random() < 0.5:
        limits.append(Limit("least", "l1", "min", BUDGET * float(rng.uniform(0, 0.4))))
    cost = -float(rng.uniform(0, 0.05)) if rng.random() < 0.5 else 0.0
    return replace(problem, limits=tuple(limits), terms=Terms({"revenue": 1.0}, cost, "currency"))


def enumerated(problem: AllocationProblem) -> float:
    """The most that a plan on a grid is worth."""
    best = -math.inf
    for shares in itertools.product(range(CELLS + 1), repeat=len(problem.lines)):
        spent = sum(shares)
        if spent > CELLS or (problem.budget.exact and spent != CELLS):
            continue
        plan = {line: BUDGET * n / CELLS for line, n in zip(problem.lines, shares, strict=True)}
        if all(low <= plan[line] <= high for line, (low, high) in problem.bounds.items()):
            best = max(best, problem.value(plan))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_on_a_grid_is_worth_more_and_the_gap_closes(seed: int) -> None:
    problem = drawn(seed)
    assert separable(problem)
    covers = {line: Cover.start(problem, line, None) for line in problem.lines}
    deadline = time.monotonic() + 20
    gap = 1e-6  # of a value of about one
    found = branch(
        problem, covers, None, gap=gap, deadline=deadline, climb=lambda x: climb(problem, x)
    )
    assert found.plan is not None
    value, best = problem.value(found.plan), enumerated(problem)
    assert best <= value + gap
    assert value - 1e-12 <= found.bound <= value + gap
    for line, (low, high) in problem.bounds.items():
        assert low <= found.plan[line] <= high
    spent = sum(found.plan.values())
    assert spent <= BUDGET * (1 + 1e-12)
    assert not problem.budget.exact or spent == pytest.approx(BUDGET, rel=1e-12)
    # whatever plan it is drawn around and however early it ends
    early = branch(problem, covers, found.plan, gap=0.0, deadline=0.0)
    assert early.bound >= best
    assert early.plan == found.plan


def test_limits_that_the_budget_cannot_meet_are_seen() -> None:
    problem = curve_case.separable([curve_case.root(1.0), curve_case.hill(1, 3, 2)], BUDGET)
    for side, amount in (("min", 7.0), ("max", 5.0)):
        tight = replace(
            problem, limits=tuple(Limit("m", line, side, amount) for line in problem.lines)
        )
        covers = {line: Cover.start(tight, line, None) for line in tight.lines}
        found = branch(tight, covers, None, gap=0.0, deadline=0.0)
        assert found.infeasible
        assert found.bound == -math.inf


@pytest.mark.parametrize("seed", range(30))
def test_a_cover_lies_above_its_curve_wherever_it_is_refined(seed: int) -> None:
    rng = np.random.default_rng([seed, 41])
    problem = curve_case.separable([curve_case.mixed(rng, BUDGET)], BUDGET)
    cover = Cover.start(problem, "l0", {"l0": float(rng.uniform(0, BUDGET))})
    fine = BUDGET * np.linspace(0, 1, 4001) ** 2
    mean = problem.responses["revenue", "l0"].value(fine).mean(axis=0)
    for _ in range(6):
        before = set(cover.totals.tolist())
        cover.add(float(rng.choice([rng.uniform(0, BUDGET), rng.choice(cover.totals) + 1e-13])))
        assert before <= set(cover.totals.tolist())  # ranges end at these
        assert (np.interp(fine, *cover.over["revenue"]) >= mean - 1e-12).all()
        assert (np.interp(fine, *hull(*cover.over["revenue"])) >= mean - 1e-12).all()


def test_the_climb_ends_where_slopes_are_equal() -> None:
    """a √x: the best split is in proportion to a²."""
    factors = np.array([1.0, 2.0, 3.0])
    problem = curve_case.separable([curve_case.root(a) for a in factors], 14.0)
    top = climb(problem, {"l0": 14.0, "l1": 0.0, "l2": 0.0})
    np.testing.assert_allclose(list(top.values()), factors**2, rtol=1e-5)
