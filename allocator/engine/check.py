"""Every rule of a scenario recomputed in plain numbers from a plan alone.

Nothing of the solve wing is used: the rules' own ``measure``, the budget, and
``ResponseCurves.response`` at the weekly amounts as they stand.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import xarray as xr

from allocator.constraints import Measure, Outcome
from allocator.engine.setting import Setting

BUDGET = "budget"
"""id under which the budget appears among the rules"""
EXACT_CENT = 0.005  # half a cent: budgets are met to the cent


def check(setting: Setting, spend: xr.DataArray, response: xr.DataArray) -> tuple[Measure, ...]:
    """Every limit of every rule, the budget first.

    spend: (line, week) currency; response: (draw, kpi, line) of that spend.
    """
    outcome = outcome_of(setting, spend, response)
    measures = [_budget(setting, sum(outcome.spend.values()))]
    for bound in setting.rules:
        measures.extend(bound.rule.measure(bound.id, bound.selection, setting.facts, outcome))
    return tuple(measures)


def outcome_of(setting: Setting, spend: xr.DataArray, response: xr.DataArray) -> Outcome:
    """The plan as rules read it; what few rules ask for is computed when they do."""
    curves, mean = setting.curves, response.mean("draw")
    cells = [(kpi, line) for kpi in curves.kpis for line in curves.lines]

    @cache
    def by_week() -> xr.DataArray:
        return curves.timed(spend, setting.window).mean("draw")

    @cache
    def rate() -> xr.DataArray:
        return curves.gradient(spend, setting.window).mean("draw")

    return Outcome(
        spend={line: float(spend.sel(line=line).sum()) for line in curves.lines},
        response={cell: float(mean.sel(kpi=cell[0], line=cell[1])) for cell in cells},
        weekly={line: spend.sel(line=line).to_numpy() for line in curves.lines},
        draws={cell: response.sel(kpi=cell[0], line=cell[1]).to_numpy() for cell in cells},
        timed=lambda kpi, line: by_week().sel(kpi=kpi, line=line).to_numpy(),
        slope=lambda kpi, line: float(rate().sel(kpi=kpi, line=line)),
    )


def _budget(setting: Setting, spent: float) -> Measure:
    budget = setting.scenario.budget
    limit = setting.money
    exact = budget.exactly is not None
    slack = -abs(spent - limit) if exact else limit - spent
    side = "exactly" if exact else "max"
    return Measure(BUDGET, "all", side, limit, round(spent, 2), slack, "currency", EXACT_CENT)


def holds(measure: Measure) -> bool:
    """Within what rounding to cents can move it."""
    return measure.slack is None or measure.slack >= -measure.tolerance


def binds(measure: Measure) -> bool:
    """Close enough to its limit that moving the limit would move the plan."""
    if measure.slack is None:
        return False
    close = max(measure.tolerance, 1e-4 * abs(measure.limit))  # 0.01 % of the limit
    return measure.slack <= close


def worst_violation(measures: tuple[Measure, ...]) -> float:
    """The largest amount by which a limit is missed, relative to the limit: 0 where all hold."""
    missed = [
        max(0.0, -measure.slack) / max(abs(measure.limit), 1e-9)
        for measure in measures
        if measure.slack is not None
    ]
    worst = float(np.max(missed, initial=0.0))
    return worst if worst > 1e-12 else 0.0  # below is the rounding of sums of cents
