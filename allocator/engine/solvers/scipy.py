"""SciPy's SLSQP on the exact curves: moves a plan to the top of the basin it stands in.

Spend is scaled to the budget and the objective to its own size: in raw currency units SLSQP stops
at its start and reports success. ``success`` is never asked; the better feasible plan is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from allocator.constraints._base import Row, Weight
from allocator.engine.problem import AllocationProblem, Cell, left_side, objective
from allocator.objectives._base import Terms

STEEPEST = 1e12  # an infinite slope at zero spend, as a number SLSQP can work with (scaled units)
STEPS = 20  # it starts next to the top; more is only its line search failing on the last digits
LAST_STEPS = 6  # on the exact curves, where rules speak of outcomes
SMALL_ENOUGH = 400  # lines; SLSQP's dense steps grow with the cube of it


Smooth = Callable[[Mapping[str, float]], tuple[float, Mapping[str, float]]]
"""A plan ↦ a value and its slope in every line's spend, both in the unit of the value"""


Gradient = Callable[[np.ndarray], np.ndarray]
"""z ↦ a slope in every number of z"""


@dataclass(frozen=True)
class Curved:
    """What a polish heeds besides its problem: goals of which the least counts, and rows ≥ 0.

    size: of the goals, in their unit; guards are relative to their own size already
    """

    goals: tuple[Smooth, ...] = ()
    guards: tuple[Smooth, ...] = ()
    size: float = 1.0
    steps: int = STEPS


def polish(
    problem: AllocationProblem,
    start: Mapping[str, float],
    curved: Curved | None = None,
    *,
    exact: bool = True,
) -> dict[str, float]:
    """The plan that SLSQP climbs to from ``start``; feasible to 1e-9 where it ends well.

    exact: where rules speak of outcomes, some last steps on the curves as they are.

    Lines that are off and whose being off matters stay off. Whether what comes back is better is
    for the caller to ask.
    """
    free = [line for line in problem.lines if _may_move(problem, line, start[line])]
    fewest = 2 if problem.budget.exact else 1  # with all to be spent one line cannot move alone
    if not fewest <= len(free) <= SMALL_ENOUGH:
        return dict(start)
    heeded = curved or Curved()
    plan = _climb(_Around(problem, start, tuple(free), heeded, exact=False), heeded.steps)
    if exact and any(
        row.response for row in problem.rows
    ):  # a rule is kept on the exact curves or broken
        plan = _climb(_Around(problem, plan, tuple(free), heeded, exact=True), LAST_STEPS)
    return plan


def _climb(around: _Around, steps: int) -> dict[str, float]:
    found = minimize(
        around.loss,
        around.first(),
        jac=around.loss_slope,
        bounds=around.bounds(),
        constraints=around.constraints(),
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": steps},
    )
    return dict(around.natural(found.x)) if np.all(np.isfinite(found.x)) else dict(around.start)


def _may_move(problem: AllocationProblem, line: str, amount: float) -> bool:
    low, high = problem.room(line, amount)
    return high > low and line not in problem.steps


