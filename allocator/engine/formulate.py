"""AllocationProblem and its tables as a Pyomo LP or MILP, and back.

Each line's response is a piecewise linear curve on its grid. Cells whose slopes fall from one to
the next form a *stretch*; inside a stretch the cells fill in the right order by themselves,
because more response never breaks a rule. Only the choice between stretches needs a binary, so a
concave line needs none:

    x = Σ_s (start_s z_s + Σ_{c∈s} δ_c),   0 ≤ δ_c ≤ width_c z_s,   Σ_s z_s (+ z_off) = 1
    v_k = Σ_s (height_ks z_s + Σ_{c∈s} slope_kc δ_c)

Where less response is better somewhere (a cap), or totals are cut out of a line's range, cells
would fill in the wrong order, so each of them is a stretch of its own and the curve is followed
exactly; a cap reads the estimate from the other side. Where lines had better stay where they are,
staying is a state beside the stretches: no part of a line can move, not even in the relaxation.
Whether a line is on is a binary of its own where a rule counts or orders the lines that are on.

Everything is scaled: spend by the budget, each KPI by its largest height, each row by its largest
coefficient. Rules in ``soft`` may be broken at a price; then the price is what is minimised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyomo.environ as pyo

from allocator.constraints._base import Declared, MinimumIfActive, Row
from allocator.engine.problem import AllocationProblem, Cell, Hole
from allocator.engine.tabulate import LineTable, Table
from allocator.objectives._base import Terms

Estimate = Literal["under", "over"]


@dataclass(frozen=True, eq=False)
class Formulation:
    """A Pyomo model with the way back to currency and KPI units."""

    model: pyo.ConcreteModel
    lines: tuple[str, ...]
    ranges: Mapping[str, tuple[float, float]]
    """line -> first and last total of its table"""
    spend_unit: float
    value_unit: float
    stay: Stay | None = None

    def spend(self) -> dict[str, float]:
        """line -> total (currency) at the values loaded into the model, within its range.

        A line is off, or stays, where its binary says so: x itself may be away from there by the
        solver's accuracy.
        """
        return {line: self._total(line) for line in self.lines}

    def _total(self, line: str) -> float:
        choice = self.model.line[line].z
        if "off" in choice and pyo.value(choice["off"]) > 0.5:
            return 0.0
        if self.stay is not None and pyo.value(self.model.stays[line]) > 0.5:
            return self.stay.amounts[line]
        low, high = self.ranges[line]
        return min(max(pyo.value(self.model.x[line]) * self.spend_unit, low), high)

    def natural(self, objective: float) -> float:
        """A solver's objective in the problem's own units."""
        return objective * self.value_unit

    def broken(self) -> dict[str, float]:
        """Rule -> the largest amount by which a soft rule is broken, in the rule's row units."""
        worst: dict[str, float] = {}
        for index in self.model.slack:
            rule = self.model.soft_rule[index]
            amount = pyo.value(self.model.slack[index]) * self.model.soft_unit[index]
            worst[rule] = max(worst.get(rule, 0.0), amount)
        return worst


@dataclass(frozen=True)
class Stay:
    """Lines had better stay where they are.

    amounts: line -> total, currency; most: how many may leave theirs, None: as few as can, and
    the goal does not matter
    """

    amounts: Mapping[str, float]
    most: int | None = None


def formulate(
    problem: AllocationProblem,
    table: Table,
    *,
    estimate: Estimate,
    soft: Declared | None = None,
    stay: Stay | None = None,
) -> Formulation:
    """Build the model; ``estimate`` picks the safe (under) or the bounding (over) heights."""
    spend_unit = problem.budget.total
    ranges = {
        line: (float(table[line].totals[0]), float(table[line].totals[-1]))
        for line in problem.lines
    }
    model = pyo.ConcreteModel()
    model.x = pyo.Expression(list(problem.lines))
    model.v = pyo.Expression(list(problem.cells))
    model.w = pyo.Expression(sorted(problem.capped))
    model.on = pyo.Expression(list(problem.lines))
    model.stays = pyo.Expression(list(problem.lines))
    model.line = pyo.Block(list(problem.lines))
    heights = {line: _Heights.of(problem, table[line], line, estimate) for line in problem.lines}
    build = _Build(model, problem, _largest(problem, heights), spend_unit, stay)
    for line in problem.lines:
        _add_line(build, heights[line], line)
    total = sum(model.x[line] for line in problem.lines)
    model.budget = pyo.Constraint(expr=(total == 1) if problem.budget.exact else (total <= 1))
    model.slack = pyo.VarList(domain=pyo.NonNegativeReals)
    model.soft_rule, model.soft_unit = {}, {}
    price = _add_rows(build)
    if soft is not None:
        priced = list(model.slack.values())
        _add_soft(build, soft)
        mine = [slack for slack in model.slack.values() if all(slack is not p for p in priced)]
        model.goal = pyo.Objective(expr=sum(mine), sense=pyo.minimize)
        return Formulation(model, problem.lines, ranges, spend_unit, 1.0)
    if stay is not None:
        leaving = sum(1 - model.stays[line] for line in problem.lines)
        if stay.most is None:
            model.goal = pyo.Objective(expr=leaving, sense=pyo.minimize)
            return Formulation(model, problem.lines, ranges, spend_unit, 1.0)
        model.few = pyo.Constraint(expr=leaving <= stay.most)
    value_unit = _magnitude(build)
    value = _worth(build, problem.terms) / value_unit - price / value_unit
    if problem.floors:
        model.least = pyo.Var()
        model.floor = pyo.ConstraintList()
        for terms in problem.floors:
            model.floor.add(_worth(build, terms) / value_unit >= model.least)
        value += model.least
    model.goal = pyo.Objective(expr=value, sense=pyo.maximize)
    return Formulation(model, problem.lines, ranges, spend_unit, value_unit, stay)


