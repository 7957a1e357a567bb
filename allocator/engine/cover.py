"""One line's over-estimator in the certificate: a grid, heights that no curve exceeds, pieces.

Shares ``SteadyResponse.bracket`` with the solve wing and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from allocator.engine.problem import AllocationProblem

COARSE = 25  # grid points a line starts with, besides those around the plan
MANY = 200  # kinks of a line taken at first; the others where the bound is loose
BESIDE = 5  # kinks taken to each side of a point of interest
LEVELS = 7  # thirds of the grid towards the plan, down to 3^-8 of the range: tight where it counts


@dataclass(eq=False)
class Cover:
    """One line's over-estimator: grid, heights per KPI, and the cuts between its pieces."""

    problem: AllocationProblem
    line: str
    totals: np.ndarray
    cuts: set[float]
    kinks: np.ndarray
    over: dict[str, np.ndarray] = field(default_factory=dict)

    @staticmethod
    def start(problem: AllocationProblem, line: str, plan: Mapping[str, float] | None) -> Cover:
        """Coarse everywhere, fine around the plan, with the kinks of an imported curve."""
        low, high = problem.bounds[line]
        high = max(high, low)
        points = [low + (high - low) * np.linspace(0, 1, COARSE) ** 2]
        if plan is not None:
            steps = (high - low) * 3.0 ** -np.arange(2, LEVELS + 2)
            around = np.concatenate([plan[line] - steps, [plan[line]], plan[line] + steps])
            points.append(around[(around > low) & (around < high)])
        kinks = _kinks(problem, line, low, high)
        points.append(kinks[:: 1 + len(kinks) // MANY])
        if plan is not None:
            points.append(_nearest(kinks, plan[line]))
        cover = Cover(problem, line, _distinct(np.concatenate(points)), set(), kinks)
        cover.estimate()
        return cover

    def estimate(self) -> None:
        """Heights that no curve exceeds: its value, raised by the worst of the cells beside."""
        for kpi, other in self.problem.cells:
            if other != self.line:
                continue
            curve = self.problem.responses[kpi, other]
            if len(self.totals) == 1:
                self.over[kpi] = curve.value(self.totals).mean(axis=0)
                continue
            bracket = curve.bracket(self.totals)
            raised = bracket.value.copy()
            raised[:-1] = np.maximum(raised[:-1], bracket.value[:-1] + bracket.above)
            raised[1:] = np.maximum(raised[1:], bracket.value[1:] + bracket.above)
            self.over[kpi] = raised

    def pieces(self) -> Iterator[tuple[float, float, dict[str, list[tuple[float, float]]]]]:
        """(from, to, KPI -> hull edges as (slope, intercept)) of every piece."""
        edges = [self.totals[0], *sorted(self.cuts), self.totals[-1]]
        if len(self.totals) == 1:
            edges = [self.totals[0], self.totals[0]]
        for low, high in zip(edges[:-1], edges[1:], strict=True):
            inside = (self.totals >= low) & (self.totals <= high)
            hulls = {
                kpi: hull_edges(self.totals[inside], height[inside])
                for kpi, height in self.over.items()
            }
            yield low, high, hulls

    def hull_at(self, kpi: str, total: float) -> float:
        """The tightest piece's over-estimate at a total."""
        total = float(np.clip(total, self.totals[0], self.totals[-1]))
        return min(
            min(slope * total + intercept for slope, intercept in hulls[kpi])
            for low, high, hulls in self.pieces()
            if low <= total <= high
        )

    def loose(self, kpi: str, total: float) -> float:
        """How far the over-estimate lies above the curve at a total, KPI units."""
        return self.hull_at(kpi, total) - self._mean(kpi, total)

    def _mean(self, kpi: str, total: float) -> float:
        return self.problem.responses[kpi, self.line].mean_at(total)[0]

    def refine(self, total: float) -> bool:
        """Split or refine at ``total``, whichever is the reason for a loose hull there."""
        if len(self.totals) < 2:
            return False
        total = float(np.clip(total, self.totals[0], self.totals[-1]))
        hull = loose = 0.0
        for kpi, height in self.over.items():
            raised = float(np.interp(total, self.totals, height))
            hull = max(hull, self.hull_at(kpi, total) - raised)
            loose = max(loose, raised - self._mean(kpi, total))
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


def _distinct(points: np.ndarray) -> np.ndarray:
    """Sorted points, without those that rounding alone tells apart; both ends stay."""
    points = np.unique(points)
    if len(points) < 3:
        return points
    first, last = points[0], points[-1]
    small = 1e-12 * max(abs(first), abs(last))
    inner = points[1:-1][np.diff(points[:-1]) > small]
    return np.concatenate([[first], inner[inner < last - small], [last]])
