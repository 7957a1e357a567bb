"""Mean response on a grid, with straight lines that lie below it or above it for certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocator.engine.problem import AllocationProblem, Cell
from mmm.curves import bits_for, snapped

POINTS = 33  # quadratic spacing; enough to find the right basin, the polish does the rest
FINER = (1, 4, 16)  # grids tried when the safe estimate finds no plan: rules may be tight
POINTS_NEAR = 11
TINY = 1e-12  # relative: closer points are apart by rounding alone
KINKS_NEAR = 400  # an imported table rarely has more points than this in a sixteenth of its range


@dataclass(frozen=True, eq=False)
class LineTable:
    """One line: a grid of totals (n,), and per KPI the response there with its estimators.

    ``under`` and ``over`` are heights (n,) of piecewise linear curves that never lie above,
    respectively below, the mean response anywhere in the grid's range.
    """

    totals: np.ndarray
    under: Mapping[str, np.ndarray]
    over: Mapping[str, np.ndarray]


Table = Mapping[str, LineTable]
"""line -> its table"""


def tabulate(problem: AllocationProblem, points: int = POINTS) -> dict[str, LineTable]:
    """Tabulate every line over all that its bounds allow."""
    return {line: _line_table(problem, line, grid(problem, line, points)) for line in problem.lines}


def zoom(
    problem: AllocationProblem, plan: Mapping[str, float], share: float
) -> dict[str, LineTable]:
    """Tabulate finely within ``share`` of each range around a plan; what is off stays off."""
    return {
        line: _line_table(problem, line, _near(problem, line, plan[line], share))
        for line in problem.lines
    }


def grid(problem: AllocationProblem, line: str, points: int) -> np.ndarray:
    """Totals from lower to upper bound, dense near zero where curves bend.

    A curve with few kinks is tabulated at its kinks, exactly; of many, an even choice is taken.
    """
    low, high = problem.bounds[line]
    high = max(high, low)
    if high == low:
        return np.array([low])
    kinks, edges = _kinks(problem, line, low, high), _edges(problem, line, low, high)
    even = _shared(low + (high - low) * np.linspace(0, 1, points) ** 2)
    if len(kinks) == 0:
        return even if len(edges) == 0 else np.unique(np.concatenate([even, edges]))
    some = kinks[:: 1 + len(kinks) // (4 * points)]
    return np.unique(np.concatenate([[low, high], some, edges]))


def _near(problem: AllocationProblem, line: str, total: float, share: float) -> np.ndarray:
    low, high = problem.room(line, total)
    if high <= low:
        return np.array([total])
    total = min(max(total, low), high)
    whole = problem.bounds[line]
    reach = share * (whole[1] - whole[0])
    start, end = max(low, total - reach), min(high, total + reach)
    even = _shared(np.linspace(start, end, POINTS_NEAR))
    kinks = _kinks(problem, line, start, end)[:KINKS_NEAR]
    edges = _edges(problem, line, start, end)
    points = np.unique(np.concatenate([even, kinks, edges, [total]]))
    apart = np.concatenate([[True], np.diff(points) > TINY * max(abs(start), abs(end))])
    return points[apart]


def _kinks(problem: AllocationProblem, line: str, low: float, high: float) -> np.ndarray:
    kinks = [problem.responses[cell].knots() for cell in problem.cells if cell[1] == line]
    every = np.unique(np.concatenate(kinks)) if kinks else np.empty(0)
    return every[(every > low) & (every < high)]


def _shared(even: np.ndarray) -> np.ndarray:
    """Rising points, the inner ones moved by less than half their distance to where other plans
    ask too."""
    steps = np.diff(even).min()
    if steps <= 0:
        return even
    inner = snapped(even[1:-1], bits_for(float(steps), float(even[-1])))
    return np.concatenate([even[:1], inner, even[-1:]])


def _edges(problem: AllocationProblem, line: str, low: float, high: float) -> np.ndarray:
    """Where stretches that are not allowed begin and end."""
    both = (*problem.holes.get(line, ()), *problem.inner_holes.get(line, ()))
    edges = np.array([edge for hole in both for edge in hole])
    return edges[(edges > low) & (edges < high)]


def _line_table(problem: AllocationProblem, line: str, totals: np.ndarray) -> LineTable:
    under: dict[str, np.ndarray] = {}
    over: dict[str, np.ndarray] = {}
    for cell in problem.cells:
        if cell[1] == line:
            under[cell[0]], over[cell[0]] = _estimators(problem, cell, totals)
    return LineTable(totals, under, over)


def _estimators(
    problem: AllocationProblem, cell: Cell, totals: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Heights at each grid point: the response moved by the worst of the two cells beside it."""
    curve = problem.responses[cell]
    if len(totals) == 1:
        value = curve.value(totals).mean(axis=0)
        return value, value
    bracket = curve.bracket(totals)
    return (
        bracket.value - _worst_beside(bracket.below),
        bracket.value + _worst_beside(bracket.above),
    )


def _worst_beside(error: np.ndarray) -> np.ndarray:
    padded = np.concatenate([[0.0], error, [0.0]])
    return np.maximum(padded[:-1], padded[1:])
