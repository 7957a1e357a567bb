"""Every rule of a scenario recomputed in plain numbers from a plan alone.

Nothing of the solve wing is used: the rules' own ``measure``, the budget, and
``ResponseCurves.response`` at the weekly amounts as they stand.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import xarray as xr

from allocator.constraints import Measure, Outcome
from allocator.engine import extrapolation, goal
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.goal import BUDGET as BUDGET
from allocator.engine.setting import Setting

EXACT_CENT = 0.005  # half a cent: budgets are met to the cent
CENT = 0.01


def check(setting: Setting, spend: xr.DataArray, response: xr.DataArray) -> tuple[Measure, ...]:
    """Every limit of the budget and of every rule, then how far beyond the history it goes.

    spend: (line, week) currency; response: (draw, kpi, line) of that spend.
    """
    outcome = outcome_of(setting, spend, response)
    budget, facts = setting.scenario.budget, setting.facts
    measures = [_budget(setting, sum(outcome.spend.values()))]
    measures.extend(goal.measures_of(budget, facts, outcome))
    for bound in setting.rules:
        own = bound.rule.measure(bound.id, bound.selection, setting.facts, outcome)
        measures.extend(replace(one, soft=bound.price is not None) for one in own)
    measures.extend(
        extrapolation.measures_of(
            setting.caps, extrapolation.observed(setting.curves), outcome.weekly
        )
    )
    return tuple(measures)


def outcome_of(setting: Setting, spend: xr.DataArray, response: xr.DataArray) -> Outcome:
    """The plan as rules read it; what few rules ask for is computed when they do."""
    curves = setting.curves
    plan = Evaluated(spend, response)
    amounts = {line: plan.weekly(line) for line in curves.lines}
    draws = {(kpi, line): plan.of(kpi, line) for kpi in curves.kpis for line in curves.lines}

    @cache
    def by_week() -> xr.DataArray:
        return curves.timed(spend, setting.window)

    @cache
    def rate() -> xr.DataArray:
        """The largest slope within a cent: at a kink both its sides count, as in the search."""
        near = [a_cent(setting, spend, sign) for sign in (-1, 0, 1)]
        slopes = [curves.gradient(plan, setting.window).mean("draw") for plan in near]
        return xr.concat(slopes, "near").max("near")

    return Outcome(
        spend={line: float(weekly.sum()) for line, weekly in amounts.items()},
        response={cell: float(own.mean()) for cell, own in draws.items()},
        weekly=amounts,
        draws=draws,
        timed=lambda kpi, line: by_week().sel(kpi=kpi, line=line).mean("draw").to_numpy(),
        slope=lambda kpi, line: float(rate().sel(kpi=kpi, line=line)),
        timed_draws=lambda kpi, line: by_week().sel(kpi=kpi, line=line).to_numpy(),
    )


def a_cent(setting: Setting, spend: xr.DataArray, sign: int) -> xr.DataArray:
    """The plan with every line's total a cent more or less, as far as its curve is known."""
    total = spend.sum("week").to_numpy()
    most = np.array([setting.curves.largest_total(line) for line in setting.curves.lines])
    moved = np.clip(total + sign * CENT, 0.0, np.maximum(most, total))
    share = np.where(total > 0, moved / np.where(total > 0, total, 1.0), 1.0)
    return spend * xr.DataArray(share, coords={"line": list(setting.curves.lines)})


def _budget(setting: Setting, spent: float) -> Measure:
    limit, exact = setting.money, setting.scenario.budget.exact
    slack = -abs(spent - limit) if exact else limit - spent
    side = "exactly" if exact else "max"
    return Measure(BUDGET, "all", side, limit, round(spent, 2), slack, "currency", EXACT_CENT)


def holds(measure: Measure) -> bool:
    """Within what rounding to cents can move it; a soft rule may be broken."""
    return measure.soft or measure.slack is None or measure.slack >= -measure.tolerance


def binds(measure: Measure) -> bool:
    """Close enough to its limit that moving the limit would move the plan."""
    if measure.slack is None:
        return False
    close = max(measure.tolerance, 1e-4 * _size(measure))  # 0.01 % of the limit
    return measure.slack <= close


def _size(measure: Measure) -> float:
    """What slack is relative to: the limit, or all draws where it is a share of them."""
    return 1.0 if measure.probability is not None else abs(measure.limit)


def worst_violation(measures: tuple[Measure, ...]) -> float:
    """The largest amount by which a limit is missed, relative to the limit: 0 where all hold."""
    missed = [
        max(0.0, -measure.slack) / max(_size(measure), 1e-9)
        for measure in measures
        if measure.slack is not None and not measure.soft
    ]
    worst = float(np.max(missed, initial=0.0))
    return worst if worst > 1e-12 else 0.0  # below is the rounding of sums of cents
