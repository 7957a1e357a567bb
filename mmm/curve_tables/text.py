"""The table of curves in words: a finding, then tables that fit 100 columns."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from mmm.console import table, three_digits
from mmm.curve_tables.table import CurveRow, CurveTable, Estimate
from mmm.errors import Fault, InputError, nearest

NAME_WIDTH = 18  # of the first column: what 100 characters leave beside the figures


def finding(curves: CurveTable, kpi: str) -> str:
    """One sentence about where the next unit of money does most and least for ``kpi``."""
    rows = [row for row in curves.rows if row.kpi == kpi and not row.whole]
    known = [row for row in rows if row.marginal_roas or row.marginal_cac]
    if len(known) < 2:
        first = max(rows, key=lambda row: row.contribution.mean)
        most = "most of all " if len(rows) > 1 else ""
        return f"{first.name} brings {most}{_words(kpi)}: {sure(first.contribution)}."
    unit = f"{'last' if curves.imported else 'next'} {curves.currency}"
    if known[0].unit == "currency":
        order = sorted(known, key=lambda row: -_mean(row.marginal_roas))
        best, worst = order[0], order[-1]
        return (
            f"The {unit} brings most {_words(kpi)} in {best.name} "
            f"({sure(best.marginal_roas)}) and least in {worst.name} "
            f"({sure(worst.marginal_roas)})."
        )
    order = sorted(known, key=lambda row: _mean(row.marginal_cac))
    best, worst = order[0], order[-1]
    return (
        f"With the {unit}, {_words(kpi)} cost least in {best.name} "
        f"({sure(best.marginal_cac)} each) and most in {worst.name} "
        f"({sure(worst.marginal_cac)} each)."
    )


def curve_report(curves: CurveTable) -> RenderableType:
    """What ``mmm curves`` shows: per KPI the finding and a table of wholes and their parts."""
    parts: list[RenderableType] = []
    for kpi in dict.fromkeys(row.kpi for row in curves.rows):
        parts += [Text(finding(curves, kpi), style="bold"), Text("")]
        parts.append(_table(curves, kpi))
    parts.append(Text(f"Basis: {curves.meaning}."))
    which = "last" if curves.imported else "next"
    ranges = "Ranges hold 90 % of the draws."
    if curves.draws == 1:
        ranges = "There is one draw, so that these curves state no uncertainty."
    parts.append(Text(f"{ranges} Marginal: the {which} unit of money."))
    if curves.imported:
        parts.append(Text("Half at: the spend at which half of that is reached."))
    if any(row.saturation is not None for row in curves.rows):
        parts.append(Text("Reached: share of full saturation in the long run at this spend."))
    if any(row.frequency for row in curves.rows):
        parts.append(Text("Times: average exposures a week of a person reached, at this spend."))
    if any(row.prior_driven for row in curves.rows):
        parts.append(Text("* prior-driven: no data stand behind this curve, only a belief."))
    parts.append(Text(f"Health of the fit: {curves.health}."))
    return Group(*parts)


def legend(curves: CurveTable, kpi: str) -> str:
    """How to read a drawing of the curves: units, and what its marks mean."""
    unit = next(row.unit for row in curves.rows if row.kpi == kpi)
    money = f"{curves.currency}" if curves.currency else "media units"
    up = f"{_words(kpi)} in {money}" if unit == "currency" else _words(kpi)
    marks = "Line: median; band: 80 % of the draws" if curves.draws > 1 else "One draw, no band"
    if not curves.imported:
        marks += "; dot: now; shaded: up to the largest weekly spend so far"
    return (
        f"Up: {up}, incremental. Across: spend in {money}. Totals over {curves.weeks} weeks at an "
        f"even pace; each panel has its own scale. {marks}."
    )


def drawn_kpi(kpis: Sequence[str], asked: str | None) -> str:
    """The KPI to draw: the one asked for, or the first. Raises InputError for an unknown one."""
    if asked is None:
        return kpis[0]
    if asked not in kpis:
        fix = nearest(asked, kpis)
        raise InputError([Fault("--kpi", 0, 0, "", repr(asked), "a KPI of the curves", fix)])
    return asked


def _table(curves: CurveTable, kpi: str) -> RenderableType:
    rows = [row for row in curves.rows if row.kpi == kpi]
    money = curves.currency or "media units"
    brought = f"in {money}" if rows[0].unit == "currency" else "counted"
    heads = ["", "spend", _words(kpi)]
    if curves.currency:
        ratio = "ROAS" if rows[0].unit == "currency" else "CAC"
        heads += [ratio, "marginal"]
    heads += ["reached", "half at"]
    often = any(row.frequency for row in curves.rows)
    if often:
        heads.append("times")
    title = f"{_words(kpi)} {brought}; spend in {money}, {curves.weeks} weeks"
    sums = {row.channel for row in rows if row.whole}
    names = [_name(row, sums, curves.by) for row in rows]
    cells = [_cells(row, bool(curves.currency), often) for row in rows]
    made = table(title, heads, [[name, *row] for name, row in zip(names, cells, strict=True)])
    made.padding, made.pad_edge = (0, 0, 0, 1), False  # all columns shall fit into 100
    made.columns[0].min_width = min(NAME_WIDTH, max(map(len, names)))
    return made


def _cells(row: CurveRow, money: bool, often: bool) -> list[str]:
    cells = [trimmed(row.spend), ranged(row.contribution)]
    if money:
        cells.append(ranged(row.roas or row.cac))
        cells.append(ranged(row.marginal_roas or row.marginal_cac))
    cells.append("–" if row.saturation is None else f"{row.saturation:.0%}")
    half = row.half_saturation_spend
    cells.append("–" if half is None else trimmed(half))
    if often:
        cells.append(ranged(row.frequency))
    return cells


def _name(row: CurveRow, sums: set[str], by: str) -> str:
    """The whole; a campaign indented below its channel, a line below its region; else in full."""
    name = row.name
    if not row.whole and by == "geo":
        name = "  " + "/".join(part for part in (row.channel, row.campaign) if part)
    elif not row.whole and row.channel in sums:
        name = f"  {row.campaign or row.name}"
    return name + (" *" if row.prior_driven else "")


def ranged(estimate: Estimate | None) -> str:
    """``1.9 (1.2–2.6)``; a dash where there is nothing, ∞ where an end has no bound."""
    if estimate is None:
        return "–"
    mean = three_digits(estimate.mean)
    if estimate.p05 is None and estimate.p95 is None:
        return mean
    return f"{mean} ({_end(estimate.p05)}–{_end(estimate.p95)})"


def trimmed(value: float) -> str:
    """Up to three digits with k, M or bn and no zeros at the end: 1500 is 1.5k, 20000 is 20k."""
    text = three_digits(value)
    number = text.rstrip("kMbn")
    if "." in number:
        return number.rstrip("0").rstrip(".") + text[len(number) :]
    return text


def _end(value: float | None) -> str:
    """Two digits do for the end of a range."""
    return "∞" if value is None else trimmed(float(f"{value:.2g}"))


def sure(estimate: Estimate | None) -> str:
    """``1.9, 90 % sure: 1.2–2.6``."""
    if estimate is None:
        return "–"
    mean = three_digits(estimate.mean)
    if estimate.p05 is None and estimate.p95 is None:
        return f"{mean}, uncertainty not stated"
    return f"{mean}, 90 % sure: {_end(estimate.p05)}–{_end(estimate.p95)}"


def _mean(estimate: Estimate | None) -> float:
    return 0.0 if estimate is None else estimate.mean


def _words(kpi: str) -> str:
    return kpi.replace("_", " ")
