"""What a line brings at every amount: the rows from which a curve is read, step by step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from allocator.findings.curve_series import CurveSeries
from allocator.plan import LinePlan, Plan
from allocator.reports._base.curve import Frame, place_of, value_at
from allocator.reports._base.numbers import compact, estimate, whole
from allocator.reports._base.svg import number

STEPS, FEW_STEPS = 40, 20  # amounts along a curve; the fewer where there are many curves
MANY = 40  # lines


@dataclass(frozen=True)
class Reading:
    """One amount: what it brings, 80 % sure, the next unit, what is special about it, its place."""

    spend: str
    expected: str
    ends: str
    next_unit: str
    mark: str
    own: bool
    """the recommended amount"""
    x: str
    y: str


def readings(plan: Plan, line: LinePlan, series: CurveSeries, on: Frame) -> tuple[Reading, ...]:
    """Rising amounts over the drawing, those with a mark among them; none without the means.

    What stands at the recommended amount are the plan's own figures.
    """
    if not series.mean or len(series.next_unit) != len(series.totals):
        return ()
    end = min(on.spend, series.totals[-1])
    steps = STEPS if len(plan.lines) <= MANY else FEW_STEPS
    inside = [total for total in series.totals if total <= end]
    named = _named(series)
    thinned = inside[:: max(1, math.ceil(len(inside) / steps))]
    near = 0.2 * (thinned[1] - thinned[0]) if len(thinned) > 1 else 0.0
    grid = [total for total in thinned if all(abs(total - mark) > near for mark in named)]
    return tuple(
        _reading(plan, line, series, on, (total, named.get(total, "")))
        for total in sorted({*grid, *named})
    )


def _named(series: CurveSeries) -> Mapping[float, str]:
    """Amounts with a name; where two are the same, both."""
    found: dict[float, str] = {}
    marks = (
        (series.reference, "reference"),
        (series.planned, "recommended"),
        (series.unconstrained, "without rules"),
    )
    for total, name in marks:
        if total is not None:
            same = next((one for one in found if abs(one - total) < 0.005), total)
            found[same] = f"{found[same]}, {name}" if same in found else name
    return found


def _reading(
    plan: Plan, line: LinePlan, series: CurveSeries, on: Frame, at: tuple[float, str]
) -> Reading:
    total, mark = at
    x, y = place_of(series, on, total)
    own = "recommended" in mark
    ends = [value_at(series.totals, values, total) for values in (series.p10, series.p90)]
    mean, slope = value_at(series.totals, series.mean, total), _slope(series, total)
    if own:
        found = line.kpis[series.kpi]
        mean, ends = found.mean, [found.p10, found.p90]
        slope = line.marginal_roas.get(series.kpi, slope)
    if series.observed is not None and total > series.observed * (1 + 1e-9):
        mark = f"{mark}, beyond" if mark else "beyond"
    low, high = map(compact, ends)
    return Reading(
        whole(total),
        estimate(mean),
        low if low == high else f"{low} to {high}",
        _next(plan, series, slope),
        mark,
        own,
        number(x),
        number(y),
    )


def _slope(series: CurveSeries, total: float) -> float | None:
    """Between the points around it; None where one of them is without bound."""
    known = [
        (at, slope)
        for at, slope in zip(series.totals, series.next_unit, strict=True)
        if slope is not None
    ]
    if not known or total < known[0][0]:
        return None
    return value_at([at for at, _ in known], [slope for _, slope in known], total)


def _next(plan: Plan, series: CurveSeries, slope: float | None) -> str:
    """What the next unit of money brings; of what is counted, what the next one costs."""
    if slope is None:
        return "–"
    if series.unit == "currency":
        return estimate(slope)
    return estimate(1 / slope) if slope > 0 else "–"


def next_head(plan: Plan, unit: str) -> str:
    """What the column of the next unit is called."""
    if unit == "currency":
        return f"Next {plan.currency} 1 brings"
    return f"Next one costs, {plan.currency}"
