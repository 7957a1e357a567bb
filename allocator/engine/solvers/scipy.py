"""SciPy's SLSQP on the exact curves: moves a plan to the top of the basin it stands in.

Spend is scaled to the budget and the objective to its own size: in raw currency units SLSQP stops
at its start and reports success. ``success`` is never asked; the better feasible plan is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import minimize

from allocator.constraints._base import Row
from allocator.engine.problem import AllocationProblem, Cell

STEEPEST = 1e12  # an infinite slope at zero spend, as a number SLSQP can work with (scaled units)
STEPS = 20  # it starts next to the top; more is only its line search failing on the last digits
SMALL_ENOUGH = 400  # lines; SLSQP's dense steps grow with the cube of it


def polish(problem: AllocationProblem, start: Mapping[str, float]) -> dict[str, float]:
    """The plan that SLSQP climbs to from ``start``; feasible to 1e-9 where it ends well.

    Lines that are off and have a minimum if active stay off. Whether what comes back is better
    is for the caller to ask.
    """
    free = [line for line in problem.lines if _may_move(problem, line, start[line])]
    fewest = 2 if problem.budget.exact else 1  # with all to be spent one line cannot move alone
    if not fewest <= len(free) <= SMALL_ENOUGH:
        return dict(start)
    exact = _Exact(problem, start, tuple(free))
    found = minimize(
        exact.loss,
        exact.scaled(start),
        jac=exact.loss_slope,
        bounds=exact.bounds(),
        constraints=exact.constraints(),
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": STEPS},
    )
    if not np.all(np.isfinite(found.x)):
        return dict(start)
    return exact.natural(found.x)


def _may_move(problem: AllocationProblem, line: str, amount: float) -> bool:
    low, high = problem.bounds[line]
    return high > low and not (line in problem.on_from and amount == 0)


class _Exact:
    """The problem around a plan as functions of y = spend / budget over the free lines."""

    def __init__(
        self, problem: AllocationProblem, start: Mapping[str, float], free: tuple[str, ...]
    ) -> None:
        self.problem, self.start, self.free = problem, dict(start), free
        self.unit = problem.budget.total
        self.size = abs(problem.value(start)) or 1.0
        self.column = {line: position for position, line in enumerate(free)}
        self.curves = [(cell, problem.responses[cell]) for cell in problem.cells]
        self.fixed = sum(start[line] for line in problem.lines if line not in self.column)
        self.seen: tuple[bytes, dict[Cell, float], dict[Cell, float]] | None = None

    def scaled(self, plan: Mapping[str, float]) -> np.ndarray:
        return np.array([plan[line] for line in self.free]) / self.unit

    def natural(self, y: np.ndarray) -> dict[str, float]:
        low_high = [self.problem.bounds[line] for line in self.free]
        moved = {
            line: float(np.clip(value * self.unit, *bounds))
            for line, value, bounds in zip(self.free, y, low_high, strict=True)
        }
        return {**self.start, **moved}

    def bounds(self) -> list[tuple[float, float]]:
        out = []
        for line in self.free:
            low, high = self.problem.bounds[line]
            out.append(
                (max(low, self.problem.on_from.get(line, 0.0)) / self.unit, high / self.unit)
            )
        return out

    def loss(self, y: np.ndarray) -> float:
        value, _ = self._at(y)
        terms = self.problem.terms
        earned = sum(terms.response.get(kpi, 0.0) * mean for (kpi, _), mean in value.items())
        spent = self.fixed + self.unit * float(y.sum())
        return -(earned + terms.spend * spent) / self.size

    def loss_slope(self, y: np.ndarray) -> np.ndarray:
        _, slope = self._at(y)
        terms = self.problem.terms
        out = np.full(len(y), terms.spend * self.unit)
        for (kpi, line), rate in slope.items():
            if line in self.column:
                out[self.column[line]] += terms.response.get(kpi, 0.0) * rate * self.unit
        return -np.clip(out / self.size, -STEEPEST, STEEPEST)

    def constraints(self) -> list[dict[str, object]]:
        share = 1 - self.fixed / self.unit
        kind = "eq" if self.problem.budget.exact else "ineq"
        budget = {
            "type": kind,
            "fun": lambda y: share - y.sum(),
            "jac": lambda y: -np.ones(len(y)),
        }
        return [budget, *(self._row(row) for row in self.problem.rows)]

    def _row(self, row: Row) -> dict[str, object]:
        amounts = [abs(w) * self.unit for w in row.spend.values()]
        size = max([*amounts, abs(row.bound)]) or 1.0

        def left(y: np.ndarray) -> float:
            plan, (value, _) = self.natural(y), self._at(y)
            spent = sum(weight * plan[line] for line, weight in row.spend.items())
            earned = sum(weight * value[cell] for cell, weight in row.response.items())
            return (spent + earned - row.bound) / size

        def slope(y: np.ndarray) -> np.ndarray:
            out = np.zeros(len(y))
            for line, weight in row.spend.items():
                if line in self.column:
                    out[self.column[line]] += weight * self.unit
            for cell, weight in row.response.items():
                if cell[1] in self.column:
                    out[self.column[cell[1]]] += weight * self._at(y)[1][cell] * self.unit
            return np.clip(out / size, -STEEPEST, STEEPEST)

        return {"type": "ineq", "fun": left, "jac": slope}

    def _at(self, y: np.ndarray) -> tuple[dict[Cell, float], dict[Cell, float]]:
        """Mean response and slope of every cell, computed once per point."""
        key = y.tobytes()
        if self.seen is None or self.seen[0] != key:
            plan = self.natural(y)
            value, slope = {}, {}
            for cell, curve in self.curves:
                value[cell], slope[cell] = curve.mean_at(plan[cell[1]])
            self.seen = (key, value, slope)
        return self.seen[1], self.seen[2]
