"""The best plan of the quadratic model next to a plan, within a box: one step uphill.

Rows on responses stand as their tangents at the plan. Every hard row may be short at a penalty
far above what any rule is worth, so that there always is a step; what it is worth the exact
curves say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from allocator.constraints._base import Row
from allocator.engine.problem import Cell
from allocator.engine.weekly.interior import Quadratic, minimum
from allocator.engine.weekly.problem import WeeklyProblem
from allocator.engine.weekly.quadratic import falls, slopes
from allocator.objectives._base import Terms

PENALTY = 1e4  # of a unit short of a hard row, both scaled to slopes of at most 1
WIDE = 1e3  # scaled: more than any row is short of or a floor can move in one step
STEEPEST = 1e9  # of the median slope: an infinite one as a number to work with


@dataclass(frozen=True, eq=False)
class Around:
    """Where a step may end, and what is known from the one before.

    off: lines that stay off; extra: row number -> what is asked beyond its bound, its own units
    prices: multipliers of rows and floors at the last step, per unit of each
    """

    lower: np.ndarray
    upper: np.ndarray
    off: frozenset[str] = frozenset()
    extra: Mapping[int, float] = field(default_factory=dict)
    prices: np.ndarray | None = None


def uphill(
    problem: WeeklyProblem, here: np.ndarray, around: Around
) -> tuple[np.ndarray, np.ndarray] | None:
    """(the model's best plan, multipliers of rows and floors); None where it has none."""
    return _Model(problem, here, around).solve()


class _Model:
    def __init__(self, problem: WeeklyProblem, here: np.ndarray, around: Around) -> None:
        self.problem, self.here, self.around = problem, here, around
        self.unit = problem.budget.total / here.size
        self.response = problem.response(here)
        self.slope = slopes(problem, here)
        for cell, slope in self.slope.items():
            most = STEEPEST * (float(np.median(slope)) or 1.0)
            self.slope[cell] = np.minimum(slope, most)
        self.main = self._slope_of(problem.terms)
        self.floors = [self._slope_of(terms) for terms in problem.floors]
        every = [self.main, *self.floors]
        self.size = max(float(np.abs(each).max(initial=0.0)) for each in every) or 1.0
        self.own: list[np.ndarray] = []
        self.other: list[dict[int, float]] = []
        self.bound: list[float] = []
        self.equal: list[bool] = []
        self.spare: list[tuple[float, float, float]] = []
        self.scale: list[float] = []
        for number, row in enumerate(problem.rows):
            self._add_row(number, row)
        self._add_floors()
        self.priced = len(self.bound)
        self._add_money()

    def solve(self) -> tuple[np.ndarray, np.ndarray] | None:
        here, around, unit = self.here, self.around, self.unit
        stays = np.array([[line in around.off] for line in self.problem.lines])
        high = np.where(stays, 0.0, around.upper)
        blocks = falls(self.problem, here, self._worth()) * unit**2 / self.size
        bent = np.einsum("iab,ib->ia", blocks, here / unit)
        rows = np.zeros((len(self.bound), here.size + len(self.spare)))
        for number, (own, other) in enumerate(zip(self.own, self.other, strict=True)):
            rows[number, : here.size] = own.ravel()
            for column, weight in other.items():
                rows[number, here.size + column] = weight
        cost, low_other, high_other = (
            (np.array(side) for side in zip(*self.spare, strict=True))
            if self.spare
            else (np.empty(0),) * 3
        )
        found = minimum(
            Quadratic(
                blocks,
                np.concatenate([(-self.main / self.size - bent).ravel(), cost]),
                rows,
                np.array(self.bound),
                np.array(self.equal),
                np.concatenate([(around.lower / unit).ravel(), low_other]),
                np.concatenate([(np.maximum(high, around.lower) / unit).ravel(), high_other]),
            )
        )
        if found is None:
            return None
        z, y = found
        spend = np.clip(z[: here.size].reshape(here.shape) * unit, around.lower, high)
        return spend, y[: self.priced] * self.size / np.array(self.scale[: self.priced] or [1.0])

    def _slope_of(self, terms: Terms) -> np.ndarray:
        """Of a goal to every amount, per unit of the scaled amounts: (line, week)."""
        out = self.problem.cost(terms)
        for cell, slope in self.slope.items():
            weight = terms.weight(*cell)
            if weight:
                out[self.problem.place[cell[1]]] += weight * slope
        return out * self.unit

    def _worth(self) -> dict[Cell, float]:
        """cell -> what a unit of it adds to the Lagrangian at the prices of the last step."""
        rows, floors = self.problem.rows, self.problem.floors
        prices = self.around.prices
        if prices is None or len(prices) != len(rows) + len(floors):
            prices = np.array([0.0] * len(rows) + [1 / max(1, len(floors))] * len(floors))
        worth: dict[Cell, float] = {}
        goals = [(self.problem.terms, 1.0), *zip(floors, prices[len(rows) :], strict=True)]
        for terms, price in goals:
            for cell in self.problem.cells:
                worth[cell] = worth.get(cell, 0.0) + price * terms.weight(*cell)
        for row, price in zip(rows, prices, strict=False):
            for cell, weight in row.response.items():
                worth[cell] = worth.get(cell, 0.0) + price * weight
        return worth

    def _add(self, own: np.ndarray, bound: float, scale: float, *, equal: bool = False) -> None:
        self.own.append(own)
        self.other.append({})
        self.bound.append(bound)
        self.scale.append(scale)
        self.equal.append(equal)

    def _other(self, cost: float, low: float, high: float) -> int:
        self.spare.append((cost, low, high))
        return len(self.spare) - 1

    def _add_row(self, number: int, row: Row) -> None:
        problem = self.problem
        own = problem.spread(row)
        for cell, weight in row.response.items():
            if weight:
                own[problem.place[cell[1]]] += weight * self.slope[cell]
        own *= self.unit
        size = float(np.abs(own).max(initial=0.0)) or 1.0
        left = problem.left_side(row, self.here, self.response)
        at = float((own * self.here).sum()) / self.unit
        bound = row.bound + self.around.extra.get(number, 0.0) - left + at
        self._add(own / size, bound / size, size)
        price = PENALTY if row.price is None else row.price * size / self.size
        lack = max(0.0, (row.bound - left) / size)
        self.other[-1][self._other(price, 0.0, WIDE + 2 * lack)] = 1.0

    def _add_floors(self) -> None:
        if not self.floors:
            return
        values = [
            self.problem.worth(terms, self.here, self.response) for terms in self.problem.floors
        ]
        least = self._other(-1.0, -WIDE * self.here.size, WIDE * self.here.size)
        for slope, value in zip(self.floors, values, strict=True):
            own = slope / self.size
            above = (value - min(values)) / self.size
            self._add(own, float((own * self.here).sum()) / self.unit - above, self.size)
            self.other[-1][least] = -1.0

    def _add_money(self) -> None:
        problem, count = self.problem, float(self.here.size)
        sign = 1.0 if problem.budget.exact else -1.0
        self._add(np.full(self.here.shape, sign), sign * count, 1.0, equal=problem.budget.exact)
        for line, least in problem.on_from.items():
            if line not in self.around.off:
                own = np.zeros(self.here.shape)
                own[problem.place[line]] = 1.0
                self._add(own, least / self.unit, 1.0)
