"""The attribution in words: a finding, then tables that fit 100 columns."""

from __future__ import annotations

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from mmm.attribution.report import Report, Total
from mmm.console import table, three_digits
from mmm.curve_tables.text import ranged, sure, trimmed

NAME_WIDTH = 26


def finding(of: Report) -> str:
    """How much media brought together, and which of them most."""
    share = of.media
    ends = ""
    if share.p05 is not None and share.p95 is not None:
        ends = f" (90 % sure: {share.p05:.0%} to {share.p95:.0%})"
    media = [total for total in of.window(of.windows[0]) if total.kind in ("media", "organic")]
    if not media:
        return f"Media brought {share.mean:.0%} of {_words(of.kpi)}{ends}."
    most = max(media, key=lambda total: total.contribution.mean)
    return (
        f"Media brought {share.mean:.0%} of {_words(of.kpi)}{ends}, {_called(most)} most: "
        f"{sure(most.contribution)}."
    )


def returns_finding(of: Report) -> str:
    """Which paid media return most and least for their money."""
    paid = [total for total in of.window(of.windows[0]) if total.roas or total.cost]
    if not paid:
        return f"No money was spent on {_words(of.kpi)}."
    if paid[0].roas:
        order = sorted(paid, key=lambda total: -(total.roas.mean if total.roas else 0.0))
        best, worst = order[0], order[-1]
        text = f"One {of.currency} in {_called(best)} returned most: {sure(best.roas)}"
        more = f"; in {_called(worst)} least: {sure(worst.roas)}"
    else:
        order = sorted(paid, key=lambda total: total.cost.mean if total.cost else float("inf"))
        best, worst = order[0], order[-1]
        text = f"{_words(of.kpi)} cost least in {_called(best)}: {sure(best.cost)}"
        more = f"; most in {_called(worst)}: {sure(worst.cost)}"
    return text + (more if len(order) > 1 else "") + "."


def attribution_report(of: Report) -> RenderableType:
    """What ``mmm attribution`` shows of one KPI."""
    shown: list[RenderableType] = [Text(finding(of), style="bold"), Text(""), _totals(of)]
    shown += _returns(of)
    shown += [Text(line) for line in notes(of)]
    return Lines(*shown)


def notes(of: Report) -> list[str]:
    """What a reader must know to read the figures."""
    whole = of.windows[0]
    lines = [
        f"Weeks {of.first} to {of.last}. Ranges hold 90 % of {of.draws} draws. Expected "
        f"{three_digits(of.expected.mean)}, unexplained {three_digits(of.unexplained)}, observed "
        f"{three_digits(of.observed)}.",
    ]
    if any(total.marginal_cost for total in of.totals):
        lines.append(f"Returns: over all {whole} weeks. Next: the next unit of money, now.")
    if any(total.kind == "treatment" for total in of.totals):
        lines.append("Treatments count against their base, which is part of the level.")
    if any(total.profit for total in of.totals):
        lines.append("Profit: the margin on what was brought, before media are paid for.")
    if of.synergy:
        lines.append(
            "Synergy (a × b): what a pair brings because both were above or below their usual "
            "together. Curves and plans leave it out."
        )
    return lines


def _totals(of: Report) -> Table:
    whole, *recent = of.windows
    heads = ["", f"{whole} weeks", "share", *(f"last {weeks}" for weeks in recent)]
    later = [of.window(weeks) for weeks in recent]
    rows = []
    for place, total in enumerate(of.window(whole)):
        cells = [_called(total), ranged(total.contribution), _percent(total.share)]
        rows.append([*cells, *(ranged(window[place].contribution) for window in later)])
    unit = f"in {of.currency}" if of.unit == "currency" else "counted"
    return _tight(table(f"Where {_words(of.kpi)} came from, {unit}", heads, rows))


def _returns(of: Report) -> list[Table]:
    """What money returned, and for counts what one of them cost."""
    paid = [total for total in of.window(of.windows[0]) if total.spend]
    if not paid or not of.currency:
        return []
    returned = [("ROAS", "roas"), ("next ROAS", "marginal_roas"), ("profit", "profit")]
    cost = [("CAC", "cost"), ("next CAC", "marginal_cost")] if of.unit == "count" else []
    if of.unit == "count":
        returned.insert(2, ("revenue", "revenue"))
    titles = {"What media returned": returned, f"What {_words(of.kpi)} cost": cost}
    made = []
    for title, keys in titles.items():
        there = [(head, key) for head, key in keys if any(getattr(total, key) for total in paid)]
        rows = [
            [
                _called(total),
                trimmed(total.spend or 0.0),
                *(ranged(getattr(total, key)) for _, key in there),
            ]
            for total in paid
        ]
        heads = ["", "spend", *(head for head, _ in there)]
        if there:
            made.append(_tight(table(f"{title}; spend in {of.currency}", heads, rows)))
    return made


def _tight(made: Table) -> Table:
    made.padding, made.pad_edge = (0, 0, 0, 1), False  # all columns shall fit into 100
    names = [str(cell) for cell in made.columns[0].cells]
    made.columns[0].min_width = min(NAME_WIDTH, max(map(len, names), default=0))
    made.columns[0].max_width = NAME_WIDTH
    return made


def _called(total: Total) -> str:
    return f"{total.name} in {total.geo}" if total.geo else total.name


def _percent(share: float) -> str:
    return f"{round(100 * share, 1) + 0.0:.1f}%"  # + 0.0: no minus before a zero


def _words(kpi: str) -> str:
    return kpi.replace("_", " ")
