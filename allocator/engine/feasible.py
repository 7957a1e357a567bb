"""Does a plan satisfy the problem, on the exact curves, to solver accuracy?"""

from __future__ import annotations

from collections.abc import Mapping

from allocator.constraints._base import Row
from allocator.engine.problem import AllocationProblem, Cell

ACCURACY = 1e-9  # relative; SLSQP and HiGHS end this near to a bound, cents are decided later


def satisfies(problem: AllocationProblem, spend: Mapping[str, float]) -> bool:
    """Budget, bounds, minima and rows within ACCURACY of their size."""
    total, budget = sum(spend.values()), problem.budget.total
    small = ACCURACY * budget
    if total > budget + small or (problem.budget.exact and total < budget - small):
        return False
    for line, (low, high) in problem.bounds.items():
        if not low - small <= spend[line] <= high + small:
            return False
        if small < spend[line] < problem.on_from.get(line, 0.0) - small:
            return False
        step = problem.steps.get(line)
        if step and abs(spend[line] - step * round(spend[line] / step)) > small:
            return False
        if any(a + small < spend[line] < b - small for a, b in problem.inner_holes.get(line, ())):
            return False
    hard = [row for row in problem.rows if row.price is None]
    response = problem.response(spend) if any(row.response for row in hard) else {}
    return all(row_slack(row, spend, response) >= -ACCURACY for row in hard)


def row_slack(row: Row, spend: Mapping[str, float], response: Mapping[Cell, float]) -> float:
    """Left side minus bound, relative to the row's size: negative where the row is broken."""
    spent = [float(weight) * spend[line] for line, weight in row.spend.items()]
    earned = [weight * response[cell] for cell, weight in row.response.items()]
    on = [weight for line, weight in row.active.items() if spend[line] > 0]
    size = max(map(abs, [*spent, *earned, *on, row.bound]), default=1.0) or 1.0
    return (sum(spent) + sum(earned) + sum(on) - row.bound) / size
