"""Risk: how sure the gain is, what it costs to be surer, and what other plans bring."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.reports._base.assumptions import period
from allocator.reports._base.headline import odds
from allocator.reports._base.names import spoken
from allocator.reports._base.order import kpis
from allocator.reports.workbook._base.book import Book, Check
from allocator.reports.workbook._base.figures import QUANTILES, Id
from allocator.reports.workbook._base.formula import read
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook._base.styles import UNITS

QUANTITIES = ("", "Mean", "5 % below", "10 % below", "Median", "90 % below", "95 % below")
WIDTH = 10


def risk(book: Book, page: Page) -> None:
    """Write the sheet."""
    page.width(0, 46)
    page.width(9, 52)
    writer = _Tables(book, page)
    writer.quantiles()
    writer.chances()
    writer.alternatives()
    writer.ladder()
    writer.frontier()
    writer.promised()
    said = odds(book.plan)
    finding = f"Chance of {said.of}: {said.figure} ({', '.join(said.notes)})"
    page.lead(finding, _subtitle(book), WIDTH)
    page.finish(freeze=(3, 1), pages=1)


def _subtitle(book: Book) -> str:
    return (
        f"{book.plan.currency} or counts, {period(book.plan)}. Over the draws of the model, gains "
        "paired draw by draw with the reference scaled to the budget. P10, P50 and P90 are the "
        "columns 10 % below, median and 90 % below."
    )


class _Tables:
    """Tables below each other; ``row`` is the next free one."""

    def __init__(self, book: Book, page: Page) -> None:
        self.book, self.page = book, page
        self.row = 3
        self.unit = UNITS.get(book.plan.certificate.unit, "ratio")

    def titled(self, title: str, heads: Sequence[str]) -> None:
        """A title and heads."""
        self.page.text(self.row, 0, title, "section")
        self.page.heads(self.row + 1, heads)
        self.row += 2

    def figures(self, name: str, cells: Sequence[tuple[Id, str]]) -> None:
        """A row: its name, then figures, a dash where one is absent."""
        self.page.text(self.row, 0, name, "row", "wrap")
        for column, (id, style) in enumerate(cells, 1):
            theirs = self.book.figures.cell(id)
            if theirs is None:
                self.page.text(self.row, column, "–", "row", "right")
            else:
                self.page.formula(self.row, column, read(theirs), "row", style)
        self.row += 1

    def quantiles(self) -> None:
        """The objective and each KPI with the plan, and the gain on the scaled reference."""
        plan = self.book.plan
        self.titled("How sure", QUANTITIES)
        shown = [("objective", plan.objective, self.unit)]
        shown += [(k, k, UNITS[plan.units[k]]) for k in kpis(plan) if k != plan.objective]
        for metric, called, style in shown:
            for of, words in (("plan", "plan"), ("on reference", "gain on the reference"),
                              ("on scaled", "gain on the reference, scaled")):  # fmt: skip
                look = style if of == "plan" else "better"
                ids = [(Id("total", "", metric, of, q), look) for q in QUANTILES]
                self.figures(f"{spoken(called)}: {words}", ids)
        self.row += 1
        gain = Id("risk", "", "gain", "on scaled", "mean")
        own = Id("total", "", "objective", "on scaled", "mean")
        one, other = (read(self.book.figures.stated(id)) for id in (gain, own))
        self.book.checks.append(Check("Risk", "risk: the gain is the plan's", one, other))

    def chances(self) -> None:
        """Probabilities, money at risk, what waiting costs, how far off the model was."""
        dossier = self.book.dossier
        self.titled("Chances", ("", "Figure"))
        id = Id("risk", "", "chance of more", "on scaled")
        self.figures("chance of more than the reference, scaled", [(id, "chance")])
        target = id._replace(metric="chance of target")
        goal = self.book.plan.goal
        what = ", a total with the baseline" if goal is not None and goal.total else ""
        self.figures(f"chance of the scenario's target{what}", [(target, "chance")])
        bad = id._replace(metric="at risk")
        self.figures("at risk: the worst tenth, below nothing", [(bad, self.unit)])
        if dossier.waiting is not None:
            late = Id("risk", "", "waiting", "later", "mean")
            weeks = f"cost of deciding {dossier.waiting.weeks} weeks later"
            self.figures(weeks, [(late, self.unit)])
        test = Id("back-test", "", "error", "model")
        self.figures("back-test: mean error", [(test, "share")])
        inside = test._replace(metric="coverage")
        self.figures("back-test: weeks inside their 90 % interval", [(inside, "share")])
        rules = self.book.plan.risk.rules if self.book.plan.risk else ()
        for place, rule in enumerate(rules, 1):
            held = Id("odds", f"O{place:03d}", "holds in", rule.side)
            self.figures(f"{rule.id}, {rule.part}: holds in", [(held, "share")])
        self.row += 1

    def alternatives(self) -> None:
        """Plans that were not chosen."""
        found = self.book.dossier.alternatives
        if not found:
            return
        heads = ("Not chosen", "Spend", "Moved", "Gain", "10 % below", "90 % below",
                 "Less than the plan", "10 % below", "90 % below")  # fmt: skip
        self.titled("Plans that were not chosen", heads)
        for place, other in enumerate(found, 1):
            id = Id("alternative", f"A{place:02d}", "spend", other.name)
            gain = id._replace(metric="gain")
            short = id._replace(metric="short")
            cells = [(id, "money"), (id._replace(metric="moved"), "money")]
            for own in (gain, short):
                look = "better" if own.metric == "gain" else self.unit
                cells += [(own._replace(statistic=q), look) for q in ("mean", "p10", "p90")]
            name = other.name.replace("_", " ")
            self.figures(name, cells)
            self.page.text(self.row - 1, 9, other.words, "row", "grey", "wrap", "indent 1")
        self.row += 1

    def ladder(self) -> None:
        """From bold to careful."""
        if not self.book.dossier.ladder:
            return
        heads = ("Caution", "Gain, mean", "Worst draws", "Chance of gain", "Moved")
        self.titled("What it costs to be surer", heads)
        for place, rung in enumerate(self.book.dossier.ladder, 1):
            id = Id("ladder", f"S{place:02d}", "mean", "gain")
            styles = (("mean", "better"), ("worst", "better"), ("better", "chance"),
                      ("moved", "money"))  # fmt: skip
            name = f"{rung.name} (the scenario's)" if rung.current else rung.name
            self.figures(name, [(id._replace(metric=m), style) for m, style in styles])
        self.row += 1

    def frontier(self) -> None:
        """From less money to more."""
        if not self.book.dossier.frontier:
            return
        heads = ("Best plan at", "Budget", "Mean", "10 % below", "90 % below", "Next unit adds")
        self.titled("What more or less money brings", heads)
        for place in range(1, len(self.book.dossier.frontier) + 1):
            id = Id("frontier", f"F{place:02d}", "budget", "best")
            styles = (("budget", "money"), ("mean", self.unit), ("p10", self.unit),
                      ("p90", self.unit), ("next_unit", "ratio"))  # fmt: skip
            cells = [(id._replace(metric=m), style) for m, style in styles]
            self.figures(f"budget {place}", cells)
        self.row += 1

    def promised(self) -> None:
        """What an earlier plan promised, and what came."""
        promise = self.book.dossier.promise
        if promise is None:
            return
        heads = ("Earlier plan", "Promised", "10 % below", "90 % below", "Came")
        self.titled("What the last plan promised", heads)
        id = Id("promise", "", "promised", "earlier plan")
        style = UNITS.get(self.book.plan.units.get(promise.kpi, "count"), "ratio")
        cells = [(id._replace(statistic=q), style) for q in ("mean", "p10", "p90")]
        name = f"{promise.title}, {spoken(promise.kpi)}, {promise.start} to {promise.end}"
        self.figures(name, [*cells, (id._replace(metric="came"), style)])
