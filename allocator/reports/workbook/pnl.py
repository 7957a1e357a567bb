"""P&L: baseline + incremental = total; less goods, media, fees and taxes: the contribution."""

from __future__ import annotations

from allocator.reports._base.assumptions import period
from allocator.reports._base.numbers import money
from allocator.reports.workbook._base.book import Book, Check
from allocator.reports.workbook._base.figures import Id
from allocator.reports.workbook._base.formula import Cell, Formula, added, less, read
from allocator.reports.workbook._base.page import Page

WORDS = {
    "baseline": ("Baseline", "what would have been sold without these media"),
    "incremental": ("Incremental", "what the media add, mean over the draws"),
    "total": ("Total revenue", "baseline and incremental"),
    "cost_of_goods": ("Cost of goods", "what is not margin"),
    "margin": ("Margin", "revenue less cost of goods; of the incremental alone without baseline"),
    "media": ("Net media", "spend of all lines"),
    "fees": ("Agency fees", "on net media, by line from the accounts"),
    "taxes": ("Taxes", "on net media and fees"),
    "contribution": ("Contribution", "margin less media, fees and taxes"),
}
COSTS = ("cost_of_goods", "media", "fees", "taxes")
SUMS = ("total", "margin", "contribution")
HEADS = ("", "Reference", "Plan", "better/ (worse)", "Ledger", "Reference less ledger", "In words")
NONE = (
    "No profit and loss: state `economics: {margin: …}` in the scenario, and have a KPI that is "
    "money"
)


def pnl(book: Book, page: Page) -> None:
    """Write the sheet."""
    page.width(0, 24)
    page.width(6, 56)
    if not book.dossier.statements:
        page.lead(NONE, period(book.plan), len(HEADS))
        page.finish(freeze=(3, 0))
        return
    heads = [f"{head}, {book.plan.currency}" if 0 < n < 6 else head for n, head in enumerate(HEADS)]
    page.heads(3, heads)
    page.text(3, 6, HEADS[6], "head", "indent 1")
    sides = {of: _side(book, page, column, of) for column, of in ((1, "reference"), (2, "plan"))}
    for place, row in enumerate(book.dossier.statements, 4):
        _row(book, page, place, row.name, sides)
    _rates(book, page, 5 + len(book.dossier.statements))
    _against_plan(book, sides)
    page.lead(_finding(book, sides), _subtitle(book), len(HEADS))
    page.finish(freeze=(4, 1), heads=3)


def _finding(book: Book, sides: dict[str, dict[str, Cell]]) -> str:
    old, new = (sides[of].get("contribution") for of in ("reference", "plan"))
    if old is None or new is None:
        return "What the plan brings and what it costs"
    change = new.amount - old.amount
    word = "better" if change >= 0 else "worse"
    return (
        f"Contribution is {money(abs(change), book.plan.currency)} {word} than with the reference, "
        "on average over the draws"
    )


def _subtitle(book: Book) -> str:
    what = book.dossier.statement_kpi or "revenue"
    return (
        f"{book.plan.currency}, {what}, {period(book.plan)}. Means over the draws; how sure they "
        "are is on Risk. Costs that rise are (worse)."
    )


def _side(book: Book, page: Page, column: int, of: str) -> dict[str, Cell]:
    """One column: what the engine says, and the sums made of it."""
    found: dict[str, Cell] = {}
    for place, row in enumerate(book.dossier.statements, 4):
        id = Id("statement", "", row.name, of)
        theirs = book.figures.cell(id)
        look = ("sum",) if row.name in SUMS else ("row",)
        if theirs is None:
            page.text(place, column, "–", *look, "right")
            continue
        formula = _sum(row.name, found)
        style = "iso" if row.name == "contribution" else "money"
        cell = page.formula(place, column, formula or read(theirs), *look, style)
        found[row.name] = cell
        if formula is not None:
            book.ties(id, cell)
            name = f"P&L: {row.name}, {of}"
            book.checks.append(Check("P&L", name, read(cell), read(theirs), cents=True))
    return found


def _sum(name: str, found: dict[str, Cell]) -> Formula | None:
    """The formula of a sum; None where it is no sum, or its parts are not all known."""
    if name == "total" and {"baseline", "incremental"} <= found.keys():
        return added([found["baseline"], found["incremental"]])
    if name == "margin" and "cost_of_goods" in found:
        sold = found.get("total") or found.get("incremental")
        return None if sold is None else less(sold, found["cost_of_goods"])
    if name == "contribution" and {"margin", "media", "fees", "taxes"} <= found.keys():
        return less(*(found[part] for part in ("margin", "media", "fees", "taxes")))
    return None


def _row(book: Book, page: Page, row: int, name: str, sides: dict[str, dict[str, Cell]]) -> None:
    look = ("sum",) if name in SUMS else ("row",)
    title, words = WORDS[name]
    page.text(row, 0, title, *look, *(() if name in SUMS else ("indent 1",)))
    old, new = (sides[of].get(name) for of in ("reference", "plan"))
    if old is None or new is None:
        page.blank(row, 3, *look)
    else:
        change = less(old, new) if name in COSTS else less(new, old)
        page.formula(row, 3, change, *look, "better")
    ledger = book.figures.cell(Id("statement", "", name, "ledger"))
    if ledger is None or old is None:
        page.blank(row, 4, *look)
        page.blank(row, 5, *look)
    else:
        own = page.formula(row, 4, read(ledger), *look, "money")
        page.formula(row, 5, less(old, own), *look, "better")
        check = Check("P&L", f"P&L ties to the ledger: {name}", read(old), read(own), cents=True)
        book.checks.append(check)
    page.text(row, 6, words, "row", "wrap", "grey", "indent 1")


def _rates(book: Book, page: Page, row: int) -> None:
    rate = book.figures.cell(Id("statement", "", "margin rate", "all"))
    if rate is None:
        return
    page.text(row, 0, "Margin rate", "row")
    book.name("margin_rate", page.formula(row, 1, read(rate), "row", "share"))
    for column in range(2, 6):
        page.blank(row, column, "row")
    page.text(
        row,
        6,
        "contribution margin before media, a part of revenue",
        "row",
        "wrap",
        "grey",
        "indent 1",
    )


def _against_plan(book: Book, sides: dict[str, dict[str, Cell]]) -> None:
    """Media is the plan's spend, incremental its KPI."""
    kpi = book.dossier.statement_kpi
    for of, side in sides.items():
        if "media" in side:
            spend = book.figures.stated(Id("total", "", "spend", of))
            name = f"P&L: media is the spend, {of}"
            book.checks.append(Check("P&L", name, read(side["media"]), read(spend), cents=True))
        mean = book.figures.cell(Id("total", "", kpi or "", of, "mean"))
        if "incremental" in side and mean is not None:
            name = f"P&L: incremental is the plan's {kpi}, {of}"
            book.checks.append(Check("P&L", name, read(side["incremental"]), read(mean)))
