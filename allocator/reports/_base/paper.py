"""The director's page as words: every sentence and figure of it, once for screen and paper."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from allocator.findings.dossier import Dossier
from allocator.plan import Interval, Plan
from allocator.reports._base import numbers
from allocator.reports._base.assumptions import basis, day, period
from allocator.reports._base.cautions import proof
from allocator.reports._base.fit import breakable, cut, width
from allocator.reports._base.headline import Headline, headline, leaves_money, same_spend
from allocator.reports._base.moves import moves
from allocator.reports._base.names import spoken
from allocator.reports._base.order import kpis
from allocator.reports._base.paper_facts import (
    doubts,
    health_words,
    held,
    late,
    not_chosen,
    promised,
    risked,
    sure,
)
from allocator.reports._base.qr import code_text
from allocator.reports._base.sought import shown

SIZES = (11.0, 10.45, 9.9, 9.24, 8.47, 7.7)
"""px of the text, largest first; those of the style sheet"""
HALF, WHOLE = 560.0, 1180.0  # letters of one px in a line of half a page, of a whole one
LINE = 1.42  # px of a line for each px of its letters
ROOM = 790.0  # px for what varies


@dataclass(frozen=True)
class Row:
    """A row of the money table, as written."""

    name: str
    reference: str
    plan: str
    change: str
    interval: str


@dataclass(frozen=True)
class Block:
    """A heading and a few sentences."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """The page from top to bottom."""

    title: str
    above: str
    finding: str
    more: str
    compared: str
    rows: tuple[Row, ...]
    picture: str
    moved: int
    """rows of the picture"""
    rest: str
    sure: Block
    left: tuple[Block, ...]
    right: tuple[Block, ...]
    proof: Block
    signed: tuple[str, ...]
    code: str
    digests: tuple[str, ...]
    made_on: str
    author: str

    def document(self) -> dict[str, Any]:
        """Plain JSON values; long words may be broken."""
        made: dict[str, Any] = _breakable(asdict(self))
        return made

    @property
    def density(self) -> int:
        """How much smaller than usual the text must be to stand on one page: 0 to 5.

        Paper measures; a page cannot without a script, so that lines are counted here, each taken
        as wide as the widest of common fonts makes it.
        """
        return next((step for step, size in enumerate(SIZES) if self._height(size) <= ROOM), 5)

    def _height(self, size: float) -> float:
        """Of all that varies, in px, with text of this size."""
        half, whole, large = HALF / size, WHOLE / size, WHOLE / size / 1.75
        columns = (
            sum(1 + _lines(one.lines, half) for one in blocks) * LINE * size + 8 * len(blocks)
            for blocks in (self.left, self.right)
        )
        across = _lines((self.above, self.more, self.compared, self.rest), whole)
        across += _lines(self.sure.lines, whole) + _lines(self.proof.lines, 0.8 * whole)
        head = _lines((self.finding,), large) * 2.1
        picture = (self.moved + 1) * 19.5
        return max(columns) + (across + head) * LINE * size + picture + 6.5 + len(self.rows) * 22


def _lines(texts: Sequence[str], letters: float) -> int:
    """Lines that texts take, one after the other."""
    return sum(math.ceil(width(text) / letters) for text in texts)


def _finding(head: Headline) -> str:
    """The sentence; what it says of certainty is never what is cut."""
    if not head.interval:
        return f"{cut(head.finding, 220)}."
    return f"{cut(head.finding, 170)} ({cut(head.interval, 60)})."


def _breakable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _breakable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_breakable(item) for item in value]
    return breakable(value) if isinstance(value, str) else value


def paper(plan: Plan, dossier: Dossier) -> Paper:
    """What the page says."""
    head, found = headline(plan), moves(plan)
    by = f" · proposed by {cut(dossier.made_by, 40)}" if dossier.made_by.strip() else ""
    claim, words = proof(plan)
    return Paper(
        title=cut(plan.scenario.title, 80),
        above=f"{period(plan)} · {plan.currency}{cut(basis(plan), 20)}"
        f" · made on {day(dossier.made_on)}{by}",
        finding=_finding(head),
        more=cut(head.more, 240),
        compared=_compared(plan),
        rows=rows(plan, dossier),
        picture=found.title,
        moved=len(found.rows),
        rest=found.rest,
        sure=Block("How sure", tuple(cut(line, 260) for line in sure(plan, dossier))),
        left=(
            Block("What could go wrong", tuple(cut(line, 270) for line in doubts(plan, dossier))),
            Block("Rules that bind, and who can change them", held(plan, dossier)),
            Block("What the last plan promised", (promised(plan, dossier),)),
        ),
        right=(
            Block("Money at risk, and waiting", (risked(plan, dossier), late(plan, dossier))),
            Block("Not chosen", not_chosen(plan, dossier)),
            Block("Health of the model", (cut(health_words(plan), 240),)),
        ),
        proof=Block(claim, (cut(words, 240),)),
        signed=("Approved", "Finance"),
        code=code_text(plan, dossier),
        digests=(f"plan {plan.digest}", f"dossier {dossier.digest}"),
        made_on=dossier.made_on,
        author=cut(dossier.made_by, 40),
    )


def rows(plan: Plan, dossier: Dossier) -> tuple[Row, ...]:
    """Five at most: money, the two KPIs that matter most, what a unit of money brings, the goal."""
    totals = plan.totals
    spent = totals.difference.reference.spend
    found = [
        Row(
            f"Media spend, {plan.currency}",
            numbers.whole(totals.reference.spend),
            numbers.whole(totals.plan.spend),
            _moved(spent),
            "decided",
        )
    ]
    for kpi in kpis(plan)[:2]:
        unit = f", {plan.currency}" if plan.units[kpi] == "currency" else ""
        gain = totals.difference.reference.kpis[kpi]
        found.append(
            _estimated(f"{_start(spoken(kpi))}{unit}", totals.reference.kpis[kpi],
                       totals.plan.kpis[kpi], gain)
        )  # fmt: skip
    found += _ratio(plan)
    if plan.objective not in plan.units and shown(plan).kpi is None:
        what = shown(plan)
        unit = f", {plan.currency}" if what.unit == "currency" else ""
        gain = totals.difference.reference.objective
        found.append(
            _estimated(f"{_start(what.name)}{unit}", totals.reference.objective,
                       totals.plan.objective, gain)
        )  # fmt: skip
    return tuple(found[:5])


def _ratio(plan: Plan) -> list[Row]:
    """ROAS or CAC of the first KPI, where something is spent."""
    kpi = kpis(plan)[0]
    sides = []
    for side in (plan.totals.reference, plan.totals.plan):
        ratio = side.roas.get(kpi) or side.cac.get(kpi)
        if ratio is None:
            return []
        sides.append(ratio)
    old, new = sides
    money = plan.units[kpi] == "currency"
    name = "Return on spend (ROAS)" if money else f"Cost for one, {plan.currency} (CAC)"
    change = new.mean - old.mean
    more = numbers.estimate(change, signed=True)
    word = "better" if (change > 0) == money else "worse"
    said = f"{more} ({word})" if numbers.estimate(change) != "0" else "±0"
    interval = f"plan: {numbers.estimate(new.p10)} to {numbers.estimate(new.p90)}"
    return [Row(name, numbers.estimate(old.mean), numbers.estimate(new.mean), said, interval)]


def _estimated(name: str, old: Interval, new: Interval, gain: Interval) -> Row:
    change = numbers.estimate(gain.mean, signed=True)
    word = "better" if gain.mean > 0 else "worse"
    interval = ""
    if gain.p10 != gain.p90:
        low, high = (numbers.estimate(end, signed=True) for end in (gain.p10, gain.p90))
        interval = f"{low} to {high}"
    return Row(
        name,
        numbers.estimate(old.mean),
        numbers.estimate(new.mean),
        f"{change} ({word})" if change != "0" else "±0",
        interval,
    )


def _moved(spent: float) -> str:
    return "±0" if abs(spent) < 0.005 else numbers.whole(spent, signed=True)


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


def _compared(plan: Plan) -> str:
    """What the columns of the table are."""
    words = "Outcomes are incremental: what media bring, less what would come without."
    if not same_spend(plan):
        words += " Reference: as it was spent, at another budget."
    if leaves_money(plan):
        words += " The plan leaves a part of the budget."
    return words
