"""A bound on the best plan, by a computation of its own.

No plan that satisfies the rules can be worth more than the bound, given the model. It comes from
``scipy.optimize.milp`` on concave over-estimators of every curve, on a grid of its own, refined
where the bound is loose; it shares ``ResponseCurves`` (through ``SteadyResponse.bracket``), the
rules' rows and HiGHS with the solve wing, but no table, no Pyomo and no code.

Each line's range is cut into pieces. On a piece the curve lies below the concave hull of
over-estimates at grid points, so with one binary per piece (none where there is one piece)

    x = Σ_p x_p,  a_p z_p ≤ x_p ≤ b_p z_p,  v_p ≤ slope_e x_p + intercept_e z_p   (every hull edge)

(and w_p ≥ the edges below it for a response that some rule caps) is a relaxation of the true
problem, and so is its LP bound. Where only the budget ties the lines no solver is needed
(``branch``); where thousands of lines share rules that add up, an LP will do (``fill``). Where the
hull is loose at the relaxation's solution the piece is split there; where the grid is coarse it is
refined. This is spatial branch and bound with a MILP as its engine: rules and several KPIs come
for free.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from allocator.constraints._base import Row
from allocator.engine.problem import AllocationProblem, Cell, left_side, objective
from allocator.engine.proof.branch import branch, separable
from allocator.engine.proof.cover import Cover
from allocator.engine.proof.fill import fill, fits
from allocator.engine.proof.silence import silent
from allocator.objectives._base import Terms

ROUNDS = 40
NOISE = 1e-7  # HiGHS's own tolerance, after scaling: a bound is raised by it, so that it is one
NEARLY = 1e-5  # of a row: so little short, a point far better than the plan is worth a search there
CLEARLY = 50  # gaps


@dataclass(frozen=True)
class Certificate:
    """No feasible plan is worth more than ``bound``, in the objective's units.

    point: line -> total of the relaxation's last solution: where a better plan may lie
    infeasible: the relaxation itself has no solution, hence neither has the problem
    """

    bound: float
    point: dict[str, float] = field(default_factory=dict)
    infeasible: bool = False
    rounds: int = 0
    timed_out: bool = False


def certify(
    problem: AllocationProblem,
    plan: Mapping[str, float] | None = None,
    *,
    gap: float,
    time_limit: float,
) -> Certificate:
    """Bound the problem from above, tightest around ``plan``.

    Stops when the bound is within ``gap`` (in objective units) of the plan's value, after ROUNDS,
    or after ``time_limit`` seconds, with the best bound found so far: any of them is valid.
    """
    started = time.monotonic()
    covers = {line: Cover.start(problem, line, plan) for line in problem.lines}
    deadline = started + time_limit
    if separable(problem) or fits(problem):
        found = (
            branch(problem, covers, plan, gap=gap, deadline=deadline)
            if separable(problem)
            else fill(problem, covers, plan, gap=lambda _: gap, deadline=deadline)
        )
        alone = min(found.bound, _by_itself(problem, covers))
        return Certificate(alone, found.point, found.infeasible, found.boxes, found.timed_out)
    value = problem.value(plan) if plan is not None else -np.inf
    best = Certificate(_by_itself(problem, covers))
    for rounds in range(1, ROUNDS + 1):
        left = time_limit - (time.monotonic() - started)
        if left <= 0:
            return _with(best, timed_out=True)
        relaxed = _Relaxation(problem, covers).solve(left)
        if relaxed is None:
            return _with(best, timed_out=True)
        bound, point = relaxed
        if bound == -np.inf:
            return Certificate(-np.inf, infeasible=True, rounds=rounds)
        best = Certificate(min(bound, best.bound), point, rounds=rounds)
        if plan is None or best.bound - value <= gap:
            return best
        ahead = problem.value(point) - value
        near = NEARLY if ahead > CLEARLY * gap else NOISE
        if bound - problem.value(point) <= gap and _keeps(problem, point, near):
            return best  # nothing is loose: the point is a better plan, or as good as one
        if not _refine(problem, covers, point, (bound - value) / (4 * len(problem.lines))):
            late = time.monotonic() >= deadline  # the MILP, cut short, ended far from its optimum
            return _with(best, timed_out=late)
    return best


def _keeps(problem: AllocationProblem, point: Mapping[str, float], near: float) -> bool:
    """Whether the point satisfies the hard rows on the exact curves, to ``near`` of their size."""
    response = problem.response(point)
    for row in problem.rows:
        parts = [*(float(w) * point[line] for line, w in row.spend.items()), row.bound]
        parts += [weight * response[cell] for cell, weight in row.response.items()]
        missing = row.bound - left_side(row, point, response)
        if row.price is None and missing > near * max(map(abs, parts)):
            return False
    return True


def _with(certificate: Certificate, *, timed_out: bool) -> Certificate:
    return Certificate(certificate.bound, certificate.point, False, certificate.rounds, timed_out)


def _by_itself(problem: AllocationProblem, covers: Mapping[str, Cover]) -> float:
    """A bound that needs no solver: every line at its own best, the budget forgotten."""
    floor = min((_alone(problem, covers, terms) for terms in problem.floors), default=0.0)
    return _alone(problem, covers, problem.terms) + floor


def _alone(problem: AllocationProblem, covers: Mapping[str, Cover], terms: Terms) -> float:
    total, exact = problem.budget.total, problem.budget.exact
    tops = [_top(cover, terms) for cover in covers.values()]
    earned = sum(tops) if exact else sum(max(0.0, top) for top in tops)
    costs = [terms.cost(line) for line in problem.lines]
    most = max(costs) * total
    return earned + terms.base + (most if exact else max(0.0, most))


def _top(cover: Cover, terms: Terms) -> float:
    """The goal's earnings from one line, at most."""
    return sum(
        weight * float(cover.over[meter][1].max() if weight > 0 else cover.under[meter].min())
        for meter in cover.over
        if (weight := terms.weight(meter, cover.line))
    )


