"""Summaries as text: a sentence first, then tables that fit 100 columns and survive a pipe."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from mmm.check import DataSummary
from mmm.terminal import WIDTH


def console() -> Console:
    """Standard output, 100 columns wide at most, and exactly that in a pipe."""
    out = Console(highlight=False)
    out.width = min(out.width, WIDTH) if out.is_terminal else WIDTH
    return out


def three_digits(value: float) -> str:
    """Three significant digits with k, M or bn: 1234567 is 1.23M, 1700 is 1.70k, 0 is 0."""
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    for limit, mark in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(rounded) >= limit:
            return f"{rounded / limit:#.3g}".rstrip(".") + mark
    return f"{rounded:#.3g}".rstrip(".")


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table with the first column to the left and the figures to the right."""
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for place, head in enumerate(heads):
        made.add_column(
            head,
            justify="left" if place == 0 else "right",
            overflow="fold" if place == 0 else "ellipsis",
            no_wrap=place > 0,
        )
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def data_summary(summary: DataSummary) -> RenderableType:
    """What ``mmm check`` shows."""
    money = f" {summary.currency}" if summary.currency else ""
    parts: list[RenderableType] = [Text(summary.headline, style="bold"), Text("")]
    parts.append(
        table(
            f"Media lines, spend in{money or ' their own unit'}",
            ("line", "spend", "share", "mean when on", "weeks at 0", "longest gap", "impressions"),
            (
                (
                    line.line,
                    three_digits(line.spend),
                    f"{line.share:.1%}",
                    three_digits(line.mean_when_on),
                    str(line.zero_weeks),
                    f"{line.longest_gap} wk",
                    "not measured" if line.impressions is None else three_digits(line.impressions),
                )
                for line in summary.lines
            ),
        )
    )
    parts.append(
        table(
            "KPIs, per week",
            ("kpi", "unit", "total", "mean", "lowest", "highest"),
            (
                (
                    kpi.name,
                    summary.currency or "" if kpi.unit == "currency" else "count",
                    *(three_digits(v) for v in (kpi.total, kpi.mean, kpi.lowest, kpi.highest)),
                )
                for kpi in summary.kpis
            ),
        )
    )
    pairs = (*summary.between_lines, *summary.with_others)
    if pairs:
        parts.append(
            table(
                "Strongest correlations",
                ("series", "with", "correlation"),
                ((pair.one, pair.other, f"{pair.value:+.2f}") for pair in pairs),
            )
        )
    parts += [Text(f"! {warning}") for warning in summary.warnings]
    parts += [Text(f"- {note}") for note in summary.notes]
    if summary.unused:
        parts.append(Text(f"- columns not used: {', '.join(summary.unused)}"))
    return Group(*parts)
