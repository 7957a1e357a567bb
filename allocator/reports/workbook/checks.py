"""Checks: what ties to what. All TRUE, or the book is not the plan."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.reports.workbook._base.book import Binder, Book, Check
from allocator.reports.workbook._base.figures import Id
from allocator.reports.workbook._base.formula import Cell, Formula, every, less, near, read
from allocator.reports.workbook._base.page import Page

HEADS = ("About", "What must agree", "One", "Other", "Difference", "Allowed", "Holds")
GOOD = "All checks hold"
BAD = "A check fails: see sheet Checks"
TOP = 8


def words(book: Binder, page: Page) -> None:
    """What formulas say of the checks, and a TRUE to hold them against; before all else."""
    page.width(0, 12)
    page.width(1, 62)
    page.text(4, 0, "if so", "grey")
    page.text(5, 0, "if not", "grey")
    book.name("word_good", page.text(4, 1, GOOD, "grey"))
    book.name("word_bad", page.text(5, 1, BAD, "grey"))
    page.sheet.write_boolean(4, 2, True, book.format("grey", "verdict"))
    book.name("holds", page.at(4, 2, True))


def checks(book: Binder, page: Page, more: Sequence[Check] = ()) -> None:
    """Write every check that the sheets have asked for, and more."""
    everything = [*book.checks, *more]
    page.heads(TOP - 1, HEADS, words=2)
    holds = [_row(book, page, row, check) for row, check in enumerate(everything, TOP)]
    page.text(3, 0, "All checks", "bold")
    book.name("all_checks", page.formula(3, 2, every(holds), "bold", "verdict"))
    _coloured(book, page, TOP + len(holds))
    failed = sum(not cell.value for cell in holds)
    finding = f"All {len(holds)} checks hold" if not failed else f"{failed} of {len(holds)} fail"
    subtitle = (
        "As this book was written. The column Holds is computed anew whenever the book is: one "
        "FALSE and Cover says so. Money must agree to the cent, other figures up to rounding."
    )
    page.lead(finding, subtitle, len(HEADS))
    page.finish(freeze=(TOP, 0), heads=TOP - 1)


def _row(book: Binder, page: Page, row: int, check: Check) -> Cell:
    page.text(row, 0, check.kind, "row")
    page.text(row, 1, check.name, "row", "wrap")
    logical = isinstance(check.left.value, bool)
    style = "verdict" if logical else "cents"
    left = page.formula(row, 2, check.left, "row", style)
    right = page.formula(row, 3, check.right, "row", style)
    if logical:
        page.blank(row, 4, "row")
        page.blank(row, 5, "row")
        same = Formula(f"{left.at}={right.at}", left.value == right.value)
        return page.formula(row, 6, same, "row", "verdict", "bold")
    page.formula(row, 4, less(left, right), "row", "tiny")
    usual = read(book.cells["cent"]) if check.cents else book.rounding(right)
    allowed = page.formula(row, 5, check.allowed or usual, "row", "tiny")
    return page.formula(row, 6, near(left, right, read(allowed)), "row", "verdict", "bold")


def of_engine(book: Book) -> list[Check]:
    """The checks that the engine made when it wrote the dossier, made again."""
    found = []
    for place, check in enumerate(book.dossier.checks, 1):
        id = Id("check", f"E{place:03d}", "left", "engine")
        left, right, allowed = (
            read(book.figures.stated(id._replace(metric=metric)))
            for metric in ("left", "right", "tolerance")
        )
        found.append(Check("Engine", check.name, left, right, allowed=allowed))
    return found


def _coloured(book: Binder, page: Page, end: int) -> None:
    """A check that fails is loud; one that holds is quiet."""
    loud = book.file.add_format({"font_color": "#ffffff", "bg_color": "#b34a00"})
    for first, last, column in ((TOP, end - 1, 6), (3, 3, 2)):
        cell = page.at(first, column).place
        page.sheet.conditional_format(
            first, column, last, column,
            {"type": "formula", "criteria": f"=NOT({cell})", "format": loud},
        )  # fmt: skip
