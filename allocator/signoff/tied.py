"""Whether a plan's own figures agree: who must sign is decided by them, and a seal is soon set.

Weeks add up to their line, lines to channels, campaigns, regions and the whole, in whole cents; of
the plan and of its reference. What a line brings, its health and its proof are the author's word
until ``allocator verify`` has made them again.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence

from allocator.canonical import resolved_digest
from allocator.plan import LinePlan, Plan, Sum
from mmm.errors import Fault

MOST = 1e13  # as far as a float has every cent

Total = tuple[str, float, Sequence[float], str]
"""Where it stands, what is said there, of what it is the sum, and what those are."""


def untied(plan: Plan) -> list[Fault]:
    """What does not agree, each with its place."""
    odd = [
        _fault(place, f"{amount:,}", f"an amount from 0 to {MOST:,.0f}")
        for place, amount in _amounts(plan)
        if not 0 <= amount <= MOST
    ]
    return [*_refs(plan), *(odd or [*_names(plan), *_sums(plan), *_outcomes(plan)])]


def _amounts(plan: Plan) -> Iterator[tuple[str, float]]:
    for line in plan.lines:
        yield from ((f"lines.{line.line}.spend", week) for week in line.spend)
        yield f"lines.{line.line}.total", line.total
        yield f"lines.{line.line}.reference", line.reference
        yield f"lines.{line.line}.reference_scaled", line.reference_scaled
    for place, one, _ in _groups(plan):
        yield f"{place}.spend", one.spend
        yield f"{place}.reference", one.reference
        yield f"{place}.reference_scaled", one.reference_scaled
    yield "totals.plan.spend", plan.totals.plan.spend
    yield "totals.reference.spend", plan.totals.reference.spend
    yield "totals.reference_scaled.spend", plan.totals.reference_scaled.spend


def _groups(plan: Plan) -> Iterator[tuple[str, Sum, list[LinePlan]]]:
    """Where it stands, what is said there, and the lines in it."""
    for channel in plan.channels:
        own = [line for line in plan.lines if line.channel == channel.channel]
        yield f"channels.{channel.channel}", channel, own
    for one in plan.campaigns:
        both = one.channel, one.campaign
        own = [line for line in plan.lines if (line.channel, line.campaign) == both]
        yield f"campaigns.{one.channel}/{one.campaign}", one, own
    for region in plan.geos:
        own = [line for line in plan.lines if line.geo == region.geo]
        yield f"geos.{region.geo}", region, own


def _names(plan: Plan) -> Iterator[Fault]:
    """Every line once, and every channel of a line, once: nothing hides behind another."""
    lines = [line.line for line in plan.lines]
    channels = [channel.channel for channel in plan.channels]
    for place, names in (("lines", lines), ("channels", channels)):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield _fault(f"{place}.{name}", "it more than once", "it once")
    for name in sorted({line.channel for line in plan.lines} ^ set(channels)):
        yield _fault(f"channels.{name}", "it in lines or channels alone", "it in both, or neither")


def _sums(plan: Plan) -> Iterator[Fault]:
    for place, said, parts, what in _totals(plan):
        if _cents(said) != sum(map(_cents, parts)):
            expected = f"{math.fsum(parts):,.2f}, the sum of its {what}"
            yield _fault(place, f"{said:,.2f}", expected, "hand in the plan as it was made")


def _totals(plan: Plan) -> Iterator[Total]:
    for line in plan.lines:
        if line.spend:
            yield f"lines.{line.line}.total", line.total, line.spend, "weeks"
    for place, one, own in _groups(plan):
        yield f"{place}.spend", one.spend, [line.total for line in own], "lines"
        yield f"{place}.reference", one.reference, [line.reference for line in own], "lines"
    both = plan.totals.plan.spend, plan.totals.reference.spend
    yield "totals.plan.spend", both[0], [line.total for line in plan.lines], "lines"
    yield "totals.reference.spend", both[1], [line.reference for line in plan.lines], "lines"


def _outcomes(plan: Plan) -> Iterator[Fault]:
    """Each KPI stands with each line and with the whole: a page can show what it asks to sign."""
    wanted = ", ".join(sorted(plan.units)) or "the plan's KPIs"
    gained = plan.totals.difference.reference_scaled.kpis
    said = [("totals.plan.kpis", plan.totals.plan.kpis), ("totals.difference", gained)]
    said += [(f"lines.{line.line}.difference", line.difference) for line in plan.lines]
    for place, kpis in said:
        if not plan.units or kpis.keys() != plan.units.keys():
            yield _fault(place, ", ".join(sorted(kpis)) or "nothing", wanted)


def _refs(plan: Plan) -> Iterator[Fault]:
    """Its scenario is the one that it names; days and names are what they are called: lists are
    sorted by them, and the clock ends a plan by its last day."""
    if resolved_digest(plan.scenario.resolved) != plan.scenario.digest:
        found = "a digest that is not that of the scenario in the plan"
        yield _fault("scenario.digest", found, "the plan as it was made")
    first, last = plan.period.start, plan.period.end
    if not (_is_day(first) and _is_day(last) and first <= last):
        yield _fault("period", f"{first[:20]} to {last[:20]}", "two days, such as 2027-01-04")
    for place, text, form, expected in (
        ("currency", plan.currency, "[A-Z]{3}", "three capital letters, such as EUR"),
        ("curves.digest", plan.curves.digest, "[0-9a-f]{64}", "64 hexadecimal digits"),
        ("scenario.id", plan.scenario.id, ".{1,200}", "a name of 1 to 200 characters"),
    ):
        if re.fullmatch(form, text) is None:
            yield _fault(place, repr(text[:70]), expected)


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _cents(amount: float) -> int:
    return round(amount * 100)


def _fault(place: str, found: str, expected: str, fix: str = "") -> Fault:
    return Fault("plan.json", 0, 0, place, found, expected, fix)
