"""Data: every plan's figures, one row each, as the engine wrote them; changes computed again."""

from __future__ import annotations

from allocator.reports.workbook._base.book import Check
from allocator.reports.workbook._base.formula import Cell, every, less, near, read
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook.compared.told import FIRST, VALUE, VALUES, ComparedBook, Row

HEADS = (
    "Model", "Level", "Channel", "Line", "Period", "Metric", "Unit", "Plan", "Value", "10 % below",
    "90 % below", "Change", "10 % below", "90 % below", "Ahead", "Recomputed", "Agrees",
)  # fmt: skip
WIDTHS = (18, 9, 18, 26, 10, 20, 10, 18, *(16,) * 6, 9, 16, 9)
AGAIN = VALUE + len(VALUES)


def record(book: ComparedBook, page: Page) -> None:
    """Write the sheet."""
    page.heads(FIRST - 1, HEADS, words=VALUE)
    holds = [_row(book, page, place, row) for place, row in enumerate(book.rows)]
    for column, width in enumerate(WIDTHS):
        page.width(column, width)
    last = FIRST + len(holds) - 1
    page.sheet.autofilter(FIRST - 1, 0, last, len(HEADS) - 1)
    page.lead(
        f"{len(holds):,} figures of plans, each once; sheet Compare reads them here",
        "Change is against the first plan, paired by draw, as the engine wrote it; Recomputed is "
        "one value less the other. Months are those in which an outcome falls; weeks are in "
        "comparison.csv.",
        len(HEADS),
    )
    name = "every change is what the values of the two plans make of it"
    book.checks.append(Check("Data", name, every(holds), read(book.cells["holds"])))
    page.finish(freeze=(FIRST, 0), heads=FIRST - 1)


def _row(book: ComparedBook, page: Page, place: int, row: Row) -> Cell:
    at, figure = FIRST + place, row.figure
    unit = book.comparison.currency if figure.unit == "currency" else figure.unit
    plan = book.comparison.plans[row.key.plan].name
    said = (figure.model, figure.level, figure.channel, figure.line, figure.period, figure.metric,
            unit, plan)  # fmt: skip
    for column, text in enumerate(said):
        page.text(at, column, text)
    for column, value in enumerate(row.values, VALUE):
        if value is not None:
            page.number(at, column, value, "exact")
    own = book.cell(row.key)
    first, change = book.cell(row.key._replace(plan=0)), book.cell(row.key, "change")
    if own is None or first is None or change is None:
        return page.formula(at, AGAIN + 1, read(book.cells["holds"]), "verdict")
    again = page.formula(at, AGAIN, less(own, first), "exact")
    agrees = near(again, change, book.rounding(own))  # a difference loses what its numbers lose
    return page.formula(at, AGAIN + 1, agrees, "verdict")