def stretches(heights: Iterable[np.ndarray], totals: np.ndarray) -> list[range]:
    """Cells grouped into runs over which every curve is concave: ranges of cell indices."""
    cells = len(totals) - 1
    breaks = np.zeros(max(cells - 1, 0), dtype=bool)
    for height in heights:
        slope = np.diff(height) / np.diff(totals)
        slack = 1e-9 * np.abs(slope).max(initial=0.0)  # rounding of the heights, not curvature
        breaks |= np.diff(slope) > slack
    edges = [0, *(np.flatnonzero(breaks) + 1), cells]
    return [range(int(a), int(b)) for a, b in zip(edges[:-1], edges[1:], strict=True) if b > a]


@dataclass(frozen=True, eq=False)
class _Build:
    """What every part of the model is written with: units besides the model and the problem."""

    model: Any
    problem: AllocationProblem
    largest: Mapping[str, float]
    spend_unit: float
    stay: Stay | None

    def here(self, heights: _Heights, line: str) -> float | None:
        """Where a line may stay, as it is scaled; None where nobody asks, or it may not."""
        if self.stay is None:
            return None
        at = self.stay.amounts[line]
        return at / self.spend_unit if heights.reach(at) else None


@dataclass(frozen=True, eq=False)
class _Heights:
    """One line's grid: heights for more is better (v), for less is better (w), and its runs."""

    totals: np.ndarray
    v: Mapping[str, np.ndarray]
    w: Mapping[str, np.ndarray]
    runs: list[range]

    @staticmethod
    def of(problem: AllocationProblem, table: LineTable, line: str, estimate: Estimate) -> _Heights:
        other = "over" if estimate == "under" else "under"
        v, totals = getattr(table, estimate), table.totals
        w = {
            meter: height
            for meter, height in getattr(table, other).items()
            if (meter, line) in problem.capped
        }
        if len(totals) == 1:
            twice = np.repeat(totals, 2)
            v, w = ({m: np.repeat(h, 2) for m, h in side.items()} for side in (v, w))
            return _Heights(twice, v, w, [range(1)])
        holes = problem.inner_holes if estimate == "under" else problem.holes
        if not w and line not in holes:
            return _Heights(totals, v, w, stretches(v.values(), totals))
        alone = [range(cell, cell + 1) for cell in range(len(totals) - 1)]
        middle = (totals[:-1] + totals[1:]) / 2
        runs = [run for run in alone if not _inside(middle[run[0]], holes.get(line, ()))]
        return _Heights(totals, v, w, runs)

    def reach(self, total: float) -> bool:
        """Whether a total lies in one of the runs."""
        ends = ((self.totals[run[0]], self.totals[run[-1] + 1]) for run in self.runs)
        return any(start <= total <= end for start, end in ends)


def _inside(total: float, holes: Iterable[Hole]) -> bool:
    return any(a < total < b for a, b in holes)


def _add_line(build: _Build, heights: _Heights, line: str) -> None:
    model, problem, runs = build.model, build.problem, heights.runs
    block = model.line[line]
    totals = heights.totals / build.spend_unit
    low = problem.bounds[line][0]
    cut = not runs or runs[0][0] > 0  # a hole above nothing at all: nothing is allowed all the same
    may_be_off = low == 0 and totals[0] == 0 and (line in problem.switched or cut)
    here = build.here(heights, line)
    points = [*(["off"] if may_be_off else []), *(["stays"] if here is not None else [])]
    choose = len(runs) + len(points) > 1
    states = [*range(len(runs)), *points] or ["nowhere"]
    block.z = pyo.Var(states, domain=pyo.Binary if choose else pyo.UnitInterval)
    if states == ["nowhere"]:  # all of its range is cut out: the solver sees that this cannot be
        block.z["nowhere"].setub(0)
    block.one = pyo.Constraint(expr=sum(block.z.values()) == 1)
    model.on[line] = _on(block, totals, here)
    model.stays[line] = block.z["stays"] if here is not None else 0.0
    width = np.diff(totals)
    block.fill = pyo.Var(
        [cell for run in runs for cell in run], bounds=lambda _, c: (0, float(width[c]))
    )
    block.within = pyo.ConstraintList()
    if choose:
        for state, run in enumerate(runs):
            for cell in run:
                block.within.add(block.fill[cell] <= width[cell] * block.z[state])

    def read(values: np.ndarray, slope: np.ndarray) -> Any:
        """A curve on the grid, as a sum over what is filled."""
        at = sum(values[run[0]] * block.z[s] for s, run in enumerate(runs))
        if here is not None:
            at += float(np.interp(here, totals, values)) * block.z["stays"]
        return at + sum(slope[cell] * block.fill[cell] for cell in block.fill)

    model.x[line] = read(totals, np.ones(len(width)))
    for side, known in ((model.v, heights.v), (model.w, heights.w)):
        for meter, height in known.items():
            scaled = height / build.largest[meter]
            slope = np.divide(np.diff(scaled), width, out=np.zeros(len(width)), where=width > 0)
            side[meter, line] = read(scaled, slope)
    if line in problem.steps:
        block.steps = pyo.Var(domain=pyo.NonNegativeIntegers)
        step = problem.steps[line] / build.spend_unit
        block.whole = pyo.Constraint(expr=model.x[line] == step * block.steps)
    if line in problem.on_from:
        least = problem.on_from[line] / build.spend_unit
        block.minimum = pyo.Constraint(expr=model.x[line] >= least * model.on[line])


