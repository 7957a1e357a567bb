"""How much of a target the money and the rules can reach at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from allocator.engine.goal import BUDGET, TARGET
from allocator.engine.problem import AllocationProblem
from allocator.engine.search import search
from allocator.objectives import Terms


@dataclass(frozen=True)
class Reach:
    """The most that was found, and what no plan exceeds, in the KPI's unit.

    kpi: the KPI of the target; spend: line -> total of the plan that reaches ``value``, currency
    """

    kpi: str
    value: float
    bound: float
    spend: Mapping[str, float]


def largest_reachable(
    problem: AllocationProblem, *, time_limit: float, seed: int = 0
) -> Reach | None:
    """The largest mean outcome of the target's KPI under all other rules and the most money.

    None where the problem has no target, or where the other rules allow no plan (or none was found
    within ``time_limit`` seconds).
    """
    target = next((r for r in problem.rows if (r.rule, r.part) == (BUDGET, TARGET)), None)
    if target is None or any(target.spend.values()):  # a return is earned by spending less
        return None
    kpi = next(name for name, _ in target.response)
    free = replace(
        problem,
        terms=Terms({kpi: 1.0}, 0.0, problem.terms.unit),
        floors=(),
        rows=tuple(row for row in problem.rows if row is not target and row.price is None),
    )
    found = search(free, dict, time_limit=time_limit, seed=seed)
    if found.spend is None:
        return None
    return Reach(kpi, free.value(found.spend), found.certificate.bound, found.spend)
