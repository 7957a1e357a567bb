"""The settings of a workbook: named cells on Cover that formulas of every sheet use."""

from __future__ import annotations

from collections.abc import Mapping

from allocator.reports.workbook._base.book import Binder
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook._base.styles import FAINT

MATERIALITY = 0.005
"""Half a percent of the total: a start; whoever reads the book sets their own."""
CENT = 0.005
"""Half a cent: money that is nearer is the same."""
RELATIVE, LEAST = 1e-9, 1e-6
"""What sums of floating-point figures may lose: a billionth of them, or a millionth of a unit."""
SETTINGS = (
    ("materiality_share", MATERIALITY, "share", "part of a total below which a change is grey"),
    ("cent", CENT, "fine", "money that is nearer than this is the same"),
    ("relative_rounding", RELATIVE, "tiny", "part of a sum that floating point may lose"),
    ("least_rounding", LEAST, "tiny", "what it may lose where the sum is about nothing"),
)


def settings(book: Binder, page: Page, row: int) -> int:
    """Write them below a heading in ``row``. Returns the row of the last."""
    page.text(row, 0, "Settings", "section")
    for name, value, style, words in SETTINGS:
        row += 1
        page.text(row, 0, name, "row", "bold")
        book.name(name, page.number(row, 1, value, "row", "edit", style))
        page.text(row, 2, words, "row", "wrap", "grey", "indent 1")
    return row


def grey_below(book: Binder, page: Page, rows: tuple[int, int], limits: Mapping[int, str]) -> None:
    """Greys, from the first of two rows to the last, what is nearer to nothing than a limit.

    limits: column -> a formula that reads the same from every row
    """
    grey = book.file.add_format({"font_color": FAINT})
    first, last = rows
    for column, limit in limits.items():
        rule = f"=ABS({page.at(first, column).place})<{limit}"
        page.sheet.conditional_format(
            first, column, last, column, {"type": "formula", "criteria": rule, "format": grey}
        )