def _on(block: Any, totals: np.ndarray, here: float | None) -> Any:
    """1 where a line is on: it is neither off nor stays so."""
    if "off" not in block.z:
        return float(totals[-1] > 0)
    return 1 - block.z["off"] - (block.z["stays"] if here == 0 else 0)


def _add_rows(build: _Build) -> Any:
    """The rules that tie lines; what breaking the soft ones costs."""
    model = build.model
    model.row = pyo.ConstraintList()
    price = 0.0
    for row in build.problem.rows:
        left, bound, unit = _scaled(build, row)
        if row.price is not None:
            slack = _new_slack(model, row.rule, unit)
            price += row.price * unit * slack
            left += slack
        model.row.add(left >= bound)
    return price


def _add_soft(build: _Build, soft: Declared) -> None:
    """Rows and minima that may be broken, each at the price of its scaled slack."""
    build.model.soft = pyo.ConstraintList()
    for row in soft.rows:
        left, bound, unit = _scaled(build, row)
        slack = _new_slack(build.model, row.rule, unit)
        build.model.soft.add(left + slack >= bound)
    for item in soft.minima:
        _soft_minimum(build, item)


def _soft_minimum(build: _Build, item: MinimumIfActive) -> None:
    model = build.model
    slack = _new_slack(model, item.rule, build.spend_unit)
    block = model.line[item.line]
    block.on = pyo.Var(domain=pyo.Binary)
    model.soft.add(model.x[item.line] <= block.on)  # 1 is the whole budget
    model.soft.add(model.x[item.line] + slack >= item.minimum / build.spend_unit * block.on)


def _new_slack(model: Any, rule: str, unit: float) -> Any:
    slack = model.slack.add()
    model.soft_rule[slack.index()] = rule
    model.soft_unit[slack.index()] = unit
    return slack


def _read(build: _Build, cell: Cell, weight: float) -> Any:
    """The response as a row or a goal sees it that weighs it so."""
    return build.model.w[cell] if weight < 0 else build.model.v[cell]


def _scaled(build: _Build, row: Row) -> tuple[Any, float, float]:
    """The row's left side and bound divided by its unit, and that unit."""
    model = build.model
    spend = {line: float(weight) * build.spend_unit for line, weight in row.spend.items()}
    response = {cell: weight * build.largest[cell[0]] for cell, weight in row.response.items()}
    unit = max([abs(w) for w in (*spend.values(), *response.values())], default=0.0)
    unit = unit or max(map(abs, row.active.values()), default=1.0) or 1.0
    left = sum(weight / unit * model.x[line] for line, weight in spend.items()) + sum(
        weight / unit * _read(build, cell, weight) for cell, weight in response.items()
    )
    left += sum(weight / unit * model.on[line] for line, weight in row.active.items())
    return left, row.bound / unit, unit


def _worth(build: _Build, terms: Terms) -> Any:
    """A goal or a floor of it, in the goal's own units."""
    earned = sum(
        weight * build.largest[cell[0]] * _read(build, cell, weight)
        for cell in build.problem.cells
        if (weight := terms.weight(*cell))
    )
    paid = sum(
        terms.cost(line) * build.spend_unit * build.model.x[line] for line in build.problem.lines
    )
    return earned + paid + terms.base


def _largest(problem: AllocationProblem, heights: Mapping[str, _Heights]) -> dict[str, float]:
    largest: dict[str, float] = {}
    for meter, line in problem.cells:
        height = float(np.abs(heights[line].v[meter]).max())
        largest[meter] = max(largest.get(meter, 0.0), height)
    return {meter: value or 1.0 for meter, value in largest.items()}


def _magnitude(build: _Build) -> float:
    parts = [
        abs(terms.weight(*cell)) * build.largest[cell[0]]
        for terms in (build.problem.terms, *build.problem.floors)
        for cell in build.problem.cells
    ]
    paid = max(abs(build.problem.terms.cost(line)) for line in build.problem.lines)
    return max([*parts, paid * build.spend_unit]) or 1.0
