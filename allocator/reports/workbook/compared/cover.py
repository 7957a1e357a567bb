"""Cover: which plans, from which files, in which currency; the settings; the legend."""

from __future__ import annotations

from allocator.findings.comparison import Compared
from allocator.reports._base.assumptions import day
from allocator.reports._base.compared import explained, finding
from allocator.reports._base.names import spoken
from allocator.reports.workbook._base.formula import Formula
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook._base.settings import settings
from allocator.reports.workbook.compared.told import ComparedBook, Key

HEADS = ("Plan", "Title", "File", "Period", "Spend", "Its currency", "Objective", "Proof", "Gap",
         "Rules broken", "Digest")  # fmt: skip
LEGEND = (
    ("better/(worse)", "against the first plan; brackets are worse: more cost, or less outcome"),
    ("10 % below, 90 % below", "of the draws, paired: both plans in the same draw"),
    ("ahead", "share of the draws in which a plan has more than the first"),
    ("grey change", "smaller than the materiality above"),
    ("tinted cell", "may be edited; everything else is computed or was written by the engine"),
    ("– or empty", "the plan has no such line or figure, which is not zero"),
)


def cover(book: ComparedBook, page: Page) -> int:
    """Write the sheet. Its settings are named cells that formulas of other sheets use.

    Returns the row in which the state of the checks belongs.
    """
    comparison = book.comparison
    page.width(0, 24)
    page.width(1, 34)
    page.width(2, 44)
    facts = (
        ("Currency", comparison.currency, "of every amount: that of the first plan"),
        ("Made", day(book.made_on), "from the plans below as they were"),
        ("Comparison", comparison.digest[:16], comparison.digest),
    )
    for row, said in enumerate(facts, 3):
        for column, text in enumerate(said):
            looks = (("bold",), ("wrap",), ("wrap", "grey", "indent 1"))[column]
            page.text(row, column, text, "row", *looks)
    checked = 3 + len(facts)
    row = _plans(book, page, checked + 2)
    row = settings(book, page, row + 1) + 1
    for title, entries in (("Legend", LEGEND), ("To know", tuple(_notes(book)))):
        row = _listed(page, row + 1, title, entries) if entries else row
    page.lead(finding(comparison), explained(comparison) or "No bridge explains it", len(HEADS))
    page.finish(freeze=(2, 0), pages=1)
    return checked


def _plans(book: ComparedBook, page: Page, row: int) -> int:
    page.text(row, 0, "Plans, the first of which the others are compared with", "section")
    page.heads(row + 1, HEADS, words=len(HEADS))
    for place, plan in enumerate(book.comparison.plans):
        row_ = row + 2 + place
        for column, text in enumerate(_said(plan)):
            if column not in (4, 8):
                look = ("bold",) if column == 0 else ("wrap",)
                page.text(row_, column, text, "row", *look)
                page.widen(column, min(24, len(text) + 2))
        cell = book.cell(Key("plan", "all", "spend", place))
        if cell is None:
            page.number(row_, 4, plan.spend, "row", "iso")
        else:
            page.formula(row_, 4, Formula(cell.at, cell.value), "row", "iso")
        page.number(row_, 8, plan.gap, "row", "share")
    return row + 2 + len(book.comparison.plans)


def _said(plan: Compared) -> tuple[str, ...]:
    money = plan.currency + (f": {plan.exchange}" if plan.exchange else "")
    return (
        plan.name, plan.title, plan.file, f"{day(plan.start)} to {day(plan.end)}", "", money,
        spoken(plan.objective), plan.status, "", ", ".join(plan.breaks) or "none", plan.digest[:16],
    )  # fmt: skip


def _notes(book: ComparedBook) -> list[tuple[str, str]]:
    found = [(f"{place}", note) for place, note in enumerate(book.comparison.notes, 1)]
    if book.comparison.aligned:
        found.append(("weeks", "the plans are about other weeks, laid side by side as was asked"))
    return found


def _listed(page: Page, row: int, title: str, entries: tuple[tuple[str, str], ...]) -> int:
    page.text(row, 0, title, "section")
    for name, words in entries:
        row += 1
        page.text(row, 0, name, "row", "bold", "top")
        page.paragraph(row, words, 2, first=1)
    return row + 1
