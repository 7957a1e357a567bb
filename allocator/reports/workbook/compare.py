"""Compare: channel ▸ campaign, the reference beside the plan, what each brings, and when."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.findings.dossier import Dossier
from allocator.plan import LinePlan, Plan
from allocator.reports._base.assumptions import period
from allocator.reports._base.names import spoken
from allocator.reports._base.order import kpis
from allocator.reports._base.tags import label, line_tags
from allocator.reports._base.titles import split_title
from allocator.reports.workbook._base.book import Book, Check
from allocator.reports.workbook._base.figures import Id
from allocator.reports.workbook._base.formula import Cell, Formula, added, less, read
from allocator.reports.workbook._base.keys import Branch
from allocator.reports.workbook._base.page import A3, Page
from allocator.reports.workbook._base.settings import grey_below
from allocator.reports.workbook._base.styles import UNITS

HEAD = 3
SPENDS = ("reference", "scaled", "plan")


@dataclass(frozen=True)
class Column:
    """``id`` with the row's table and key filled in; ``adds``: it is the sum of what is below."""

    head: str
    style: str
    id: Id
    adds: bool = True
    less: tuple[str, str] | None = None
    """two spends of the row, the second taken from the first"""


def compare(book: Book, page: Page, branches: tuple[Branch, ...]) -> None:
    """Write the sheet."""
    plan = book.plan
    columns = _columns(plan, book.dossier)
    heads = ["Channel, campaign", *(column.head for column in columns), "Held by", "To doubt"]
    page.heads(HEAD, heads)
    for column in (len(heads) - 2, len(heads) - 1):
        page.text(HEAD, column, heads[column], "head", "indent 1")
        page.width(column, 22)
    page.sheet.outline_settings(True, False, True, False)  # sums stand above their parts
    rows = _Rows(book, page, columns)
    rows.total([rows.branch(branch, 0) for branch in branches])
    page.lead(split_title(plan), _subtitle(plan), min(len(heads), 12))
    limits = {
        place: book.cells[f"materiality {column.id.metric}"].at
        for place, column in enumerate(columns, 1)
        if column.style == "better"
    }
    grey_below(book, page, (HEAD + 1, rows.row - 1), limits)
    page.finish(freeze=(HEAD + 1, 1), heads=HEAD, paper=A3)


def _subtitle(plan: Plan) -> str:
    return (
        f"{plan.currency}, {period(plan)}. Sums stand above their parts. In better/(worse) more "
        "spend is (worse) and more outcome is better; greyed changes are below the materiality on "
        "Cover."
    )


def _columns(plan: Plan, dossier: Dossier) -> tuple[Column, ...]:
    spend = Id("", "", "spend")
    names = {"reference": "Reference", "scaled": "Reference, scaled", "plan": "Plan"}
    columns = [
        Column(f"{names[of]}, {plan.currency}", "money", spend._replace(of=of)) for of in SPENDS
    ]
    columns += [
        Column(f"{words}: better/ (worse)", "better", spend._replace(of=f"on {of}"),
               less=(of, "plan"))
        for of, words in (("reference", "on reference"), ("scaled", "on scaled"))
    ]  # fmt: skip
    for kpi in kpis(plan):
        columns += _outcome(plan, kpi)
    for month in _months(dossier):
        id = Id("phasing", "", "net", "month", "amount", month)
        columns.append(Column(month, "money", id))
    return tuple(columns)


def _outcome(plan: Plan, kpi: str) -> list[Column]:
    unit = plan.units[kpi]
    said = spoken(kpi) + (f", {plan.currency}" if unit == "currency" else "")
    style, id = UNITS[unit], Id("", "", kpi, "plan", "mean")
    change = id._replace(of="on scaled")
    word = "roas" if unit == "currency" else "cac"
    ratio = Id("", "", f"{word} {kpi}", "plan", "mean")
    return [
        Column(f"{said}: plan", style, id),
        Column("10 % below", style, id._replace(statistic="p10"), adds=False),
        Column("90 % below", style, id._replace(statistic="p90"), adds=False),
        Column(f"{spoken(kpi)} on scaled: better/ (worse)", "better", change),
        Column("10 % below", "better", change._replace(statistic="p10"), adds=False),
        Column("90 % below", "better", change._replace(statistic="p90"), adds=False),
        Column(f"{word.upper()}", "ratio", ratio, adds=False),
    ]