def _refine(
    problem: AllocationProblem,
    covers: Mapping[str, Cover],
    point: Mapping[str, float],
    enough: float,
) -> bool:
    """Refine every line whose over-estimate is loose at the point; False if none could be."""
    weights = _weights(problem, point)
    looseness = {
        line: max((weights[m] * cover.loose(m, point[line]) for m in cover.over), default=0.0)
        for line, cover in covers.items()
    }
    worst = max(looseness.values(), default=0.0)
    refined = [
        cover.refine(point[line])
        for line, cover in covers.items()
        if looseness[line] > min(enough, worst / 2)
    ]
    return any(refined)


def _weights(problem: AllocationProblem, point: Mapping[str, float]) -> dict[str, float]:
    """What one unit of a meter is worth: its weight in the goal or, where a rule speaks of it,
    what makes a relative error in it count as much as the same error in the goal."""
    response = problem.response(point)
    goals = (problem.terms, *problem.floors)
    goal = abs(sum(abs(objective(terms, point, response)) for terms in goals) / len(goals))
    ruled = {meter for row in problem.rows for meter, _ in row.response}
    weights: dict[str, float] = {}
    for meter in {meter for meter, _ in problem.cells}:
        total = abs(sum(mean for (name, _), mean in response.items() if name == meter)) or 1.0
        in_goal = max(abs(terms.weight(meter, line)) for terms in goals for line in point)
        weights[meter] = max(in_goal, goal / total if meter in ruled else 0.0)
    return weights


