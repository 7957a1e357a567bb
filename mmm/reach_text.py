"""The table of ``mmm reach`` in words: a finding, then reach and frequency by audience."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from mmm.console import table, three_digits
from mmm.curve_tables.text import NAME_WIDTH, trimmed
from mmm.reach import Audience, FrequencyRow, Spread


def frequency_report(
    audiences: Sequence[Audience], rows: Sequence[FrequencyRow], currency: str | None
) -> RenderableType:
    """What ``mmm reach`` shows: per audience the finding and two tables by multiples of spend."""
    parts: list[RenderableType] = []
    for audience in audiences:
        own = [row for row in rows if row.audience == audience.name]
        parts += [Text(finding(audience, own), style="bold"), Text("")]
        parts += _tables(audience, own, currency)
        parts += [Text(f"Curve: {_curve(audience)}."), Text("")]
    parts.append(Text("×1 is the usual spend: the mean of the last 13 weeks, at its usual cost."))
    parts.append(
        Text("Ranges hold 90 % of the draws. Lines reach some of the same people, so that")
    )
    parts.append(Text("their reaches do not add up to that of all lines."))
    return Group(*parts)


def finding(audience: Audience, rows: Sequence[FrequencyRow]) -> str:
    """One sentence: how many of an audience are reached how often, and what double would do."""
    pooled = {row.multiple: row for row in rows if not row.line}
    now, double = pooled.get(1.0), pooled.get(2.0)
    if now is None or now.frequency is None:
        return f"{audience.name}: nobody is reached at the usual spend."
    said = (
        f"{audience.name}: {now.share.mean:.0%} of the audience are reached "
        f"{three_digits(now.frequency.mean)} times {_window(audience)}"
    )
    if double is None or double.frequency is None:
        return f"{said}."
    return (
        f"{said}; twice the spend would reach {double.share.mean:.0%}, "
        f"{three_digits(double.frequency.mean)} times."
    )


def _tables(
    audience: Audience, rows: Sequence[FrequencyRow], currency: str | None
) -> tuple[Table, Table]:
    """Reach and frequency: a row for all lines and for each, a column for each multiple."""
    multiples = list(dict.fromkeys(row.multiple for row in rows))
    by_line: dict[str, dict[float, FrequencyRow]] = {}
    for row in rows:
        by_line.setdefault(row.line, {})[row.multiple] = row
    columns = [f"×{multiple:g}" for multiple in multiples]
    money = currency or "media units"
    reached = [
        (
            line or "all lines",
            trimmed(row[1.0].spend),
            trimmed(row[1.0].impressions),
            trimmed(row[1.0].reach.mean),
            *(_range(row[multiple].share, "{:.0%}".format) for multiple in multiples),
        )
        for line, row in by_line.items()
    ]
    seen = [
        (line or "all lines", *(_frequency(row[multiple]) for multiple in multiples))
        for line, row in by_line.items()
    ]
    heads = ("", money, "impressions", "reach", *columns)
    title = f"Reach of {audience.name} {_window(audience)}, at usual spend and as share of all"
    one = table(title, heads, reached)
    two = table(f"Average frequency {_window(audience)}", ("", *columns), seen)
    for made in (one, two):
        made.columns[0].min_width = min(NAME_WIDTH, max(len(row[0]) for row in reached))
        made.padding, made.pad_edge = (0, 0, 0, 1), False  # all columns shall fit into 100
    return one, two


def _frequency(row: FrequencyRow) -> str:
    return "–" if row.frequency is None else _range(row.frequency, "{:.2f}".format)


def _curve(audience: Audience) -> str:
    curve = audience.curve
    figures = [f"{name} {_spread(draws)}" for name, draws in curve.parameters.items()]
    if curve.chances is not None:
        figures.append(f"chances {curve.chances}")
    figures.append(f"audience {_spread(curve.audience)}")
    return f"{curve.family.name}, {', '.join(figures)}; from {audience.source}"


def _spread(draws: np.ndarray) -> str:
    return _range(Spread.of(draws), trimmed)


def _range(spread: Spread, words: Callable[[float], str]) -> str:
    """``32% (25–36)``; the mean alone where its ends read the same."""
    mean, low, high = words(spread.mean), words(spread.p05), words(spread.p95)
    return mean if low == high else f"{mean} ({low.rstrip('%')}–{high.rstrip('%')})"


def _window(audience: Audience) -> str:
    return "a week" if audience.weeks == 1 else f"in {audience.weeks} weeks"
