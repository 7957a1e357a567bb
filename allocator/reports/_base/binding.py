"""The rules that hold the plan where it is, one entry a rule, and all limits for the record."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.plan import Constraint, Plan
from allocator.reports._base.names import listed
from allocator.reports._base.numbers import THIN, estimate, whole

BUDGET = "budget"  # the id under which the budget stands among the limits
BEYOND = "extrapolation"  # likewise of limits beyond the history, which no scenario has to state
ROOM = ("at_most", "least_for", "most_with")  # budgets that need not be spent
_PARTS = 8  # lines named for a rule that holds many


@dataclass(frozen=True)
class Binding:
    """A rule that binds: where, what it says, why, and who can change it."""

    id: str
    words: str
    where: tuple[str, ...]
    """``at the minimum: tv/brand``"""
    reason: str
    owner: str


def binding(plan: Plan) -> tuple[Binding, ...]:
    """Binding rules in the order of the scenario; an ``each`` rule is one entry.

    A budget that is to be spent exactly is the question itself and left out.
    """
    found: dict[str, list[Constraint]] = {}
    for limit in plan.constraints:
        if limit.binding and (limit.id != BUDGET or (limit.part == "all" and _has_room(plan))):
            found.setdefault(limit.id, []).append(limit)
    return tuple(_entry(limits) for limits in found.values())


def rules(plan: Plan) -> frozenset[str]:
    """Ids of the scenario's rules."""
    return frozenset(limit.id for limit in plan.constraints if limit.id not in (BUDGET, BEYOND))


def _has_room(plan: Plan) -> bool:
    budget = plan.scenario.resolved.get("budget")
    return isinstance(budget, dict) and any(budget.get(form) for form in ROOM)


def _entry(limits: list[Constraint]) -> Binding:
    first = limits[0]
    where = []
    for side, word in (("min", "at the minimum"), ("max", "at the maximum")):
        parts = [limit.part for limit in limits if limit.side == side]
        if parts:
            where.append(f"{word}: {listed(parts, _PARTS)}")
    if first.id == BUDGET:
        return Binding(
            first.id, first.words, ("all of it is spent",), "the scenario gives no more", "–"
        )
    reason, owner = first.reason or "no reason given", first.owner or "nobody named"
    return Binding(first.id, first.words, tuple(where), reason, owner)


def measured(value: float | None, unit: str) -> str:
    """A limit or a value of a rule in its unit; a dash where the rule does not apply."""
    if value is None:
        return "–"
    if unit == "share":
        return f"{value * 100:.1f}{THIN}%"
    if unit == "currency" and abs(value) >= 1000:
        return whole(value)
    return estimate(value)
