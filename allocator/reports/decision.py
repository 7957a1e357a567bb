"""A plan for whoever decides on it: read in one minute, as values and drawings. No HTML of its own.

The words and the rounding are those of the planner's page and of the one-pager.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from allocator.plan import Constraint, Interval, LinePlan, Plan
from allocator.reports._base import numbers
from allocator.reports._base.assumptions import basis, period
from allocator.reports._base.binding import BEYOND, BUDGET, Binding, binding, measured
from allocator.reports._base.cautions import Caution, cautions, checked, health_word, proof
from allocator.reports._base.gain import gains
from allocator.reports._base.headline import Headline, headline, odds
from allocator.reports._base.moves import drawing, moves
from allocator.reports._base.names import spoken
from allocator.reports._base.numbers import SURE
from allocator.reports._base.order import groups, kpis
from allocator.reports._base.sought import shown
from allocator.reports._base.tags import line_tags


@dataclass(frozen=True)
class Figure:
    """One of the three figures, with what stands beneath it."""

    name: str
    value: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A line of the plan: money in whole units, what it changes, what that is expected to bring."""

    line: str
    tags: tuple[str, ...]
    reference: str
    planned: str
    moved: str
    relative: str
    gain: str
    ends: str


@dataclass(frozen=True)
class Limit:
    """A limit of a rule: what it asks, and what the plan has."""

    rule: str
    part: str
    words: str
    value: str
    binds: bool


@dataclass(frozen=True)
class Check:
    """One check of the model's health."""

    name: str
    verdict: str
    value: str
    limit: str
    words: str


@dataclass(frozen=True)
class Picture:
    """A drawing with its title."""

    title: str
    drawing: Markup
    rest: str = ""


@dataclass(frozen=True)
class Brief:
    """All that a decision needs.

    gains: the gain over what the plan is compared with, with its interval
    proof: how far it can be from the best there is, and what that says
    """

    period: str
    currency: str
    basis: str
    headline: Headline
    figures: tuple[Figure, ...]
    gains: tuple[Picture, ...]
    moves: Picture
    proof: tuple[str, str]
    health: str
    accepted: str
    checks: tuple[Check, ...]
    cautions: tuple[Caution, ...]
    rows: tuple[Row, ...]
    total: Row
    gained: str
    binding: tuple[Binding, ...]
    limits: tuple[Limit, ...]


def brief(plan: Plan) -> Brief:
    """What whoever decides on the plan must see."""
    return Brief(
        period=period(plan),
        currency=plan.currency,
        basis=basis(plan),
        headline=headline(plan),
        figures=_figures(plan),
        gains=tuple(Picture(f"Gain on {name}", drawn) for name, drawn in gains(plan)),
        moves=_moves(plan),
        proof=proof(plan),
        health=health_word(plan),
        accepted=plan.health.accepted or "",
        checks=tuple(map(_check, plan.health.checks)),
        cautions=cautions(plan),
        rows=tuple(_row(plan, line) for group in groups(plan) for line in group.lines),
        total=_total(plan),
        gained=f"{spoken(_kpi(plan))} gained",
        binding=binding(plan),
        limits=tuple(_limit(one) for one in plan.constraints if one.id not in (BUDGET, BEYOND)),
    )


def _figures(plan: Plan) -> tuple[Figure, ...]:
    what, totals, chances = shown(plan), plan.totals, odds(plan)

    def said(value: float) -> str:
        return numbers.quantity(value, what.unit, plan.currency)

    found = what.of(totals.plan)
    spend = numbers.money(totals.plan.spend, plan.currency)
    before = f"reference: {numbers.money(totals.reference.spend, plan.currency)}"
    ends = f"{SURE}: {said(found.p10)} to {said(found.p90)}"
    return (
        Figure("Spend", spend, (before,)),
        Figure(f"Expected {what.name}, incremental", said(found.mean), (ends,)),
        Figure(f"Chance of {chances.of}", chances.figure, chances.notes),
    )


def _moves(plan: Plan) -> Picture:
    found = moves(plan)
    look = {"ink": "currentColor", "quiet": "currentColor", "font": "inherit"}
    picture = drawing(found, plan.currency, **look) if found.rows else Markup("")
    return Picture(found.title, picture, found.rest)


def _kpi(plan: Plan) -> str:
    """The KPI in which a line's gain is told."""
    return shown(plan).kpi or kpis(plan)[0]


def _row(plan: Plan, line: LinePlan) -> Row:
    gain = line.difference[_kpi(plan)]
    return _written(line.line, line_tags(line), (line.reference, line.total), gain)


def _total(plan: Plan) -> Row:
    totals = plan.totals
    gain = totals.difference.reference_scaled.kpis[_kpi(plan)]
    return _written("Total", (), (totals.reference.spend, totals.plan.spend), gain)


def _written(name: str, tags: tuple[str, ...], spends: tuple[float, float], gain: Interval) -> Row:
    """spends: of the reference and of the plan."""
    reference, planned = spends
    return Row(
        name, tags, numbers.whole(reference), numbers.whole(planned),
        numbers.whole(planned - reference, signed=True), numbers.change(planned, reference),
        numbers.estimate(gain.mean, signed=True), _ends(gain.p10, gain.p90),
    )  # fmt: skip


def _ends(low: float, high: float) -> str:
    if low == high:
        return ""
    return f"{numbers.compact(low, signed=True)} to {numbers.compact(high, signed=True)}"


def _check(one: Mapping[str, object]) -> Check:
    name, verdict, limit, words = (
        str(one.get(key, "")) for key in ("name", "verdict", "limit", "sentence")
    )
    return Check(name, verdict, checked(one.get("value")), limit, words)


def _limit(one: Constraint) -> Limit:
    return Limit(one.id, one.part, one.words, measured(one.value, one.unit), one.binding)
