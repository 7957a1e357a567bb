"""Is there a plan that keeps these rules?

Yes is a plan in whole cents that keeps every hard rule on the exact curves, recomputed by
``check``. No is a proof: tables that promise at least what the curves hold allow no plan; for rules
with a probability, no weighting of the draws that they imply does. Where neither is found, nothing
is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import xarray as xr

from allocator.constraints import Declared, Measure, Row
from allocator.engine.feasible import satisfies
from allocator.engine.figures.check import BUDGET, check, holds
from allocator.engine.figures.document import evaluate
from allocator.engine.pose import along, pose
from allocator.engine.problem import AllocationProblem, Limit
from allocator.engine.risk.asked import chance_rows
from allocator.engine.risk.search import search_risky
from allocator.engine.risk.stated import Stated, half_of
from allocator.engine.setting import Setting
from allocator.engine.solvers import highs
from allocator.engine.solvers._base import Termination
from allocator.engine.tabulate import FINER, POINTS, tabulate

FINE = 97  # grid points: tables never promise too much, a fine one costs little of the truth
SECONDS = 20.0
WHOLE = 1e-9  # of the draws: rounding of a share
PATIENCE = 10.0  # seconds for rules with a probability: many questions are asked

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
        """On tables that get finer until one side is sure; then what looks at the draws."""
        problem = pose(setting)
        if problem.crossed:
            return Verdict(None, impossible=True)
        found = self._of_means(setting, problem.rules_only())
        stated = chances_of(setting)
        if found.impossible or stated is None or found.plan is not None:
            return found
        return self._of_draws(setting, problem, stated)

    def _of_means(self, setting: Setting, problem: AllocationProblem) -> Verdict:
        from allocator.engine.formulate import formulate  # Pyomo takes a second or two

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

    def _of_draws(self, setting: Setting, problem: AllocationProblem, stated: Stated) -> Verdict:
        """The search among the safe forms, and the proof of the relaxation."""

        def in_cents(spend: Mapping[str, float]) -> dict[str, float]:
            return {line: c / 100 for line, c in self.rounded(setting, problem, spend).items()}

        hard = replace(problem, rows=tuple(row for row in problem.rows if row.price is None))
        found = search_risky(hard, stated, in_cents, time_limit=PATIENCE, seed=0)
        if found.spend is not None:
            plan = setting.weekly(self.rounded(setting, problem, found.spend))
            if not missed(setting, plan):
                return Verdict(plan)
        return Verdict(None, impossible=found.termination is Termination.INFEASIBLE)

    def nearest(self, setting: Setting, others: Setting, rule: str) -> xr.DataArray | None:
        """The sum of what the rule's rows are short of, each in its own scale, is smallest.

        A row with a probability is short of what its mean is.
        """
        from allocator.engine.formulate import formulate  # Pyomo takes a second or two

        whole, problem = _in_the_mean(setting, rule), pose(others).rules_only()
        if problem.crossed:
            return None
        soft = _soft(whole, rule, more=problem.budget.total > whole.budget.total)
        if chances_of(others) is not None or soft == Declared():
            return self.ask(others).plan
        cells = tuple(cell for row in soft.rows for cell in row.response)
        known = {cell: whole.responses[cell] for cell in cells} | dict(problem.responses)
        problem = replace(problem, responses=known, also=cells)
        form = formulate(problem, tabulate(problem, FINE), estimate="under", soft=soft)
        spend = highs.solve(form, gap=1e-6, time_limit=SECONDS).spend
        if spend is None or not satisfies(problem, spend):
            return self.ask(others).plan
        return others.weekly(self.rounded(others, problem, spend))


def chances_of(setting: Setting) -> Stated | None:
    """The hard rules with a probability; None where there are none."""
    rows, meters = chance_rows(setting)
    steady = setting.scenario.flighting.form == "steady"
    rows = tuple(along(setting, row) if steady else row for row in rows if row.price is None)
    half = half_of(setting.curves.draws, setting.scenario.run.seed)
    return Stated(meters, rows=rows, half=half) if rows else None


def missed(setting: Setting, plan: xr.DataArray) -> frozenset[str]:
    """Ids of the hard rules that a plan (line, week) breaks, the budget among them."""
    measures = check(setting, plan, evaluate(setting, plan).response)
    soft = {bound.id for bound in setting.rules if bound.price is not None}
    return frozenset(m.rule for m in measures if not strictly(m)) - soft


def strictly(measure: Measure) -> bool:
    """Within what rounding to cents can move it; of draws none may be missing."""
    if measure.probability is None or measure.slack is None:
        return holds(measure)
    return measure.slack >= -WHOLE


def _in_the_mean(setting: Setting, rule: str) -> AllocationProblem:
    """The problem with the rule's rows for their means, where they have a probability."""
    rows, meters = chance_rows(setting)
    own = [replace(along(setting, row), probability=None) for row in rows if row.rule == rule]
    problem = pose(setting)
    known = {meter for meter, _ in problem.responses}
    new = {meter for row in own for meter, _ in row.response} - known
    return problem.having(rows=own, meters={name: meters[name] for name in new})


def _soft(problem: AllocationProblem, rule: str, *, more: bool) -> Declared:
    """The rule's rows, limits of single lines among them, and its minima; of the budget the money
    too, where the others may spend ``more``."""
    rows = [_as_row(limit) for limit in problem.limits if limit.rule == rule]
    rows += [row for row in problem.rows if row.rule == rule]
    if rule == BUDGET and more:
        total, lines = problem.budget.total, problem.lines
        rows.append(Row(BUDGET, "all", "max", -total, dict.fromkeys(lines, -1.0)))
        if problem.budget.exact:
            rows.append(Row(BUDGET, "all", "min", total, dict.fromkeys(lines, 1.0)))
    minima = tuple(item for item in problem.minima if item.rule == rule)
    return Declared(tuple(rows), minima)


def _as_row(limit: Limit) -> Row:
    sign = 1.0 if limit.side == "min" else -1.0
    return Row(limit.rule, limit.line, limit.side, sign * limit.amount, {limit.line: sign})