class _Relaxation:
    """The MILP over all covers, scaled: spend by the budget, each meter by its largest height."""

    def __init__(self, problem: AllocationProblem, covers: Mapping[str, Cover]) -> None:
        self.problem = problem
        self.unit = problem.budget.total
        self.tall: dict[str, float] = {}
        for cover in covers.values():
            for meter, (_, height) in cover.over.items():
                self.tall[meter] = max(
                    self.tall.get(meter, 0.0), float(np.abs(height).max()) or 1.0
                )
        self.cost: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.whole: list[int] = []
        self.entries: list[tuple[int, int, float]] = []
        self.row_low: list[float] = []
        self.row_high: list[float] = []
        self.x: dict[str, list[int]] = {line: [] for line in problem.lines}
        self.z: dict[str, list[int]] = {line: [] for line in problem.lines}
        self.v: dict[Cell, list[int]] = {cell: [] for cell in problem.cells}
        self.w: dict[Cell, list[int]] = {cell: [] for cell in problem.capped}
        for line, cover in covers.items():
            self._add_line(line, cover)
        self._add_budget()
        for row in problem.rows:
            self._add_rule(row)
        self._add_goal()

    def solve(self, time_limit: float) -> tuple[float, dict[str, float]] | None:
        """(bound, spend at the relaxation's best point); bound −inf: infeasible. None: no time."""
        rows = coo_array(
            (
                [weight for _, _, weight in self.entries],
                ([row for row, _, _ in self.entries], [column for _, column, _ in self.entries]),
            ),
            shape=(len(self.row_low), len(self.cost)),
        ).tocsc()
        size = max(map(abs, self.cost), default=0.0) or 1.0
        with silent():
            found = milp(
                -np.array(self.cost) / size,
                integrality=np.array(self.whole),
                bounds=Bounds(np.array(self.low), np.array(self.high)),
                constraints=LinearConstraint(rows, np.array(self.row_low), np.array(self.row_high)),
                options={"time_limit": time_limit, "mip_rel_gap": 1e-8},
            )
        if found.status == 2:
            return -np.inf, {}
        choosing = any(self.whole)
        if found.x is None or (found.status != 0 and not choosing):  # an LP cut short has no bound
            return None
        bound = -(found.mip_dual_bound if choosing else found.fun) * size + self.problem.terms.base
        spend = {
            line: self._within(line, float(sum(found.x[column] for column in columns) * self.unit))
            for line, columns in self.x.items()
        }
        return bound + NOISE * max(abs(bound), size), spend

    def _within(self, line: str, total: float) -> float:
        """HiGHS keeps limits to its accuracy; the curves may know nothing beyond them."""
        low, high = self.problem.bounds[line]
        least = self.problem.on_from.get(line, 0.0)
        if low == 0 and total < least / 2:
            return 0.0
        return min(max(total, low, least), high)

    def _column(self, cost: float, low: float, high: float, *, whole: bool = False) -> int:
        self.cost.append(cost)
        self.low.append(low)
        self.high.append(high)
        self.whole.append(int(whole))
        return len(self.cost) - 1

    def _row(self, weights: Mapping[int, float], low: float, high: float = np.inf) -> None:
        number = len(self.row_low)
        self.entries.extend((number, column, weight) for column, weight in weights.items())
        self.row_low.append(low)
        self.row_high.append(high)

    def _add_line(self, line: str, cover: Cover) -> None:
        low, high = self.problem.bounds[line]
        holes = self.problem.holes.get(line, ())
        from_nothing = bool(holes) and holes[0][0] <= 0
        may_be_off = low <= 0 and (line in self.problem.switched or from_nothing)
        floor = max(low, self.problem.on_from.get(line, 0.0)) / self.unit
        pieces = list(cover.pieces())
        choose = len(pieces) > 1 or may_be_off
        for piece in pieces:
            z = self._column(0.0, 0.0 if choose else 1.0, 1.0, whole=choose)
            x = self._column(0.0, 0.0, max(piece.high, low) / self.unit)
            self._row({x: 1.0, z: -max(piece.low / self.unit, floor)}, 0.0)
            self._row({x: -1.0, z: min(piece.high, high) / self.unit}, 0.0)
            self.x[line].append(x)
            self.z[line].append(z)
            for side, sign, known in ((self.v, -1.0, piece.above), (self.w, 1.0, piece.below)):
                for meter, edges in known.items():
                    tall = self.tall[meter]
                    v = self._column(0.0, -np.inf, np.inf)
                    for slope, intercept in edges.tolist():
                        along, at = -sign * slope * self.unit / tall, -sign * intercept / tall
                        self._row({v: sign, x: along, z: at}, 0.0)
                    side[meter, line].append(v)
        if line in self.problem.steps:
            step = self.problem.steps[line] / self.unit
            steps = self._column(0.0, 0.0, np.ceil(high / self.unit / step), whole=True)
            self._row({**dict.fromkeys(self.x[line], 1.0), steps: -step}, 0.0, 0.0)
        total = dict.fromkeys(self.z[line], 1.0)
        self._row(total, 0.0 if may_be_off else 1.0, 1.0)

    def _add_budget(self) -> None:
        spent = {column: 1.0 for columns in self.x.values() for column in columns}
        self._row(spent, 1.0 if self.problem.budget.exact else -np.inf, 1.0)

    def _add_rule(self, row: Row) -> None:
        weights: dict[int, float] = {}
        for line, weight in row.spend.items():
            self._weigh(weights, self.x[line], float(weight) * self.unit)
        for cell, weight in row.response.items():
            self._weigh(weights, self._read(cell, weight), weight * self.tall[cell[0]])
        for line, weight in row.active.items():
            self._weigh(weights, self.z[line], weight)
        size = max(map(abs, weights.values()), default=1.0) or 1.0
        scaled = {column: weight / size for column, weight in weights.items()}
        if row.price is not None:
            scaled[self._column(-row.price * size, 0.0, np.inf)] = 1.0
        self._row(scaled, row.bound / size)

    def _add_goal(self) -> None:
        for column, weight in self._worth(self.problem.terms).items():
            self.cost[column] += weight
        if not self.problem.floors:
            return
        size = max(abs(w) for terms in self.problem.floors for w in self._worth(terms).values())
        size = size or 1.0
        least = self._column(size, -np.inf, np.inf)
        for terms in self.problem.floors:
            scaled = {column: weight / size for column, weight in self._worth(terms).items()}
            self._row({**scaled, least: -1.0}, -terms.base / size)

    def _worth(self, terms: Terms) -> dict[int, float]:
        """Column -> what one of it is worth to a goal, without its base."""
        weights: dict[int, float] = {}
        for line, columns in self.x.items():
            self._weigh(weights, columns, terms.cost(line) * self.unit)
        for cell in self.problem.cells:
            weight = terms.weight(*cell)
            self._weigh(weights, self._read(cell, weight), weight * self.tall[cell[0]])
        return weights

    def _read(self, cell: Cell, weight: float) -> list[int]:
        return self.w[cell] if weight < 0 else self.v[cell]

    def _weigh(self, weights: dict[int, float], columns: list[int], weight: float) -> None:
        for column in columns if weight else ():
            weights[column] = weights.get(column, 0.0) + weight
