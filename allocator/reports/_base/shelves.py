"""Response curves as small multiples: a shelf a channel, its charts on the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from allocator.findings.curve_series import CurveSeries
from allocator.plan import LinePlan, Plan
from allocator.reports._base.curve import NARROW, WIDE, Frame, curve, frames
from allocator.reports._base.explore import Reading, readings
from allocator.reports._base.names import listed
from allocator.reports._base.numbers import compact, estimate, whole
from allocator.reports._base.order import groups
from allocator.reports._base.tags import label, line_tags

OPEN = 24  # charts on show; with more of them, all shelves but the first are folded
FEW = 2  # charts that fill a page's width side by side
FIRST = 8  # charts on the first shelf of channels without campaigns


@dataclass(frozen=True)
class Chart:
    """One line's curve with what it says."""

    label: str
    tags: tuple[str, ...]
    moved: str
    slope: str
    drawing: Markup
    line: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Shelf:
    """Charts that share their axes."""

    title: str
    sentence: str
    charts: tuple[Chart, ...]
    open: bool
    few: bool
    unit: str
    """of the KPI: ``currency`` or ``count``"""


def shelves(plan: Plan, curves: Sequence[CurveSeries], kpi: str) -> tuple[Shelf, ...]:
    """A shelf for every channel with campaigns; the single lines together, in the same order."""
    drawn = {series.line: series for series in curves if series.kpi == kpi}
    named: list[tuple[str, list[LinePlan]]] = []
    for group in groups(plan):
        lines = [line for line in group.lines if line.line in drawn]
        if group.folded:
            named.append((group.channel.channel, lines))
        elif named and not named[-1][0] and len(named[-1][1]) < FIRST:
            named[-1][1].extend(lines)
        else:
            named.append(("", lines))
    filled = [(title, lines) for title, lines in named if lines]
    count = sum(len(lines) for _, lines in filled)
    return tuple(
        _shelf(
            plan,
            title,
            [(line, drawn[line.line]) for line in lines],
            is_open=place == 0 or count <= OPEN,
            few=count <= FEW,
        )
        for place, (title, lines) in enumerate(filled)
    )


def _shelf(
    plan: Plan,
    title: str,
    pairs: list[tuple[LinePlan, CurveSeries]],
    *,
    is_open: bool,
    few: bool,
) -> Shelf:
    on = frames([series for _, series in pairs], WIDE if few else NARROW)
    spend = sum(line.total for line, _ in pairs)
    reference = sum(series.reference for _, series in pairs)
    return Shelf(
        title or listed([line.line for line, _ in pairs], 3),
        f"{whole(reference)} → {whole(spend)}" if title else "",
        tuple(_chart(plan, line, series, on[line.line]) for line, series in pairs),
        is_open,
        few,
        pairs[0][1].unit,
    )


def _chart(plan: Plan, line: LinePlan, series: CurveSeries, on: Frame) -> Chart:
    slope = line.marginal_roas.get(series.kpi)
    next_unit = "" if slope is None else f"next {plan.currency} 1 brings {estimate(slope)}"
    moved = f"{whole(series.reference)} → {whole(line.total)}"
    expected = line.kpis[series.kpi]
    finding = (
        f"{line.line}: spend {moved} {plan.currency}, expected {series.kpi} "
        f"{compact(expected.mean)} (80 % sure: {compact(expected.p10)} to {compact(expected.p90)})"
        + "".join(f"; {tag}" for tag in line_tags(line))
    )
    return Chart(
        label(line), line_tags(line), moved, next_unit, curve(series, on, finding), line.line,
        readings(plan, line, series, on),
    )  # fmt: skip
