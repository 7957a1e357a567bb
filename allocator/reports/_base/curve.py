"""A response curve: what a line brings at every amount, and how far the data reach."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from allocator.findings.curve_series import CurveSeries
from allocator.reports._base.numbers import axis, round_up
from allocator.reports._base.svg import Point, area, element, path, picture

NARROW, WIDE = (264.0, 176.0), (480.0, 240.0)
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 12.0, 24.0
POINTS = 40  # more are not seen at this size
ROOM = 1.25  # of the furthest mark, so that the curve goes on behind it
ALIKE = 0.45  # part of the largest: a line smaller than that would be a dot on its axes


@dataclass(frozen=True)
class Frame:
    """The axes that several curves share, from zero: currency across, KPI units up."""

    spend: float
    outcome: float
    size: Point = NARROW

    def at(self, spend: float, outcome: float) -> Point:
        """The place of a value on the drawing."""
        width, height = self.size
        x = LEFT + spend / self.spend * (width - LEFT - RIGHT)
        y = height - BOTTOM - outcome / self.outcome * (height - TOP - BOTTOM)
        return x, y


def frames(curves: Sequence[CurveSeries], size: Point = NARROW) -> dict[str, Frame]:
    """Axes for every line; lines of like size share theirs, so that they can be compared."""
    found: dict[str, Frame] = {}
    left = sorted(curves, key=_reach, reverse=True)
    while left:
        alike = [series for series in left if _reach(series) >= ALIKE * _reach(left[0])]
        shared = frame(alike, size)
        found |= {series.line: shared for series in alike}
        left = left[len(alike) :]
    return found


def _reach(series: CurveSeries) -> float:
    marks = max(series.reference, series.planned, series.unconstrained or 0.0)
    return max(marks, min(ROOM * max(marks, series.observed or 0.0), series.totals[-1]))


def frame(curves: Sequence[CurveSeries], size: Point = NARROW) -> Frame:
    """Axes that hold every mark of these curves and the curve around it."""
    spend = round_up(max(_reach(series) for series in curves))
    outcome = max(value_at(c.totals, c.p90, min(spend, c.totals[-1])) for c in curves)
    return Frame(spend, round_up(outcome), size)


def value_at(totals: Sequence[float], values: Sequence[float], total: float) -> float:
    """The value at a total, on straight lines between points; the end's beyond the ends."""
    after = bisect_left(totals, total)
    if after == 0:
        return values[0]
    if after == len(totals):
        return values[-1]
    left, right = totals[after - 1], totals[after]
    part = (total - left) / (right - left)
    return values[after - 1] + part * (values[after] - values[after - 1])


def curve(series: CurveSeries, on: Frame, finding: str) -> Markup:
    """Median and 80 % band, grey dot reference, blue dot recommended, observed range shaded.

    A ring where the plan without rules is. The last circle marks what is being read; it is unseen
    until somebody reads.
    """
    end = min(on.spend, series.totals[-1])
    free = series.unconstrained
    seen = end if series.observed is None else min(series.observed, end)
    return picture(
        on.size,
        finding,
        *_observed(series, on, end),
        *_band(series, on, (series.totals[0], seen), "band"),
        *_band(series, on, (seen, end), "band beyond"),
        *_median(series, on, (series.totals[0], seen), "median"),
        *_median(series, on, (seen, end), "median beyond"),
        *_axes(on),
        _mark(series, on, series.reference, "reference"),
        *([] if free is None else [_mark(series, on, free, "free")]),
        _mark(series, on, series.planned, "planned"),
        _mark(series, on, series.planned, "probe"),
        class_="curve",
    )


def _between(series: CurveSeries, ends: tuple[float, float]) -> list[float]:
    """Totals from end to end, thinned; both ends are among them."""
    low, high = ends
    inside = [total for total in series.totals if low < total < high]
    step = max(1, math.ceil(len(inside) / POINTS))
    return [low, *itertools.islice(inside, 0, None, step), high]


def _along(series: CurveSeries, on: Frame, values: Sequence[float], xs: list[float]) -> list[Point]:
    return [on.at(x, value_at(series.totals, values, x)) for x in xs]


def _band(series: CurveSeries, on: Frame, ends: tuple[float, float], look: str) -> list[Markup]:
    if ends[1] <= ends[0]:
        return []
    xs = _between(series, ends)
    upper, lower = (_along(series, on, values, xs) for values in (series.p90, series.p10))
    return [element("path", class_=look, d=area(upper, lower))]


def _median(series: CurveSeries, on: Frame, ends: tuple[float, float], look: str) -> list[Markup]:
    if ends[1] <= ends[0]:
        return []
    return [
        element("path", class_=look, d=path(_along(series, on, series.p50, _between(series, ends))))
    ]


def _observed(series: CurveSeries, on: Frame, end: float) -> list[Markup]:
    if series.observed is None:
        return []
    left, bottom = on.at(0.0, 0.0)
    right, top = on.at(min(series.observed, on.spend), on.outcome)
    return [
        element("rect", class_="observed", x=left, y=top, width=right - left, height=bottom - top)
    ]


def _axes(on: Frame) -> list[Markup]:
    left, bottom = on.at(0.0, 0.0)
    right, top = on.at(on.spend, on.outcome)
    below = bottom + 18

    def word(text: str, x: float, y: float, anchor: str) -> Markup:
        return element("text", text, class_="quiet", x=x, y=y, text_anchor=anchor)

    return [
        element("line", class_="axis", x1=left, x2=right, y1=bottom, y2=bottom),
        word("0", left, below, "middle"),
        word(axis(on.spend / 2), (left + right) / 2, below, "middle"),
        word(axis(on.spend), right, below, "end"),
        word(axis(on.outcome), left - 6, top + 9, "end"),
        word(axis(on.outcome / 2), left - 6, (top + bottom) / 2 + 4, "end"),
    ]


def _mark(series: CurveSeries, on: Frame, total: float, look: str) -> Markup:
    x, y = place_of(series, on, total)
    return element("circle", class_=look, cx=x, cy=y, r=5.0 if look == "planned" else 6.0)


def place_of(series: CurveSeries, on: Frame, total: float) -> Point:
    """Where a total lies on the median."""
    return on.at(total, value_at(series.totals, series.p50, total))
