"""Cover: what this is, from what it was made, by whom and when; the settings; the legend."""

from __future__ import annotations

from allocator.reports._base.assumptions import day, period
from allocator.reports._base.headline import headline
from allocator.reports._base.names import spoken
from allocator.reports._base.order import kpis
from allocator.reports.workbook._base.book import Book
from allocator.reports.workbook._base.figures import Id
from allocator.reports.workbook._base.formula import product
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook._base.settings import settings

CONTENTS = (
    ("Summary", "the finding, the money, where it moves, what to doubt"),
    ("Compare", "channel ▸ campaign: reference, plan, better/(worse), and each month"),
    ("Bridge", "from the reference to the plan: volume, price, mix, efficiency, interaction"),
    ("P&L", "baseline, incremental, margin, media, fees, taxes, contribution"),
    ("Phasing", "net, gross, cash, committed and free, by month, fiscal quarter and 4-4-5"),
    ("Constraints", "each rule: limit, used, slack, price, owner, reason"),
    ("Assumptions", "each value the answer stands on, its source, and a column to edit"),
    ("Risk", "how sure, what it costs to be surer, what other plans bring"),
    ("Checks", "what ties to what: all must be TRUE"),
    ("Data", "every figure, one row each; all other sheets read it"),
)
LEGEND = (
    ("better/(worse)", "against the reference; brackets are worse: more cost, or less outcome"),
    ("reference", "what the plan is compared with, as it was spent"),
    ("reference, scaled", "the reference with every amount multiplied, to the plan's budget"),
    ("10 % below, 90 % below", "of the model's draws; 8 in 10 are between the two"),
    ("grey change", "smaller than the materiality above"),
    ("tinted cell", "may be edited; everything else is computed or was written by the engine"),
    ("– or empty", "absent: nothing is known, which is not zero"),
)


def cover(book: Book, page: Page) -> int:
    """Write the sheet. Its settings are named cells that formulas of every sheet use.

    Returns the row in which the state of the checks belongs.
    """
    page.width(0, 24)
    page.width(1, 42)
    page.width(2, 72)
    row = checked = _facts(book, page, 3)
    row = _settings(book, page, row + 2)
    row = _listed(page, row + 1, "Sheets", CONTENTS)
    _listed(page, row + 1, "Legend", LEGEND)
    page.lead(book.plan.scenario.title, headline(book.plan).sentence, 3)
    page.finish(freeze=(2, 0), pages=1)
    return checked


def _stated(book: Book) -> tuple[tuple[str, str, str], ...]:
    plan, dossier = book.plan, book.dossier
    proof = plan.certificate
    gap = f"gap {proof.gap_of_outcome:.2%} of the outcome, asked {proof.asked:.2%}"
    who = dossier.made_by or "nobody is named"
    return (
        ("Period", period(plan), ""),
        ("Currency", plan.currency, "of every amount; none was converted"),
        ("Made", day(dossier.made_on), f"by {who}"),
        ("Proof", str(proof.status), gap),
        ("Model's health", plan.health.verdict, plan.health.accepted or ""),
        ("Current", "stale" if dossier.stale else "yes", "; ".join(dossier.stale)),
        ("Plan", plan.digest[:16], plan.digest),
        ("Scenario", plan.scenario.id, plan.scenario.digest),
        ("Curves", plan.curves.path, plan.curves.digest),
        ("Dossier", dossier.digest[:16], dossier.digest),
    )


def _facts(book: Book, page: Page, row: int) -> int:
    for name, short, long in _stated(book):
        page.text(row, 0, name, "row", "bold")
        page.text(row, 1, short, "row", "wrap")
        cell = page.text(row, 2, long, "row", "wrap", "grey", "indent 1")
        if name in ("Plan", "Scenario", "Curves", "Dossier"):
            book.name(f"{name.lower()}_digest", cell)
        row += 1
    return row


def _settings(book: Book, page: Page, row: int) -> int:
    row = settings(book, page, row)
    for place, metric in enumerate(("spend", *kpis(book.plan))):
        row += 1
        name = "materiality" if metric == "spend" else f"materiality_{place}"
        whole = book.figures.stated(
            Id("total", "", metric, "plan", "amount" if metric == "spend" else "mean")
        )
        page.text(row, 0, name, "row", "bold")
        formula = product(book.cells["materiality_share"], whole)
        named = book.name(name, page.formula(row, 1, formula, "row", "edit", "money"))
        book.cells[f"materiality {metric}"] = named
        words = f"changes of {spoken(metric)} below it are grey"
        page.text(row, 2, words, "row", "wrap", "grey", "indent 1")
    return row + 1


def _listed(page: Page, row: int, title: str, entries: tuple[tuple[str, str], ...]) -> int:
    page.text(row, 0, title, "section")
    for name, words in entries:
        row += 1
        page.text(row, 0, name, "row", "bold")
        page.text(row, 1, words, "row")
        page.blank(row, 2, "row")
    return row + 1
