"""Every rule of a scenario recomputed in plain numbers from a plan alone.

Nothing of the solve wing is used: the rules' own ``measure``, the budget, and
``ResponseCurves.response`` at the weekly amounts as they stand.
"""

from __future__ import annotations

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
    mean = response.mean("draw")
    outcome = Outcome(
        spend={line: float(spend.sel(line=line).sum()) for line in setting.curves.lines},
        response={
            (kpi, line): float(mean.sel(kpi=kpi, line=line))
            for kpi in setting.curves.kpis
            for line in setting.curves.lines
        },
    )
    measures = [_budget(setting, sum(outcome.spend.values()))]
    for bound in setting.rules:
        measures.extend(bound.rule.measure(bound.id, bound.selection, setting.facts, outcome))
    return tuple(measures)


def _budget(setting: Setting, spent: float) -> Measure:
    budget = setting.scenario.budget
    limit = budget.amount
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
