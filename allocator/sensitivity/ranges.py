"""How much each line may spend in a plan that is nearly as good.

For every line i the least and the most of x_i over all plans that keep the rules and whose goal is
within a part of the optimum's incremental outcome:

    min, max x_i   subject to  the rules,  goal(x) ≥ goal(x*) − within · |outcome(x*)|
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from allocator.engine.problem import AllocationProblem
from allocator.engine.search import search
from allocator.objectives import Terms
from allocator.sensitivity.again import Known
from allocator.sensitivity.posed import goal_rows, kept_soft, totals_problem

WITHIN = 0.01
DUST = 1e-3  # of a cent: what solvers leave


@dataclass(frozen=True)
class Range:
    """low, high: totals that plans within reach, currency; least, most: none goes beyond these."""

    line: str
    planned: float
    low: float
    high: float
    least: float
    most: float


def ranges_of(
    known: Known, *, within: float = WITHIN, tell: Callable[[str], None] = lambda _: None
) -> tuple[Range, ...]:
    """Every line's range, in the order of the lines."""
    run, totals = known.setting.scenario.run, known.totals
    problem = near_optimal(totals_problem(known), totals, within)
    found = []
    for line in problem.lines:
        tell(f"how far {line} could move")
        ends, bounds = [], []
        for sign in (-1.0, 1.0):
            only = Terms({}, 0.0, "currency", by_line={line: sign})
            one = search(
                replace(problem, terms=only), dict, time_limit=run.time_limit, seed=run.seed,
                near=totals,
            )  # fmt: skip
            spend = totals if one.spend is None else one.spend
            ends.append(spend[line])
            bounds.append(sign * one.certificate.bound)
        found.append(_range(line, totals[line], (ends[0], ends[1]), (bounds[0], bounds[1])))
    return tuple(found)


def _range(line: str, here: float, ends: tuple[float, float], bounds: tuple[float, float]) -> Range:
    """In cents: what is reached rounded inwards, what is not rounded outwards."""
    low, high = min(ends[0], here), max(ends[1], here)
    return Range(
        line, here,
        low=min(here, math.ceil(low * 100 - DUST) / 100),
        high=max(here, math.floor(high * 100 + DUST) / 100),
        least=max(0.0, math.floor(min(bounds[0], low) * 100) / 100),
        most=math.ceil(max(bounds[1], high) * 100) / 100,
    )  # fmt: skip


def near_optimal(
    problem: AllocationProblem, totals: dict[str, float], within: float
) -> AllocationProblem:
    """The problem without a goal, among plans nearly as good as this one."""
    response = problem.response(totals)
    goals = (problem.terms, *problem.floors)
    outcome = sum(terms.weight(*cell) * response[cell] for cell in response for terms in goals)
    goal = problem.value(totals) + paid(problem, totals)
    rows = goal_rows(problem, goal - within * abs(outcome))
    held = kept_soft(problem, totals)
    return replace(held.having(rows=rows), terms=Terms({}, 0.0, problem.terms.unit), floors=())


def paid(problem: AllocationProblem, totals: dict[str, float]) -> float:
    """What breaking soft rules takes from the goal."""
    hard = replace(problem, rows=())
    return hard.value_of(totals, problem.response(totals)) - problem.value(totals)
