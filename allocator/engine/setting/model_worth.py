"""What the model behind the curves says that outcomes are worth."""

from __future__ import annotations

import numpy as np

from allocator.scenario import Worth
from mmm.curves import ResponseCurves

LATELY = 52  # weeks; a margin that varies is planned with as it was over the last year


def worth_of(curves: ResponseCurves) -> Worth:
    """``margin`` and ``value_per_unit`` of every KPI that states them, the last year's mean."""
    return Worth(margins=_lately(curves, "margin"), values=_lately(curves, "value_per_unit"))


def _lately(curves: ResponseCurves, name: str) -> dict[str, float]:
    if name not in curves.data:
        return {}
    weekly = curves.data[name].transpose("kpi", "week").to_numpy()[:, -LATELY:]
    means = zip(curves.kpis, weekly.mean(axis=1).tolist(), strict=True)
    return {kpi: mean for kpi, mean in means if np.isfinite(mean) and mean > 0}
