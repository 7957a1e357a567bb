"""Does a weekly plan satisfy the problem, on the exact curves, to solver accuracy?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from allocator.constraints._base import Row
from allocator.engine.problem import Cell
from allocator.engine.weekly.problem import WeeklyProblem

ACCURACY = 1e-8  # relative; HiGHS ends this near to a bound, cents are decided later


def satisfies(
    problem: WeeklyProblem, spend: np.ndarray, response: Mapping[Cell, float], *, cents: float = 0.0
) -> bool:
    """Budget, bounds, minima and rows. ``cents``: what rounding may move an amount by, currency."""
    budget = problem.budget.total
    small = ACCURACY * budget + cents
    total = float(spend.sum())
    if total > budget + small or (problem.budget.exact and total < budget - small):
        return False
    low, high = problem.box
    if ((spend < low - small) | (spend > high + small)).any():
        return False
    if any(
        0 < spend[problem.place[line]].sum() < least - small
        for line, least in problem.on_from.items()
    ):
        return False
    return all(short(problem, row, spend, response, cents=cents) <= 0 for row in hard(problem))


def hard(problem: WeeklyProblem) -> list[Row]:
    """Rows that may not be broken."""
    return [row for row in problem.rows if row.price is None]


def short(
    problem: WeeklyProblem,
    row: Row,
    spend: np.ndarray,
    response: Mapping[Cell, float],
    *,
    cents: float = 0.0,
) -> float:
    """What a row is short of beyond its tolerance, in its own units; 0 or less where it holds."""
    parts = [float((spend[problem.place[x]] * w).sum()) for x, w in row.spend.items()]
    moved = [float(np.abs(np.broadcast_to(w, (problem.weeks,))).sum()) for w in row.spend.values()]
    parts += [weight * response[cell] for cell, weight in row.response.items() if weight]
    parts += [w for x, w in row.active.items() if spend[problem.place[x]].sum() > 0]
    size = max(map(abs, [*parts, row.bound]), default=1.0)
    return row.bound - sum(parts) - ACCURACY * size - cents * sum(moved)
