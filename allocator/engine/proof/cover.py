"""One line in the certificate: a grid, heights that no curve exceeds, pieces of its range.

Where less response is better (a cap), heights that no curve goes below besides.

Shares ``SteadyResponse.bracket`` with the solve wing and nothing else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from allocator.engine.problem import AllocationProblem
from mmm.curves import bits_for, neighbours, snapped

COARSE = 25  # grid points a line starts with, besides those around the plan
MANY = 200  # kinks of a line taken at first; the others where the bound is loose
BESIDE = 5  # kinks taken to each side of a point of interest
MOST_BITS = 8  # of the lattices around the plan: cells of 0.4 to 0.8 % of it, if no narrower range
CLOSE = 1 / 8  # of a piece: so near to its end, and a cut leaves the other side as wide as it was
NEARER = 9  # parts of the range: the widest of these cells; each is a quarter of the one before

Corners = tuple[np.ndarray, np.ndarray]
"""Totals, not falling, and heights: the corners of straight lines"""


@dataclass(frozen=True)
class Piece:
    """A stretch of a line's range, with straight lines above and below the curves on it.

    above, below: meter -> (edge, 2) slope and intercept; below only of capped meters
    """

    low: float
    high: float
    above: dict[str, np.ndarray]
    below: dict[str, np.ndarray]


@dataclass(eq=False)
class Cover:
    """One line's estimators: grid, lines above every curve per meter, cuts between its pieces.

    over: meter -> corners of lines that its curve never exceeds
    values: meter -> its mean at ``totals``
    under: capped meter -> heights at ``totals`` of lines that it never goes below
    """

    problem: AllocationProblem
    line: str
    totals: np.ndarray
    cuts: set[float]
    kinks: np.ndarray
    over: dict[str, Corners] = field(default_factory=dict)
    values: dict[str, np.ndarray] = field(default_factory=dict)
    under: dict[str, np.ndarray] = field(default_factory=dict)
    _pieces: tuple[Piece, ...] | None = None

    @staticmethod
    def start(problem: AllocationProblem, line: str, plan: Mapping[str, float] | None) -> Cover:
        """Coarse everywhere, fine around the plan, with the kinks of an imported curve."""
        low, high = problem.bounds[line]
        high = max(high, low)
        # half of the points where a line spends up to twice its even share of the budget
        bent = max(2.0, float(np.log2(len(problem.lines))) - 1)
        coarse = shared(low + (high - low) * np.linspace(0, 1, COARSE) ** bent)
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
        """The roof of every curve; for capped ones its value, less the worse cell beside."""
        self._pieces = None
        for cell in self.problem.cells_of[self.line]:
            meter = cell[0]
            curve = self.problem.responses[cell]
            if len(self.totals) == 1:
                value = curve.value(self.totals).mean(axis=0)
                self.over[meter], self.values[meter] = (self.totals, value), value
                if cell in self.problem.capped:
                    self.under[meter] = value
                continue
            bracket = curve.bracket(self.totals)
            self.over[meter], self.values[meter] = bracket.roof(), bracket.value
            if cell in self.problem.capped:
                self.under[meter] = bracket.value - _beside(bracket.below)

    def pieces(self) -> tuple[Piece, ...]:
        """Every stretch between two cuts, without those that are certainly not allowed."""
        if self._pieces is None:
            self._pieces = tuple(self._cut())
        return self._pieces

    def _cut(self) -> Iterator[Piece]:
        edges = [self.totals[0], *sorted(self.cuts), self.totals[-1]]
        if len(self.totals) == 1:
            edges = [self.totals[0], self.totals[0]]
        holes = self.problem.holes.get(self.line, ())
        for low, high in zip(edges[:-1], edges[1:], strict=True):
            if low < high and any(a < (low + high) / 2 < b for a, b in holes):
                continue
            inside = (self.totals >= low) & (self.totals <= high)
            yield Piece(
                low,
                high,
                {m: hull_edges(*between(corners, low, high)) for m, corners in self.over.items()},
                {m: below_edges(self.totals[inside], h[inside]) for m, h in self.under.items()},
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
        total = self._inside(total)
        heights = [
            float((piece.above[meter][:, 0] * total + piece.above[meter][:, 1]).min())
            for piece in self.pieces()
            if piece.low <= total <= piece.high
        ]
        return min(heights, default=self._mean(meter, total))

    def _below_at(self, meter: str, total: float) -> float:
        total = self._inside(total)
        heights = [
            float((piece.below[meter][:, 0] * total + piece.below[meter][:, 1]).max())
            for piece in self.pieces()
            if piece.low <= total <= piece.high
        ]
        return max(heights, default=self._mean(meter, total))

    def _inside(self, total: float) -> float:
        return float(min(max(total, self.totals[0]), self.totals[-1]))

    def _mean(self, meter: str, total: float) -> float:
        return self.problem.responses[meter, self.line].mean_at(total)[0]

    def refine(self, total: float) -> bool:
        """Split or refine at ``total``, whichever is the reason for a loose hull there."""
        if len(self.totals) < 2:
            return False
        total = self._inside(total)
        hull = loose = 0.0
        for meter, corners in self.over.items():
            raised = float(np.interp(total, *corners))
            hull = max(hull, self._hull_at(meter, total) - raised)
            loose = max(loose, raised - self._mean(meter, total))
        for meter, height in self.under.items():
            lowered = float(np.interp(total, self.totals, height))
            hull = max(hull, lowered - self._below_at(meter, total))
            loose = max(loose, self._mean(meter, total) - lowered)
        before = len(self.totals), len(self.cuts)
        self._finer(total)
        if hull > loose:
            self._split(total)
        self.estimate()
        return (len(self.totals), len(self.cuts)) != before

    def _split(self, total: float) -> None:
        """Cut the piece next to a total; and in its middle, where the total is close to an end.

        Else the solution creeps on: of what lies beyond the cut the hull is as loose as before.
        """
        edges = [self.totals[0], *sorted(self.cuts), self.totals[-1]]
        right = min(max(bisect_right(edges, total), 1), len(edges) - 1)
        low, high = edges[right - 1 : right + 1]
        close = min(total - low, high - total) < CLOSE * (high - low)
        for place in (total, (low + high) / 2) if close else (total,):
            nearest = float(self.totals[np.argmin(np.abs(self.totals - place))])
            if self.totals[0] < nearest < self.totals[-1]:
                self.cuts.add(nearest)

    def add(self, total: float) -> None:
        """A finer grid around ``total``, where other plans would ask too; no cut."""
        if len(self.totals) > 1:
            total = self._inside(total)
            right = int(np.clip(np.searchsorted(self.totals, total), 1, len(self.totals) - 1))
            wide = float(self.totals[right] - self.totals[right - 1])
            self._finer(self._inside(float(snapped(np.array(total), bits_for(wide / 8, total)))))
            self.estimate()

    def _finer(self, total: float) -> None:
        span = self.totals[-1] - self.totals[0]
        cell = int(np.clip(np.searchsorted(self.totals, total) - 1, 0, len(self.totals) - 2))
        around = self.totals[max(cell - 1, 0) : cell + 3]
        middles = (around[:-1] + around[1:]) / 2
        middles = middles[np.diff(around) > span * 1e-9]
        kinks = self.kinks[(self.kinks > around[0]) & (self.kinks < around[-1])]
        new = np.concatenate([middles, _nearest(kinks, total), [total]])
        # what is on the grid stays there: ranges end at its points
        apart = np.abs(self.totals[:, None] - new).min(axis=0) > _small(self.totals)
        self.totals = _distinct(np.concatenate([self.totals, new[apart]]), self.totals)


def _around(total: float, low: float, high: float) -> np.ndarray:
    """Ends of ever smaller cells that hold a point of interest, each where other plans ask too.

    Numbers of few significant bits: plans of other budgets stand in the same cells, or beside.
    """
    if total <= 0:
        return np.array([total] if low < total < high else [])
    widest = bits_for((high - low) / NEARER, total)
    finest = min(max(MOST_BITS, widest + 4), 52)
    ends = np.unique([neighbours(total, bits) for bits in range(finest, widest - 1, -2)])
    return ends[(ends > low) & (ends < high)]


def shared(points: np.ndarray) -> np.ndarray:
    """Rising totals, moved to where other ranges ask too: by less than they are apart."""
    if points[-1] <= points[0]:
        return points
    apart = np.diff(points, append=2 * points[-1] - points[-2])
    bits = np.ceil(np.log2(np.maximum(points, 1e-300) / apart))
    return snapped(points, np.clip(bits, 1, MOST_BITS).astype(int))


def _kinks(problem: AllocationProblem, line: str, low: float, high: float) -> np.ndarray:
    kinks = [problem.responses[cell].knots() for cell in problem.cells_of[line]]
    every = np.unique(np.concatenate([np.empty(0), *kinks]))
    return every[(every > low) & (every < high)]


def _nearest(kinks: np.ndarray, total: float) -> np.ndarray:
    place = int(np.searchsorted(kinks, total))
    return kinks[max(place - BESIDE, 0) : place + BESIDE]


def between(corners: Corners, low: float, high: float) -> Corners:
    """The corners over [low, high]; both ends are totals of the grid, so both have one."""
    at, height = corners
    first, last = np.searchsorted(at, low, "left"), np.searchsorted(at, high, "right")
    return at[first:last], height[first:last]


def hull(totals: np.ndarray, height: np.ndarray) -> Corners:
    """Corners of the smallest concave curve above the points (totals do not fall)."""
    xs: list[float] = []
    ys: list[float] = []
    for x, y in zip(totals.tolist(), height.tolist(), strict=True):
        if xs and xs[-1] == x:
            if ys[-1] >= y:
                continue
            del xs[-1], ys[-1]
        while len(xs) > 1 and (ys[-1] - ys[-2]) * (x - xs[-2]) <= (y - ys[-2]) * (xs[-1] - xs[-2]):
            del xs[-1], ys[-1]
        xs.append(x)
        ys.append(y)
    return np.array(xs), np.array(ys)


def hull_edges(totals: np.ndarray, height: np.ndarray) -> np.ndarray:
    """(edge, 2): slope and intercept of the edges of the smallest concave curve above points."""
    x, y = hull(totals, height)
    if len(x) == 1:
        return np.array([[0.0, y[0]]])
    slope = np.diff(y) / np.diff(x)
    return np.column_stack([slope, y[:-1] - slope * x[:-1]])


def below_edges(totals: np.ndarray, height: np.ndarray) -> np.ndarray:
    """(edge, 2): slope and intercept of the edges of the largest convex curve below points."""
    return -hull_edges(totals, -height)


def _beside(error: np.ndarray) -> np.ndarray:
    """The worse of the two cells beside every grid point."""
    padded = np.concatenate([[0.0], error, [0.0]])
    worse: np.ndarray = np.maximum(padded[:-1], padded[1:])
    return worse


def _distinct(points: np.ndarray, kept: np.ndarray | None = None) -> np.ndarray:
    """Sorted points, without those that rounding alone tells apart; both ends and ``kept`` stay."""
    points = np.unique(points)
    if len(points) < 3:
        return points
    near = np.concatenate([[False], np.diff(points) <= _small(points)])
    near[-2] |= near[-1]
    stays = np.isin(points, points[[0, -1]] if kept is None else kept)
    return points[~near | stays]


def _small(points: np.ndarray) -> float:
    return float(1e-12 * max(abs(points[0]), abs(points[-1])))
