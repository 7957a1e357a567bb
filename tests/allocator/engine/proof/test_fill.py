"""The linear programme of fills: against enumeration, with rules on spend and outcome, soft too."""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import replace

import curve_case
import numpy as np
import pytest

from allocator.constraints import Row
from allocator.engine.feasible import satisfies
from allocator.engine.problem import AllocationProblem, Limit
from allocator.engine.proof.cover import Cover
from allocator.engine.proof.fill import fill, fits
from allocator.engine.search import search
from allocator.objectives import Terms

KPI = "revenue"
BUDGET = 12.0
CELLS = 24


def drawn(seed: int) -> AllocationProblem:
    """Three concave lines under a share, a return and a soft floor, each at random."""
    rng = np.random.default_rng([seed, 50])
    curves = [
        curve_case.root(rng.uniform(0.5, 2))
        if rng.random() < 0.5
        else curve_case.exponential(rng.uniform(1, 4), rng.uniform(0.1, 0.8))
        for _ in range(3)
    ]
    problem = curve_case.separable(curves, BUDGET, exact=bool(rng.random() < 0.6))
    lines, rows = problem.lines, []
    if rng.random() < 0.7:
        share = float(rng.uniform(0.2, 0.6))
        rows.append(Row("share", "l0", "max", 0.0, {n: share - (n == "l0") for n in lines}))
    if rng.random() < 0.7:
        rows.append(
            Row("roas", "all", "min", 0.0, dict.fromkeys(lines, -float(rng.uniform(0.1, 0.5))),
                {(KPI, line): 1.0 for line in lines})
        )  # fmt: skip
    if rng.random() < 0.7:
        rows.append(
            Row("floor", "l1", "min", BUDGET * float(rng.uniform(0.3, 0.9)), {"l1": 1.0},
                price=float(rng.uniform(0.01, 0.5)))
        )  # fmt: skip
    cost = -float(rng.uniform(0, 0.2)) if rng.random() < 0.5 else 0.0
    limits = (Limit("least", "l2", "min", float(rng.uniform(0, 2))),)
    goal = Terms({KPI: 1.0}, cost, "currency")
    return replace(problem, rows=tuple(rows), limits=limits, terms=goal)


def enumerated(problem: AllocationProblem) -> float:
    best = -math.inf
    for shares in itertools.product(range(CELLS + 1), repeat=3):
        if sum(shares) > CELLS or (problem.budget.exact and sum(shares) != CELLS):
            continue
        plan = {line: BUDGET * n / CELLS for line, n in zip(problem.lines, shares, strict=True)}
        if satisfies(problem, plan):
            best = max(best, problem.value(plan))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_on_a_grid_is_worth_more_and_the_gap_closes(seed: int) -> None:
    problem = drawn(seed)
    covers = {line: Cover.start(problem, line, None) for line in problem.lines}
    found = fill(problem, covers, None, gap=lambda _: 1e-5, deadline=time.monotonic() + 20)
    best = enumerated(problem)
    if found.infeasible:
        assert best == -math.inf
        return
    assert found.bound >= best
    if found.plan is not None:
        assert satisfies(problem, found.plan)
        assert -1e-9 <= found.bound - problem.value(found.plan) <= 1e-3


def test_what_cannot_be_is_seen() -> None:
    problem = curve_case.separable([curve_case.root(1.0)] * 3, BUDGET)
    row = Row("roas", "all", "min", 0.0, dict.fromkeys(problem.lines, -9.0),
              {(KPI, line): 1.0 for line in problem.lines})  # fmt: skip
    tight = replace(problem, rows=(row,))
    covers = {line: Cover.start(tight, line, None) for line in tight.lines}
    found = fill(tight, covers, None, gap=lambda _: 0.0, deadline=time.monotonic() + 20)
    assert found.infeasible


def test_more_than_four_hundred_lines_under_rules_by_group() -> None:
    """Concave and S-shaped, every tenth line at least an even share of three quarters."""
    rng, count = np.random.default_rng(5), 410
    curves = [curve_case.mixed(rng, 40.0) for _ in range(count)]
    curves = [c if len(c.knots()) == 0 else curve_case.root(0.2) for c in curves]
    problem = curve_case.separable(curves, 3280.0)
    rows = tuple(
        Row(
            f"g{group}", "together", "min", 0.75 * 328, dict.fromkeys(problem.lines[group::10], 1.0)
        )
        for group in range(10)
    )
    problem = replace(problem, rows=rows)
    assert fits(problem)
    found = search(problem, dict, time_limit=60.0, seed=0)
    assert found.spend is not None
    assert satisfies(problem, found.spend)
    value = problem.value(found.spend)
    assert 0 <= found.certificate.bound - value <= 1e-3 * value
