"""What others do: climb from a start, from many starts, or along a grid; and a referee.

Each takes a problem with nothing but bounds and a budget to be spent exactly, and gives a plan
that keeps both, so that values can be compared. None of them knows how good its plan is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from allocator.engine.problem import AllocationProblem

OPTIONS = {"ftol": 1e-9, "maxiter": 1000}  # PyMC-Marketing's defaults for SLSQP
STEEPEST = 1e12  # an infinite slope at zero spend, as a number SLSQP can work with


@dataclass(frozen=True)
class Climbed:
    """Where a search ended, (line,) currency, and what SciPy says of it."""

    spend: np.ndarray
    success: bool


def equal_split(problem: AllocationProblem) -> np.ndarray:
    """The budget shared alike, moved into the bounds: (line,) currency."""
    return within(problem, np.full(len(problem.lines), problem.budget.total / len(problem.lines)))


def slsqp(problem: AllocationProblem, start: np.ndarray, *, unit: float = 1.0) -> Climbed:
    """SciPy's SLSQP with exact gradients on spend / ``unit`` and value / its value at the start.

    With ``unit`` 1 everything stays in currency, as a caller would have it who does not scale.
    """
    size = 1.0 if unit == 1.0 else abs(worth(problem, start)) or 1.0

    def loss(y: np.ndarray) -> tuple[float, np.ndarray]:
        at = [_mean_at(problem, line, x * unit) for line, x in zip(problem.lines, y, strict=True)]
        value, slope = np.array(at).T
        return -value.sum() / size, -np.clip(slope * unit / size, -STEEPEST, STEEPEST)

    low, high = _bounds(problem)
    found = minimize(
        loss,
        start / unit,
        jac=True,
        bounds=list(zip(low / unit, high / unit, strict=True)),
        constraints={
            "type": "eq",
            "fun": lambda y: y.sum() - problem.budget.total / unit,
            "jac": lambda y: np.ones(len(y)),
        },
        method="SLSQP",
        options=OPTIONS,
    )
    return Climbed(within(problem, found.x * unit), bool(found.success))


def many_starts(problem: AllocationProblem, starts: int, *, seed: int) -> np.ndarray:
    """The best of scaled SLSQP from the equal split and from splits drawn at random."""
    rng = np.random.default_rng(seed)
    count, budget = len(problem.lines), problem.budget.total
    drawn = [rng.dirichlet(np.ones(count)) * budget for _ in range(starts - 1)]
    begun = [equal_split(problem), *(within(problem, split) for split in drawn)]
    ended = [slsqp(problem, split, unit=budget).spend for split in begun]
    return best(problem, ended)


def exchange(problem: AllocationProblem, steps: int) -> np.ndarray:
    """From the equal split, move one step of budget / ``steps`` at a time while it pays.

    It goes from the line that loses least to the one that gains most.
    """
    low, value = on_grid(problem, steps)
    step = (problem.budget.total - low.sum()) / steps
    at = np.floor((equal_split(problem) - low) / step).astype(int)
    line = np.arange(len(low))
    for place in line[np.isfinite(value[line, np.minimum(at + 1, steps)])][: steps - at.sum()]:
        at[place] += 1  # what rounding down to whole steps left over
    for _ in range(steps * len(low)):
        gain = np.where(at < steps, value[line, np.minimum(at + 1, steps)] - value[line, at], -1.0)
        loss = np.where(at > 0, value[line, at] - value[line, np.maximum(at - 1, 0)], np.inf)
        to, source = int(np.argmax(gain)), int(np.argmin(loss))
        if to == source or not gain[to] > loss[source]:
            break
        at[to] += 1
        at[source] -= 1
    return low + at * step


def best_average(problem: AllocationProblem, steps: int) -> tuple[np.ndarray, float]:
    """As Meridian searches its grid: always the jump, of any length, that earns most per currency
    unit; the first one beyond the budget ends it. The plan, and the share of the budget not spent.

    Meridian's grid has steps of 0.01 % to 0.1 % of the budget.
    """
    low, value = on_grid(problem, steps)
    step = (problem.budget.total - low.sum()) / steps
    at, spent = np.zeros(len(low), dtype=int), 0
    jump = np.arange(1, steps + 1)
    rate, length = np.empty(len(low)), np.empty(len(low), dtype=int)

    def look(line: int) -> None:
        ahead = value[line, at[line] + 1 :] - value[line, at[line]]
        average = ahead / jump[: len(ahead)]
        length[line] = 1 + (int(np.argmax(average)) if len(average) else -1)
        rate[line] = average.max(initial=-np.inf)

    for line in range(len(low)):
        look(line)
    while True:
        line = int(np.argmax(rate))
        if rate[line] == -np.inf or spent + length[line] > steps:
            return low + at * step, 1 - (low.sum() + spent * step) / problem.budget.total
        at[line] += length[line]
        spent += int(length[line])
        look(line)


def every_split(problem: AllocationProblem, steps: int) -> np.ndarray:
    """The best split in whole steps, by dynamic programming: exact on its grid, whatever the
    shapes. An independent referee, of no use where rules tie lines together."""
    low, value = on_grid(problem, steps)
    reached, choices = np.full(steps + 1, -np.inf), []
    reached[0] = 0.0
    total = np.arange(steps + 1)
    for of_line in value:
        left = total[:, None] - total[None, :]
        sums = np.where(left >= 0, reached[left], -np.inf) + of_line[None, :]
        chosen = np.argmax(sums, axis=1)
        reached = sums[total, chosen]
        choices.append(chosen)
    at, rest = np.zeros(len(low), dtype=int), steps
    for line in range(len(low) - 1, -1, -1):
        at[line] = choices[line][rest]
        rest -= at[line]
    return low + at * (problem.budget.total - low.sum()) / steps


def on_grid(problem: AllocationProblem, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """(line,) lower bounds and (line, steps + 1) values there and every step above.

    A step is the budget beyond all lower bounds, over ``steps``; −∞ beyond a line's upper bound.
    """
    low, high = _bounds(problem)
    step = (problem.budget.total - low.sum()) / steps
    value = np.full((len(low), steps + 1), -np.inf)
    for place, line in enumerate(problem.lines):
        totals = low[place] + step * np.arange(steps + 1)
        allowed = totals <= high[place] * (1 + 1e-12)  # rounding of a step
        curve = problem.responses[_kpi(problem), line]
        value[place, allowed] = curve.value(totals[allowed]).mean(axis=0)
    return low, value


def within(problem: AllocationProblem, spend: np.ndarray) -> np.ndarray:
    """The plan clipped to its bounds, what is then missing or too much shared by the room left."""
    low, high = _bounds(problem)
    spend = np.clip(spend, low, high)
    missing = problem.budget.total - spend.sum()
    room = high - spend if missing > 0 else spend - low
    moved: np.ndarray = spend + missing * room / (room.sum() or 1.0)
    return moved


def best(problem: AllocationProblem, plans: Sequence[np.ndarray]) -> np.ndarray:
    """The plan worth most."""
    return max(plans, key=lambda spend: worth(problem, spend))


def worth(problem: AllocationProblem, spend: np.ndarray) -> float:
    """The objective on the exact curves."""
    return problem.value(dict(zip(problem.lines, spend.tolist(), strict=True)))


def _mean_at(problem: AllocationProblem, line: str, total: float) -> tuple[float, float]:
    return problem.responses[_kpi(problem), line].mean_at(max(total, 0.0))


def _kpi(problem: AllocationProblem) -> str:
    (kpi,) = problem.terms.response
    return kpi


def _bounds(problem: AllocationProblem) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.array([problem.bounds[line] for line in problem.lines]).T
    return low, high
