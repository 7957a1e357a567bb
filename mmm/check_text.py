"""The summary of ``mmm check`` as text: the sentence first, then tables, then what to watch."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from mmm.check import Correlation, DataSummary, KpiSummary, LineSummary
from mmm.console import table, three_digits


def data_summary(summary: DataSummary) -> RenderableType:
    """What ``mmm check`` shows."""
    pairs = (*summary.between_lines, *summary.with_others)
    unused = f"- columns not used: {', '.join(summary.unused)}"
    return Group(
        Text(summary.headline, style="bold"),
        Text(""),
        _lines(summary.lines, summary.currency),
        _kpis(summary.kpis, summary.currency),
        *([_correlations(pairs)] if pairs else []),
        *(Text(f"! {warning}") for warning in summary.warnings),
        *(Text(f"- {note}") for note in summary.notes),
        *([Text(unused)] if summary.unused else []),
    )


def _lines(lines: tuple[LineSummary, ...], currency: str | None) -> Table:
    heads = ("line", "spend", "share", "mean when on", "weeks at 0", "longest gap", "impressions")
    rows = (
        (
            line.line,
            three_digits(line.spend),
            f"{line.share:.1%}",
            three_digits(line.mean_when_on),
            str(line.zero_weeks),
            f"{line.longest_gap} wk",
            "not measured" if line.impressions is None else three_digits(line.impressions),
        )
        for line in lines
    )
    return table(f"Media lines, spend in {currency or 'their own unit'}", heads, rows)


def _kpis(kpis: tuple[KpiSummary, ...], currency: str | None) -> Table:
    rows = (
        (
            kpi.name,
            currency or "" if kpi.unit == "currency" else "count",
            *(three_digits(value) for value in (kpi.total, kpi.mean, kpi.lowest, kpi.highest)),
        )
        for kpi in kpis
    )
    return table("KPIs, per week", ("kpi", "unit", "total", "mean", "lowest", "highest"), rows)


def _correlations(pairs: tuple[Correlation, ...]) -> Table:
    rows = ((pair.one, pair.other, f"{pair.value:+.2f}") for pair in pairs)
    return table("Strongest correlations", ("series", "with", "correlation"), rows)
