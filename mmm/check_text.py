"""The summary of ``mmm check`` as text: the sentence first, then tables, then what to watch."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from mmm.check import Correlation, DataSummary, KpiSummary, LineSummary, RegionSummary
from mmm.console import table, three_digits

MOST_REGIONS = 30  # as many as fit one screen; --json has all


def data_summary(summary: DataSummary) -> RenderableType:
    """What ``mmm check`` shows."""
    pairs = (*summary.between_lines, *summary.with_others)
    unused = f"- columns not used: {', '.join(summary.unused)}"
    return Group(
        Text(summary.headline, style="bold"),
        Text(""),
        _lines(summary.lines, summary.currency),
        _kpis(summary.kpis, summary.currency),
        *([_regions(summary.regions)] if summary.regions else []),
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
            "organic" if line.organic else three_digits(line.spend),
            "" if line.organic else f"{line.share:.1%}",
            "" if line.organic else three_digits(line.mean_when_on),
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


def _regions(regions: tuple[RegionSummary, ...]) -> Table:
    """The regions with most people, each beside the others: a slip of units stands out."""
    kpis = list(regions[0].kpis_per_head)
    heads = ("region", "population", "share", "spend", *kpis)
    largest = sorted(regions, key=lambda region: -region.population)[:MOST_REGIONS]
    rows = (
        (
            region.name,
            three_digits(region.population),
            f"{region.share:.1%}",
            three_digits(region.spend_per_head),
            *(three_digits(region.kpis_per_head[kpi]) for kpi in kpis),
        )
        for region in largest
    )
    few = "" if len(largest) == len(regions) else f", the {MOST_REGIONS} largest"
    return table(f"{len(regions)} regions{few}; spend and KPIs per head", heads, rows)


def _correlations(pairs: tuple[Correlation, ...]) -> Table:
    rows = ((pair.one, pair.other, f"{pair.value:+.2f}") for pair in pairs)
    return table("Strongest correlations", ("series", "with", "correlation"), rows)
