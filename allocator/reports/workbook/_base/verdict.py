"""The state of all checks in words, wherever somebody must see it."""

from __future__ import annotations

from allocator.reports.workbook._base.book import Binder
from allocator.reports.workbook._base.formula import chosen
from allocator.reports.workbook._base.page import Page


def verdict(book: Binder, page: Page, row: int) -> None:
    """``All checks hold``, as long as they do."""
    page.text(row, 0, "Checks", "row", "bold")
    said = chosen(book.cells["all_checks"], book.cells["word_good"], book.cells["word_bad"])
    page.formula(row, 1, said, "row", "bold")
    page.blank(row, 2, "row")
