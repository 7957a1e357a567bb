"""Bounds and plans for thousands of lines under rules that add up: a linear programme of fills.

Every line lies below the concave hull of its roof (``Cover``). How far each edge of a hull is
filled is a column between 0 and 1, so the only rows are the budget and the rules themselves, fifty
of them for two thousand lines. With any prices y of the rows, of the right sign,

    bound = Σ_r y_r · b_r + Σ_columns max(0, worth − Σ_r y_r · a_r)

is no less than the best plan (weak duality), so the bound owes nothing to a solver's tolerance.
Grids are refined where a roof is loose at the solution. With many lines few of them stand on an
edge that spans a dent of their curve (Shapley and Folkman), so hulls are near enough.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from allocator.constraints._base import Row
from allocator.engine.feasible import satisfies
from allocator.engine.problem import AllocationProblem
from allocator.engine.proof.branch import Bounded
from allocator.engine.proof.cover import Cover, hull

MANY = 150  # lines from which hulls are near enough
ROUNDS = 12
SLOWER = 0.5  # of the gap at least is to go in two rounds, else refining ends
SURE = 0.3  # of its worth: a column that gains or loses so much is not asked again
ROUNDING = 1e-11  # of all that is added up: the bound is raised by it


def fits(problem: AllocationProblem) -> bool:
    """Whether there are many lines of one curve each, for better, and rules add up spend and
    responses alone."""
    tied = problem.floors or problem.steps or problem.switched or problem.crossed
    cut = any(problem.holes.values()) or any(problem.inner_holes.values())
    lines = [line for _, line in problem.cells]
    several = len(set(lines)) < len(lines)
    return len(problem.lines) > MANY and not (tied or cut or problem.capped or several)


def fill(
    problem: AllocationProblem,
    covers: Mapping[str, Cover],
    plan: Mapping[str, float] | None,
    *,
    gap: Callable[[Mapping[str, float]], float],
    deadline: float,
) -> Bounded:
    """Bound the problem, to ``gap`` above the best plan known if it can be.

    gap: of a plan, how near the bound is to come, objective units. Solutions that satisfy the
    rules on the exact curves are plans; the best one comes back.
    """
    best = dict(plan) if plan is not None else None
    value = problem.value(plan) if plan is not None else -np.inf
    bound, point, gaps = np.inf, dict[str, float](), list[float]()
    prices: np.ndarray | None = None
    for rounds in range(1, ROUNDS + 1):
        left = deadline - time.monotonic()
        found = _Programme(problem, covers).solve(left, prices) if left > 0 else None
        if found is None:
            return Bounded(bound, best, point, boxes=rounds, timed_out=True)
        if found[0] == -np.inf:
            return Bounded(-np.inf, None, {}, infeasible=True, boxes=rounds)
        _, point, prices = found
        bound = min(bound, found[0])
        if satisfies(problem, point) and (worth := problem.value(point)) > value:
            best, value = point, worth
        gaps.append(bound - value)
        enough = gap(best or point)
        slow = len(gaps) > 2 and gaps[-1] > SLOWER * gaps[-3]
        if gaps[-1] <= enough or slow or not _refine(problem, covers, point, enough):
            break
    return Bounded(bound, best, point, boxes=rounds)


def _refine(
    problem: AllocationProblem, covers: Mapping[str, Cover], point: Mapping[str, float], gap: float
) -> bool:
    """Finer grids at the point where roofs are loose there; False where all of them are tight."""
    loose = {}
    for meter, line in problem.cells:
        cover = covers[line]
        roof = np.interp(point[line], *cover.over[meter])
        curve = np.interp(point[line], cover.totals, cover.values[meter])
        loose[line] = problem.terms.weight(meter, line) * float(roof - curve)
    enough = gap / (4 * len(problem.lines))
    some = [line for line, off in loose.items() if off > enough]
    for line in some:
        covers[line].add(point[line])
    return bool(some)


@dataclass(frozen=True, eq=False)
class _Edges:
    """Edges of all hulls: the line of each, its width in money and its rise, KPI units."""

    line: np.ndarray
    width: np.ndarray
    rise: np.ndarray


class _Programme:
    """Maximise the worth of fills in [0, 1]; rows are divided by the budget of a line."""

    def __init__(self, problem: AllocationProblem, covers: Mapping[str, Cover]) -> None:
        self.problem = problem
        self.place = {line: number for number, line in enumerate(problem.lines)}
        self.meter = {line: meter for meter, line in problem.cells}
        self.low = np.array([covers[line].totals[0] for line in problem.lines])
        hulls = [self._hull(covers[line]) for line in problem.lines]
        self.start = np.array([y[0] for _, y in hulls])
        self.edges = _Edges(
            np.repeat(np.arange(len(hulls)), [len(x) - 1 for x, _ in hulls]),
            np.concatenate([np.diff(x) for x, _ in hulls]),
            np.concatenate([np.diff(y) for _, y in hulls]),
        )
        self.fills = len(self.edges.width)
        unit = problem.budget.total / len(self.place)
        goal = self._across(
            {line: problem.terms.cost(line) for line in self.place},
            {cell: problem.terms.weight(*cell) for cell in problem.cells},
        )
        rows = [self._row(row) for row in problem.rows]
        budget = self._across(dict.fromkeys(self.place, 1.0), {})
        sums = np.array([budget, *(along for along, _ in rows)]) / unit
        short = [problem.budget.total - self.low.sum(), *(missing for _, missing in rows)]
        self.most = np.array(short) / unit
        priced = [(n, row.price) for n, row in enumerate(problem.rows, 1) if row.price is not None]
        self.soft = [n for n, _ in priced]
        prices = np.array([price for _, price in priced]) * unit
        self.size = float(np.abs(goal).max(initial=0.0)) or 1.0
        self.worth = np.concatenate([goal, -prices]) / self.size
        self.matrix = csr_array(np.hstack([sums, -np.eye(len(sums))[:, self.soft]]))

    def _hull(self, cover: Cover) -> tuple[np.ndarray, np.ndarray]:
        meter = self.meter.get(cover.line)
        if meter is None:
            ends = cover.totals[[0, -1]] if len(cover.totals) > 1 else cover.totals
            return ends, np.zeros(len(ends))
        return hull(*cover.over[meter])

    def solve(
        self, time_limit: float, hint: np.ndarray | None = None
    ) -> tuple[float, dict[str, float], np.ndarray] | None:
        """(bound, point, prices of the rows); bound −inf: infeasible. None: no time.

        hint: prices of an earlier solution. What is surely filled or empty at these stays so: the
        point may then fall short of the best, the bound is one all the same.
        """
        if hint is not None:
            worth = np.abs(self.worth[: self.fills])
            sure = np.abs(self._gain(hint)) > SURE * worth
            found = self._solved(time_limit, np.where(sure, self._gain(hint) > 0, np.nan))
            if found is None or found[0] > -np.inf:
                return found
        return self._solved(time_limit, np.full(self.fills, np.nan))

    def _gain(self, price: np.ndarray) -> np.ndarray:
        """What a full column is worth beyond what its rows charge."""
        gain: np.ndarray = self.worth[: self.fills] - self.matrix.T[: self.fills] @ price
        return gain

    def _solved(
        self, time_limit: float, known: np.ndarray
    ) -> tuple[float, dict[str, float], np.ndarray] | None:
        """``solve`` with columns fixed at ``known``, free where that is NaN."""
        first = 1 if self.problem.budget.exact else 0
        free = np.flatnonzero(np.isnan(known))
        fixed = np.nan_to_num(known)
        columns = np.concatenate([free, np.arange(self.fills, len(self.worth))])
        left = self.most - self.matrix[:, : self.fills] @ fixed
        part = self.matrix[:, columns]
        found = linprog(
            -self.worth[columns],
            A_ub=part[first:] if len(left) > first else None,
            b_ub=left[first:] if len(left) > first else None,
            A_eq=part[:first] if first else None,
            b_eq=left[:first] if first else None,
            bounds=[(0.0, 1.0)] * len(free) + [(0.0, None)] * len(self.soft),
            method="highs",
            options={"time_limit": time_limit},
        )
        if found.status == 2:
            return -np.inf, {}, np.empty(0)
        if found.status != 0:
            return None
        equal = -found.eqlin.marginals if first else np.empty(0)
        price = np.concatenate([equal, np.maximum(-found.ineqlin.marginals, 0.0)])
        price[self.soft] = np.minimum(price[self.soft], -self.worth[self.fills :])
        parts = np.concatenate([price * self.most, np.maximum(self._gain(price), 0.0)])
        raised = float(parts.sum() + ROUNDING * np.abs(parts).sum())
        fixed[free] = found.x[: len(free)]
        return self._base() + self.size * raised, self._point(fixed), price

    def _base(self) -> float:
        """What the lines are worth where every fill is empty."""
        terms = self.problem.terms
        earned = [
            terms.weight(self.meter[line], line) * self.start[number]
            for line, number in self.place.items()
            if line in self.meter
        ]
        paid = [terms.cost(line) * self.low[number] for line, number in self.place.items()]
        return sum(earned) + sum(paid) + terms.base

    def _across(
        self, spend: Mapping[str, float], response: Mapping[tuple[str, str], float]
    ) -> np.ndarray:
        """What a full column adds to a sum that weighs spend and responses so."""
        money, earned = np.zeros((2, len(self.place)))
        for line, weight in spend.items():
            money[self.place[line]] += weight
        for (_, line), weight in response.items():
            earned[self.place[line]] += weight
        edges = self.edges
        along: np.ndarray = money[edges.line] * edges.width + earned[edges.line] * edges.rise
        return along

    def _row(self, row: Row) -> tuple[np.ndarray, float]:
        """As Σ along · fill ≤ most: what the empty fills miss of the bound, turned round."""
        spend = {line: float(weight) for line, weight in row.spend.items()}
        have = sum(weight * self.low[self.place[line]] for line, weight in spend.items())
        have += sum(w * self.start[self.place[line]] for (_, line), w in row.response.items())
        have += sum(w for line, w in row.active.items() if self.low[self.place[line]] > 0)
        return -self._across(spend, row.response), float(have - row.bound)

    def _point(self, fills: np.ndarray) -> dict[str, float]:
        """Totals of the lines, moved onto the budget where the solver's accuracy left it."""
        edges, problem = self.edges, self.problem
        money = np.bincount(
            edges.line, weights=np.clip(fills, 0, 1) * edges.width, minlength=len(self.place)
        )
        point = {}
        for line, number in self.place.items():
            low, high = problem.bounds[line]
            point[line] = min(max(float(self.low[number] + money[number]), low), high)
        return point
