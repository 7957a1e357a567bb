"""Best-first branch and bound where lines share nothing but the budget.

Within a box of ranges every line lies below the concave hull of its roof (``Cover``), so the best
split of the hulls bounds every plan in the box. That split needs no solver: of all edges of all
hulls the steepest are filled first until the budget is spent. Of all boxes the most promising is
looked at first, so that the largest bound among those left bounds every plan at any time. Where a
grid is coarse it is refined; where a hull is loose the line's range is halved there (Falk and
Soland 1969, An algorithm for separable nonconvex programming problems).
"""

from __future__ import annotations

import heapq
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from allocator.engine.problem import AllocationProblem
from allocator.engine.proof.cover import Corners, Cover, between, hull

LOOKS = 40_000  # boxes times lines looked at before the bound is good enough
CLIMBS = 12  # starts offered to who climbs
WORTH_A_CLIMB = 5e-3  # of the value: a point that much below the best plan may lie below a top
ROUNDING = 1e-12  # of all heights added up: the bound is raised by it
ACCURACY = 1e-9  # of the budget

Climb = Callable[[Mapping[str, float]], dict[str, float]]
"""A plan ↦ one that is worth as much or more"""


@dataclass(frozen=True)
class Bounded:
    """bound on any plan; plan: the best one known, None if none is; point: where the bound is."""

    bound: float
    plan: dict[str, float] | None
    point: dict[str, float]
    infeasible: bool = False
    boxes: int = 0
    timed_out: bool = False


def separable(problem: AllocationProblem) -> bool:
    """Whether only the budget ties the lines, and each has one curve that counts, for better."""
    tied = problem.rows or problem.floors or problem.steps or problem.on_from
    cut = any(problem.holes.values()) or any(problem.inner_holes.values())
    lines = [line for _, line in problem.cells]
    return not (tied or cut or problem.capped or problem.crossed) and len(set(lines)) == len(lines)


def branch(
    problem: AllocationProblem,
    covers: Mapping[str, Cover],
    plan: Mapping[str, float] | None,
    *,
    gap: float,
    deadline: float,
    climb: Climb | None = None,
) -> Bounded:
    """Bound a separable problem to ``gap`` (objective units) above the best plan known.

    deadline: of ``time.monotonic``. climb: improves plans that look promising on the way.
    """
    return _Tree(problem, covers, plan, gap, climb).grown(deadline)


@dataclass(frozen=True, eq=False)
class _Box:
    """Ranges of all lines with the best split of the hulls in them: bound and totals."""

    low: np.ndarray
    high: np.ndarray
    bound: float
    point: np.ndarray


class _Lines:
    """Straight lines through corners: totals, not falling, and heights, with their edges."""

    def __init__(self, at: np.ndarray, height: np.ndarray) -> None:
        self.at, self.height = at.tolist(), height.tolist()
        self.width, self.rise = np.diff(at), np.diff(height)

    def over(self, total: float) -> float:
        """Their height over a total between the first and the last."""
        place = min(max(bisect_right(self.at, total), 1), len(self.at) - 1)
        if place == 0:
            return self.height[0]
        (a, b), (y, z) = self.at[place - 1 : place + 1], self.height[place - 1 : place + 1]
        return z if b <= a else y + (z - y) * (total - a) / (b - a)


