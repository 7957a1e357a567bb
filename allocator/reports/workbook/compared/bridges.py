"""Bridge: from the first plan to each other, step by step, closing to the total."""

from __future__ import annotations

from allocator.findings.bridge import Bridge
from allocator.plan import Interval
from allocator.reports._base.compared import called, explained
from allocator.reports._base.names import short
from allocator.reports.workbook._base.book import Check
from allocator.reports.workbook._base.formula import Cell, Formula, read, span
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook._base.styles import UNITS
from allocator.reports.workbook.compared.told import ComparedBook

HEADS = ("Step", "Mean", "10 % below", "90 % below", "In words")
NONE = "No bridge: the plans are on other lines, or their curves are not at hand"


def bridges(book: ComparedBook, page: Page) -> None:
    """Write the sheet; its figures are inputs, as sheet Data has those of plans only."""
    page.width(0, 26)
    page.width(4, 46)
    row = 3
    for each in book.comparison.bridges:
        row = _written(book, page, each, row) + 2
    finding = explained(book.comparison) or ("" if book.comparison.bridges else NONE)
    page.lead(
        finding or "No step is more than a hundredth of the way",
        f"{book.comparison.currency} or counts. Each step is paired draw by draw; brackets are "
        "worse. A step that is nothing stays, as zero.",
        len(HEADS),
    )
    page.finish(freeze=(3, 1))


def _written(book: ComparedBook, page: Page, bridge: Bridge, row: int) -> int:
    """One bridge from its title to its end; the row after it."""
    unit = f", {book.comparison.currency}" if bridge.unit == "currency" else ""
    said = called(book.comparison, bridge.metric)
    title = f"From {short(bridge.a)} to {short(bridge.b)}: {said}{unit}"
    page.text(row, 0, title, "section")
    page.heads(row + 1, HEADS)
    page.text(row + 1, 4, HEADS[4], "head", "indent 1")
    style = UNITS[bridge.unit]
    start = _row(page, row + 2, (bridge.a, "where it starts"), bridge.start, style)
    means = [
        _row(page, row + 3 + place, (step.name, step.words), step.amount, "better")
        for place, step in enumerate(bridge.steps)
    ]
    end = row + 3 + len(means)
    theirs = _row(page, end, (bridge.b, "where it ends"), bridge.end, style)
    value = start.amount + sum(mean.amount for mean in means)
    closes = Formula(f"{start.at}+SUM({span(means[0], means[-1])})", value)
    book.checks.append(Check("Bridge", f"{title} closes", closes, read(theirs)))
    return end + 1


def _row(page: Page, row: int, said: tuple[str, str], of: Interval, style: str) -> Cell:
    page.text(row, 0, said[0], "row")
    for column, value in enumerate((of.mean, of.p10, of.p90), 1):
        page.number(row, column, value, "row", style)
    page.text(row, 4, said[1], "row", "wrap", "grey", "indent 1")
    return page.at(row, 1, of.mean)
