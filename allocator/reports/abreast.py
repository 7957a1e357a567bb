"""Several plans abreast, from what each says of itself: no curves, so no draw of one is paired with
a draw of another. Gains are therefore those over each plan's own reference, and so are intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allocator.plan import Plan
from allocator.reports._base import numbers
from allocator.reports._base.assumptions import period
from allocator.reports._base.binding import binding
from allocator.reports._base.cautions import cautions, health_word, proof
from allocator.reports._base.headline import compared, headline, odds
from allocator.reports._base.names import listed
from allocator.reports._base.numbers import NBSP, THIN
from allocator.reports._base.sought import shown


@dataclass(frozen=True)
class Cell:
    """What a plan says, and how it differs from the first; empty where there is nothing to say."""

    value: str
    change: str = ""


@dataclass(frozen=True)
class Fact:
    """A row of facts: its name, and every plan's words."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Abreast:
    """Plans side by side; the first is what the others are compared with.

    finding: what differs most, in a sentence
    lines:   money, line by line, the largest of the first plan first
    notes:   what cannot be compared, and why
    """

    finding: str
    titles: tuple[str, ...]
    currency: str
    facts: tuple[Fact, ...]
    lines: tuple[Fact, ...]
    total: Fact
    notes: tuple[str, ...]


def abreast(plans: Sequence[Plan]) -> Abreast:
    """Two plans or more. A line that a plan does not have shows as a dash, never as zero."""
    same = len({plan.currency for plan in plans}) == 1
    titles = tuple(plan.scenario.title for plan in plans)
    return Abreast(
        finding=_finding(plans) if same else "These plans are in different currencies",
        titles=titles,
        currency=plans[0].currency if same else "each plan's own currency",
        facts=tuple(_facts(plans)),
        lines=tuple(_money(plans, name, same=same) for name in _order(plans)),
        total=_row("Total", [plan.totals.plan.spend for plan in plans], same=same),
        notes=_notes(plans),
    )


def _finding(plans: Sequence[Plan]) -> str:
    """``“Careful” spends EUR 200k less than “Base”; 4 lines differ``."""
    spend = [plan.totals.plan.spend for plan in plans]
    widest = max(range(1, len(plans)), key=lambda place: abs(spend[place] - spend[0]))
    apart = spend[widest] - spend[0]
    differing = sum(
        len({round(100 * plan_lines.get(name, 0.0)) for plan_lines in map(_spends, plans)}) > 1
        for name in _order(plans)
    )
    lines = f"{differing} line{'' if differing == 1 else 's'} differ{'s' if differing == 1 else ''}"
    if abs(apart) < 0.005:
        return f"All spend {numbers.money(spend[0], plans[0].currency)}; {lines}"
    word = "more" if apart > 0 else "less"
    other, first = (listed([plans[place].scenario.title]) for place in (widest, 0))
    size = numbers.money(abs(apart), plans[0].currency)
    return f"{other} spends {size} {word} than {first}; {lines}"


def _facts(plans: Sequence[Plan]) -> list[Fact]:
    def fact(name: str, cells: Sequence[Cell]) -> Fact:
        return Fact(name, tuple(cells))

    return [
        fact("Finding", [Cell(headline(plan).finding) for plan in plans]),
        fact("Period", [Cell(period(plan)) for plan in plans]),
        fact("Maximises", [Cell(shown(plan).name) for plan in plans]),
        fact("Gain over the reference at its budget", [_gain(plan) for plan in plans]),
        fact("Chance of more", [Cell(odds(plan).figure, odds(plan).of) for plan in plans]),
        fact("Proof", [Cell(proof(plan)[0]) for plan in plans]),
        fact("Model", [Cell(health_word(plan)) for plan in plans]),
        fact("Rules that bind", [Cell(_named([b.id for b in binding(plan)])) for plan in plans]),
        fact("Warnings", [Cell(_named([c.tag for c in cautions(plan)])) for plan in plans]),
    ]


def _named(names: Sequence[str]) -> str:
    unlike = list(dict.fromkeys(names))
    return listed(unlike, 4) if unlike else "none"


def _gain(plan: Plan) -> Cell:
    others, what = compared(plan), shown(plan)
    if not others:
        return Cell("–", "it is the reference")
    gain = what.gain(others[-1][1])
    mean, low, high = (
        numbers.quantity(value, what.unit, plan.currency)
        for value in (gain.mean, gain.p10, gain.p90)
    )
    return Cell(mean, f"80{THIN}% sure:{NBSP}{low} to {high}")


def _spends(plan: Plan) -> dict[str, float]:
    return {line.line: line.total for line in plan.lines}


def _order(plans: Sequence[Plan]) -> list[str]:
    spends = [_spends(plan) for plan in plans]
    names = dict.fromkeys(name for one in spends for name in one)
    return sorted(names, key=lambda name: (*(-one.get(name, 0.0) for one in spends), name))


def _money(plans: Sequence[Plan], name: str, *, same: bool) -> Fact:
    return _row(name, [_spends(plan).get(name) for plan in plans], same=same)


def _row(name: str, spends: Sequence[float | None], *, same: bool) -> Fact:
    first = spends[0]
    cells = []
    for place, spend in enumerate(spends):
        if spend is None:
            cells.append(Cell("–", "no such line"))
        elif place == 0 or first is None or not same:
            cells.append(Cell(numbers.whole(spend)))
        else:
            moved = numbers.whole(spend - first, signed=True)
            cells.append(Cell(numbers.whole(spend), "same" if moved == "0" else moved))
    return Fact(name, tuple(cells))


def _notes(plans: Sequence[Plan]) -> tuple[str, ...]:
    found = []
    if len({plan.currency for plan in plans}) > 1:
        found.append("The plans are in different currencies: no differences are shown.")
    if len({(plan.period.start, plan.period.end) for plan in plans}) > 1:
        found.append("The plans are about different weeks: their money is not like for like.")
    if len({plan.curves.digest for plan in plans}) > 1:
        found.append("The plans come from different models: their gains are not like for like.")
    found.append(
        "Each gain is over the plan's own reference. What one plan brings more than another, draw "
        "by draw, needs the curves: allocator compare."
    )
    return tuple(found)