class _Tree:
    def __init__(
        self,
        problem: AllocationProblem,
        covers: Mapping[str, Cover],
        plan: Mapping[str, float] | None,
        gap: float,
        climb: Climb | None,
    ) -> None:
        self.problem, self.gap, self.climb = problem, gap, climb
        self.covers = [covers[line] for line in problem.lines]
        self.meter = {line: meter for meter, line in problem.cells}
        self.hulls: list[dict[tuple[float, float], _Lines]] = [{} for _ in self.covers]
        self.roofs = [self._roof(number) for number in range(len(self.covers))]
        self.best = dict(plan) if plan is not None else None
        self.value = problem.value(plan) if plan is not None else -np.inf
        self.climbs = 0

    def grown(self, deadline: float) -> Bounded:
        """Boxes looked at until the bound is near enough, or time or LOOKS are over."""
        low = np.array([cover.totals[0] for cover in self.covers])
        high = np.array([cover.totals[-1] for cover in self.covers])
        root = self._box(low, high)
        if root is None:
            return Bounded(-np.inf, None, {}, infeasible=True)
        if self.best is None and self.climb is None:
            return Bounded(root.bound, None, self._named(root.point))
        heap, count = [(-root.bound, 0, root)], 1
        top, looked, late = root, 0, False
        closed = -np.inf  # of boxes in which no plan is worth more than the best one and the gap
        while heap:
            top = heap[0][2]
            if top.bound - self.value <= self.gap or looked * len(self.covers) >= LOOKS:
                break
            late = looked > 0 and time.monotonic() > deadline
            if late:
                break
            looked += 1
            heapq.heappop(heap)
            for box in self._split(top):
                if box.bound > self.value + self.gap:
                    heapq.heappush(heap, (-box.bound, count, box))
                    count += 1
                else:
                    closed = max(closed, box.bound)
        bound = max(closed, heap[0][2].bound if heap else -np.inf)
        named = self._named((heap[0][2] if heap else top).point)
        return Bounded(bound, self.best, named, boxes=looked, timed_out=late)

    def _split(self, box: _Box) -> list[_Box]:
        """The box anew on tables refined where it is loose, or its halves."""
        hulls, roofs, curves = self._heights(box)
        loose, coarse = hulls - curves, roofs - curves
        line = int(np.argmax(loose))
        refines = bool(coarse[line] > loose[line] / 2)
        if self.climb is not None:
            self._try(box, float(curves.sum()) + self.problem.terms.base, far=not refines)
        if refines:
            for number in np.flatnonzero(coarse > coarse.max() / 3).tolist():
                self._refine(number, float(box.point[number]))
            return self._alive([self._box(box.low, box.high)], box)
        cut = self._cut(line, box)
        if cut is None:
            return self._alive([self._box(box.low, box.high)], box)
        left, right = box.high.copy(), box.low.copy()
        left[line] = right[line] = cut
        return self._alive([self._box(box.low, left), self._box(right, box.high)], box)

    def _alive(self, boxes: list[_Box | None], parent: _Box) -> list[_Box]:
        """Those with a plan in them; none has a better one than the box that it is part of."""
        found = [box for box in boxes if box is not None]
        return [replace(box, bound=min(box.bound, parent.bound)) for box in found]

    def _cut(self, line: int, box: _Box) -> float | None:
        """The grid point inside the box next to its point; the grid gains one if need be."""
        low, high, total = box.low[line], box.high[line], float(box.point[line])
        for _ in range(2):
            grid = self.covers[line].totals
            inside = grid[(grid > low) & (grid < high)]
            if len(inside):
                return float(inside[np.argmin(np.abs(inside - total))])
            self._refine(line, min(max(total, low + (high - low) / 8), high - (high - low) / 8))
        return None

    def _refine(self, number: int, total: float) -> None:
        cover = self.covers[number]
        cover.add(total)
        self.hulls[number] = {}
        self.roofs[number] = self._roof(number)

    def _try(self, box: _Box, promised: float, *, far: bool) -> None:
        """Take the box's point, and the top above it where that may be one not known yet.

        promised: about what the point is worth; far: from the curves, not for a coarse grid alone.
        """
        assert self.climb is not None
        if self.best is None or promised > self.value:
            self._offer(self._named(box.point))
        near = promised > self.value - WORTH_A_CLIMB * abs(self.value)
        if far and near and self.climbs < CLIMBS:
            self.climbs += 1
            self._offer(self.climb(self._named(box.point)))

    def _offer(self, plan: dict[str, float]) -> None:
        value = self.problem.value(plan)
        if value > self.value:
            self.best, self.value = plan, value

    def _heights(self, box: _Box) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of every line at the box's point: its hull, its roof, and about its curve."""
        ranges = zip(box.low.tolist(), box.high.tolist(), box.point.tolist(), strict=True)
        found = [
            (self._hull(n, low, high).over(total), *(own.over(total) for own in self.roofs[n][1:]))
            for n, (low, high, total) in enumerate(ranges)
        ]
        hulls, roofs, curves = np.array(found).T
        return hulls, roofs, curves

    def _box(self, low: np.ndarray, high: np.ndarray) -> _Box | None:
        """The best split of the hulls: None where no split keeps to the ranges."""
        total = self.problem.budget.total
        over = float(low.sum()) - total
        exact = self.problem.budget.exact
        if over > ACCURACY * total or (exact and high.sum() < total * (1 - ACCURACY)):
            return None
        hulls = [
            self._hull(n, a, b)
            for n, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
        ]
        width = np.concatenate([own.width for own in hulls])
        rise = np.concatenate([own.rise for own in hulls])
        owner = np.repeat(np.arange(len(hulls)), [len(own.width) for own in hulls])
        order = np.argsort(-rise / width, kind="stable")
        width, rise, owner = width[order], rise[order], owner[order]
        before = np.cumsum(width) - width
        filled = np.clip((max(-over, 0.0) - before) / width, 0.0, 1.0)
        if not exact:
            filled[rise <= 0] = 0.0
        start = np.array([own.height[0] for own in hulls])
        point = low + np.bincount(owner, weights=filled * width, minlength=len(hulls))
        size = float(np.abs(start).sum() + np.abs(filled * rise).sum())
        bound = float(start.sum() + (filled * rise).sum()) + self.problem.terms.base
        return _Box(low, high, bound + ROUNDING * size, np.minimum(point, high))

    def _hull(self, number: int, low: float, high: float) -> _Lines:
        known = self.hulls[number]
        if (low, high) not in known:
            known[low, high] = _Lines(*hull(*between(self.roofs[number][0], low, high)))
        return known[low, high]

    def _roof(self, number: int) -> tuple[Corners, _Lines, _Lines]:
        """What a line's money is worth at most, twice, and about; costs of spend included."""
        cover = self.covers[number]
        cost, meter = self.problem.terms.cost(cover.line), self.meter.get(cover.line)
        grid, at = cover.totals, cover.totals
        value = height = cost * cover.totals
        if meter is not None:
            weight = self.problem.terms.weight(meter, cover.line)
            at, height = cover.over[meter]
            height = weight * height + cost * at
            value = weight * cover.values[meter] + cost * grid
        return (at, height), _Lines(at, height), _Lines(grid, value)

    def _named(self, point: np.ndarray) -> dict[str, float]:
        return dict(zip(self.problem.lines, point.tolist(), strict=True))
