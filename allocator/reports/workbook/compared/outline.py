"""Compare: channel ▸ line, every plan's money and outcome, better/(worse). Months: its money."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from allocator.reports._base.compared import OBJECTIVE, SPEND, called, finding
from allocator.reports._base.names import short
from allocator.reports.workbook._base.book import Check
from allocator.reports.workbook._base.formula import Cell, Formula, added, less, read
from allocator.reports.workbook._base.page import A3, Page
from allocator.reports.workbook._base.settings import grey_below
from allocator.reports.workbook._base.styles import UNITS
from allocator.reports.workbook.compared.told import ComparedBook, Key

HEAD = 3
ABREAST = 26
"""Columns on a printed page."""


@dataclass(frozen=True)
class Column:
    """value: of ``VALUES``; ``better``: it is computed, the plan less the first, of spend the
    first less the plan; ``adds``: channels are the sum of their lines."""

    head: str
    style: str
    metric: str
    plan: int
    value: str = "mean"
    period: str = "all"
    adds: bool = False
    better: bool = False


def outline(book: ComparedBook, page: Page) -> None:
    """Write sheet Compare."""
    columns = tuple(_columns(book))
    last = _written(book, page, columns)
    first = book.comparison.plans[0].name
    page.lead(
        finding(book.comparison),
        f"{book.comparison.currency}; read on the curves of {short(first)}, changes against it. "
        "Sums stand above their parts. In better/(worse) more spend is (worse) and more outcome is "
        "better; greyed changes are below the materiality on Cover.",
        min(len(columns) + 1, 12),
    )
    grey_below(book, page, (HEAD + 1, last - 1), _limits(book, columns))
    _finish(page, len(columns))


def months(book: ComparedBook, page: Page) -> None:
    """Write sheet Months."""
    found = sorted({row.key.period for row in book.rows if row.figure.calendar == "month"})
    columns = tuple(
        Column(f"{month}: {short(plan.name, 24)}", "money", SPEND, place, period=month, adds=True)
        for month in found
        for place, plan in enumerate(book.comparison.plans)
    )
    _written(book, page, columns)
    page.lead(
        "What each plan spends in which month" if found else "No months: the plans have no weeks",
        f"{book.comparison.currency}. A week that straddles two months belongs to both, by days.",
        min(len(columns) + 1, 12),
    )
    _finish(page, len(columns))


def _written(book: ComparedBook, page: Page, columns: tuple[Column, ...]) -> int:
    """Every row; the next free one."""
    page.heads(HEAD, ["Channel, line", *(column.head for column in columns)])
    page.sheet.outline_settings(True, False, True, False)  # sums stand above their parts
    rows = _Rows(book, page, columns)
    for channel, lines in _channels(book).items():
        rows.channel(channel, lines)
    rows.total()
    return rows.row


def _finish(page: Page, columns: int) -> None:
    """Printed over as many pages side by side as are still read, names on each."""
    page.finish(freeze=(HEAD + 2, 1), heads=HEAD, paper=A3)
    page.sheet.repeat_columns(0)
    page.sheet.fit_to_pages(math.ceil(columns / ABREAST), 0)


def _channels(book: ComparedBook) -> dict[str, list[str]]:
    """Channel -> its lines, in the comparison's order."""
    first, found = book.comparison.plans[0].name, dict[str, list[str]]()
    for row in book.comparison.figures:
        if (row.level, row.model, row.metric, row.period) == ("line", first, SPEND, "all"):
            found.setdefault(row.channel, []).append(row.line)
    return found


