"""The linear model a search climbs on: planes above every term, solved by HiGHS itself.

Not the certificate's relaxation: it holds only near a point, reads a response of which less is
better by its tangent there (on or above a concave response, so that a cap on it is kept), and its
rows can be asked for more than they need. Scaled: amounts by the even split of the budget, terms
by their size at the point, the goal by its largest coefficient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
from scipy.sparse import csr_array

from allocator.constraints._base import Row
from allocator.engine.problem import Cell
from allocator.engine.solvers._base import Termination
from allocator.engine.weekly.boxed import Boxed
from allocator.engine.weekly.problem import WeeklyProblem
from allocator.objectives._base import Terms

ACCURACY = 1e-9  # of an amount next to the even split: what HiGHS may leave a row short of
ENDED = {
    highspy.HighsModelStatus.kOptimal: Termination.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Termination.INFEASIBLE,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: Termination.INFEASIBLE,  # all is bounded
    highspy.HighsModelStatus.kTimeLimit: Termination.TIME_LIMIT,
}


@dataclass(frozen=True, eq=False)
class Place:
    """Where to look: a box, the lines that stay off there, and what rows are asked beyond.

    points: where planes are put, (line, week) each; the first is where tangents are taken
    extra: row number -> what it must have beyond its bound, in its own units
    """

    lower: np.ndarray
    upper: np.ndarray
    points: Sequence[np.ndarray]
    off: frozenset[str] = frozenset()
    extra: Mapping[int, float] = field(default_factory=dict)
    choose: bool = False
    """lines may be switched on and off"""


def climb(
    problem: WeeklyProblem, place: Place, *, time_limit: float, seed: int
) -> tuple[Termination, np.ndarray | None]:
    """The best amounts of the model in this place: (how it ended, (line, week) or None)."""
    model = _Model(problem, place)
    solver = highspy.Highs()
    options = {
        "output_flag": False, "time_limit": max(0.1, time_limit), "random_seed": seed, "threads": 1,
        "primal_feasibility_tolerance": ACCURACY, "mip_feasibility_tolerance": ACCURACY,
        "mip_rel_gap": 1e-6,
    }  # fmt: skip
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(model.built())
    solver.run()
    ended = ENDED.get(solver.getModelStatus(), Termination.FAILED)
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return ended, None
    values = np.asarray(solver.getSolution().col_value)
    spend = np.clip(values[model.x] * model.unit, place.lower, place.upper)
    return ended, spend


class _Model:
    def __init__(self, problem: WeeklyProblem, place: Place) -> None:
        self.problem, self.place = problem, place
        self.unit = problem.budget.total / place.lower.size
        self.first = place.points[0]
        self.low: list[float] = []
        self.high: list[float] = []
        self.cost: dict[int, float] = {}
        self.whole: list[int] = []
        self.left: list[np.ndarray] = []
        self.right: list[np.ndarray] = []
        self.entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.rows = 0
        stays = np.array([line in place.off for line in problem.lines])
        upper = np.where(stays[:, None], 0.0, place.upper) / self.unit
        self.x = self._columns(place.lower / self.unit, upper)
        self.tall: dict[Cell, float] = {}
        self.theta: dict[Cell, np.ndarray] = {}
        self.tangent: dict[Cell, tuple[float, np.ndarray]] = {}
        self._read_curves()
        self.z = {
            line: int(self._columns(np.zeros(1), np.ones(1))[0])
            for line in (problem.switched if place.choose else ())
        }
        self.whole.extend(self.z.values())
        self._switches()
        total = float(self.x.size)
        least = total if problem.budget.exact else -np.inf
        self._row(dict.fromkeys(self.x.ravel().tolist(), 1.0), least, total)
        for number, row in enumerate(problem.rows):
            self._rule(number, row)
        self._goal()

    def built(self) -> highspy.HighsLp:
        """The model as HiGHS takes it: minimise minus the goal."""
        numbers, columns, values = (
            np.concatenate(part) for part in zip(*self.entries, strict=True)
        )
        matrix = csr_array((values, (numbers, columns)), shape=(self.rows, len(self.low)))
        size = max(map(abs, self.cost.values()), default=1.0) or 1.0
        cost = np.zeros(len(self.low))
        for column, worth in self.cost.items():
            cost[column] = -worth / size
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.low), self.rows
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.array(self.low), np.array(self.high)
        lp.row_lower_, lp.row_upper_ = np.concatenate(self.left), np.concatenate(self.right)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
        lp.a_matrix_.value_ = matrix.data
        if self.whole:
            kinds = [highspy.HighsVarType.kContinuous] * len(self.low)
            for column in self.whole:
                kinds[column] = highspy.HighsVarType.kInteger
            lp.integrality_ = kinds
        return lp

    def _columns(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        start = len(self.low)
        self.low.extend(low.ravel().tolist())
        self.high.extend(np.maximum(low, high).ravel().tolist())
        return np.arange(start, len(self.low)).reshape(low.shape)

    def _row(self, weights: Mapping[int, float], least: float, most: float = np.inf) -> None:
        columns, values = np.array(list(weights), dtype=int), np.array(list(weights.values()))
        self.entries.append((np.full(len(columns), self.rows), columns, values))
        self.left.append(np.array([least]))
        self.right.append(np.array([most]))
        self.rows += 1

    def _read_curves(self) -> None:
        """Planes above what is to be raised, one tangent of what is to be held down."""
        problem, place = self.problem, self.place
        for (source, line), meters in problem.metered.items():
            at = problem.place[line]
            box = Boxed(
                problem.sources[source, line], problem.weights(source, line),
                place.lower[at], place.upper[at],
            )  # fmt: skip
            planes = [(point[at], *box.above(point[at])) for point in place.points]
            for number, meter in enumerate(meters):
                cell = meter, line
                own = [(point, value[number], slope[number]) for point, value, slope in planes]
                if cell in problem.raised:
                    self._planes(cell, own)
                if cell in problem.capped:
                    self.tangent[cell] = _tangent(own[0], problem.weeks)

    def _planes(
        self, cell: Cell, planes: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]
    ) -> None:
        """θ_j ≤ value_j + Σ_l slope_jl · (y_{j−l} − x_{j−l}) at every point."""
        count, lags = planes[0][2].shape
        tall = float(np.abs(planes[0][1]).mean()) or 1.0  # its own, so that θ is of order one
        theta = self._columns(np.full(count, -np.inf), np.full(count, np.inf))
        self.theta[cell], self.tall[cell] = theta, tall
        weeks = self.problem.weeks
        week = np.arange(count)[:, None] - np.arange(lags)
        inside = (week >= 0) & (week < weeks)
        shown = np.clip(week, 0, weeks - 1)
        own = self.x[self.problem.place[cell[1]]]
        seen: list[np.ndarray] = []
        for point, value, slope in planes:
            if any(np.array_equal(point, other) for other in seen):
                continue
            seen.append(point)
            term, lag = np.nonzero(inside & (slope != 0))
            self.entries.append(
                (
                    self.rows + np.concatenate([np.arange(count), term]),
                    np.concatenate([theta, own[shown[term, lag]]]),
                    np.concatenate([np.ones(count), -slope[term, lag] * self.unit / tall]),
                )
            )
            reached = np.where(inside, slope * point[shown], 0.0).sum(axis=1)
            self.left.append(np.full(count, -np.inf))
            self.right.append((value - reached) / tall)
            self.rows += count

    def _switches(self) -> None:
        problem = self.problem
        for line, least in problem.on_from.items():
            own = self.x[problem.place[line]]
            if line not in self.z and line not in self.place.off:
                self._row(dict.fromkeys(own.tolist(), 1.0), least / self.unit)
        for line, z in self.z.items():
            own, most = self.x[problem.place[line]], self.place.upper[problem.place[line]]
            for column, top in zip(own.tolist(), most.tolist(), strict=True):
                self._row({column: 1.0, z: -top / self.unit}, -np.inf, 0.0)
            least = max(problem.on_from.get(line, 0.0), 0.01)  # on is a cent or more
            self._row({**dict.fromkeys(own.tolist(), 1.0), z: -least / self.unit}, 0.0)

    def _rule(self, number: int, row: Row) -> None:
        weights: dict[int, float] = {}
        bound = row.bound + self.place.extra.get(number, 0.0)
        for line, weight in row.spend.items():
            own = self.x[self.problem.place[line]]
            self._weigh(weights, own, np.broadcast_to(weight, own.shape) * self.unit)
        for cell, weight in row.response.items():
            bound -= self._read(weights, cell, weight)
        for line, weight in row.active.items():
            if line in self.z:
                self._weigh(weights, np.array([self.z[line]]), np.array([weight]))
            elif line not in self.place.off:
                bound -= weight
        size = max(map(abs, weights.values()), default=1.0) or 1.0
        scaled = {column: weight / size for column, weight in weights.items()}
        if row.price is not None:
            (short,) = self._columns(np.zeros(1), np.full(1, np.inf)).tolist()
            self.cost[short] = -row.price * size
            scaled[short] = 1.0
        self._row(scaled, bound / size)

    def _goal(self) -> None:
        worth, _ = self._worth(self.problem.terms)
        for column, weight in worth.items():
            self.cost[column] = self.cost.get(column, 0.0) + weight
        if not self.problem.floors:
            return
        worths = [self._worth(terms) for terms in self.problem.floors]
        size = max((abs(w) for worth, _ in worths for w in worth.values()), default=1.0) or 1.0
        (least,) = self._columns(np.full(1, -np.inf), np.full(1, np.inf)).tolist()
        self.cost[least] = size
        for (worth, fixed), terms in zip(worths, self.problem.floors, strict=True):
            scaled = {column: weight / size for column, weight in worth.items()}
            self._row({**scaled, least: -1.0}, -(terms.base + fixed) / size)

    def _worth(self, terms: Terms) -> tuple[dict[int, float], float]:
        """Column -> what one of it is worth to a goal, and what is there in any case."""
        weights: dict[int, float] = {}
        self._weigh(weights, self.x.ravel(), self.problem.cost(terms).ravel() * self.unit)
        fixed = [self._read(weights, c, w) for c in self.problem.cells if (w := terms.weight(*c))]
        return weights, sum(fixed)

    def _read(self, weights: dict[int, float], cell: Cell, weight: float) -> float:
        """Put weight · response into a row; what of it no column holds is returned."""
        if weight > 0:
            own = self.theta[cell]
            self._weigh(weights, own, np.full(len(own), weight * self.tall[cell]))
            return 0.0
        if weight == 0:
            return 0.0
        at, rate = self.tangent[cell]
        self._weigh(weights, self.x[self.problem.place[cell[1]]], weight * rate * self.unit)
        return weight * at

    def _weigh(self, weights: dict[int, float], columns: np.ndarray, values: np.ndarray) -> None:
        for column, value in zip(columns.tolist(), values.tolist(), strict=True):
            if value:
                weights[column] = weights.get(column, 0.0) + value


def _tangent(
    plane: tuple[np.ndarray, np.ndarray, np.ndarray], weeks: int
) -> tuple[float, np.ndarray]:
    """Σ_j of planes at one point as at + rate · y: (at, (week,))."""
    point, value, slope = plane
    rate = np.zeros(len(value))
    for lag in range(slope.shape[1]):
        week = np.arange(len(value)) - lag
        inside = (week >= 0) & (week < weeks)
        rate[week[inside]] += slope[inside, lag]
    return float(value.sum() - rate[:weeks] @ point), rate[:weeks]
