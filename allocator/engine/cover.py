"""One line in the certificate: a grid, heights that no curve exceeds, pieces of its range.

Where less response is better (a cap), heights that no curve goes below besides.

Shares ``SteadyResponse.bracket`` with the solve wing and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from allocator.engine.problem import AllocationProblem
from mmm.curves import bits_for, snapped

COARSE_BITS = 7
COARSE = 25  # grid points a line starts with, besides those around the plan
MANY = 200  # kinks of a line taken at first; the others where the bound is loose
BESIDE = 5  # kinks taken to each side of a point of interest
LEVELS = 7  # thirds of the grid towards the plan, down to 3^-8 of the range: tight where it counts


@dataclass(frozen=True)
class Piece:
    """A stretch of a line's range, with straight lines above and below the curves on it.

    above, below: meter -> (slope, intercept) of each edge; below only of capped meters
    """

    low: float
    high: float
    above: dict[str, list[tuple[float, float]]]
    below: dict[str, list[tuple[float, float]]]


@dataclass(eq=False)
class Cover:
    """One line's estimators: grid, heights per meter, and the cuts between its pieces."""

    problem: AllocationProblem
    line: str
    totals: np.ndarray
    cuts: set[float]
    kinks: np.ndarray
    over: dict[str, np.ndarray] = field(default_factory=dict)
    under: dict[str, np.ndarray] = field(default_factory=dict)

    @staticmethod
    def start(problem: AllocationProblem, line: str, plan: Mapping[str, float] | None) -> Cover:
        """Coarse everywhere, fine around the plan, with the kinks of an imported curve."""
        low, high = problem.bounds[line]
        high = max(high, low)
        coarse = snapped(low + (high - low) * np.linspace(0, 1, COARSE) ** 2, COARSE_BITS)
        points = [np.array([low, high]), coarse[(coarse > low) & (coarse < high)]]
        if plan is not None:
            points.append(_around(plan[line], low, high))
        kinks = _kinks(problem, line, low, high)
        points.append(kinks[:: 1 + len(kinks) // MANY])
        if plan is not None:
            points.append(_nearest(kinks, plan[line]))
        holes = problem.holes.get(line, ())
        edges = np.array([edge for hole in holes for edge in hole if low < edge < high])
        totals = _distinct(np.concatenate([*points, edges]))
        near = {float(totals[np.argmin(np.abs(totals - edge))]) for edge in edges}
        cover = Cover(problem, line, totals, near - {low, high}, kinks)
        cover.estimate()
        return cover

    def estimate(self) -> None:
        """Heights that no curve exceeds: its value, moved by the worst of the cells beside."""
        for cell in self.problem.cells:
            meter, line = cell
            if line != self.line:
                continue
            curve = self.problem.responses[cell]
            if len(self.totals) == 1:
                self.over[meter] = curve.value(self.totals).mean(axis=0)
                if cell in self.problem.capped:
                    self.under[meter] = self.over[meter]
                continue
            bracket = curve.bracket(self.totals)
            self.over[meter] = bracket.value + _beside(bracket.above)
            if cell in self.problem.capped:
                self.under[meter] = bracket.value - _beside(bracket.below)

    def pieces(self) -> Iterator[Piece]:
        """Every stretch between two cuts, without those that are certainly not allowed."""
        edges = [self.totals[0], *sorted(self.cuts), self.totals[-1]]
        if len(self.totals) == 1:
            edges = [self.totals[0], self.totals[0]]
        holes = self.problem.holes.get(self.line, ())
        for low, high in zip(edges[:-1], edges[1:], strict=True):
            if low < high and any(a < (low + high) / 2 < b for a, b in holes):
                continue
            inside = (self.totals >= low) & (self.totals <= high)
            totals = self.totals[inside]
            yield Piece(
                low,
                high,
                {meter: hull_edges(totals, h[inside]) for meter, h in self.over.items()},
                {meter: below_edges(totals, h[inside]) for meter, h in self.under.items()},
            )

    def loose(self, meter: str, total: float) -> float:
        """How far an estimate lies off the curve at a total, units of the meter."""
        mean = self._mean(meter, total)
        return max(
            self._hull_at(meter, total) - mean,
            mean - self._below_at(meter, total) if meter in self.under else 0.0,
        )

    def _hull_at(self, meter: str, total: float) -> float:
        """The tightest piece's over-estimate at a total; where none is allowed, the curve's."""
        total = float(np.clip(total, self.totals[0], self.totals[-1]))
        heights = [
            min(slope * total + intercept for slope, intercept in piece.above[meter])
            for piece in self.pieces()
            if piece.low <= total <= piece.high
        ]
        return min(heights, default=self._mean(meter, total))

    def _below_at(self, meter: str, total: float) -> float:
        total = float(np.clip(total, self.totals[0], self.totals[-1]))
        heights = [
            max(slope * total + intercept for slope, intercept in piece.below[meter])
            for piece in self.pieces()
            if piece.low <= total <= piece.high
        ]
        return max(heights, default=self._mean(meter, total))

    def _mean(self, meter: str, total: float) -> float:
        return self.problem.responses[meter, self.line].mean_at(total)[0]

    def refine(self, total: float) -> bool:
        """Split or refine at ``total``, whichever is the reason for a loose hull there."""
        if len(self.totals) < 2:
            return False
        total = float(np.clip(total, self.totals[0], self.totals[-1]))
        hull = loose = 0.0
        for meter, height in self.over.items():
            raised = float(np.interp(total, self.totals, height))
            hull = max(hull, self._hull_at(meter, total) - raised)
            loose = max(loose, raised - self._mean(meter, total))
        for meter, height in self.under.items():
            lowered = float(np.interp(total, self.totals, height))
            hull = max(hull, lowered - self._below_at(meter, total))
            loose = max(loose, self._mean(meter, total) - lowered)
        span = self.totals[-1] - self.totals[0]
        before = len(self.totals), len(self.cuts)
        cell = int(np.clip(np.searchsorted(self.totals, total) - 1, 0, len(self.totals) - 2))
        around = self.totals[max(cell - 1, 0) : cell + 3]
        middles = (around[:-1] + around[1:]) / 2
        middles = middles[np.diff(around) > span * 1e-9]
        kinks = self.kinks[(self.kinks > around[0]) & (self.kinks < around[-1])]
        new = [self.totals, middles, _nearest(kinks, total), [total]]
        self.totals = _distinct(np.concatenate(new))
        if hull > loose:
            nearest = float(self.totals[np.argmin(np.abs(self.totals - total))])
            if self.totals[0] < nearest < self.totals[-1]:
                self.cuts.add(nearest)
        self.estimate()
        return (len(self.totals), len(self.cuts)) != before


def _around(total: float, low: float, high: float) -> np.ndarray:
    """Totals ever nearer to a point of interest, each where other plans would ask too."""
    steps = (high - low) * 3.0 ** -np.arange(2, LEVELS + 2)
    near = [
        snapped(np.array([total - step, total, total + step]), bits_for(step, total))
        for step in steps.tolist()
    ]
    inside = np.concatenate([[total] if total <= 0 else [], *near])
    return inside[(inside > low) & (inside < high)]


def _kinks(problem: AllocationProblem, line: str, low: float, high: float) -> np.ndarray:
    kinks = [problem.responses[cell].knots() for cell in problem.cells if cell[1] == line]
    every = np.unique(np.concatenate([np.empty(0), *kinks]))
    return every[(every > low) & (every < high)]


def _nearest(kinks: np.ndarray, total: float) -> np.ndarray:
    place = int(np.searchsorted(kinks, total))
    return kinks[max(place - BESIDE, 0) : place + BESIDE]


def hull_edges(totals: np.ndarray, height: np.ndarray) -> list[tuple[float, float]]:
    """Edges (slope, intercept) of the smallest concave curve above the points."""
    hull: list[int] = []
    for i in range(len(totals)):
        while len(hull) >= 2:
            a, b = hull[-2], hull[-1]
            turn = (height[b] - height[a]) * (totals[i] - totals[a]) - (height[i] - height[a]) * (
                totals[b] - totals[a]
            )
            if turn > 0:
                break
            hull.pop()
        hull.append(i)
    if len(hull) == 1:
        return [(0.0, float(height[hull[0]]))]
    edges = []
    for a, b in zip(hull[:-1], hull[1:], strict=True):
        slope = (height[b] - height[a]) / (totals[b] - totals[a])
        edges.append((float(slope), float(height[a] - slope * totals[a])))
    return edges


def below_edges(totals: np.ndarray, height: np.ndarray) -> list[tuple[float, float]]:
    """Edges (slope, intercept) of the largest convex curve below the points."""
    return [(-slope, -intercept) for slope, intercept in hull_edges(totals, -height)]


def _beside(error: np.ndarray) -> np.ndarray:
    """The worse of the two cells beside every grid point."""
    padded = np.concatenate([[0.0], error, [0.0]])
    worse: np.ndarray = np.maximum(padded[:-1], padded[1:])
    return worse


def _distinct(points: np.ndarray) -> np.ndarray:
    """Sorted points, without those that rounding alone tells apart; both ends stay."""
    points = np.unique(points)
    if len(points) < 3:
        return points
    first, last = points[0], points[-1]
    small = 1e-12 * max(abs(first), abs(last))
    inner = points[1:-1][np.diff(points[:-1]) > small]
    return np.concatenate([[first], inner[inner < last - small], [last]])
