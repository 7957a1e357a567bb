"""The linear relaxation of a weekly problem within a box, tightened plane by plane.

One column for every amount, one for every term of every cell of which more is better, held down
by planes above the term; one for every cell of which less is better, held up by a plane below it;
one for being on; one for what a soft rule is short of. Every plan within the box that keeps the
rules is a solution of it worth as much or more, whatever planes have been added so far.

Scaled: amounts by the even split of the budget, terms by their mean there, the goal by its largest
coefficient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from allocator.constraints._base import Row
from allocator.engine.problem import Cell
from allocator.engine.weekly.boxed import Boxed
from allocator.engine.weekly.problem import WeeklyProblem
from allocator.engine.weekly.programme import linear, whole
from allocator.objectives._base import Terms
from mmm.adstock import lagged

Planes = tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]
"""terms, the amounts where they are touched, and value and slope there"""


@dataclass(frozen=True, eq=False)
class Relaxed:
    """No plan within the box is worth more than ``bound``; ``spend`` is where it stands.

    estimate: cell -> (term,) what the relaxation takes each term for at ``spend``
    on: line -> how much on it is, 0 to 1
    """

    bound: float
    spend: np.ndarray
    estimate: Mapping[Cell, np.ndarray]
    on: Mapping[str, float]


class Relaxation:
    """Columns, rows and planes; ``solve`` as often as planes are added."""

    def __init__(
        self,
        problem: WeeklyProblem,
        lower: np.ndarray,
        upper: np.ndarray,
        parent: Relaxation | None = None,
    ) -> None:
        self.problem, self.lower, self.upper = problem, lower, np.maximum(lower, upper)
        self.unit = problem.budget.total / lower.size
        self.cost: list[np.ndarray] = []
        self.low: list[np.ndarray] = []
        self.high: list[np.ndarray] = []
        self.columns = 0
        self.parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.least: list[np.ndarray] = []
        self.most: list[np.ndarray] = []
        self.count = 0
        count, weeks = lower.shape
        self.x = self._add(lower.ravel() / self.unit, self.upper.ravel() / self.unit)
        self.x = self.x.reshape(count, weeks)
        self.boxes = {key: self._boxed(key, parent) for key in problem.metered}
        self.planes: dict[Cell, list[Planes]] = {}
        self.tall: dict[str, float] = {}
        self.theta: dict[Cell, np.ndarray] = {}
        self.held: dict[Cell, int] = {}
        self._add_cells()
        self.z = {line: int(self._add([0.0], [1.0])[0]) for line in problem.switched}
        self._add_switches()
        self._row({int(c): 1.0 for c in self.x.ravel()}, *self._budget())
        for row in problem.rows:
            self._add_rule(row)
        self._add_goal()
        self.known = frozenset(
            key for key in self.boxes if parent is not None and self.boxes[key] is parent.boxes[key]
        )
        for source, line in sorted(self.known):
            for meter in problem.metered[source, line]:
                for planes in parent.planes.get((meter, line), ()) if parent is not None else ():
                    self._plane((meter, line), *planes)

    def touch(self, spend: np.ndarray, moved: np.ndarray | None = None) -> None:
        """Planes at ``spend`` for every term, or for those that look at an amount that moved.

        Not for lines whose planes came from a larger range: what touched there does so here.
        """
        spend = np.clip(spend, self.lower, self.upper)
        for (source, line), meters in self.problem.metered.items():
            place = self.problem.place[line]
            if (source, line) in self.known or (moved is not None and not moved[place].any()):
                continue
            box = self.boxes[source, line]
            wanted = np.arange(box.response.terms)
            if moved is not None:
                padded = np.concatenate([moved[place], np.zeros(box.response.lags - 1, dtype=bool)])
                wanted = np.flatnonzero(lagged(padded, box.response.lags).any(axis=1))
            values, slopes = box.above(spend[place])
            for meter, value, slope in zip(meters, values, slopes, strict=True):
                if (meter, line) in self.theta:
                    plane = value[wanted], slope[wanted]
                    self._plane((meter, line), wanted, spend[place], plane)

    def cut(self, spend: np.ndarray, estimate: Mapping[Cell, np.ndarray], enough: float) -> int:
        """Planes at ``spend`` for terms estimated higher than they are; how many were added.

        enough: by how much, in units of the mean term of every meter
        """
        added = 0
        spend = np.clip(spend, self.lower, self.upper)
        for (source, line), meters in self.problem.metered.items():
            here = spend[self.problem.place[line]]
            values, slopes = self.boxes[source, line].above(here)
            for meter, value, slope in zip(meters, values, slopes, strict=True):
                if (meter, line) not in self.theta:
                    continue
                over = (estimate[meter, line] - value) / self.tall[meter]
                wanted = np.flatnonzero(over > enough)
                if len(wanted):
                    self._plane((meter, line), wanted, here, (value[wanted], slope[wanted]))
                    added += len(wanted)
        return added

    def solve(self, time_limit: float) -> Relaxed | None:
        """Bound and point; a bound of −inf where nothing satisfies it; None: no time for it."""
        rows, least, most = self._matrix()
        cost = -np.concatenate(self.cost)
        low, high = np.concatenate(self.low), np.concatenate(self.high)
        size = float(np.abs(cost).max(initial=0.0)) or 1.0
        if self.z:
            found, bound = whole(
                cost / size, (rows, least, most), (low, high), list(self.z.values()), time_limit
            )
        else:
            found, bound = linear(cost / size, (rows, least, most), (low, high), time_limit)
        if bound == np.inf:
            return Relaxed(-np.inf, self.lower, {}, {})
        if found is None:
            return None
        return Relaxed(
            -bound * size + self.problem.terms.base,
            np.clip(found[self.x] * self.unit, self.lower, self.upper),
            {cell: found[columns] * self.tall[cell[0]] for cell, columns in self.theta.items()},
            {line: float(found[column]) for line, column in self.z.items()},
        )

    def _boxed(self, key: tuple[str, str], parent: Relaxation | None) -> Boxed:
        """The line's estimates; those of a larger range, where the line's own is the same."""
        place = self.problem.place[key[1]]
        lower, upper = self.lower[place], self.upper[place]
        known = parent.boxes[key] if parent is not None else None
        if known is not None and (
            np.array_equal(known.lower, lower) and np.array_equal(known.upper, upper)
        ):
            return known
        return Boxed(self.problem.sources[key], self.problem.weights(*key), lower, upper)

    def _budget(self) -> tuple[float, float]:
        total = float(self.x.size)
        return (total if self.problem.budget.exact else -np.inf), total

    def _add(
        self, low: np.ndarray | list[float], high: np.ndarray | list[float], cost: float = 0.0
    ) -> np.ndarray:
        """New columns: their numbers."""
        low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
        self.low.append(low)
        self.high.append(high)
        self.cost.append(np.full(len(low), cost))
        first, self.columns = self.columns, self.columns + len(low)
        return np.arange(first, self.columns)

    def _row(self, weights: Mapping[int, float], least: float, most: float = np.inf) -> None:
        columns = np.fromiter(weights.keys(), dtype=int, count=len(weights))
        values = np.fromiter(weights.values(), dtype=float, count=len(weights))
        self._rows(np.zeros(len(weights), dtype=int), columns, values, ([least], [most]))

    def _rows(
        self,
        numbers: np.ndarray,
        columns: np.ndarray,
        values: np.ndarray,
        sides: tuple[list[float] | np.ndarray, list[float] | np.ndarray],
    ) -> None:
        least, most = (np.asarray(side, dtype=float) for side in sides)
        self.parts.append((numbers + self.count, columns, values))
        self.least.append(least)
        self.most.append(most)
        self.count += len(least)

    def _matrix(self) -> tuple[csr_array, np.ndarray, np.ndarray]:
        rows, columns, values = (np.concatenate(part) for part in zip(*self.parts, strict=True))
        matrix = coo_array((values, (rows, columns)), shape=(self.count, self.columns)).tocsr()
        return matrix, np.concatenate(self.least), np.concatenate(self.most)

    def _add_cells(self) -> None:
        problem = self.problem
        tops: dict[Cell, np.ndarray] = {}
        for (source, line), meters in problem.metered.items():
            for meter, top in zip(meters, self.boxes[source, line].tops, strict=True):
                tops[meter, line] = top
        for meter in {meter for meter, _ in problem.cells}:
            own = [tops[cell] for cell in tops if cell[0] == meter]
            sizes = np.concatenate([np.minimum(top, top.mean()) for top in own])
            self.tall[meter] = float(sizes.mean()) or 1.0
        for cell in problem.cells:
            if cell in problem.raised:
                top = tops[cell] / self.tall[cell[0]]
                self.theta[cell] = self._add(np.zeros(len(top)), top)
        for (source, line), meters in problem.metered.items():
            for place, meter in enumerate(meters):
                if (meter, line) in problem.capped:
                    self._hold((meter, line), self.boxes[source, line], place, tops)

    def _hold(self, cell: Cell, box: Boxed, place: int, tops: Mapping[Cell, np.ndarray]) -> None:
        """A column at or above a plane below the cell."""
        at, rate = (part[place] for part in box.below())
        tall = self.tall[cell[0]]
        column = int(self._add([0.0], [float(tops[cell].sum()) / tall])[0])
        self.held[cell] = column
        own = self.x[self.problem.place[cell[1]]]
        weights = {int(c): -float(r) * self.unit / tall for c, r in zip(own, rate, strict=True)}
        self._row({**weights, column: 1.0}, float(at - rate @ box.lower) / tall)

    def _plane(
        self, cell: Cell, terms: np.ndarray, here: np.ndarray, plane: tuple[np.ndarray, np.ndarray]
    ) -> None:
        """θ_j ≤ value_j + Σ_l slope_jl · (y_{j−l} − x_{j−l}) for some terms j."""
        self.planes.setdefault(cell, []).append((terms, here, plane))
        value, slope = plane
        tall, weeks = self.tall[cell[0]], self.problem.weeks
        week = terms[:, None] - np.arange(slope.shape[1])
        inside = (week >= 0) & (week < weeks) & (slope != 0)
        at = np.where(inside, here[np.clip(week, 0, weeks - 1)], 0.0)
        limit = (value - (slope * at).sum(axis=1)) / tall
        number, lag = np.nonzero(inside)
        own = self.x[self.problem.place[cell[1]]]
        self._rows(
            np.concatenate([np.arange(len(terms)), number]),
            np.concatenate([self.theta[cell][terms], own[week[number, lag]]]),
            np.concatenate([np.ones(len(terms)), -slope[number, lag] * self.unit / tall]),
            (np.full(len(terms), -np.inf), limit),
        )

    def _add_switches(self) -> None:
        """Off: nothing in any week; on: at least the minimum."""
        for line, z in self.z.items():
            place = self.problem.place[line]
            own, most = self.x[place], self.upper[place] / self.unit
            for column, top in zip(own, most, strict=True):
                self._row({int(column): 1.0, z: -float(top)}, -np.inf, 0.0)
            if line in self.problem.on_from:
                least = self.problem.on_from[line] / self.unit
                self._row({**dict.fromkeys(map(int, own), 1.0), z: -least}, 0.0)
        for line, least in self.problem.on_from.items():
            if line not in self.z:  # some of its weeks are fixed above nothing: it is on
                own = self.x[self.problem.place[line]]
                self._row(dict.fromkeys(map(int, own), 1.0), least / self.unit)

    def _add_rule(self, row: Row) -> None:
        weights: dict[int, float] = {}
        for line, weight in row.spend.items():
            own = self.x[self.problem.place[line]]
            each = np.broadcast_to(np.asarray(weight, dtype=float), own.shape)
            _weigh(weights, own, each * self.unit)
        for cell, weight in row.response.items():
            self._read(weights, cell, weight)
        bound = row.bound
        for line, weight in row.active.items():
            if line in self.z:
                _weigh(weights, np.array([self.z[line]]), np.array([weight]))
            else:  # some of its weeks are fixed above nothing
                bound -= weight
        size = max(map(abs, weights.values()), default=1.0) or 1.0
        scaled = {column: weight / size for column, weight in weights.items()}
        if row.price is not None:
            low, high = np.concatenate(self.low), np.concatenate(self.high)
            worst = sum(min(w * low[c], w * high[c]) for c, w in weights.items())
            short = max(0.0, (bound - worst) / size)
            scaled[int(self._add([0.0], [short], -row.price * size)[0])] = 1.0
        self._row(scaled, bound / size)

    def _add_goal(self) -> None:
        flat = np.concatenate(self.cost)
        for column, weight in self._worth(self.problem.terms).items():
            flat[column] += weight
        self.cost = [flat]
        if not self.problem.floors:
            return
        worths = [self._worth(terms) for terms in self.problem.floors]
        size = max((abs(w) for worth in worths for w in worth.values()), default=1.0) or 1.0
        low, high = np.concatenate(self.low), np.concatenate(self.high)
        ends = [
            [pick(w * low[c], w * high[c]) for c, w in worth.items()]
            for pick, worth in zip((min, max), (worths[0], worths[0]), strict=True)
        ]
        base = self.problem.floors[0].base
        top = sum(ends[1]) + base
        deep = min(
            sum(min(w * low[c], w * high[c]) for c, w in worth.items()) + terms.base
            for worth, terms in zip(worths, self.problem.floors, strict=True)
        )
        least = int(self._add([deep / size], [max(top, deep) / size], size)[0])
        for worth, terms in zip(worths, self.problem.floors, strict=True):
            scaled = {column: weight / size for column, weight in worth.items()}
            self._row({**scaled, least: -1.0}, -terms.base / size)

    def _worth(self, terms: Terms) -> dict[int, float]:
        """Column -> what one of it is worth to a goal, without its base."""
        weights: dict[int, float] = {}
        _weigh(weights, self.x.ravel(), self.problem.cost(terms).ravel() * self.unit)
        for cell in self.problem.cells:
            self._read(weights, cell, terms.weight(*cell))
        return weights

    def _read(self, weights: dict[int, float], cell: Cell, weight: float) -> None:
        tall = self.tall[cell[0]] if weight else 0.0
        if weight < 0:
            _weigh(weights, np.array([self.held[cell]]), np.array([weight * tall]))
        elif weight > 0:
            own = self.theta[cell]
            _weigh(weights, own, np.full(len(own), weight * tall))


def _weigh(weights: dict[int, float], columns: np.ndarray, values: np.ndarray) -> None:
    for column, value in zip(columns.tolist(), values.tolist(), strict=True):
        if value:
            weights[column] = weights.get(column, 0.0) + value
