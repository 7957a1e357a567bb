"""The sheets of a comparison's workbook, in the order in which they can be written."""

from __future__ import annotations

from allocator.findings.comparison import Comparison
from allocator.reports.workbook import checks as checks_sheet
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook._base.verdict import verdict
from allocator.reports.workbook.compared.bridges import bridges
from allocator.reports.workbook.compared.cover import cover
from allocator.reports.workbook.compared.outline import months, outline
from allocator.reports.workbook.compared.record import record
from allocator.reports.workbook.compared.told import ComparedBook
from allocator.reports.workbook.compared.words import asked, judged

SHEETS = ("Cover", "Compare", "Months", "Bridge", "Judged", "Asked", "Checks", "Data")
"""The sheets, in their order."""


def compared_book(comparison: Comparison, *, made_on: str) -> bytes:
    """The workbook as an .xlsx file: live formulas with their values, no macros, no links.

    made_on: day, ISO 8601. The same comparison and day give the same bytes. Every figure stands
    once, on sheet Data, as the engine wrote it; the other sheets read or compute it by formula.
    """
    book = ComparedBook(comparison, made_on)
    pages = {name: Page(book, name) for name in SHEETS}
    checks_sheet.words(book, pages["Checks"])
    on_cover = cover(book, pages["Cover"])
    outline(book, pages["Compare"])
    months(book, pages["Months"])
    bridges(book, pages["Bridge"])
    judged(book, pages["Judged"])
    asked(book, pages["Asked"])
    record(book, pages["Data"])
    checks_sheet.checks(book, pages["Checks"])
    verdict(book, pages["Cover"], on_cover)
    return book.bytes()
