"""Judged: who would regret which plan. Asked: what was asked otherwise."""

from __future__ import annotations

from allocator.findings.comparison import Judged
from allocator.reports._base.names import spoken
from allocator.reports.workbook._base.page import Page
from allocator.reports.workbook._base.styles import UNITS
from allocator.reports.workbook.compared.told import ComparedBook

JUDGED = ("Judge", "Its goal", "Plan", "Mean", "10 % below", "90 % below", "Regret", "Hindsight",
          "Best in", "Breaks")  # fmt: skip
ASKED = ("From", "To", "Kind", "Where", "What is not the same")


def judged(book: ComparedBook, page: Page) -> None:
    """Every plan on the curves, goal and rules of every other."""
    page.heads(3, JUDGED, words=3)
    page.text(3, 9, JUDGED[9], "head", "indent 1")
    for column, width in ((0, 24), (1, 18), (2, 24), (9, 40)):
        page.width(column, width)
    goals = {judge.name: judge for judge in book.comparison.judges}
    for row, entry in enumerate(book.comparison.judged, 4):
        judge = goals[entry.judge]
        for column, text in enumerate((entry.judge, spoken(judge.objective), entry.plan)):
            page.text(row, column, text, "row", "wrap")
        _figures(page, row, entry, UNITS.get(judge.unit, "money"))
        breaks = entry.why or ", ".join(entry.breaks) or "no rule"
        page.text(row, 9, breaks, "row", "wrap", "indent 1")
    page.lead(
        "Every plan in the eyes of every other: its curves, its goal and its rules",
        "Regret is what it has less than the best of these plans on average; hindsight what it has "
        "less than the best of them in every draw.",
        len(JUDGED),
    )
    page.finish(freeze=(4, 0), heads=3)


def _figures(page: Page, row: int, entry: Judged, style: str) -> None:
    value = entry.value
    ends = (None,) * 3 if value is None else (value.mean, value.p10, value.p90)
    said = [(figure, style) for figure in (*ends, entry.regret, entry.hindsight)]
    for column, (figure, look) in enumerate([*said, (entry.best, "share")], 3):
        if figure is None:
            page.blank(row, column, "row")
        else:
            page.number(row, column, figure, "row", look)


def asked(book: ComparedBook, page: Page) -> None:
    """What explains a difference: other money, prices, rules, curves."""
    page.heads(3, ASKED, words=len(ASKED))
    for column, width in enumerate((22, 22, 12, 30, 70)):
        page.width(column, width)
    causes = book.comparison.causes
    for row, cause in enumerate(causes, 4):
        for column, text in enumerate((cause.a, cause.b, cause.kind, cause.path, cause.words)):
            page.text(row, column, text, "row", "wrap")
    few = ("All ask the same", "One thing was asked otherwise")
    many = f"{len(causes)} things were asked otherwise"
    finding = few[len(causes)] if len(causes) < len(few) else many
    page.lead(finding, "From the first plan to each other.", len(ASKED))
    page.finish(freeze=(4, 0), heads=3)
