"""AllocationProblem and its tables as a Pyomo LP or MILP, and back.

Each line's response is a piecewise linear curve on its grid. Cells whose slopes fall from one to
the next form a *stretch*; inside a stretch the cells fill in the right order by themselves,
because more response never breaks a rule. Only the choice between stretches needs a binary, so a
concave line needs none:

    x = Σ_s (start_s z_s + Σ_{c∈s} δ_c),   0 ≤ δ_c ≤ width_c z_s,   Σ_s z_s (+ z_off) = 1
    v_k = Σ_s (height_ks z_s + Σ_{c∈s} slope_kc δ_c)

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
from allocator.engine.problem import AllocationProblem
from allocator.engine.tabulate import LineTable, Table

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

    def spend(self) -> dict[str, float]:
        """line -> total (currency) at the values loaded into the model, within its range.

        A line is off where its binary says so: x itself may be off zero by the solver's accuracy.
        """
        return {line: self._total(line) for line in self.lines}

    def _total(self, line: str) -> float:
        choice = self.model.line[line].z
        if "off" in choice and pyo.value(choice["off"]) > 0.5:
            return 0.0
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


def formulate(
    problem: AllocationProblem,
    table: Table,
    *,
    estimate: Estimate,
    soft: Declared | None = None,
) -> Formulation:
    """Build the model; ``estimate`` picks the safe (under) or the bounding (over) heights."""
    heights = {line: getattr(table[line], estimate) for line in problem.lines}
    largest = _largest(problem, heights)
    spend_unit = problem.budget.total
    ranges = {
        line: (float(table[line].totals[0]), float(table[line].totals[-1]))
        for line in problem.lines
    }
    model = pyo.ConcreteModel()
    model.x = pyo.Expression(list(problem.lines))
    model.v = pyo.Expression(list(problem.cells))
    model.line = pyo.Block(list(problem.lines))
    for line in problem.lines:
        _add_line(model, problem, table[line], line, heights[line], largest, spend_unit)
    total = sum(model.x[line] for line in problem.lines)
    model.budget = pyo.Constraint(expr=(total == 1) if problem.budget.exact else (total <= 1))
    model.row = pyo.ConstraintList()
    for row in problem.rows:
        expression, bound, _ = _scaled(model, row, largest, spend_unit)
        model.row.add(expression >= bound)
    model.slack = pyo.VarList(domain=pyo.NonNegativeReals)
    model.soft_rule, model.soft_unit = {}, {}
    if soft is not None:
        _add_soft(model, soft, largest, spend_unit)
        model.goal = pyo.Objective(expr=sum(model.slack.values()), sense=pyo.minimize)
        return Formulation(model, problem.lines, ranges, spend_unit, 1.0)
    terms = problem.terms
    value = terms.spend * spend_unit * total + sum(
        terms.response.get(kpi, 0.0) * largest[kpi] * model.v[kpi, line]
        for kpi, line in problem.cells
    )
    value_unit = _magnitude(problem, largest, spend_unit)
    model.goal = pyo.Objective(expr=value / value_unit, sense=pyo.maximize)
    return Formulation(model, problem.lines, ranges, spend_unit, value_unit)


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


def _add_line(
    model: Any, problem: AllocationProblem, table: LineTable, line: str,
    heights: Mapping[str, np.ndarray], largest: Mapping[str, float], spend_unit: float,
) -> None:  # fmt: skip
    block = model.line[line]
    totals = table.totals / spend_unit
    if len(totals) == 1:
        totals = np.array([totals[0], totals[0]])
        heights = {kpi: np.repeat(height, 2) for kpi, height in heights.items()}
        runs = [range(1)]
    else:
        runs = stretches(heights.values(), table.totals)
    may_be_off = line in problem.on_from and problem.bounds[line][0] == 0
    choose = len(runs) > 1 or may_be_off
    states = [*range(len(runs)), *(["off"] if may_be_off else [])]
    block.z = pyo.Var(states, domain=pyo.Binary if choose else pyo.UnitInterval)
    block.one = pyo.Constraint(expr=sum(block.z.values()) == 1)
    width = np.diff(totals)
    block.fill = pyo.Var(range(len(width)), bounds=lambda _, c: (0, width[c]))
    block.within = pyo.ConstraintList()
    if choose:
        for state, run in enumerate(runs):
            for cell in run:
                block.within.add(block.fill[cell] <= width[cell] * block.z[state])
    filled = sum(block.fill.values())
    model.x[line] = sum(totals[run[0]] * block.z[s] for s, run in enumerate(runs)) + filled
    for kpi, height in heights.items():
        scaled = height / largest[kpi]
        slope = np.divide(np.diff(scaled), width, out=np.zeros(len(width)), where=width > 0)
        model.v[kpi, line] = sum(scaled[run[0]] * block.z[s] for s, run in enumerate(runs)) + sum(
            slope[cell] * block.fill[cell] for cell in block.fill
        )
    if line in problem.on_from:
        on = 1 - block.z["off"] if may_be_off else 1
        block.minimum = pyo.Constraint(
            expr=model.x[line] >= problem.on_from[line] / spend_unit * on
        )


def _add_soft(model: Any, soft: Declared, largest: Mapping[str, float], spend_unit: float) -> None:
    """Rows and minima that may be broken, each at the price of its scaled slack."""
    model.soft = pyo.ConstraintList()
    for row in soft.rows:
        expression, bound, unit = _scaled(model, row, largest, spend_unit)
        slack = _new_slack(model, row.rule, unit)
        model.soft.add(expression + slack >= bound)
    for item in soft.minima:
        _soft_minimum(model, item, spend_unit)


def _soft_minimum(model: Any, item: MinimumIfActive, spend_unit: float) -> None:
    slack = _new_slack(model, item.rule, spend_unit)
    block = model.line[item.line]
    block.on = pyo.Var(domain=pyo.Binary)
    model.soft.add(model.x[item.line] <= block.on)  # 1 is the whole budget
    model.soft.add(model.x[item.line] + slack >= item.minimum / spend_unit * block.on)


def _new_slack(model: Any, rule: str, unit: float) -> Any:
    slack = model.slack.add()
    model.soft_rule[slack.index()] = rule
    model.soft_unit[slack.index()] = unit
    return slack


def _scaled(
    model: Any, row: Row, largest: Mapping[str, float], spend_unit: float
) -> tuple[Any, float, float]:
    """The row's left side and bound divided by its unit, and that unit."""
    spend = {line: weight * spend_unit for line, weight in row.spend.items()}
    response = {cell: weight * largest[cell[0]] for cell, weight in row.response.items()}
    unit = max([abs(w) for w in (*spend.values(), *response.values())], default=1.0) or 1.0
    expression = sum(weight / unit * model.x[line] for line, weight in spend.items()) + sum(
        weight / unit * model.v[cell] for cell, weight in response.items()
    )
    return expression, row.bound / unit, unit


def _largest(
    problem: AllocationProblem, heights: Mapping[str, Mapping[str, np.ndarray]]
) -> dict[str, float]:
    largest: dict[str, float] = {}
    for kpi, line in problem.cells:
        largest[kpi] = max(largest.get(kpi, 0.0), float(np.abs(heights[line][kpi]).max()))
    return {kpi: value or 1.0 for kpi, value in largest.items()}


def _magnitude(
    problem: AllocationProblem, largest: Mapping[str, float], spend_unit: float
) -> float:
    terms = problem.terms
    parts = [abs(weight) * largest.get(kpi, 0.0) for kpi, weight in terms.response.items()]
    return max([*parts, abs(terms.spend) * spend_unit]) or 1.0
