"""An assessment on the terminal: the sentence, every line on its curve, what platforms report."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.findings.assessment import Assessment
from allocator.plan import Interval
from allocator.reports._base import numbers
from allocator.reports._base.assessed import (
    STATES,
    finding,
    kpi_of,
    nearby,
    platforms,
    ratio_name,
    ratio_of,
    room_words,
)
from allocator.reports._base.names import clean, short, spoken

_ASCII = str.maketrans(
    {numbers.NBSP: " ", numbers.THIN: " ", numbers.MINUS: "-", "–": "-", "·": "-", "…": "~"}
)
NAME = 22


def assess_tables(found: Assessment) -> RenderableType:
    """What ``allocator assess`` prints; fits 100 columns."""
    parts: list[RenderableType] = [Text(_plain(f"{finding(found)}."), style="bold")]
    parts += [Text(_plain(words)) for words in (nearby(found), platforms(found)) if words]
    parts.append(Text(_plain(f"{found.basis}; hurdle: {found.hurdle_words}"), style="dim"))
    parts += [Text(), _lines(found)]
    if found.reported:
        parts.append(_reported(found))
    parts += [Text(_plain(note), style="dim") for note in found.notes]
    return Group(*parts)


def _plain(text: str) -> str:
    return clean(text).translate(_ASCII)


def _table(*heads: str) -> Table:
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, head in enumerate(heads):
        left = place == 0
        made.add_column(
            Text(_plain(head)),
            justify="left" if left else "right",
            overflow="fold",
            no_wrap=not left,
            max_width=NAME if left else None,
        )
    return made


def _row(table: Table, *cells: str) -> None:
    table.add_row(*(Text(_plain(cell)) for cell in cells))


def _ends(interval: Interval | None) -> str:
    if interval is None:
        return "-"
    return f"{numbers.compact(interval.p10)} to {numbers.compact(interval.p90)}"


def _mean(interval: Interval | None) -> str:
    return "-" if interval is None else numbers.compact(interval.mean)


def _lines(found: Assessment) -> Table:
    kpi, ratio = kpi_of(found), ratio_name(found)
    table = _table(
        found.currency, "spend", spoken(kpi), ratio, "80 % sure", "next", "stands", "past", "room"
    )
    for line in found.lines:
        own = ratio_of(found, line)
        _row(
            table,
            line.line,
            numbers.whole(line.spend),
            _mean(line.kpis[kpi]),
            _mean(own),
            _ends(own),
            "-" if line.next is None else numbers.compact(line.next),
            STATES[line.state],
            numbers.whole(line.beyond) if line.beyond >= 0.5 else "-",
            room_words(found, line),
        )
    total = found.roas.get(kpi) or found.cac.get(kpi)
    table.add_section()
    past = numbers.whole(found.beyond) if found.beyond >= 0.5 else "-"
    cells = (numbers.whole(found.spend), _mean(found.kpis[kpi]), _mean(total), _ends(total))
    _row(table, "all", *cells, "", "", past, "")
    if any(line.guess for line in found.lines):
        table.caption = "* room beyond what was ever spent: there the curve is the model's guess"
    return table


def _reported(found: Assessment) -> Table:
    table = _table("platform", "KPI", "reported", "incremental", "factor", "80 % sure")
    for row in found.reported:
        _row(
            table,
            row.line,
            short(spoken(row.kpi), NAME),
            numbers.compact(row.reported),
            numbers.compact(row.incremental.mean),
            _mean(row.factor),
            _ends(row.factor),
        )
    table.caption = "factor: what one reported unit is worth, incremental over reported"
    return table
