"""A bound on the best plan, by a computation of its own.

No plan that satisfies the rules can be worth more than the bound, given the model. It comes from
``scipy.optimize.milp`` on concave over-estimators of every curve, on a grid of its own, refined
where the bound is loose; it shares ``ResponseCurves`` (through ``SteadyResponse.bracket``), the
rules' rows and HiGHS with the solve wing, but no table, no Pyomo and no code.

Each line's range is cut into pieces. On a piece the curve lies below the concave hull of
over-estimates at grid points, so with one binary per piece (none where there is one piece)

    x = Σ_p x_p,  a_p z_p ≤ x_p ≤ b_p z_p,  v_p ≤ slope_e x_p + intercept_e z_p   (every hull edge)

is a relaxation of the true problem, and so is its LP bound. Where the hull is loose at the
relaxation's solution the piece is split there; where the grid is coarse it is refined. This is
spatial branch and bound with a MILP as its engine: rules and several KPIs come for free.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from allocator.constraints._base import Row
from allocator.engine.problem import AllocationProblem, objective

COARSE = 25  # grid points a line starts with, besides those around the plan
LEVELS = (
    7  # thirds of the grid towards the plan, down to 3^-8 of the range: tightest where it counts
)
ROUNDS = 40
NOISE = 1e-9  # relative; HiGHS solves to this accuracy after scaling


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
    value = problem.value(plan) if plan is not None else -np.inf
    best = Certificate(np.inf)
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
        if bound - problem.value(point) <= gap:  # nothing is loose: the point is a better plan
            return best
        if not _refine(problem, covers, point, (bound - value) / (4 * len(problem.lines))):
            return best
    return best


def _with(certificate: Certificate, *, timed_out: bool) -> Certificate:
    return Certificate(certificate.bound, certificate.point, False, certificate.rounds, timed_out)


@dataclass(eq=False)
class Cover:
    """One line's over-estimator: grid, heights per KPI, and the cuts between its pieces."""

    problem: AllocationProblem
    line: str
    totals: np.ndarray
    cuts: set[float]
    over: dict[str, np.ndarray] = field(default_factory=dict)

    @staticmethod
    def start(problem: AllocationProblem, line: str, plan: Mapping[str, float] | None) -> Cover:
        low, high = problem.bounds[line]
        if line in problem.on_from:
            low = 0.0
        high = max(high, low)
        points = [low + (high - low) * np.linspace(0, 1, COARSE) ** 2]
        if plan is not None:
            steps = (high - low) * 3.0 ** -np.arange(2, LEVELS + 2)
            around = np.concatenate([plan[line] - steps, [plan[line]], plan[line] + steps])
            points.append(around[(around > low) & (around < high)])
        for kpi, other in problem.cells:
            if other == line:
                kinks = problem.responses[kpi, line].knots()
                points.append(kinks[(kinks > low) & (kinks < high)])
        cover = Cover(problem, line, _distinct(np.concatenate(points)), set())
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
        self.totals = _distinct(np.concatenate([self.totals, middles, [total]]))
        if hull > loose:
            nearest = float(self.totals[np.argmin(np.abs(self.totals - total))])
            if self.totals[0] < nearest < self.totals[-1]:
                self.cuts.add(nearest)
        self.estimate()
        return (len(self.totals), len(self.cuts)) != before


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
    """Sorted points, without those that rounding alone tells apart."""
    points = np.unique(points)
    apart = np.diff(points) > 1e-12 * max(abs(points[-1]), 1e-300)
    keep = np.concatenate([apart, [True]])
    keep[0] = True
    return points[keep]


