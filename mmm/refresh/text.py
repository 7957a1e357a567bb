"""What a refresh found, on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from mmm.console import table, three_digits
from mmm.refresh.changes import Changes
from mmm.refresh.moved import Interval, Moved
from mmm.refresh.report import Refreshed

HEADS = {
    "roas": "ROAS",
    "per_1000": "per 1,000 of spend",
    "per_week": "a week",
}


def refresh_text(found: Refreshed) -> RenderableType:
    """Why anything may have moved, and what has, KPI by KPI."""
    kpis = dict.fromkeys(row.kpi for row in found.moved)
    tables = [_table(kpi, [row for row in found.moved if row.kpi == kpi]) for kpi in kpis]
    return Group(*map(Text, reasons(found.changes)), Text(), *tables, Text(_start(found)))


def reasons(changes: Changes) -> Iterator[str]:
    """One sentence a change, and whether what moved can be put down to it."""
    if changes.new:
        yield f"{_weeks(changes.new)} new."
    if changes.gone:
        yield f"{_weeks(changes.gone)} gone."
    for one in changes.revised:
        yield (
            f"Revised: {one.series} in {one.weeks} of the weeks that both know, by "
            f"{one.largest:+.1%} of its mean in the week of {one.week}."
        )
    if changes.others_revised:
        yield "Revised: controls, events or values of weeks that both know."
    for sentence in changes.model:
        yield f"model.yaml: {sentence}."
    if changes.experiments:
        yield "Experiments: the table of them changed."
    for sentence in changes.versions:
        yield f"Version: {sentence}."
    if not changes.causes:
        yield "Nothing changed: what moved is the sampler's noise."
    elif changes.causes == 1:
        yield "What moved comes from this alone, and from the sampler's noise."
    else:
        yield (
            "What moved comes from all of these together; refresh after one of them at a time "
            "to tell them apart."
        )


def _weeks(days: Sequence[str]) -> str:
    if len(days) == 1:
        return f"1 week ({days[0]})"
    return f"{len(days)} weeks ({days[0]} to {days[-1]})"


def _table(kpi: str, rows: Sequence[Moved]) -> RenderableType:
    cells = [
        (row.line, HEADS[row.measure], _shown(row.before), _shown(row.after), _shift(row))
        for row in rows
    ]
    title = f"{kpi}: median and 90 % range, over the weeks that both fits know"
    return table(title, ("line", "", "before", "after", "shift in sd"), cells)


def _shown(interval: Interval | None) -> str:
    if interval is None:
        return "–"
    low, middle, high = map(three_digits, interval)
    return f"{middle} ({low} to {high})"


def _shift(row: Moved) -> str:
    if row.before is None:
        return "new"
    if row.after is None:
        return "gone"
    return "–" if row.shift is None else f"{row.shift:+.2f}"


def _start(found: Refreshed) -> str:
    before, after = found.verdicts
    told = f"Health: {after.value}, was {before.value}."
    if found.warm:
        told += f" Started from the earlier fit: {', '.join(found.warm)}."
    if found.cold:
        told += f" Started afresh, as its parameters are others: {', '.join(found.cold)}."
    return told
