"""Phasing: net, gross, cash, committed and free by month, fiscal quarter and 4-4-5, as booked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from allocator.findings.dossier import Account, Phased
from allocator.reports._base.assumptions import basis, period
from allocator.reports._base.numbers import money
from allocator.reports.workbook._base.book import Book, Check
from allocator.reports.workbook._base.figures import Id
from allocator.reports.workbook._base.formula import (
    Cell,
    Formula,
    every,
    less,
    near,
    read,
    span,
    together,
)
from allocator.reports.workbook._base.formula import total as summed
from allocator.reports.workbook._base.keys import Branch, leaves
from allocator.reports.workbook._base.page import Page

CALENDARS = {"month": "Calendar months", "quarter": "Fiscal quarters", "445": "4-4-5 blocks"}
METRICS = ("net", "gross", "cash", "committed")
FIGURES = ("Net, accrual", "Gross, accrual", "Cash out", "Committed", "Free", "Fees and taxes")
BOOKED = ("Line", "Cost centre", "GL code", "Supplier", "Purchase order")
FIRST = 8
"""The column of the first figure; before it stand calendar, key, period and the booking."""
NONE = (
    "No phasing: it is made with the dossier of a plan, from its weeks; data/lines.csv adds cost "
    "centre, GL code, supplier, purchase order, fees, taxes and days to pay"
)


@dataclass
class _Ledger:
    """The cells of the ledger from its first to its last row, and by calendar and period."""

    net: list[Cell]
    calendars: list[Cell]
    keys: list[Cell]
    blocks: dict[tuple[str, str], list[tuple[Cell, ...]]]


def phasing(book: Book, page: Page, branches: tuple[Branch, ...]) -> None:
    """Write the sheet: sums by period, then whether lines tie, then every posting."""
    width = FIRST + len(FIGURES)
    if not book.dossier.phasing:
        page.lead(NONE, period(book.plan), width)
        page.finish(freeze=(3, 0))
        return
    order = leaves(branches)
    periods = _periods(book.dossier.phasing)
    row = 3
    starts: dict[str, int] = {}
    for calendar, found in periods.items():
        starts[calendar] = row
        row += len(found) + 4
    lines, ledger = row + 1, row + len(order) + 5
    written = _ledger(book, page, ledger, order)
    for calendar, found in periods.items():
        _sums(book, page, starts[calendar], (calendar, found), written)
    _ties(book, page, lines, order, written)
    page.width(0, 12)
    page.width(1, 11)
    page.lead(_finding(book), _subtitle(book), width)
    page.finish(freeze=(3, 0), printed=ledger - 2)


def _finding(book: Book) -> str:
    months: dict[str, float] = {}
    for row in book.dossier.phasing:
        if row.calendar == "month":
            months[row.period] = months.get(row.period, 0.0) + row.cash
    if not months:
        return "When the money runs, and when it is paid"
    most = max(months, key=lambda month: (months[month], month))
    cash = money(months[most], book.plan.currency)
    return f"Most cash goes out in {most}: {cash}"


def _subtitle(book: Book) -> str:
    return (
        f"{book.plan.currency}{basis(book.plan)}, {period(book.plan)}. Weeks that straddle a "
        "period are split by days. Net and gross in the days media run, cash when paid; free is "
        "net less what is committed. First sums, then lines; then every posting, not printed."
    )


def _periods(rows: tuple[Phased, ...]) -> dict[str, dict[str, tuple[str, str]]]:
    """Calendar -> its periods in time, each with first and last day."""
    days: dict[tuple[str, str], tuple[str, str]] = {}
    for row in rows:
        start, end = days.get((row.calendar, row.period), (row.start, row.end))
        days[row.calendar, row.period] = (min(start, row.start), max(end, row.end))
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for (calendar, label), ends in sorted(days.items(), key=lambda entry: entry[1]):
        found.setdefault(calendar, {})[label] = ends
    return {calendar: found[calendar] for calendar in CALENDARS if calendar in found}


def _ledger(book: Book, page: Page, row: int, order: tuple[Branch, ...]) -> _Ledger:
    """Every posting: calendar, period, line and what it is booked under, net to free."""
    page.text(row - 1, 0, "Postings", "section")
    heads = ["Calendar", "Key", "Period", *BOOKED, *FIGURES]
    page.heads(row, heads, words=FIRST)
    accounts = {account.line: account for account in book.dossier.accounts}
    places = {leaf.name: place for place, leaf in enumerate(order)}
    periods = _periods(book.dossier.phasing)
    ranks = {(c, p): n for c, found in periods.items() for n, p in enumerate(found)}
    calendars = list(CALENDARS)
    rows = sorted(
        book.dossier.phasing,
        key=lambda r: (calendars.index(r.calendar), ranks[r.calendar, r.period], places[r.line]),
    )
    made = _Ledger([], [], [], {})
    for at, posted in enumerate(rows, row + 1):
        leaf = order[places[posted.line]]
        made.calendars.append(page.text(at, 0, posted.calendar, "row"))
        made.keys.append(page.text(at, 1, leaf.key, "row", "grey"))
        page.text(at, 2, posted.period, "row", fit=True)
        _booked(page, at, posted.line, accounts.get(posted.line))
        cells = _posted(book, page, at, leaf.key, posted)
        made.blocks.setdefault((posted.calendar, posted.period), []).append(cells)
        made.net.append(cells[0])
    page.sheet.autofilter(row, 0, row + len(rows), FIRST + len(FIGURES) - 1)
    return made


def _booked(page: Page, row: int, line: str, account: Account | None) -> None:
    page.text(row, 3, line, "row", "wrap", fit=True)
    booked = account or Account(line=line)
    said = (booked.cost_centre, booked.gl_code, booked.supplier, booked.purchase_order)
    for column, text in enumerate(said, 4):
        page.text(row, column, text or "–", "row", "wrap", fit=True)


def _posted(book: Book, page: Page, row: int, key: str, posted: Phased) -> tuple[Cell, ...]:
    cells = []
    for column, metric in enumerate(METRICS, FIRST):
        id = Id("phasing", key, metric, posted.calendar, "amount", posted.period)
        theirs = book.figures.stated(id)
        cells.append(page.formula(row, column, read(theirs), "row", "cents"))
    return (*cells, *_derived(page, row, cells, "row"))


def _derived(page: Page, row: int, cells: list[Cell], look: str) -> tuple[Cell, Cell]:
    """Free is net less committed; fees and taxes are gross less net."""
    net, gross, _, committed = cells
    free = page.formula(row, FIRST + 4, less(net, committed), look, "cents")
    return free, page.formula(row, FIRST + 5, less(gross, net), look, "cents")


def _sums(
    book: Book,
    page: Page,
    row: int,
    calendar: tuple[str, dict[str, tuple[str, str]]],
    ledger: _Ledger,
) -> None:
    """One calendar by period, with its total, which must be the plan's spend."""
    name, periods = calendar
    page.text(row, 0, CALENDARS[name], "section")
    heads = ["Period", "From", "To", *("",) * (FIRST - 3), *FIGURES]
    page.heads(row + 1, heads, words=FIRST)
    columns: list[list[Cell]] = [[] for _ in METRICS]
    for at, (label, (start, end)) in enumerate(periods.items(), row + 2):
        page.text(at, 0, label, "row")
        page.text(at, 1, start, "row")
        page.text(at, 2, end, "row")
        page.widen(2, 11)
        for column in range(3, FIRST):
            page.blank(at, column, "row")
        block = ledger.blocks[name, label]
        cells = []
        for place in range(len(METRICS)):
            cell = page.formula(
                at, FIRST + place, summed([c[place] for c in block]), "row", "cents"
            )
            columns[place].append(cell)
            cells.append(cell)
        _derived(page, at, cells, "row")
    own = row + 2 + len(periods)
    page.text(own, 0, "All", "sum")
    for column in range(1, FIRST):
        page.blank(own, column, "sum")
    totals = [
        page.formula(own, FIRST + place, summed(column), "sum", "cents")
        for place, column in enumerate(columns)
    ]
    _derived(page, own, totals, "sum")
    _checked(book, name, totals)


