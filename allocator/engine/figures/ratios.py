"""What lines bring together, and what of it a unit of money brings or a new customer costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.figures.interval import interval
from allocator.engine.setting import Setting


def ratios(setting: Setting, plan: Evaluated, lines: Sequence[str] | None = None) -> dict[str, Any]:
    """Outcome, ROAS and CAC of some of the plan's lines together, all by default.

    A ratio is None where nothing is spent, a CAC also where some draw has no new customers.
    """
    spent = plan.money(lines)
    roas: dict[str, Any] = {}
    cac: dict[str, Any] = {}
    kpis: dict[str, Any] = {}
    for kpi, unit in setting.curves.units.items():
        draws = plan.draws(kpi, lines)
        kpis[kpi] = interval(draws)
        if unit == "currency":
            roas[kpi] = _ratio(draws, np.full_like(draws, spent)) if spent > 0 else None
        else:
            possible = spent > 0 and bool(np.all(draws > 0))
            cac[kpi] = _ratio(np.full_like(draws, spent), draws) if possible else None
    return {"kpis": kpis, "roas": roas, "cac": cac}


def _ratio(over: np.ndarray, under: np.ndarray) -> dict[str, float]:
    """Ratio of means, with the quantiles of the per-draw ratio."""
    return {**interval(over / under), "mean": float(over.mean() / under.mean())}
