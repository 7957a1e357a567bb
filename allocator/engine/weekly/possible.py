"""Is there a weekly plan that keeps these rules? Yes is a plan; no is a proof."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from allocator.constraints import Declared, Row
from allocator.engine.figures.check import BUDGET
from allocator.engine.pose import softened
from allocator.engine.possible import PATIENCE, Verdict, chances_of, missed
from allocator.engine.problem import AllocationProblem, Limit
from allocator.engine.setting import Setting
from allocator.engine.solvers._base import Termination
from allocator.engine.weekly.pose import pose_weekly
from allocator.engine.weekly.problem import WeeklyProblem, bounding
from allocator.engine.weekly.risky import search_risky_weeks
from allocator.engine.weekly.search import search

SECONDS = 20.0


class Weekly:
    """The oracle of weekly flighting."""

    def ask(self, setting: Setting) -> Verdict:
        """A search for a plan of the rules alone, and the proof that there is none; then what looks
        at the draws."""
        problem = pose_weekly(setting).rules_only()
        found = search(problem, _starts(setting), time_limit=SECONDS, seed=0)
        if found.spend is not None and not missed(setting, setting.labelled(found.spend)):
            return Verdict(setting.labelled(found.spend))
        stated = chances_of(setting)
        if found.spend is None or stated is None:
            return Verdict(None, impossible=found.termination is Termination.INFEASIBLE)
        solved = search_risky_weeks(problem, stated, _starts(setting), time_limit=PATIENCE, seed=0)
        if solved.spend is not None and not missed(setting, setting.labelled(solved.spend)):
            return Verdict(setting.labelled(solved.spend))
        return Verdict(None, impossible=solved.termination is Termination.INFEASIBLE)

    def nearest(self, setting: Setting, others: Setting, rule: str) -> xr.DataArray | None:
        """The sum of what the rule's rows are short of, each in its own scale, is smallest."""
        whole, problem = pose_weekly(setting), pose_weekly(others).rules_only()
        if problem.crossed:
            return None
        soft = _soft(whole, rule)
        problem = replace(
            problem,
            rows=(*problem.rows, *soft),
            readings={**whole.readings, **problem.readings},
            sources={**whole.sources, **problem.sources},
        )
        found = search(problem, _starts(setting), time_limit=SECONDS, seed=0)
        if found.spend is None:
            return self.ask(others).plan
        return others.labelled(found.spend)


def _starts(setting: Setting) -> tuple[np.ndarray, ...]:
    return setting.scaled.to_numpy(), setting.reference.to_numpy()


def _soft(problem: WeeklyProblem, rule: str) -> tuple[Row, ...]:
    """The rule's rows and minima at a price that makes shortages of unlike size alike."""
    own = Declared(
        tuple(row for row in problem.rows if row.rule == rule),
        tuple(item for item in problem.minima if item.rule == rule),
    )
    rows = list(softened(own, 1.0).rows)
    if rule == BUDGET:
        total, lines = problem.budget.total, problem.lines
        rows.append(Row(BUDGET, "all", "max", -total, dict.fromkeys(lines, -1.0), price=1.0))
        if problem.budget.exact:
            rows.append(Row(BUDGET, "all", "min", total, dict.fromkeys(lines, 1.0), price=1.0))
    return tuple(replace(row, price=1.0 / _size(row)) for row in rows)


def _size(row: Row) -> float:
    weights = [float(np.abs(weight).max()) for weight in row.spend.values()]
    weights += [abs(weight) for weight in row.response.values()]
    return max(weights, default=1.0) or 1.0


def by_total(problem: WeeklyProblem) -> AllocationProblem:
    """What a weekly problem says of totals alone: bounds, and rows that weigh all weeks alike."""
    low, high = problem.box
    limits = []
    for row in problem.rows:
        if bounding(row, problem.weeks):
            ((line, _),) = row.spend.items()
            side = low if row.side == "min" else high
            amount = float(side[problem.place[line]].sum())
            limits.append(Limit(row.rule, line, row.side, amount))
    limits = [
        limit for limit in limits if limit.side == "min" or limit.amount < problem.budget.total
    ]
    even = tuple(
        row
        for row in problem.rows
        if row.price is None and not bounding(row, problem.weeks)
        and not row.response and not any(isinstance(w, np.ndarray) for w in row.spend.values())
    )  # fmt: skip
    return AllocationProblem(
        lines=problem.lines,
        budget=problem.budget,
        terms=problem.terms,
        responses={},
        domain=dict.fromkeys(problem.lines, np.inf),
        limits=tuple(limits),
        rows=even,
        minima=problem.minima,
    )