class _Around:
    """The problem around a plan as functions of z = (spend / budget of the free lines, others).

    The others are one number for each soft row, what it is short of, and, where the goal has
    floors, the least of them: both relative to their size, so that all of z is of order one.
    """

    def __init__(
        self,
        problem: AllocationProblem,
        start: Mapping[str, float],
        free: tuple[str, ...],
        curved: Curved,
        *,
        exact: bool,
    ) -> None:
        self.problem, self.start, self.free, self.curved = problem, dict(start), free, curved
        self.unit = problem.budget.total
        self.least = bool(problem.floors or curved.goals)
        self.column = {line: position for position, line in enumerate(free)}
        curves = {cell: problem.responses[cell] for cell in problem.cells}
        self.read = {c: r.mean_at if exact else r.mean_near for c, r in curves.items()}
        self.fixed = sum(start[line] for line in problem.lines if line not in self.column)
        self.soft = [row for row in problem.rows if row.price is not None]
        self.many = len(free) + len(self.soft) + self.least
        self.size = curved.size if curved.goals else abs(self._worth()) or 1.0
        self.rooms = [problem.room(line, start[line]) for line in free]
        self.seen: tuple[bytes, dict[Cell, float], dict[Cell, float]] | None = None
        self.named: tuple[bytes, dict[str, float]] | None = None
        self.uphill = self._gradient_of(problem.terms)

    def first(self) -> np.ndarray:
        """The start, with what its soft rows are short of and the least of its floors."""
        heeds = self.soft or self.problem.floors
        response = self.problem.response(self.start) if heeds else {}
        spend = [self.start[line] / self.unit for line in self.free]
        short = [
            max(0.0, row.bound - left_side(row, self.start, response)) * _price(row) / self.size
            for row in self.soft
        ]
        floors = [objective(terms, self.start, response) for terms in self.problem.floors]
        floors += [goal(self.start)[0] for goal in self.curved.goals]
        return np.array([*spend, *short, *([min(floors) / self.size] if floors else [])])

    def _worth(self) -> float:
        """What the start is worth, on the curves as they are read here."""
        response = {cell: read(self.start[cell[1]])[0] for cell, read in self.read.items()}
        return self.problem.value_of(self.start, response)

    def natural(self, z: np.ndarray) -> Mapping[str, float]:
        """line -> total, currency; asked again for the same z it is the same object."""
        spend = z[: len(self.free)]
        key = spend.tobytes()
        if self.named is None or self.named[0] != key:
            moved = {
                line: min(max(value * self.unit, low), high)
                for line, value, (low, high) in zip(
                    self.free, spend.tolist(), self.rooms, strict=True
                )
            }
            self.named = key, {**self.start, **moved}
        return self.named[1]

    def bounds(self) -> list[tuple[float | None, float | None]]:
        """Of every number in z."""
        spend = [(low / self.unit, high / self.unit) for low, high in self.rooms]
        least = [(None, None)] if self.least else []
        return [*spend, *[(0.0, None) for _ in self.soft], *least]

    def loss(self, z: np.ndarray) -> float:
        """Minus the goal, relative to its size."""
        value = self._terms(self.problem.terms, z) / self.size
        return -(value - float(self._short(z).sum()) + (z[-1] if self.least else 0.0))

    def loss_slope(self, z: np.ndarray) -> np.ndarray:
        """Its gradient."""
        out = self.uphill(z)
        out[len(self.free) : len(self.free) + len(self.soft)] = -1.0
        if self.least:
            out[-1] = 1.0
        return -out

    def constraints(self) -> list[dict[str, object]]:
        """Budget, rows, and every floor above the least of them."""
        share = 1 - self.fixed / self.unit
        kind = "eq" if self.problem.budget.exact else "ineq"
        ones = np.zeros(self.many)
        ones[: len(self.free)] = 1.0
        budget = {
            "type": kind,
            "fun": lambda z: share - z[: len(self.free)].sum(),
            "jac": lambda z: -ones,
        }
        rows = [self._row(row) for row in self.problem.rows]
        floors = [self._floor(terms) for terms in self.problem.floors]
        goals = [self._smooth(goal, self.size, 1.0) for goal in self.curved.goals]
        guards = [self._smooth(guard, 1.0, 0.0) for guard in self.curved.guards]
        return [budget, *rows, *floors, *goals, *guards]

    def _short(self, z: np.ndarray) -> np.ndarray:
        return z[len(self.free) : len(self.free) + len(self.soft)]

    def _terms(self, terms: Terms, z: np.ndarray) -> float:
        plan, (value, _) = self.natural(z), self._at(z)
        return objective(terms, plan, value)

    def _gradient_of(self, terms: Terms) -> Gradient:
        """Of a goal relative to its size."""
        earned = {cell: terms.weight(*cell) for cell in self.read}
        return self._gradient({line: terms.cost(line) for line in self.free}, earned, self.size)

    def _gradient(
        self, spend: Mapping[str, Weight], earned: Mapping[Cell, float], size: float
    ) -> Gradient:
        """Of Σ weight · spend + Σ weight · response over ``size``, in every number of z.

        What money weighs is the same everywhere and is added up once; what weighs nothing is left
        out, for nothing times an infinite slope would be no number.
        """
        money = np.zeros(self.many)
        for line, weight in spend.items():
            if line in self.column:
                money[self.column[line]] += float(weight) * self.unit
        own = [(c, self.column[c[1]], w) for c, w in earned.items() if w and c[1] in self.column]

        def gradient(z: np.ndarray) -> np.ndarray:
            out = money.copy()
            slope = self._at(z)[1] if own else {}
            for cell, place, weight in own:
                out[place] += weight * slope[cell] * self.unit
            return np.clip(out / size, -STEEPEST, STEEPEST)

        return gradient

    def _floor(self, terms: Terms) -> dict[str, object]:
        gradient = self._gradient_of(terms)

        def slope(z: np.ndarray) -> np.ndarray:
            out = gradient(z)
            out[-1] = -1.0
            return out

        return {
            "type": "ineq",
            "fun": lambda z: self._terms(terms, z) / self.size - z[-1],
            "jac": slope,
        }

    def _smooth(self, smooth: Smooth, size: float, above: float) -> dict[str, object]:
        """At least ``above`` times the least of the goals, relative to ``size``."""

        def slope(z: np.ndarray) -> np.ndarray:
            rate = smooth(self.natural(z))[1]
            out = np.zeros(self.many)
            for line, place in self.column.items():
                out[place] = rate[line] * self.unit / size
            if above:
                out[-1] = -above
            return np.clip(out, -STEEPEST, STEEPEST)

        return {
            "type": "ineq",
            "fun": lambda z: smooth(self.natural(z))[0] / size - above * z[-1],
            "jac": slope,
        }

    def _row(self, row: Row) -> dict[str, object]:
        amounts = [abs(float(w)) * self.unit for w in row.spend.values()]
        size = max([*amounts, *map(abs, row.active.values()), abs(row.bound)]) or 1.0
        on = sum(weight for line, weight in row.active.items() if self.start[line] > 0)
        short = len(self.free) + self.soft.index(row) if row.price is not None else None
        per_short = self.size / _price(row) / size if short is not None else 0.0

        def left(z: np.ndarray) -> float:
            plan, (value, _) = self.natural(z), self._at(z)
            spent = sum(float(weight) * plan[line] for line, weight in row.spend.items())
            earned = sum(weight * value[cell] for cell, weight in row.response.items())
            missing = float(z[short]) * per_short if short is not None else 0.0
            return (spent + earned + on - row.bound) / size + missing

        gradient = self._gradient(row.spend, row.response, size)

        def slope(z: np.ndarray) -> np.ndarray:
            out = gradient(z)
            if short is not None:
                out[short] = per_short
            return out

        return {"type": "ineq", "fun": left, "jac": slope}

    def _at(self, z: np.ndarray) -> tuple[dict[Cell, float], dict[Cell, float]]:
        """Mean response and slope of every cell, computed once per point."""
        key = z[: len(self.free)].tobytes()
        if self.seen is None or self.seen[0] != key:
            plan = self.natural(z)
            value, slope = {}, {}
            for cell, read in self.read.items():
                value[cell], slope[cell] = read(plan[cell[1]])
            self.seen = (key, value, slope)
        return self.seen[1], self.seen[2]


def _price(row: Row) -> float:
    return row.price or 0.0  # only of soft rows
