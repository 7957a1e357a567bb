"""Line by line, what an earlier and a new fit say of the same weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mmm.contributions import Contributions, contributions
from mmm.fit.conduct import Fit

Measure = Literal["roas", "per_1000", "per_week"]
"""What is compared: ROAS of money, count per 1,000 of spend, contribution a week without spend."""

Interval = tuple[float, float, float]
"""5 %, median, 95 %"""


@dataclass(frozen=True)
class Moved:
    """One line and KPI.

    before, after: None where only the other fit has the line
    shift: (mean after − mean before) / standard deviation before
    """

    kpi: str
    line: str
    measure: Measure
    before: Interval | None
    after: Interval | None
    shift: float | None


def moved(before: Fit, after: Fit) -> tuple[Moved, ...]:
    """Every line and KPI that either fit has, over the weeks that both know."""
    rows: list[Moved] = []
    for kpi in map(str, after.constants["kpi"].to_numpy()):
        new = contributions(after.posterior, after.constants, kpi)
        money = str(after.constants["unit"].sel(kpi=kpi).item()) == "currency"
        there = kpi in before.constants["kpi"].to_numpy()
        old = contributions(before.posterior, before.constants, kpi) if there else None
        both = new.weeks if old is None else np.intersect1d(old.weeks, new.weeks)
        weeks = both if len(both) else None  # nothing in common: each by its own weeks
        for line in dict.fromkeys((*(old.lines if old else ()), *new.lines)):
            rows.append(_row(line, old, new, weeks, money=money))
    return tuple(rows)


def _row(
    line: str,
    old: Contributions | None,
    new: Contributions,
    weeks: np.ndarray | None,
    *,
    money: bool,
) -> Moved:
    spent = any(
        own.spend[own.lines.index(line)].sum() > 0
        for own in (old, new)
        if own is not None and line in own.lines
    )
    measure: Measure = ("roas" if money else "per_1000") if spent else "per_week"
    was = _draws(line, old, weeks, measure) if old is not None else None
    now = _draws(line, new, weeks, measure)
    shift = None
    if was is not None and now is not None and was.std() > 0:
        shift = float((now.mean() - was.mean()) / was.std())
    return Moved(new.kpi, line, measure, _interval(was), _interval(now), shift)


def _draws(
    line: str, own: Contributions, weeks: np.ndarray | None, measure: Measure
) -> np.ndarray | None:
    """(draw,) None where the fit has no such line, or no spend on it in these weeks."""
    if line not in own.lines:
        return None
    kept = slice(None) if weeks is None else np.isin(own.weeks, weeks)
    row = own.lines.index(line)
    total = own.weekly[:, row].sum(axis=1, dtype=float)[:, kept]
    if measure == "per_week":
        return np.asarray(total.mean(axis=1))
    spend = float(own.spend[row].sum(axis=0)[kept].sum())
    times = 1000.0 if measure == "per_1000" else 1.0
    return np.asarray(total.sum(axis=1) * times / spend) if spend > 0 else None


def _interval(values: np.ndarray | None) -> Interval | None:
    if values is None or np.isnan(values).any():
        return None
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95]).tolist()
    return low, middle, high
