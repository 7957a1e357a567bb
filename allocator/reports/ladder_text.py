"""A ladder on the terminal: two sentences, two tables."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.findings.rungs import Ladder
from allocator.reports._base import numbers
from allocator.reports._base.names import clean, spoken
from allocator.reports.ladder import amount, money_words, risk_words

_ASCII = str.maketrans({numbers.NBSP: " ", numbers.THIN: " ", numbers.MINUS: "-"})


def ladder_tables(ladder: Ladder) -> RenderableType:
    """What ``allocator ladder`` prints; fits 100 columns."""
    return Group(
        Text(_plain(risk_words(ladder)), style="bold"),
        Text(_plain(money_words(ladder))),
        Text(),
        _rungs(ladder),
        _steps(ladder),
    )


def _plain(text: str) -> str:
    return clean(text).translate(_ASCII)


def _table(*heads: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, head in enumerate(heads):
        table.add_column(_plain(head), justify="left" if place == 0 else "right")
    return table


def _rungs(ladder: Ladder) -> Table:
    table = _table(
        "rung", "expected gain", "80 % sure", f"worst {ladder.tail:.0%}", "chance", "money moved"
    )
    for rung in ladder.rungs:
        ends = f"{amount(ladder, rung.p10)} to {amount(ladder, rung.p90)}"
        cells = (
            f"{rung.name} *" if rung.current else rung.name,
            amount(ladder, rung.mean),
            ends,
            amount(ladder, rung.worst),
            numbers.chance(rung.better),
            numbers.whole(rung.moved),
        )
        table.add_row(*map(_plain, cells))
    table.caption = "* as the scenario asks; gains on the reference scaled to the budget"
    return table


def _steps(ladder: Ladder) -> Table:
    table = _table(
        f"budget {ladder.currency}", "of the scenario's", spoken(ladder.objective), "80 % sure",
        "each further unit",
    )  # fmt: skip
    for step in ladder.steps:
        cells = [numbers.whole(step.budget), numbers.percent(step.share)]
        if step.mean is None or step.p10 is None or step.p90 is None:
            cells += ["no plan keeps the rules", "", ""]
        else:
            ends = f"{amount(ladder, step.p10)} to {amount(ladder, step.p90)}"
            rate = "" if step.next_unit is None else numbers.estimate(step.next_unit)
            cells += [amount(ladder, step.mean), ends, rate]
        table.add_row(*map(_plain, cells))
    return table