def _months(dossier: Dossier) -> tuple[str, ...]:
    """The months in which something runs."""
    found = {row.period for row in dossier.phasing if row.calendar == "month" and row.accrual}
    return tuple(sorted(found))


class _Rows:
    """Writes the outline from the top; ``row`` is the next free one."""

    def __init__(self, book: Book, page: Page, columns: tuple[Column, ...]) -> None:
        self.book, self.page, self.columns = book, page, columns
        self.row = HEAD + 2  # the total stands first

    def branch(self, branch: Branch, level: int) -> dict[int, Cell]:
        """A row and all below it; its cells by column."""
        own, self.row = self.row, self.row + 1
        alone = len(branch.below) == 1 and branch.below[0].name == branch.name
        below = [] if alone else [self.branch(inner, level + 1) for inner in branch.below]
        style = ("row", "bold") if level == 0 else ("row", f"indent {min(level, 2)}")
        name = label(branch.of) if isinstance(branch.of, LinePlan) else branch.name
        self.page.text(own, 0, name, *style, "wrap", fit=True)
        if level:
            self.page.level(own, min(level, 2))
        cells = self._cells(own, branch, below, "bold" if level == 0 else "top")
        line = branch.below[0].of if alone else branch.of
        self._words(own, line if isinstance(line, LinePlan) else None)
        return cells

    def total(self, tops: list[dict[int, Cell]]) -> None:
        """The first row: the sum of the channels, which must be what the engine says."""
        own = HEAD + 1
        self.page.text(own, 0, "All channels", "sum")
        found = self._cells(own, Branch("total", "", "", self.book.plan.channels[0]), tops, "sum")
        self._words(own, None, "sum")
        for place, column in enumerate(self.columns, 1):
            if place not in found:
                continue
            self.book.cells[f"compare {'/'.join(column.id[2:])}"] = found[place]
            theirs = self.book.figures.cell(column.id._replace(table="total"))
            if column.adds and theirs is not None and column.less is None:
                name = f"channels sum to the total: {column.id.metric}, {column.id.of}"
                self.book.checks.append(
                    Check("Channels", name, read(found[place]), read(theirs))
                )  # fmt: skip

    def _cells(
        self, row: int, branch: Branch, below: list[dict[int, Cell]], look: str
    ) -> dict[int, Cell]:
        cells: dict[int, Cell] = {}
        style = (look,) if look == "sum" else ("row", look)
        spends: dict[str, Cell] = {}
        for place, column in enumerate(self.columns, 1):
            id = column.id
            if id.table != "phasing":
                id = id._replace(table=branch.table, key=branch.key)
            elif not below:
                leaf = branch if branch.table == "line" else branch.below[0]
                id = id._replace(key=leaf.key)
            if column.less is not None:
                formula: Formula | None = less(*(spends[of] for of in column.less))
            else:
                formula = self._formula(
                    column, id, [part[place] for part in below if place in part]
                )
            if formula is None:
                self.page.blank(row, place, *style)
                continue
            cells[place] = self.page.formula(row, place, formula, *style, column.style)
            if id.metric == "spend" and id.table != "phasing":
                spends[id.of] = cells[place]
            if column.adds and below and self.book.figures.cell(id) and column.less is None:
                self.book.ties(id, cells[place])
        return cells

    def _formula(self, column: Column, id: Id, below: list[Cell]) -> Formula | None:
        """The sum of what is below, or what the engine says; None where neither is there."""
        if column.adds and below:
            return added(below)
        theirs = self.book.figures.cell(id)
        return None if theirs is None else read(theirs)

    def _words(self, row: int, line: LinePlan | None, look: str = "row") -> None:
        last = len(self.columns)
        held = ", ".join(line.binding) if line else ""
        self.page.text(row, last + 1, held, look, "wrap", "indent 1")
        doubts = ", ".join(line_tags(line)) if line else ""
        self.page.text(row, last + 2, doubts, look, "wrap", "indent 1")
