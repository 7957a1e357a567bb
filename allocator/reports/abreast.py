"""Several plans abreast, from what each says of itself: no curves, so no draw of one is paired with
a draw of another. Gains are therefore those over each plan's own reference, and so are intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from allocator.plan import Plan
from allocator.reports._base import numbers
from allocator.reports._base.assumptions import period
from allocator.reports._base.binding import binding
from allocator.reports._base.cautions import cautions, health_word, proof
from allocator.reports._base.headline import compared, headline, odds
from allocator.reports._base.names import listed, short
from allocator.reports._base.numbers import NBSP, SURE
from allocator.reports._base.rows import Cell, Row
from allocator.reports._base.sought import shown


@dataclass(frozen=True)
class Abreast:
    """Plans side by side; the first is what the others are compared with.

    finding: what differs most, in a sentence
    facts:   what else each says of itself
    lines:   money, line by line, the largest of the first plan first; beneath it what it has more
             or less than the first
    notes:   what cannot be compared, and why
    """

    finding: str
    titles: tuple[str, ...]
    currency: str
    facts: tuple[Row, ...]
    lines: tuple[Row, ...]
    total: Row
    notes: tuple[str, ...]


def abreast(plans: Sequence[Plan]) -> Abreast:
    """Two plans or more. A line that a plan does not have shows as a dash, never as zero."""
    same = len({plan.currency for plan in plans}) == 1
    lines = _lines(plans)
    return Abreast(
        finding=_finding(plans, lines) if same else "These plans are in different currencies",
        titles=tuple(plan.scenario.title for plan in plans),
        currency=plans[0].currency if same else "each plan's own currency",
        facts=tuple(_facts(plans)),
        lines=tuple(_money(name, spends, same=same) for name, spends in lines.items()),
        total=_money("Total", [plan.totals.plan.spend for plan in plans], same=same),
        notes=_notes(plans),
    )


def _lines(plans: Sequence[Plan]) -> dict[str, list[float | None]]:
    """Line -> what each plan spends on it; None where a plan does not have it."""
    spends = [{line.line: line.total for line in plan.lines} for plan in plans]
    names = dict.fromkeys(name for one in spends for name in one)
    order = sorted(names, key=lambda name: (*(-one.get(name, 0.0) for one in spends), name))
    return {name: [one.get(name) for one in spends] for name in order}


def _finding(plans: Sequence[Plan], lines: Mapping[str, Sequence[float | None]]) -> str:
    """``Careful spends EUR 200k less than Base; 4 lines differ``."""
    spend = [plan.totals.plan.spend for plan in plans]
    widest = max(range(1, len(plans)), key=lambda place: abs(spend[place] - spend[0]))
    apart = spend[widest] - spend[0]
    many = sum(len(set(map(_cents, spends))) > 1 for spends in lines.values())
    differ = "1 line differs" if many == 1 else f"{many} lines differ"
    if abs(apart) < 0.005:
        return f"All spend {numbers.money(spend[0], plans[0].currency)}; {differ}"
    word = "more" if apart > 0 else "less"
    other, first = (short(plans[place].scenario.title) for place in (widest, 0))
    size = numbers.money(abs(apart), plans[0].currency)
    return f"{other} spends {size} {word} than {first}; {differ}"


def _cents(spend: float | None) -> int | None:
    return None if spend is None else round(100 * spend)


def _facts(plans: Sequence[Plan]) -> list[Row]:
    facts: dict[str, Callable[[Plan], Cell]] = {
        "Finding": lambda plan: Cell(headline(plan).finding),
        "Period": lambda plan: Cell(period(plan)),
        "Maximises": lambda plan: Cell(shown(plan).name),
        "Gain over the reference at its budget": _gain,
        "Chance of more": lambda plan: Cell(odds(plan).figure, odds(plan).of),
        "Proof": lambda plan: Cell(proof(plan)[0]),
        "Model": lambda plan: Cell(health_word(plan)),
        "Rules that bind": lambda plan: _named(rule.id for rule in binding(plan)),
        "Warnings": lambda plan: _named(caution.tag for caution in cautions(plan)),
    }
    return [Row(name, tuple(map(said, plans))) for name, said in facts.items()]


def _named(names: Iterable[str]) -> Cell:
    return Cell(listed(list(dict.fromkeys(names)), 4))


def _gain(plan: Plan) -> Cell:
    others, what = compared(plan), shown(plan)
    if not others:
        return Cell("–", "it is the reference")
    gain = what.gain(others[-1][1])
    mean, low, high = (
        numbers.quantity(value, what.unit, plan.currency)
        for value in (gain.mean, gain.p10, gain.p90)
    )
    return Cell(mean, f"{SURE}:{NBSP}{low} to {high}")


def _money(name: str, spends: Sequence[float | None], *, same: bool) -> Row:
    """same: the plans are in one currency."""
    first = spends[0]
    cells = []
    for place, spend in enumerate(spends):
        if spend is None:
            cells.append(Cell("–", "no such line"))
        elif place == 0 or first is None or not same:
            cells.append(Cell(numbers.whole(spend)))
        else:
            cells.append(Cell(numbers.whole(spend), _moved(first, spend)))
    return Row(name, tuple(cells))


def _moved(first: float, spend: float) -> str:
    if _cents(first) == _cents(spend):
        return "same"
    moved = numbers.whole(spend - first, signed=True)
    return moved if moved != "0" else "under 1"


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
