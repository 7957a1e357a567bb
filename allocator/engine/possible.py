"""Is there a plan that keeps these rules?

Yes is a plan in whole cents that keeps every hard rule on the exact curves, recomputed by
``check``. No is a proof: tables that promise at least what the curves hold allow no plan. Where
neither is found, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import xarray as xr

from allocator.constraints import Declared, Row
from allocator.engine.check import BUDGET, check, holds
from allocator.engine.feasible import satisfies
from allocator.engine.figures import evaluate
from allocator.engine.formulate import formulate
from allocator.engine.pose import pose
from allocator.engine.problem import AllocationProblem, Limit
from allocator.engine.setting import Setting
from allocator.engine.solvers import highs
from allocator.engine.solvers._base import Termination
from allocator.engine.tabulate import FINER, POINTS, tabulate

FINE = 97  # grid points: tables never promise too much, a fine one costs little of the truth
SECONDS = 20.0

Rounded = Callable[[Setting, AllocationProblem, Mapping[str, float]], dict[str, int]]
"""Totals in whole cents that keep the budget and the limits of single lines."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """plan: (line, week) currency, whole cents, keeping every hard rule; None: none was found.

    impossible: there is none, proven
    """

    plan: xr.DataArray | None
    impossible: bool = False


class Oracle(Protocol):
    """What knows whether scenarios have plans."""

    def ask(self, setting: Setting) -> Verdict:
        """Is there a plan of this setting?"""

    def nearest(self, setting: Setting, others: Setting, rule: str) -> xr.DataArray | None:
        """A plan of the other rules that breaks this one as little as it can; None: no plan."""


@dataclass(frozen=True)
class Steady:
    """The oracle of steady flighting: tables of totals."""

    rounded: Rounded

    def ask(self, setting: Setting) -> Verdict:
        """On tables that get finer until one side is sure."""
        problem = pose(setting).rules_only()
        if problem.crossed:
            return Verdict(None, impossible=True)
        for factor in FINER:
            table = tabulate(problem, (POINTS - 1) * factor + 1)
            safe = formulate(problem, table, estimate="under")
            spend = highs.solve(safe, gap=1.0, time_limit=SECONDS).spend
            if spend is not None and satisfies(problem, spend):
                plan = setting.weekly(self.rounded(setting, problem, spend))
                if not missed(setting, plan):
                    return Verdict(plan)
            hopeful = formulate(problem, table, estimate="over")
            ended = highs.solve(hopeful, gap=1.0, time_limit=SECONDS).termination
            if ended is Termination.INFEASIBLE:
                return Verdict(None, impossible=True)
        return Verdict(None)

    def nearest(self, setting: Setting, others: Setting, rule: str) -> xr.DataArray | None:
        """The sum of what the rule's rows are short of, each in its own scale, is smallest."""
        whole, problem = pose(setting), pose(others).rules_only()
        if problem.crossed:
            return None
        soft = _soft(whole, rule)
        cells = tuple(cell for row in soft.rows for cell in row.response)
        known = {cell: whole.responses[cell] for cell in cells} | dict(problem.responses)
        problem = replace(problem, responses=known, also=cells)
        form = formulate(problem, tabulate(problem, FINE), estimate="under", soft=soft)
        spend = highs.solve(form, gap=1e-6, time_limit=SECONDS).spend
        if spend is None or not satisfies(problem, spend):
            return self.ask(others).plan
        return others.weekly(self.rounded(others, problem, spend))


def missed(setting: Setting, plan: xr.DataArray) -> frozenset[str]:
    """Ids of the hard rules that a plan (line, week) breaks, the budget among them."""
    measures = check(setting, plan, evaluate(setting, plan).response)
    soft = {bound.id for bound in setting.rules if bound.price is not None}
    return frozenset(m.rule for m in measures if not holds(m)) - soft


def _soft(problem: AllocationProblem, rule: str) -> Declared:
    """The rule's rows, limits of single lines and the money among them, and its minima."""
    rows = [_as_row(limit) for limit in problem.limits if limit.rule == rule]
    rows += [row for row in problem.rows if row.rule == rule]
    if rule == BUDGET:
        total, lines = problem.budget.total, problem.lines
        rows.append(Row(BUDGET, "all", "max", -total, dict.fromkeys(lines, -1.0)))
        if problem.budget.exact:
            rows.append(Row(BUDGET, "all", "min", total, dict.fromkeys(lines, 1.0)))
    minima = tuple(item for item in problem.minima if item.rule == rule)
    return Declared(tuple(rows), minima)


def _as_row(limit: Limit) -> Row:
    sign = 1.0 if limit.side == "min" else -1.0
    return Row(limit.rule, limit.line, limit.side, sign * limit.amount, {limit.line: sign})
