"""Climb to the top of the basin a plan stands in, where lines share nothing but the budget.

Newton steps in which every curve is a parabola: the best shift of money between parabolas has one
price of money for all lines, found by bisection. A step is shortened until it pays.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from allocator.engine.problem import AllocationProblem

STEPS = 30
SHORTER = 8  # times a step is quartered before the climb ends
HALVINGS = 80  # of the price of money
BESIDE = 2e-3  # of a total: where the slope is asked again, for how much it falls
REACH = 0.3  # of a total, and a thousandth as much of its range: the farthest a step goes
ENOUGH = 1e-11  # of the value: less is no gain
FLAT = 1e-6  # of the typical slope, over the whole of a total: less curvature counts as this much
STEEPEST = 1e9  # times the typical slope: stands for an infinite one


def climb(problem: AllocationProblem, start: Mapping[str, float]) -> dict[str, float]:
    """The top above ``start``, on the curves as they are remembered; ``start`` if it is one.

    For problems that ``branch.separable`` accepts: within bounds and budget, all else is ignored.
    """
    slope = _Slopes(problem)
    low, high = np.array([problem.bounds[line] for line in problem.lines]).T
    here = np.clip([start[line] for line in problem.lines], low, np.maximum(low, high))
    spare = problem.budget.total - float(here.sum())
    value, rise, fall = slope.at(here)
    for _ in range(STEPS):
        reach = REACH * (here + 1e-3 * (high - low))
        least, most = np.maximum(low - here, -reach), np.minimum(high - here, reach)
        step = _shift(rise, fall, least, most, 0.0 if problem.budget.exact else spare)
        for _ in range(SHORTER):
            there = np.clip(here + step, low, high)
            found = slope.at(there)
            if found[0] > value:
                break
            step = step / 4
        gain = found[0] - value
        if gain <= 0:
            break
        here, (value, rise, fall) = there, found
        spare = problem.budget.total - float(here.sum())
        if gain <= ENOUGH * abs(value):
            break
    return dict(zip(problem.lines, _spent(here, low, high, problem).tolist(), strict=True))


class _Slopes:
    """Worth of a plan, with every line's slope and how fast it falls."""

    def __init__(self, problem: AllocationProblem) -> None:
        self.curves = {
            problem.lines.index(line): (problem.responses[meter, line], weight)
            for meter, line in problem.cells
            if (weight := problem.terms.weight(meter, line))
        }
        self.cost = np.array([problem.terms.cost(line) for line in problem.lines])
        self.budget = problem.budget.total
        self.high = [problem.bounds[line][1] for line in problem.lines]

    def at(self, totals: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Worth; its slope in every line, and minus its curvature, above zero: (line,) each."""
        value, rise, fall = float(self.cost @ totals), self.cost.copy(), np.zeros(len(totals))
        for place, (curve, weight) in self.curves.items():
            total, most = float(totals[place]), self.high[place]
            beside = total * (1 + BESIDE) if total * (1 + BESIDE) <= most else total * (1 - BESIDE)
            height, slope = curve.mean_near(total)
            value += weight * height
            rise[place] += weight * slope
            if total > 0 and np.isfinite(slope):
                fall[place] = abs(weight * (curve.mean_near(beside)[1] - slope) / (beside - total))
        finite = np.isfinite(rise)
        typical = float(np.abs(rise[finite]).max(initial=0.0)) or 1.0
        rise[~finite] = STEEPEST * typical
        flat = FLAT * typical / (totals + FLAT * self.budget)
        return value, rise, np.maximum(fall, flat)


def _shift(
    rise: np.ndarray, fall: np.ndarray, least: np.ndarray, most: np.ndarray, spare: float
) -> np.ndarray:
    """Maximise Σ rise·d − fall·d²/2 over least ≤ d ≤ most with Σ d = 0, or ≤ spare if positive."""

    def at(price: float) -> np.ndarray:
        return np.clip((rise - price) / fall, least, most)

    if spare > 0 and at(0.0).sum() <= spare:
        return at(0.0)
    down = float((rise - fall * most).min()) - 1.0
    up = float((rise - fall * least).max()) + 1.0
    for _ in range(HALVINGS):
        middle = (down + up) / 2
        down, up = (middle, up) if at(middle).sum() > spare else (down, middle)
    return at(up)


def _spent(
    here: np.ndarray, low: np.ndarray, high: np.ndarray, problem: AllocationProblem
) -> np.ndarray:
    """The plan with the rounding of the steps taken out of, or given to, lines with room."""
    left = problem.budget.total - float(here.sum())
    if left > 0 and not problem.budget.exact:
        return here
    for place in np.argsort(-here, kind="stable").tolist():
        moved = float(np.clip(here[place] + left, low[place], high[place]))
        here[place], left = moved, left - (moved - here[place])
    return here
