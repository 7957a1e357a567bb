"""Summary: the finding, the money in a few rows, where it moves, what to doubt."""

from __future__ import annotations

from allocator.reports._base.assumptions import basis, period
from allocator.reports._base.cautions import cautions, proof
from allocator.reports._base.headline import headline
from allocator.reports._base.names import spoken
from allocator.reports._base.order import kpis
from allocator.reports.workbook._base.book import Book
from allocator.reports.workbook._base.figures import Id
from allocator.reports.workbook._base.formula import Cell, less, read
from allocator.reports.workbook._base.keys import Branch
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook._base.styles import UNITS

HEADS = (
    "", "Reference", "Reference, scaled", "Plan", "on reference: better/ (worse)",
    "on scaled: better/ (worse)", "10 % below", "90 % below",
)  # fmt: skip
WIDTH = len(HEADS)


def summary(book: Book, page: Page, branches: tuple[Branch, ...]) -> int:
    """Write the sheet. Returns the row in which the state of the checks belongs."""
    page.width(0, 32)
    page.heads(3, HEADS)
    row = _spend(book, page, 4)
    unit = UNITS.get(book.plan.certificate.unit, "ratio")
    if book.plan.objective not in book.plan.units:
        row = _outcome(book, page, row, ("objective", spoken(book.plan.objective), unit))
    for kpi in kpis(book.plan):
        row = _outcome(book, page, row, (kpi, spoken(kpi), UNITS[book.plan.units[kpi]]))
        row = _ratio(book, page, row, kpi)
    row = _chance(book, page, row)
    row = _channels(book, page, row + 1, branches)
    for column in range(1, WIDTH):
        page.widen(column, 13)
    row = _doubts(book, page, row + 1)
    page.lead(headline(book.plan).sentence, _subtitle(book), WIDTH)
    page.reserve(row, 3)
    page.finish(freeze=(4, 1))
    return row


def _subtitle(book: Book) -> str:
    plan = book.plan
    more = headline(plan).more
    said = (
        f"{plan.currency}{basis(plan)}, {period(plan)}. Incremental means over the draws; the last"
    )
    return (
        f"{more + ' ' if more else ''}{said} two columns are where 8 in 10 draws of the change lie."
    )


def _spend(book: Book, page: Page, row: int) -> int:
    page.text(row, 0, f"Spend, {book.plan.currency}", "row", "bold")
    cells: dict[str, Cell] = {}
    for column, of in enumerate(("reference", "scaled", "plan"), 1):
        cell = book.cells.get(f"compare spend/{of}/amount/")
        theirs = cell or book.figures.stated(Id("total", "", "spend", of))
        cells[of] = page.formula(row, column, read(theirs), "row", "bold", "iso")
    for column, of in ((4, "reference"), (5, "scaled")):
        page.formula(row, column, less(cells[of], cells["plan"]), "row", "better iso")
    for column in (6, 7):
        page.blank(row, column, "row")
    return row + 1


def _outcome(book: Book, page: Page, row: int, what: tuple[str, str, str]) -> int:
    metric, called, style = what
    iso = "iso" if style == "money" else style
    better = "better iso" if style == "money" else "better"
    unit = f", {book.plan.currency}" if style == "money" else ""
    page.text(row, 0, f"{called.capitalize()}{unit}", "row", "bold")
    cells = {}
    for column, of in enumerate(("reference", "scaled", "plan"), 1):
        theirs = book.figures.stated(Id("total", "", metric, of, "mean"))
        cells[of] = page.formula(row, column, read(theirs), "row", "bold", iso)
    for column, of in ((4, "reference"), (5, "scaled")):
        change = page.formula(row, column, less(cells["plan"], cells[of]), "row", better)
        book.ties(Id("total", "", metric, f"on {of}", "mean"), change)
    for column, quantile in ((6, "p10"), (7, "p90")):
        theirs = book.figures.stated(Id("total", "", metric, "on scaled", quantile))
        page.formula(row, column, read(theirs), "row", "better")
    return row + 1


def _ratio(book: Book, page: Page, row: int, kpi: str) -> int:
    """ROAS or CAC: higher is better, or lower."""
    word = "roas" if book.plan.units[kpi] == "currency" else "cac"
    words = f"ROAS, {spoken(kpi)}" if word == "roas" else f"CAC, {spoken(kpi)}"
    page.text(row, 0, words, "row", "indent 1")
    cells: dict[str, Cell] = {}
    for column, of in enumerate(("reference", "scaled", "plan"), 1):
        theirs = book.figures.cell(Id("total", "", f"{word} {kpi}", of, "mean"))
        if theirs is None:
            page.text(row, column, "–", "row", "right")
        else:
            cells[of] = page.formula(row, column, read(theirs), "row", "ratio")
    for column, of in ((4, "reference"), (5, "scaled")):
        if not {"plan", of} <= cells.keys():
            page.blank(row, column, "row")
            continue
        one, other = ("plan", of) if word == "roas" else (of, "plan")
        page.formula(row, column, less(cells[one], cells[other]), "row", "better ratio")
    for column in (6, 7):
        page.blank(row, column, "row")
    return row + 1


def _chance(book: Book, page: Page, row: int) -> int:
    page.text(row, 0, "Chance of more", "row", "bold")
    for column in (1, 2, 3, 6, 7):
        page.blank(row, column, "row")
    for column, of in ((4, "on reference"), (5, "on scaled")):
        theirs = book.figures.stated(Id("total", "", "chance of more", of))
        page.formula(row, column, read(theirs), "row", "right", "chance")
    return row + 1


def _channels(book: Book, page: Page, row: int, branches: tuple[Branch, ...]) -> int:
    """Where the money is, by channel; Compare has the campaigns."""
    page.text(row, 0, "Spend by channel", "section")
    heads = ("Channel", *HEADS[1:6], f"{spoken(kpis(book.plan)[0])}: plan", "ROAS or CAC")
    page.heads(row + 1, heads)
    first, kpi = row + 2, kpis(book.plan)[0]
    word = "roas" if book.plan.units[kpi] == "currency" else "cac"
    for at, branch in enumerate(branches, first):
        page.text(at, 0, branch.name, "row", "wrap")
        id = Id("channel", branch.key, "spend")
        cells = {
            of: page.formula(
                at, column, read(book.figures.stated(id._replace(of=of))), "row", "money"
            )
            for column, of in enumerate(("reference", "scaled", "plan"), 1)
        }
        for column, of in ((4, "reference"), (5, "scaled")):
            page.formula(at, column, less(cells[of], cells["plan"]), "row", "better")
        more = ((6, kpi, UNITS[book.plan.units[kpi]]), (7, f"{word} {kpi}", "ratio"))
        for column, metric, style in more:
            theirs = book.figures.cell(id._replace(metric=metric, statistic="mean"))
            if theirs is None:
                page.text(at, column, "–", "row", "right")
            else:
                page.formula(at, column, read(theirs), "row", style)
    return first + len(branches)


def _doubts(book: Book, page: Page, row: int) -> int:
    page.text(row, 0, "What to know", "section")
    said = [". ".join(proof(book.plan))]
    said += [f"{each.tag}: {each.sentence}" for each in cautions(book.plan)]
    for text in (*said, *(f"stale: {why}" for why in book.dossier.stale)):
        row += 1
        page.paragraph(row, text, WIDTH)
    return row + 2