def _checked(book: Book, calendar: str, totals: list[Cell]) -> None:
    spend = book.figures.stated(Id("total", "", "spend"))
    pairs = (
        (f"phasing by {calendar}: net is the plan's spend", totals[0], spend),
        (f"phasing by {calendar}: cash is gross", totals[2], totals[1]),
    )
    for name, one, other in pairs:
        book.checks.append(Check("Phasing", name, read(one), read(other), cents=True))


def _ties(book: Book, page: Page, row: int, order: tuple[Branch, ...], ledger: _Ledger) -> None:
    """Every line: the sum of its postings in each calendar is what the plan gives it."""
    page.text(row - 1, 0, "Lines", "section")
    calendars = list(dict.fromkeys(calendar for calendar, _ in ledger.blocks))
    names = [CALENDARS[calendar] for calendar in calendars]
    heads = ["", "Key", "", "Line", "", "", "", "", "Plan", *names, "All tie"]
    page.heads(row, heads, words=FIRST)
    marks = {str(cell.value): cell for cell in reversed(ledger.calendars)}
    cent, sums = book.cells["cent"], _sums_of_lines(ledger)
    verdicts = []
    for at, leaf in enumerate(order, row + 1):
        key = page.text(at, 1, leaf.key, "row", "grey")
        page.text(at, 3, leaf.name, "row", "wrap", fit=True)
        for column in (0, 2, *range(4, FIRST)):
            page.blank(at, column, "row")
        spend = book.figures.stated(Id("line", leaf.key, "spend"))
        planned = page.formula(at, FIRST, read(spend), "row", "cents")
        holds = []
        for column, calendar in enumerate(calendars, FIRST + 1):
            value = sums.get((leaf.key, calendar), 0.0)
            formula = _by_key(ledger, marks[calendar], key, value)
            cell = page.formula(at, column, formula, "row", "cents")
            holds.append(near(planned, cell, read(cent)))
        column = FIRST + 1 + len(calendars)
        verdicts.append(page.formula(at, column, together(holds), "row", "verdict"))
    name = "phasing: every line ties in every calendar"
    book.checks.append(Check("Phasing", name, every(verdicts), read(book.cells["holds"])))


def _sums_of_lines(ledger: _Ledger) -> dict[tuple[str, str], float]:
    """(key of a line, calendar) -> net, summed as the formulas do."""
    found: dict[tuple[str, str], list[float]] = {}
    for calendar, key, net in zip(ledger.calendars, ledger.keys, ledger.net, strict=True):
        found.setdefault((str(key.value), str(calendar.value)), []).append(net.amount)
    return {which: math.fsum(amounts) for which, amounts in found.items()}


def _by_key(ledger: _Ledger, calendar: Cell, key: Cell, value: float) -> Formula:
    """Net of one line in one calendar, looked up by the line's key and the calendar's word."""
    net = span(ledger.net[0], ledger.net[-1])
    calendars = span(ledger.calendars[0], ledger.calendars[-1])
    keys = span(ledger.keys[0], ledger.keys[-1])
    return Formula(f"SUMIFS({net},{calendars},{calendar.at},{keys},{key.at})", value)
