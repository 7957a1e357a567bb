"""Bridge: what leads from the reference to the plan, step by step, closing to the total."""

from __future__ import annotations

from allocator.findings.bridge import Bridge
from allocator.reports._base.assumptions import period
from allocator.reports._base.names import spoken
from allocator.reports._base.numbers import quantity
from allocator.reports.workbook._base.book import Book, Check
from allocator.reports.workbook._base.figures import SURE, Id
from allocator.reports.workbook._base.formula import Cell, Formula, less, read, span
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook._base.styles import BLUE, FAINT, FONT, GREY, LINE, ORANGE, UNITS

HEADS = ("Step", "Mean", "10 % below", "90 % below", "Running total", "In words")
CHART = 6
"""The column in which the picture begins."""
NONE = "No bridge: make the dossier with the curves of the plan, and it leads from one to the other"


def bridge(book: Book, page: Page) -> None:
    """Write the sheet."""
    page.width(0, 26)
    page.width(5, 38)
    found = book.dossier.bridges
    row = 3
    for place, each in enumerate(found, 1):
        row = _Bridge(book, page, f"B{place:02d}", each).written(row) + 2
    page.lead(_finding(book, found[0]) if found else NONE, _subtitle(book), len(HEADS))
    page.finish(freeze=(3, 1))


def _finding(book: Book, first: Bridge) -> str:
    plan = book.plan
    moved = [step for step in first.steps if step.amount.mean]
    if not moved:
        return "The plan is the reference: no step leads from one to the other"
    most = max(moved, key=lambda step: abs(step.amount.mean))
    change = quantity(most.amount.mean, first.unit, plan.currency)
    sure = " to ".join(
        quantity(end, first.unit, plan.currency) for end in (most.amount.p10, most.amount.p90)
    )
    return f"Of the way from the reference to the plan, {most.name} is most: {change} ({sure})"


def _subtitle(book: Book) -> str:
    return (
        f"{book.plan.currency} or counts, {period(book.plan)}. Each step is paired draw by draw; "
        "brackets are worse. A step that is nothing stays, as zero."
    )


class _Bridge:
    """One bridge from its title to its end."""

    def __init__(self, book: Book, page: Page, key: str, bridge: Bridge) -> None:
        self.book, self.page, self.bridge = book, page, bridge
        self.id = Id("bridge", key, "start", bridge.metric)
        self.style = UNITS[bridge.unit]

    def written(self, row: int) -> int:
        """The row after it."""
        page, bridge = self.page, self.bridge
        unit = f", {self.book.plan.currency}" if bridge.unit == "currency" else ""
        page.text(row, 0, f"{spoken(bridge.metric).capitalize()}{unit}", "section")
        page.heads(row + 1, HEADS)
        page.text(row + 1, 5, HEADS[5], "head", "indent 1")
        start = self._row(row + 2, "start", bridge.a, "where it starts")
        running, means = start, [start]
        for place, step in enumerate(bridge.steps):
            mean = self._row(row + 3 + place, step.name, step.name, step.words)
            both = Formula(f"{running.at}+{mean.at}", running.amount + mean.amount)
            running = page.formula(row + 3 + place, 4, both, "row", self.style)
            means.append(mean)
        own = row + 3 + len(bridge.steps)
        closes = Formula(
            f"{start.at}+SUM({span(means[1], means[-1])})", sum(mean.amount for mean in means)
        )
        self._end(own, closes)
        change = less(page.at(own, 1, closes.value), start)
        page.text(own + 1, 0, "Change: better/(worse)", "row", "grey")
        page.formula(own + 1, 1, change, "row", "better", "grey")
        for column in range(2, 6):
            page.blank(own + 1, column, "row")
        self._chart(row + 1, row + 3, own - 1)
        return own + 2

    def _row(self, row: int, metric: str, name: str, words: str) -> Cell:
        page, figures = self.page, self.book.figures
        step = metric != "start"
        page.text(row, 0, name, "row", *(("indent 1",) if step else ("bold",)))
        style = "better" if step else self.style
        cells = []
        for column, statistic in enumerate(SURE, 1):
            own = figures.stated(self.id._replace(metric=metric, statistic=statistic))
            cells.append(page.formula(row, column, read(own), "row", style))
        if not step:
            page.formula(row, 4, read(cells[0]), "row", self.style)
        page.text(row, 5, words, "row", "wrap", "grey", "indent 1")
        return cells[0]

    def _end(self, row: int, closes: Formula) -> None:
        page, book = self.page, self.book
        page.text(row, 0, self.bridge.b, "sum")
        id = self.id._replace(metric="end", statistic="mean")
        cell = book.ties(id, page.formula(row, 1, closes, "sum", self.style))
        for column, statistic in enumerate(SURE[1:], 2):
            theirs = book.figures.stated(id._replace(statistic=statistic))
            page.formula(row, column, read(theirs), "sum", self.style)
        page.formula(row, 4, read(cell), "sum", self.style)
        page.text(row, 5, "where it ends", "sum", "indent 1")
        name = f"bridge of {self.bridge.metric} closes"
        theirs = book.figures.stated(id)
        book.checks.append(Check("Bridge", name, read(cell), read(theirs)))

    def _chart(self, heads: int, first: int, last: int) -> None:
        """What each step adds, from zero."""
        chart = self.book.file.add_chart({"type": "column"})
        colours = [ORANGE if step.amount.mean < 0 else BLUE for step in self.bridge.steps]
        chart.add_series(
            {
                "name": "what each step adds", "gap": 60,
                "categories": [self.page.name, first, 0, last, 0],
                "values": [self.page.name, first, 1, last, 1],
                "points": [{"fill": {"color": colour}} for colour in colours],
            }
        )  # fmt: skip
        font = {"name": FONT, "size": 8, "color": GREY}
        chart.set_legend({"none": True})
        chart.set_title({"name": "What each step adds", "overlay": False,
                         "name_font": {**font, "bold": False}})  # fmt: skip
        chart.set_x_axis({"num_font": font, "line": {"color": FAINT}, "label_position": "low",
                          "major_tick_mark": "none"})  # fmt: skip
        chart.set_y_axis({"num_font": font, "num_format": "#,##0", "line": {"none": True},
                          "major_gridlines": {"visible": True,
                          "line": {"color": LINE, "width": 0.5}}})  # fmt: skip
        chart.set_chartarea({"border": {"none": True}})
        chart.set_size({"width": 440, "height": 175})
        self.page.sheet.insert_chart(heads, CHART, chart, {"object_position": 2})
        self.page.reserve(heads, CHART + 6)
