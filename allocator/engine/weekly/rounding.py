"""A weekly plan in whole cents: line by line, then week by week, inside every limit on one."""

from __future__ import annotations

import numpy as np

from allocator.cents import cents, to_cents
from allocator.engine.weekly.problem import WeeklyProblem, weekly

NEAR = 1e-6  # cents; a limit this near to a whole cent is that cent
HALF = 0.005  # currency; a line that gets less is off


def in_cents(problem: WeeklyProblem, spend: np.ndarray) -> np.ndarray:
    """The plan, (line, week) currency, in whole cents; an exact budget is met to the cent.

    Totals are rounded first, inside what rules ask of a line's total, then each line's weeks to
    its total. Where no whole cent lies between two limits, or the budget cannot be met so, they
    are kept to the cent instead.
    """
    total = budget = cents(problem.budget.total)
    if not problem.budget.exact:
        total = min(budget, sum(cents(float(own.sum())) for own in spend))
    for inside in (True, False):
        weeks = [_weeks(problem, line, spend, inside) for line in problem.lines]
        lines = [
            _line(problem, line, spend, (sum(low), sum(high)), inside)
            for line, (low, high) in zip(problem.lines, weeks, strict=True)
        ]
        least, most = (sum(side) for side in zip(*lines, strict=True))
        if least <= total <= most or (not problem.budget.exact and least <= budget):
            break
    total = min(max(total, least), most)
    lower, upper = (list(side) for side in zip(*lines, strict=True))
    amounts = to_cents([float(own.sum()) for own in spend], total, lower, upper)
    rows = [
        to_cents(own.tolist(), amount, low, high)
        for own, amount, (low, high) in zip(spend, amounts, weeks, strict=True)
    ]
    return np.array(rows) / 100


def _weeks(
    problem: WeeklyProblem, line: str, spend: np.ndarray, inside: bool
) -> tuple[list[int], list[int]]:
    """Smallest and largest amount of each week of a line, cents; what is off stays off."""
    place = problem.place[line]
    low, high = (side[place] for side in problem.box)
    if spend[place].sum() <= HALF and not low.any():
        return [0] * problem.weeks, [0] * problem.weeks
    least, most = np.ceil(low * 100 - NEAR), np.floor(high * 100 + NEAR)
    wide = (np.floor(low * 100), np.ceil(high * 100))
    least, most = (
        np.where(inside & (least <= most), inner, outer)
        for inner, outer in zip((least, most), wide, strict=True)
    )
    return [int(v) for v in least], [int(v) for v in most]


def _line(
    problem: WeeklyProblem,
    line: str,
    spend: np.ndarray,
    weeks: tuple[int, int],
    inside: bool,
) -> tuple[int, int]:
    """Smallest and largest total of a line, cents, by its weeks and by rules on its total."""
    if not weeks[1]:
        return weeks
    low, high = 0.0, problem.budget.total
    for row in problem.rows:
        if row.response or row.active or row.price is not None or set(row.spend) != {line}:
            continue
        own = weekly(row.spend[line], problem.weeks)
        if own[0] and (own == own[0]).all():
            side = row.bound / own[0]
            low, high = (max(low, side), high) if own[0] > 0 else (low, min(high, side))
    if spend[problem.place[line]].sum() > HALF:
        low = max(low, problem.on_from.get(line, 0.0))
    inner = int(np.ceil(low * 100 - NEAR)), int(np.floor(high * 100 + NEAR))
    outer = int(np.floor(low * 100)), int(np.ceil(high * 100))
    chosen = inner if inside and inner[0] <= inner[1] else outer
    least, most = max(chosen[0], weeks[0]), min(chosen[1], weeks[1])
    return (least, most) if least <= most else weeks
