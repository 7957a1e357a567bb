"""What a plan is, as far as it decides who must sign it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from allocator.plan import Plan, Status
from mmm.card import Verdict

CONCEPTS = ("concept", "creative")
"""Labels of a line that name what it shows."""


class Flag(StrEnum):
    """What makes a plan exceptional."""

    UNHEALTHY = "unhealthy"
    """the fit fails its health card, and a reason was accepted"""
    EXTRAPOLATION = "extrapolation"
    """a line goes beyond 1.2 times what was ever spent on it"""
    PRIOR_DRIVEN = "prior driven"
    """a line with money has a response that was believed, not learnt"""
    NOT_PROVEN = "not proven"
    """the plan may be further from the best than asked"""
    NEW_CHANNEL = "new channel"
    """money on a channel that had none in the last approved plan"""
    NEW_CAMPAIGN = "new campaign"
    """the same of a campaign"""
    NEW_CONCEPT = "new concept"
    """the same of a creative concept, by the label `concept` or `creative` of its lines"""


LAUNCHES = frozenset({Flag.NEW_CHANNEL, Flag.NEW_CAMPAIGN, Flag.NEW_CONCEPT})
STATED = frozenset(Flag) - LAUNCHES
"""What the plan says of itself, whatever ran before it."""


@dataclass(frozen=True)
class PlanFacts:
    """Of one plan, against the last approved one of its market.

    amount: spend, currency
    change: max(Σ increases, Σ decreases) of lines against the last approved plan, over the larger
            of both totals: 0 for the same plan, 1 for a wholly other one; None without one
    """

    market: str
    currency: str
    amount: float
    change: float | None
    flags: frozenset[Flag]


def facts_of(plan: Plan, market: str, before: Plan | None) -> PlanFacts:
    """The facts of ``plan``; ``before`` is the last plan approved in its market, if any.

    Without one the reference as spent stands for what ran before: nobody launches unseen because
    nothing was ever signed here.
    """
    flags = stated_flags(plan) | _launches(plan, before)
    return PlanFacts(
        market, plan.currency, plan.totals.plan.spend, _change(plan, before), frozenset(flags)
    )


def stated_flags(plan: Plan) -> set[Flag]:
    """What makes a plan exceptional by its own figures."""
    flags = set()
    if plan.health.verdict == Verdict.FAIL:
        flags.add(Flag.UNHEALTHY)
    if any(line.extrapolation is not None for line in plan.lines):
        flags.add(Flag.EXTRAPOLATION)
    if any(line.prior_driven and line.total > 0 for line in plan.lines):
        flags.add(Flag.PRIOR_DRIVEN)
    if plan.certificate.status is not Status.PROVEN:
        flags.add(Flag.NOT_PROVEN)
    return flags


def _launches(plan: Plan, before: Plan | None) -> set[Flag]:
    if before is None:
        ran = [line for line in plan.lines if line.reference > 0]
    else:
        ran = [line for line in before.lines if line.total > 0]
    runs = [line for line in plan.lines if line.total > 0]
    known = {line.channel for line in ran}, {line.line for line in ran}
    shown = {line.labels[key] for line in ran for key in CONCEPTS if key in line.labels}
    found = set()
    for line in runs:
        if line.channel not in known[0]:
            found.add(Flag.NEW_CHANNEL)
        elif line.line not in known[1]:
            found.add(Flag.NEW_CAMPAIGN)
        if any(line.labels[key] not in shown for key in CONCEPTS if key in line.labels):
            found.add(Flag.NEW_CONCEPT)
    return found


def _change(plan: Plan, before: Plan | None) -> float | None:
    if before is None:
        return None
    now = {line.line: line.total for line in plan.lines}
    then = {line.line: line.total for line in before.lines}
    moved = [now.get(name, 0.0) - then.get(name, 0.0) for name in {*now, *then}]
    larger = max(sum(now.values()), sum(then.values()))
    if larger == 0:
        return 0.0
    return max(sum(max(m, 0.0) for m in moved), sum(max(-m, 0.0) for m in moved)) / larger