def _refine(
    problem: AllocationProblem,
    covers: Mapping[str, Cover],
    point: Mapping[str, float],
    enough: float,
) -> bool:
    """Refine every line whose over-estimate is loose at the point; False if none could be."""
    weights = _weights(problem, point)
    looseness = {
        line: max((weights[kpi] * cover.loose(kpi, point[line]) for kpi in cover.over), default=0.0)
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
    """What one unit of a KPI is worth: its weight in the goal or, where a rule speaks of it, what
    makes a relative error in the KPI count as much as the same error in the goal."""
    response = problem.response(point)
    goal = abs(objective(problem.terms, point, response))
    ruled = {kpi for row in problem.rows for kpi, _ in row.response}
    weights: dict[str, float] = {}
    for kpi in {kpi for kpi, _ in problem.cells}:
        total = abs(sum(mean for (name, _), mean in response.items() if name == kpi)) or 1.0
        weights[kpi] = max(
            abs(problem.terms.response.get(kpi, 0.0)), goal / total if kpi in ruled else 0.0
        )
    return weights


class _Relaxation:
    """The MILP over all covers, scaled: spend by the budget, each KPI by its largest height."""

    def __init__(self, problem: AllocationProblem, covers: Mapping[str, Cover]) -> None:
        self.problem = problem
        self.unit = problem.budget.total
        self.tall: dict[str, float] = {}
        for cover in covers.values():
            for kpi, height in cover.over.items():
                self.tall[kpi] = max(self.tall.get(kpi, 0.0), float(np.abs(height).max()) or 1.0)
        self.cost: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.whole: list[int] = []
        self.entries: list[tuple[int, int, float]] = []
        self.row_low: list[float] = []
        self.row_high: list[float] = []
        self.x: dict[str, list[int]] = {line: [] for line in problem.lines}
        self.z: dict[str, list[int]] = {line: [] for line in problem.lines}
        self.v: dict[tuple[str, str], list[int]] = {cell: [] for cell in problem.cells}
        for line, cover in covers.items():
            self._add_line(line, cover)
        self._add_budget()
        for row in problem.rows:
            self._add_rule(row)

    def solve(self, time_limit: float) -> tuple[float, dict[str, float]] | None:
        """(bound, spend at the relaxation's best point), bound −inf if infeasible; None: no time."""
        rows = coo_array(
            (
                [weight for _, _, weight in self.entries],
                ([row for row, _, _ in self.entries], [column for _, column, _ in self.entries]),
            ),
            shape=(len(self.row_low), len(self.cost)),
        ).tocsc()
        size = max(map(abs, self.cost), default=0.0) or 1.0
        with _silent():
            found = milp(
                -np.array(self.cost) / size,
                integrality=np.array(self.whole),
                bounds=Bounds(np.array(self.low), np.array(self.high)),
                constraints=LinearConstraint(rows, np.array(self.row_low), np.array(self.row_high)),
                options={"time_limit": time_limit, "mip_rel_gap": 1e-8},
            )
        if found.status == 2:
            return -np.inf, {}
        if found.x is None:
            return None
        dual = found.mip_dual_bound if any(self.whole) else found.fun
        bound = -(dual if dual is not None else found.fun) * size
        spend = {
            line: float(sum(found.x[column] for column in columns) * self.unit)
            for line, columns in self.x.items()
        }
        return bound + NOISE * abs(bound), spend

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
        terms = self.problem.terms
        low, high = self.problem.bounds[line]
        may_be_off = line in self.problem.on_from and low == 0
        floor = max(low, self.problem.on_from.get(line, 0.0)) / self.unit
        pieces = list(cover.pieces())
        choose = len(pieces) > 1 or may_be_off
        for start, end, hulls in pieces:
            z = self._column(0.0, 0.0 if choose else 1.0, 1.0, whole=choose)
            x = self._column(terms.spend * self.unit, 0.0, max(end, low) / self.unit)
            self._row({x: 1.0, z: -max(start / self.unit, floor)}, 0.0)
            self._row({x: -1.0, z: min(end, high) / self.unit}, 0.0)
            self.x[line].append(x)
            self.z[line].append(z)
            for kpi, edges in hulls.items():
                tall = self.tall[kpi]
                weight = terms.response.get(kpi, 0.0) * tall
                v = self._column(weight, -np.inf, np.inf)
                for slope, intercept in edges:
                    self._row({v: -1.0, x: slope * self.unit / tall, z: intercept / tall}, 0.0)
                self.v[kpi, line].append(v)
        total = dict.fromkeys(self.z[line], 1.0)
        self._row(total, 0.0 if may_be_off else 1.0, 1.0)

    def _add_budget(self) -> None:
        spent = {column: 1.0 for columns in self.x.values() for column in columns}
        self._row(spent, 1.0 if self.problem.budget.exact else -np.inf, 1.0)

    def _add_rule(self, row: Row) -> None:
        weights: dict[int, float] = {}
        for line, weight in row.spend.items():
            for column in self.x[line]:
                weights[column] = weight * self.unit
        for cell, weight in row.response.items():
            for column in self.v[cell]:
                weights[column] = weight * self.tall[cell[0]]
        size = max(map(abs, weights.values()), default=1.0) or 1.0
        self._row({column: weight / size for column, weight in weights.items()}, row.bound / size)


@contextmanager
def _silent() -> Iterator[None]:
    """Keep HiGHS's own prints off standard output: SciPy 1.17's build writes there unasked."""
    sys.stdout.flush()
    kept = os.dup(1)
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(sink)
        os.close(kept)
