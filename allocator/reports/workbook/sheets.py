"""The sheets of the finance workbook, in the order in which they can be written."""

from __future__ import annotations

from allocator.findings.dossier import Dossier
from allocator.plan import Plan
from allocator.reports.workbook import checks as checks_sheet
from allocator.reports.workbook._base.book import Book
from allocator.reports.workbook._base.keys import outline
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook._base.record import record
from allocator.reports.workbook._base.verdict import verdict
from allocator.reports.workbook.assumptions import assumptions
from allocator.reports.workbook.bridge import bridge
from allocator.reports.workbook.compare import compare
from allocator.reports.workbook.constraints import constraints
from allocator.reports.workbook.cover import cover
from allocator.reports.workbook.data import data
from allocator.reports.workbook.phasing import phasing
from allocator.reports.workbook.pnl import pnl
from allocator.reports.workbook.risk import risk
from allocator.reports.workbook.summary import summary

SHEETS = (
    "Cover", "Summary", "Compare", "Bridge", "P&L", "Phasing", "Constraints", "Assumptions",
    "Risk", "Checks", "Data",
)  # fmt: skip
"""The sheets, in their order."""


def workbook(plan: Plan, dossier: Dossier) -> bytes:
    """The workbook as an .xlsx file: live formulas with their values, no macros, no links.

    The same plan and dossier give the same bytes. Every figure stands once, on sheet Data, as the
    engine wrote it; all other sheets read or compute it by formula, and sheet Checks says whether
    what they make of it is what the engine says. A part that the dossier lacks leaves a sentence
    in its sheet that says what to give.
    """
    branches = outline(plan)
    book = Book(plan, dossier, record(plan, dossier, branches))
    pages = {name: Page(book, name) for name in SHEETS}
    checks_sheet.words(book, pages["Checks"])
    on_cover = cover(book, pages["Cover"])
    compare(book, pages["Compare"], branches)
    on_summary = summary(book, pages["Summary"], branches)
    bridge(book, pages["Bridge"])
    pnl(book, pages["P&L"])
    phasing(book, pages["Phasing"], branches)
    constraints(book, pages["Constraints"])
    assumptions(book, pages["Assumptions"])
    risk(book, pages["Risk"])
    data(book, pages["Data"])
    checks_sheet.checks(book, pages["Checks"], checks_sheet.of_engine(book))
    verdict(book, pages["Cover"], on_cover)
    verdict(book, pages["Summary"], on_summary)
    return book.bytes()
