"""The best split of a fixed budget over lines that do not affect each other, by enumeration.

Independent of the allocator: dynamic programming over small amounts of money moved between lines.
It is exact on its grid and needs no shape of the curves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

STEPS = 4000  # the budget in smallest amounts: a line of 1 % can be moved in fortieths


@dataclass(frozen=True, eq=False)
class Curve:
    """What a line is worth: spend at multiplier 1, rising multipliers, value at each."""

    spend: float
    multipliers: np.ndarray
    value: np.ndarray

    def at(self, multiplier: np.ndarray | float) -> np.ndarray:
        """Straight lines between the points."""
        there: np.ndarray = np.interp(multiplier, self.multipliers, self.value)
        return there


def best_plan(
    curves: Mapping[str, Curve], *, low: float = 0.5, high: float = 2.0, steps: int = STEPS
) -> dict[str, float]:
    """Line -> multiplier between ``low`` and ``high``, with the total spent as before.

    Amounts are moved in whole steps of budget / ``steps``, so that staying is always possible.
    """
    unit = sum(curve.spend for curve in curves.values()) / steps
    lines = list(curves)
    first = [int(np.ceil((low - 1) * curves[line].spend / unit)) for line in lines]
    last = [int(np.floor((high - 1) * curves[line].spend / unit)) for line in lines]
    best, start, choices = np.zeros(1), 0, []
    for line, least, most in zip(lines, first, last, strict=True):
        moved = np.arange(least, most + 1)
        worth = curves[line].at(1 + moved * unit / curves[line].spend)
        width = len(best) + len(moved) - 1
        reached, chosen = np.full(width, -np.inf), np.zeros(width, dtype=int)
        for place, value in enumerate(worth):
            part = slice(place, place + len(best))
            better = best + value > reached[part]
            reached[part][better] = (best + value)[better]
            chosen[part][better] = moved[place]
        best, start = reached, start + least
        choices.append((start, chosen))
    plan, total = {}, 0
    for line, (begin, chosen) in zip(reversed(lines), reversed(choices), strict=True):
        moved_here = int(chosen[total - begin])
        plan[line] = 1 + moved_here * unit / curves[line].spend
        total -= moved_here
    return {line: plan[line] for line in lines}


def worth(curves: Mapping[str, Curve], plan: Mapping[str, float]) -> float:
    """Σ over lines of the value at the plan's multiplier."""
    return float(sum(curve.at(plan[line]) for line, curve in curves.items()))


def charged(spend: float, multipliers: np.ndarray, each: np.ndarray, charge: float) -> Curve:
    """A line's expected gain over staying, less ``charge`` standard deviations of that gain.

    each: (draw, multiplier) outcome
    """
    stay = np.array([np.interp(1.0, multipliers, draw) for draw in each])
    gain = each - stay[:, None]
    return Curve(spend, multipliers, gain.mean(axis=0) - charge * gain.std(axis=0))
