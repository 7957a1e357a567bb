"""Two drawings: the weeks, stacked up to the KPI, and returns with their ranges."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmm.attribution.attribution import Attribution
from mmm.attribution.groups import Group, groups
from mmm.attribution.report import Report, Total
from mmm.attribution.text import finding, returns_finding
from mmm.curve_tables.table import Estimate
from mmm.curve_tables.text import ranged, trimmed
from mmm.figure import BLUE, FAINT, INK, SOFT, plain_axes, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Okabe and Ito, safe for colour blindness."""
REST = "#b9bec5"
APART = 0.045  # of the height, between two names
ENOUGH = 20  # bars that can still be read


def draw_weeks(of: Attribution, said: Report, path: Path, *, force: bool = False) -> Path:
    """Stack what every week is made of, with the KPI as a line.

    Everything but media is one grey area, so that its parts, of which some are negative, cannot
    hide each other; beyond five, media are put together. Raises as ``figure.sheet`` does.
    """
    areas = _areas(groups(of, "channel"))
    unit = f"in {of.currency}" if of.unit == "currency" else "counted"
    below = (
        f"Weekly {of.kpi.replace('_', ' ')} {unit}. Line: observed. Areas: posterior means; grey "
        "is all that is no channel: level, trend, season, holidays, events, controls, treatments"
        + (", synergy." if of.synergy else ".")
    )
    with sheet(path, (10.8, 4.6), title=finding(said), subtitle=below, force=force) as figure:
        axes = figure.subplots()
        days = of.weeks.astype("datetime64[D]")
        base = np.zeros(len(days))
        marks, edges = [], []
        for name, weekly, colour in areas:
            axes.fill_between(days, base, base + weekly, color=colour, lw=0)
            marks.append((float(base[-1] + weekly[-1] / 2), name, colour))
            base = base + weekly
            edges.append(base)
        observed = of.observed.sum(axis=0)
        for edge in edges[:-1]:
            axes.plot(days, edge, color="white", lw=0.5)
        axes.plot(days, observed, color=INK, lw=1.1)
        top = 1.06 * max(float(observed.max()), float(base.max()))
        axes.set_ylim(min(0.0, float(areas[0][1].min())), top)
        axes.set_xlim(days[0], days[-1])
        axes.yaxis.set_major_formatter(lambda value, _: trimmed(float(value)))
        _names(axes, days[-1], marks, top)
        plain_axes(axes)
    return path


def draw_returns(said: Report, path: Path, *, force: bool = False) -> Path:
    """Bars of every channel's ROAS (or CAC) with 90 % whiskers, in the order of spend.

    Raises as ``figure.sheet`` does.
    """
    paid = [total for total in said.window(said.windows[0]) if total.spend]
    paid = sorted(paid, key=lambda total: -(total.spend or 0.0))[:ENOUGH]
    money = any(total.roas for total in paid)
    shown = [(total, _return(total, money=money)) for total in paid]
    kept = [(total, figure) for total, figure in shown if figure is not None]
    kind = f"{said.currency} returned per {said.currency} spent" if money else (
        f"{said.currency} spent per unit of {said.kpi.replace('_', ' ')}"
    )  # fmt: skip
    below = (
        f"{kind}, {said.first} to {said.last}. Whiskers: 90 % of the draws. In the order of spend."
        + (" Dashed: what was spent comes back." if money else "")
    )
    size = (8.4, 0.7 + 0.42 * max(len(kept), 2))
    title = returns_finding(said)
    with sheet(path, size, title=title, subtitle=below, force=force) as figure:
        axes = figure.subplots()
        _bars(axes, kept, even=money)
    return path


def _bars(axes: Axes, kept: Sequence[tuple[Total, Estimate]], *, even: bool) -> None:
    means = np.array([one.mean for _, one in kept])
    low, high = (
        np.array([end(one) for _, one in kept])
        for end in (
            lambda one: one.mean if one.p05 is None else one.p05,
            lambda one: one.mean if one.p95 is None else one.p95,
        )
    )
    rows = np.arange(len(kept))
    limit = 1.1 * max([*high, *means, 1.0 if even else 0.0])
    axes.barh(rows, means, height=0.58, color=BLUE, alpha=0.85, lw=0)
    axes.hlines(rows, low, high, color=INK, lw=1.1)
    if even:
        axes.axvline(1, color=SOFT, lw=0.9, dashes=(3, 2), zorder=2.5)
    for row, (_, one) in enumerate(kept):
        axes.text(1.02 * limit, row, ranged(one), va="center", color=SOFT)
    names = [
        f"{total.name}{f' in {total.geo}' if total.geo else ''}\n{trimmed(total.spend or 0.0)}"
        for total, _ in kept
    ]
    axes.set_yticks(rows, names)
    axes.set_xlim(0, limit)
    axes.set_ylim(len(kept) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(lambda value, _: trimmed(float(value)))
    axes.xaxis.grid(color=FAINT, lw=0.8)
    axes.set_axisbelow(True)
    plain_axes(axes)


def _return(total: Total, *, money: bool) -> Estimate | None:
    return total.roas if money else total.cost


def _areas(rows: Sequence[Group]) -> list[tuple[str, np.ndarray, str]]:
    """(name, weekly means, colour): no media first, then media from the largest."""
    media = [row for row in rows if row.kind in ("media", "organic")]
    other = np.sum([row.weekly.mean(axis=0) for row in rows if row not in media], axis=0)
    order = sorted(media, key=lambda row: -float(row.weekly.mean()))
    alone = order if len(order) <= len(COLOURS) else order[: len(COLOURS) - 1]
    named = [
        (row.name, row.weekly.mean(axis=0), colour)
        for row, colour in zip(alone, COLOURS, strict=False)
    ]
    areas = [("without media", other, "#d5d8dc"), *named]
    if rest := order[len(alone) :]:
        weekly = np.sum([row.weekly.mean(axis=0) for row in rest], axis=0)
        areas.append((f"{len(rest)} others", weekly, REST))
    return areas


def _names(
    axes: Axes, last: np.datetime64, marks: Sequence[tuple[float, str, str]], top: float
) -> None:
    """The areas' names beside their ends, moved apart where they are thin."""
    step = APART * top
    at = [place for place, _, _ in marks]
    for row in range(1, len(at)):
        at[row] = max(at[row], at[row - 1] + step)
    over = at[-1] - (top - step / 2)
    for row in reversed(range(len(at))):
        if over > 0:
            ceiling = top - step / 2 - (len(at) - 1 - row) * step
            at[row] = min(at[row], ceiling)
    for (_, name, colour), height in zip(marks, at, strict=True):
        axes.annotate(
            "■", (last, height), xytext=(5, 0), textcoords="offset points",
            color=colour, va="center", annotation_clip=False,
        )  # fmt: skip
        axes.annotate(
            name, (last, height), xytext=(16, 0), textcoords="offset points",
            color=INK, va="center", annotation_clip=False,
        )  # fmt: skip
