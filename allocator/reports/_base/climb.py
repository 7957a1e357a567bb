"""What more or less money, and more or less risk, would bring: drawn from the dossier."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from allocator.findings.dossier import Dossier, FrontierPoint, RiskPoint
from allocator.plan import Plan
from allocator.reports._base.frontier import Chart, Mark, chart
from allocator.reports._base.names import spoken
from allocator.reports._base.numbers import chance, estimate, money, quantity, whole
from allocator.reports._base.paper_facts import unit_of, worth

NAMED = ("bold", "balanced", "careful")
SIDES = {"bold": "left", "balanced": "above"}  # more caution is right and below
CENT = 0.005
NOTHING = 1e-9  # of a value: what floats leave of no difference


@dataclass(frozen=True)
class Climb:
    """A finding, its drawing, and the same as rows: their heads first."""

    title: str
    drawing: Markup
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    own: int | None
    """which row is this plan"""


def budgets(plan: Plan, dossier: Dossier) -> Climb | None:
    """The best plan at every budget; None where fewer than two are known."""
    known = [point for point in dossier.frontier if point.mean is not None]
    if len(known) < 2:
        return None
    own = min(known, key=lambda point: abs(point.budget - plan.totals.plan.spend))
    title = _money_title(plan, known, own)
    here = (plan.totals.plan.spend, plan.totals.plan.objective.mean)
    marks = [Mark(here, "this plan", "planned", "below")]
    drawing = chart(
        Chart(
            line=[(point.budget, point.mean or 0.0) for point in known],
            band=[(p.budget, p.p10 or 0.0, p.p90 or 0.0) for p in known],
            marks=marks,
            across=f"budget, {plan.currency}",
            up=f"{spoken(plan.objective)}, 80 % sure",
            from_zero=False,
        ),
        title,
    )
    heads = (f"Budget, {plan.currency}", spoken(plan.objective), "80 % sure",
             f"Last {plan.currency} 1 on the way there")  # fmt: skip
    rows = tuple(_step(plan, point) for point in dossier.frontier)
    return Climb(title, drawing, heads, rows, dossier.frontier.index(own))


def _step(plan: Plan, point: FrontierPoint) -> tuple[str, ...]:
    if point.mean is None or point.p10 is None or point.p90 is None:
        return (whole(point.budget), "no plan keeps the rules", "–", "–")
    last = "–" if point.next_unit is None else estimate(point.next_unit)
    mean, ends = point.mean, (point.p10, point.p90)
    if abs(point.budget - plan.totals.plan.spend) < CENT:  # this plan, found again in less time
        own = plan.totals.plan.objective
        mean, ends = own.mean, (own.p10, own.p90)
    low, high = (_said(plan, end) for end in ends)
    return whole(point.budget), _said(plan, mean), f"{low} to {high}", last


def _money_title(plan: Plan, known: list[FrontierPoint], own: FrontierPoint) -> str:
    above = next((point for point in known if point.budget > own.budget), None)
    if above is None or above.mean is None or own.mean is None:
        return "No plan keeps the rules with more money"
    size, more = above.budget - own.budget, above.mean - own.mean
    verb = "add" if more >= 0 else "cost"
    return f"{money(size, plan.currency)} more would {verb} {worth(plan, abs(more))}"


def rungs(plan: Plan, dossier: Dossier) -> Climb | None:
    """From careful to bold; None where fewer than two are known."""
    found = dossier.ladder
    if len(found) < 2:
        return None
    title = _risk_title(plan, found)
    marks = [Mark((0.0, 0.0), "reference", "reference"), *map(_mark, found)]
    drawing = chart(
        Chart(
            line=[(point.worst, point.mean) for point in found],
            band=(),
            marks=marks,
            across="gain in the worst fifth of outcomes",
            up="expected gain",
        ),
        title,
    )
    heads = ("Caution", "Expected gain", "In the worst fifth", "Chance of a gain",
             f"Money moved, {plan.currency}")  # fmt: skip
    rows = tuple(
        (point.name, _said(plan, point.mean), _said(plan, point.worst), chance(point.better),
         whole(point.moved))
        for point in found
    )  # fmt: skip
    current = next((place for place, point in enumerate(found) if point.current), None)
    return Climb(title, drawing, heads, rows, current)


def _mark(point: RiskPoint) -> Mark:
    word = point.name if point.name in NAMED else ""
    if point.current:
        word = f"{word}, this plan" if word else "this plan"
    look = "planned" if point.current else "rung"
    return Mark((point.worst, point.mean), word, look, SIDES.get(point.name, "right"))


def _risk_title(plan: Plan, found: tuple[RiskPoint, ...]) -> str:
    bold = max(found, key=lambda point: point.mean)
    careful = max(found, key=lambda point: point.worst)
    cost, saved = bold.mean - careful.mean, careful.worst - bold.worst
    if saved <= NOTHING * abs(bold.mean):
        gain = worth(plan, bold.mean)
        return f"Caution changes nothing here: bold or careful, the expected gain is {gain}"
    return (
        f"Careful instead of bold gives up {worth(plan, max(cost, 0.0))} and makes the worst "
        f"fifth of outcomes {_said(plan, saved)} better"
    )


def _said(plan: Plan, value: float) -> str:
    return quantity(value, unit_of(plan), plan.currency)
