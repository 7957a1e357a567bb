"""What soft rules cost a plan, recomputed from its weekly amounts. No solver."""

from __future__ import annotations

import numpy as np

from allocator.constraints import Meter, Row
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.pose import declarations
from allocator.engine.setting import Setting


def paid_for_soft(setting: Setting, plan: Evaluated) -> dict[str, float]:
    """Soft rule -> price × what its rows are short of, in units of the objective."""
    if all(bound.price is None for bound in setting.rules):
        return {}
    paid: dict[str, float] = {bound.id: 0.0 for bound in setting.rules if bound.price is not None}
    for declared in declarations(setting):
        for row in declared.rows:
            if row.price is not None:
                short = max(0.0, row.bound - _left(setting, row, declared.meters, plan))
                paid[row.rule] += row.price * short
    return paid


def _left(setting: Setting, row: Row, meters: object, plan: Evaluated) -> float:
    """Σ a x + Σ b R + Σ c [x > 0] at the plan's amounts, currency or KPI units."""
    assert isinstance(meters, dict)
    spent = sum(
        float(np.sum(np.asarray(weight) * plan.weekly(line))) for line, weight in row.spend.items()
    )
    earned = sum(
        weight * _read(setting, meters.get(name, Meter(name)), line, plan)
        for (name, line), weight in row.response.items()
    )
    on = sum(weight for line, weight in row.active.items() if plan.money([line]) > 0)
    return spent + earned + on


def _read(setting: Setting, meter: Meter, line: str, plan: Evaluated) -> float:
    """A line's mean outcome as a meter reads it."""
    if meter.marginal:
        rate = setting.curves.gradient(plan.spend, setting.window)
        return plan.money([line]) * float(rate.sel(kpi=meter.kpi, line=line).mean())
    if meter.week is None:
        return float(plan.draws(meter.kpi, [line]).mean())
    timed = plan.timed(setting.curves, setting.window).sel(kpi=meter.kpi, line=line)
    return float(timed.to_numpy()[:, meter.week].mean())