def _columns(book: ComparedBook) -> Iterator[Column]:
    plans, units = book.comparison.plans, book.comparison.units
    metrics = [(SPEND, "currency"), (OBJECTIVE, plans[0].unit), *units.items()]
    metrics += [
        (f"{'roas' if u == 'currency' else 'cac'} {kpi}", "ratio") for kpi, u in units.items()
    ]
    known = {row.key.metric for row in book.rows}
    for metric, unit in metrics:
        if metric not in known:
            continue
        said, adds = called(book.comparison, metric), metric in (SPEND, *units)
        style = UNITS[unit]
        for place, plan in enumerate(plans):
            yield Column(f"{said}: {short(plan.name, 24)}", style, metric, place, adds=adds)
        for place, plan in enumerate(plans):
            if place == 0 or unit == "ratio":
                continue
            head = f"{said}: {short(plan.name, 24)} better/ (worse)"
            yield Column(head, "better", metric, place, better=True)
            if metric != SPEND:
                yield Column("10 % below", "better", metric, place, "change p10")
                yield Column("90 % below", "better", metric, place, "change p90")
                yield Column("ahead", "share", metric, place, "above")


class _Rows:
    """Writes the outline from the top; ``row`` is the next free one."""

    def __init__(self, book: ComparedBook, page: Page, columns: tuple[Column, ...]) -> None:
        self.book, self.page, self.columns = book, page, columns
        self.row = HEAD + 2  # the total stands first
        self.tops: list[dict[int, Cell]] = []

    def channel(self, channel: str, lines: list[str]) -> None:
        """A channel and its lines; alone where they are the same."""
        own, self.row = self.row, self.row + 1
        alone = lines == [channel]
        below = []
        for line in () if alone else lines:
            self.page.text(self.row, 0, line, "row", "indent 1", "wrap", fit=True)
            self.page.level(self.row, 1)
            below.append(self._cells(self.row, "line", line, [], "top"))
            self.row += 1
        self.page.text(own, 0, channel, "row", "bold", "wrap", fit=True)
        self.tops.append(self._cells(own, "channel", channel, below, "bold"))

    def total(self) -> None:
        """The first row: the sum of the channels, which must be what the engine says."""
        own = HEAD + 1
        self.page.text(own, 0, "All channels", "sum")
        self._cells(own, "plan", "all", self.tops, "sum")

    def _cells(
        self, row: int, level: str, name: str, below: list[dict[int, Cell]], look: str
    ) -> dict[int, Cell]:
        cells: dict[int, Cell] = {}
        style = (look,) if look == "sum" else ("row", look)
        values: dict[tuple[str, int], Cell] = {}
        for place, column in enumerate(self.columns, 1):
            key = Key(level, name, column.metric, column.plan, column.period)
            theirs = self.book.cell(key, column.value)
            formula = None if theirs is None else read(theirs)
            parts = [part[place] for part in below if place in part]
            if column.better:
                formula = self._better(column, key, values)
            elif column.adds and parts:
                formula = added(parts)
                if theirs is not None:
                    self._ties(f"{name}: {column.head}", formula, theirs)
            if formula is None:
                self.page.blank(row, place, *style)
                continue
            cells[place] = self.page.formula(row, place, formula, *style, column.style)
            if column.value == "mean" and column.period == "all" and not column.better:
                values[column.metric, column.plan] = cells[place]
        return cells

    def _better(
        self, column: Column, key: Key, values: dict[tuple[str, int], Cell]
    ) -> Formula | None:
        """None where one of the two has no such figure: no difference is known."""
        change = self.book.cell(key, "change")
        one, first = values.get((column.metric, column.plan)), values.get((column.metric, 0))
        if change is None or one is None or first is None:
            return None
        return less(first, one) if column.metric == SPEND else less(one, first)

    def _ties(self, name: str, formula: Formula, theirs: Cell) -> None:
        self.book.checks.append(Check("Sums", name, formula, read(theirs)))


def _limits(book: ComparedBook, columns: tuple[Column, ...]) -> dict[int, str]:
    """Column -> below what a change is grey: a part of the first plan's total."""
    share = book.cells["materiality_share"]
    wholes = {
        place: book.cell(Key("plan", "all", column.metric, 0))
        for place, column in enumerate(columns, 1)
        if column.better
    }
    return {place: f"{share.at}*ABS({whole.fixed})" for place, whole in wholes.items() if whole}
