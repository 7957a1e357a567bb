"""What a plan is worth, in plain numbers, draw by draw: the objective recomputed from its weeks.

Nothing of the solve wing is used: outcomes by line from ``ResponseCurves.response`` (by week from
``ResponseCurves.timed`` where money has interest), and the weekly amounts as they stand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.setting import Setting
from allocator.objectives import WeightedObjective
from allocator.scenario import Scenario


def evaluate(setting: Setting, spend: xr.DataArray) -> Evaluated:
    """Spend with its response on the curves."""
    key = spend.dims, tuple(spend.coords.variables["line"].to_numpy()), spend.to_numpy().tobytes()
    return setting.evaluated.get(
        key, lambda: Evaluated(spend, setting.curves.response(spend, setting.window))
    )


def objective_draws(setting: Setting, plan: Evaluated) -> np.ndarray:
    """The objective in every draw: (draw,)."""
    total: np.ndarray = earned(setting, plan).sum(axis=1)
    return total + paid(setting, plan) + setting.terms.base


def earned(setting: Setting, plan: Evaluated) -> np.ndarray:
    """What every line's outcome adds to the objective: (draw, line)."""
    terms, lines = setting.terms, setting.curves.lines
    scale = np.array([terms.scale.get(line, 1.0) for line in lines])
    value = np.zeros((plan.response.sizes["draw"], len(lines)))
    for name, weight in terms.response.items():
        value = value + weight * scale * _outcome(setting, plan, setting.kpi_of(name))
    return value


def _outcome(setting: Setting, plan: Evaluated, kpi: str) -> np.ndarray:
    """(draw, line) of a KPI, at present value where money has interest."""
    if setting.interest is None:
        return plan.by_line(kpi)
    lines = list(setting.curves.lines)
    timed = plan.timed(setting.curves, setting.window).sel(kpi=kpi, line=lines)
    weekly: np.ndarray = timed.transpose("draw", "line", "week").to_numpy()
    return weekly @ setting.interest


def paid(setting: Setting, plan: Evaluated) -> float:
    """What the spend itself adds to the objective: below zero where it is paid from profit."""
    if setting.interest is None:
        return setting.terms.spend * plan.money()
    return float(sum(paid_by_line(setting, plan).values()))


def paid_by_line(setting: Setting, plan: Evaluated) -> dict[str, float]:
    """The same of every line."""
    each = setting.terms.spend
    if setting.interest is None:
        return {line: each * plan.money([line]) for line in setting.curves.lines}
    d = setting.interest[:-1]
    return {line: each * float(plan.weekly(line) @ d) for line in setting.curves.lines}


def outcome_value(setting: Setting, plan: Evaluated) -> float:
    """The incremental outcome within the objective: without what is paid for it."""
    return float(earned(setting, plan).sum(axis=1).mean()) + setting.terms.base


def shares_of_gain(setting: Setting, plan: Evaluated, other: Evaluated) -> dict[str, float]:
    """Line -> its part of what lines gain against another plan; empty where none gains.

    A line's gain is the mean of its outcome in the objective less what is paid for it, less the
    same of the other plan; where an amount is sought, of the KPI that it is sought for. Lines that
    give money up lose; they are no part of the sum.
    """
    lines, sought = setting.curves.lines, setting.scenario.budget.sought
    if sought is None:
        more = earned(setting, plan).mean(axis=0) - earned(setting, other).mean(axis=0)
        mine, theirs = paid_by_line(setting, plan), paid_by_line(setting, other)
    else:
        kpi = sought.kpi
        more = (_outcome(setting, plan, kpi) - _outcome(setting, other, kpi)).mean(axis=0)
        mine = theirs = dict.fromkeys(lines, 0.0)
    gains = {
        line: max(0.0, float(change) + mine[line] - theirs[line])
        for line, change in zip(lines, more, strict=True)
    }
    whole = sum(gains.values())
    return {line: gain / whole for line, gain in gains.items()} if whole > 0 else {}


def goal_name(setting: Setting) -> str:
    """What is maximised, in a word: a KPI, or the name of an objective."""
    maximise = setting.scenario.objective.maximise
    return maximise if isinstance(maximise, str) else WeightedObjective.name


def goal_figures(setting: Setting, plan: Evaluated) -> dict[str, Any]:
    """The objective in numbers, who says them, and in how many draws a target is met."""
    terms, economics = setting.terms, setting.scenario.economics
    return {
        "worth": {setting.kpi_of(name): weight for name, weight in terms.response.items()},
        "spend": terms.spend,
        "said_by": setting.said_by,
        "scale": {line: factor for line, factor in terms.scale.items() if factor != 1},
        "discount": economics.discount if economics is not None else None,
        "met": _met(setting, plan),
        **({"total": True} if of_total(setting.scenario) else {}),
    }


def of_total(scenario: Scenario) -> bool:
    """The target is of all that is sold, not of what media bring alone."""
    sought = scenario.budget.sought
    return bool(scenario.objective.total or (sought is not None and sought.total))


def _met(setting: Setting, plan: Evaluated) -> float | None:
    """Share of the draws in which a target is reached or an average return earned."""
    budget = setting.scenario.budget
    target, floor = budget.least_for, budget.most_with
    if budget.sought is None or (floor is not None and floor.marginal):
        return None
    draws = plan.draws(budget.sought.kpi)
    if budget.sought.total:
        draws = draws + setting.facts.baseline[budget.sought.kpi].observed.sum(axis=1)
    needed = target.at_least if target is not None else 0.0
    needed = floor.least * plan.money() if floor is not None else needed
    return float((draws >= needed).mean())
