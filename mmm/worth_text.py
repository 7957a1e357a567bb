"""What a unit of a KPI is worth, in words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mmm.console import three_digits
from mmm.curves import ResponseCurves

RECENT = 13  # weeks


def worth_lines(curves: ResponseCurves) -> list[str]:
    """One sentence per KPI that states a value or a margin: now, and over the weeks of the data."""
    lines = []
    for kpi in curves.kpis:
        said = []
        value = _weeks(curves, "value_per_unit", kpi)
        if value is not None:
            now = f"{three_digits(value[-RECENT:].mean())} {curves.currency} each"
            said.append(f"worth {now}{_span(value, three_digits)}")
        margin = _weeks(curves, "margin", kpi)
        if margin is not None:
            said.append(f"margin {_percent(margin[-RECENT:].mean())}{_span(margin, _percent)}")
        if said:
            lines.append(f"{kpi.replace('_', ' ')}: {', '.join(said)}.")
    return lines


def _weeks(curves: ResponseCurves, name: str, kpi: str) -> np.ndarray | None:
    if name not in curves.data:
        return None
    weeks: np.ndarray = curves.data[name].sel(kpi=kpi).to_numpy()
    return None if np.isnan(weeks).any() else weeks


def _span(weeks: np.ndarray, shown: Callable[[float], str]) -> str:
    """Lowest to highest week, where they differ."""
    low, high = shown(weeks.min()), shown(weeks.max())
    return "" if low == high else f" in the last {RECENT} weeks (weekly {low} to {high})"


def _percent(share: float) -> str:
    return f"{share:.0%}"
