"""Assumptions: every value the answer stands on, where it is written, and a column to edit."""

from __future__ import annotations

from allocator.reports._base.assumptions import assumptions as told
from allocator.reports._base.assumptions import period
from allocator.reports.workbook._base.book import Book
from allocator.reports.workbook._base.page import Page

HEADS = ("Path", "Value", "Edit", "File", "Line", "How it came there", "Source")
EDIT = 2
NONE = "No assumptions are listed: they come with the dossier of a plan"


def assumptions(book: Book, page: Page) -> None:
    """Write the sheet. Column Edit is read back by ``allocator import-book``."""
    for column, width in enumerate((34, 34, 26, 38, 7, 18, 44)):
        page.width(column, width)
    found = book.dossier.assumptions
    page.heads(3, HEADS, words=len(HEADS))
    for column in range(len(HEADS)):
        page.text(3, column, HEADS[column], "head")
    for place, each in enumerate(found, 4):
        line = str(each.line) if each.line else "–"
        texts = (each.path, each.value, "", each.file or "–", line, each.note, each.source or "–")
        for column, text in enumerate(texts):
            if column == EDIT:
                page.blank(place, column, "row", "edit", "typed", "wrap")
            else:
                page.text(place, column, text, "row", "wrap")
    row = 5 + len(found)
    page.text(row, 0, "In words", "section")
    for name, words in told(book.plan):
        row += 1
        page.text(row, 0, name, "row", "bold")
        page.paragraph(row, words, len(HEADS) - 1, first=1)
    finding = f"The answer stands on {len(found)} values" if found else NONE
    page.lead(finding, _subtitle(book), len(HEADS))
    page.sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    page.finish(freeze=(4, 1), heads=3)


def _subtitle(book: Book) -> str:
    return (
        f"{period(book.plan)}. To try another value, write it into Edit as a scenario would "
        "have it (35%, 2.0M, 2027-W01) and run: allocator import-book BOOK.xlsx --out "
        "override.yaml. The sheet is protected without a password, so that nothing else is changed "
        "by accident."
    )
