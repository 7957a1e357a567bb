"""Data: every figure, one row each: what sheets use, what the engine wrote, what formulas make."""

from __future__ import annotations

from allocator.reports.workbook._base.book import Book, Check
from allocator.reports.workbook._base.figures import AGAIN, AGREES, ENGINE, FIRST, VALUE
from allocator.reports.workbook._base.formula import Cell, every, near, read, together
from allocator.reports.workbook._base.page import Page

HEADS = (
    "Table", "Key", "Name", "Metric", "Of", "Period", "Statistic", "Unit", "Value", "Engine",
    "Recomputed", "Agrees",
)  # fmt: skip
PRINTED = 30
"""Rows on paper, one page that shows what there is: all would be hundreds."""
WIDTHS = (11, 16, 26, 22, 13, 10, 10, 10, 17, 17, 17, 9)


def data(book: Book, page: Page) -> None:
    """Write the sheet; the last one, when it is known what other sheets compute."""
    page.heads(FIRST - 1, HEADS, words=VALUE)
    for column, width in enumerate(WIDTHS):
        page.width(column, width)
    holds = [_row(book, page, place) for place in range(len(book.figures.rows))]
    last = FIRST + len(holds) - 1
    page.sheet.autofilter(FIRST - 1, 0, last, len(HEADS) - 1)
    page.lead(
        f"{len(holds):,} figures, each once; every other sheet reads them here",
        "Value is what the sheets use, Engine what the engine wrote, Recomputed what formulas of "
        "this book make of other figures. Change a value to see what follows: Checks will say that "
        "it is no longer the plan. The first rows are printed.",
        len(HEADS),
    )
    name = "every figure is the engine's, and so is what formulas make of them"
    book.checks.append(Check("Data", name, every(holds), read(book.cells["holds"])))
    page.finish(freeze=(FIRST, 0), heads=FIRST - 1, printed=FIRST + PRINTED - 1)


def _row(book: Book, page: Page, place: int) -> Cell:
    figure, row = book.figures.rows[place], FIRST + place
    id = figure.id
    unit = book.plan.currency if figure.unit == "currency" else figure.unit
    said = (id.table, id.key, figure.name, id.metric, id.of, id.period, id.statistic, unit)
    for column, text in enumerate(said):
        if text:
            page.word(row, column, text)
    value = page.number(row, VALUE, figure.value, "exact")
    engine = page.number(row, ENGINE, figure.value, "exact")
    allowed = book.rounding(engine)
    tests = [near(value, engine, allowed)]
    if id in book.again:
        again = page.formula(row, AGAIN, read(book.again[id]), "exact")
        tests.append(near(again, engine, allowed))
    return page.formula(row, AGREES, together(tests), "verdict")
