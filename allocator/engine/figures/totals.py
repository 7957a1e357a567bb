"""What a target of the total counts besides what media bring: all that is sold anyway."""

from __future__ import annotations

import numpy as np

from allocator.constraints import KpiRule
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.figures.worth import objective_draws, of_total
from allocator.engine.setting import Setting

NAMED = 3  # controls that a warning names


def besides(setting: Setting) -> np.ndarray | None:
    """(draw,) the baseline as the objective counts it and as it would be observed.

    Σ_k worth_k · Σ_t d_t · observed_kt, with d = 1 where money has no interest. None where the
    target is of what media bring alone.
    """
    if not setting.scenario.objective.total:
        return None
    found = np.zeros(setting.curves.draws)
    for name, weight in setting.terms.response.items():
        weekly = setting.facts.baseline[setting.kpi_of(name)].observed
        counted = weekly if setting.interest is None else weekly * setting.interest[:-1]
        found = found + weight * counted.sum(axis=1)
    return found


def reached(setting: Setting, plan: Evaluated) -> float:
    """Share of the draws in which the amount of ``probability_of`` is reached."""
    amount, anyway = setting.scenario.objective.probability_of, besides(setting)
    assert amount is not None  # to be asked of such an objective only
    draws = objective_draws(setting, plan)
    return float(((draws if anyway is None else draws + anyway) >= amount).mean())


def total_warnings(setting: Setting) -> list[str]:
    """Controls of which a target or a rule about a total has to take what they were."""
    forecast, scenario = setting.curves.forecast, setting.scenario
    about = of_total(scenario) or any(
        limit.total
        for bound in setting.rules
        if isinstance(bound.rule, KpiRule)
        for limit in bound.rule.limits.values()
    )
    if not about or forecast is None:
        return []
    given = {name for table in (scenario.context or {}).values() for name in table.controls}
    taken = [name for name in forecast.controls if name not in given]
    if not taken:
        return []
    few = ", ".join(taken[:NAMED]) + (f" and {len(taken) - NAMED} more" if taken[NAMED:] else "")
    return [
        f"{few}: not given in `context`; the total counts on the same as in the same week of the "
        "last year of data"
    ]
