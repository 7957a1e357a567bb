"""Constraints: each rule with its limit, what is used of it, slack, price, owner and reason."""

from __future__ import annotations

from allocator.plan import Constraint
from allocator.reports._base.assumptions import period
from allocator.reports._base.titles import binding_title
from allocator.reports.workbook._base.book import Book
from allocator.reports.workbook._base.figures import Id
from allocator.reports.workbook._base.formula import less, read
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook._base.styles import UNITS

HEADS = (
    "Rule", "Lines", "Limit in words", "Side", "Unit", "Limit", "Used", "Slack", "Binds",
    "Holds in, of draws", "Price of one unit more", "Valid for", "Confirmed", "Cost of the rule",
    "Owner", "Reason",
)  # fmt: skip
WORDS = (0, 1, 2, 3, 4, 8, 12, 14, 15)
"""Columns of words; the others hold figures."""
WIDTHS = {0: 22, 1: 26, 2: 36, 3: 6, 4: 9, 8: 8, 12: 12, 14: 14, 15: 40}


def constraints(book: Book, page: Page) -> None:
    """Write the sheet."""
    page.heads(3, HEADS, words=len(HEADS))
    for column, head in enumerate(HEADS):
        if column not in WORDS or column > 7:
            page.text(3, column, head, "head", "right" if column not in WORDS else "indent 1")
    for column, width in WIDTHS.items():
        page.width(column, width)
    limits = book.plan.constraints
    for place, limit in enumerate(limits, 1):
        _row(book, page, 3 + place, limit, f"R{place:04d}")
    if limits:
        page.sheet.autofilter(3, 0, 3 + len(limits), len(HEADS) - 1)
    finding = binding_title(book.plan) if limits else "No rule but the budget"
    page.lead(finding, _subtitle(book), 12)
    page.finish(freeze=(4, 1), heads=3)


def _subtitle(book: Book) -> str:
    return (
        f"{book.plan.currency}, {period(book.plan)}. Slack is the room left; 0 where a rule binds. "
        "The price is what one unit more of the limit adds to the objective, found by solving "
        "again; a rule without one has none, or was not asked."
    )


def _row(book: Book, page: Page, row: int, limit: Constraint, key: str) -> None:
    style = UNITS.get(limit.unit, "ratio")
    said = {0: limit.id, 1: limit.part, 2: limit.words, 3: limit.side, 4: limit.unit,
            8: "binds" if limit.binding else "", 14: limit.owner or "–",
            15: limit.reason or "–"}  # fmt: skip
    for column, text in said.items():
        page.text(row, column, text, "row", "wrap", *(("indent 1",) if column > 7 else ()))
    id = Id("limit", key, "limit", limit.side)
    own = page.formula(row, 5, read(book.figures.stated(id)), "row", style)
    used, slack = (book.figures.cell(id._replace(metric=m)) for m in ("used", "slack"))
    if used is None or slack is None:
        page.text(row, 6, "does not apply", "row", "right", "grey")
        page.blank(row, 7, "row")
    else:
        here = page.formula(row, 6, read(used), "row", style)
        room = less(here, own) if limit.side == "min" else less(own, here)
        if abs(float(room.value) - slack.amount) <= 1e-9 * abs(own.amount) + 1e-6:
            book.ties(id._replace(metric="slack"), page.formula(row, 7, room, "row", style))
        else:  # a rule whose room is in another unit than its limit
            page.formula(row, 7, read(slack), "row", style)
    odds = book.figures.cell(id._replace(metric="holds in"))
    if odds is None:
        page.blank(row, 9, "row")
    else:
        page.formula(row, 9, read(odds), "row", "share")
    _price(book, page, row, limit)


def _price(book: Book, page: Page, row: int, limit: Constraint) -> None:
    """What the rule costs, where it binds and somebody asked."""
    found = [(n, p) for n, p in enumerate(book.dossier.prices, 1) if p.rule == limit.id]
    if not found or not limit.binding:
        for column in range(10, 14):
            page.blank(row, column, "row")
        return
    place, price = found[0]
    id = Id("price", f"P{place:03d}", "cost", "rule")
    for column, metric, style in ((10, "each", "fine"), (11, "valid for", "money"),
                                  (13, "cost", "money")):  # fmt: skip
        theirs = book.figures.cell(id._replace(metric=metric))
        if theirs is None:
            page.blank(row, column, "row")
        else:
            page.formula(row, column, read(theirs), "row", style)
    page.text(row, 12, "yes" if price.confirmed else "no", "row", "indent 1")
