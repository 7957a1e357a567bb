"""Comparison: several plans over one index. Ground floor, no solver.

The plans are joined outwards over (level, line, period, metric, unit): what a plan does not have
shows as null, never as zero. The first plan is what the others are compared with. Differences are
paired: the same draw of the same curves on both sides.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from allocator.canonical import canonical
from allocator.findings.bridge import Bridge
from allocator.plan import Interval
from allocator.plan.value import Value

SCHEMA_VERSION = 1

Kind = Literal[
    "budget", "price", "constraint", "model", "objective", "period", "reference", "flighting",
    "engine", "other",
]  # fmt: skip


class Compared(Value):
    """One of the plans."""

    name: str
    """what it is called here: its scenario's id, with a letter where two have the same"""
    file: str
    """where it was read"""
    digest: str
    """of the plan"""
    scenario: str
    """id of its scenario"""
    title: str
    """title of its scenario"""
    curves: str
    """digest of its curves"""
    model: str
    """the first plan with the same curves, by name"""
    status: str
    """what is proven about it"""
    gap: float
    """distance to its bound, fraction of the incremental outcome"""
    objective: str
    """what it maximises"""
    unit: str
    """of its objective: `currency` or `count`"""
    currency: str
    """of its own amounts"""
    exchange: str
    """rate, date and source by which they were converted; empty where they were not"""
    start: str
    """first day"""
    end: str
    """last day"""
    spend: float
    """in all, in the comparison's currency"""
    breaks: tuple[str, ...]
    """ids of the rules of its own scenario that it breaks"""


class Reading(Value):
    """A value of a plan: money that is decided has no interval."""

    mean: float
    """the amount, or the mean over the draws; of a ratio the ratio of means"""
    p10: float | None
    """10 % of the draws are below; null for money that is decided"""
    p90: float | None
    """90 % are below"""


class Change(Value):
    """A plan less the first."""

    mean: float
    p10: float | None
    p50: float | None
    p90: float | None
    above: float | None
    """share of draws in which it is above the first's; null for money that is decided"""


class Figure(Value):
    """One row of the index, with every plan's value and what it changes."""

    model: str
    """the plan on whose curves it is read; a plan on the same curves is read in its own weeks"""
    level: Literal["plan", "channel", "line"]
    line: str
    """the line or channel; `all` for the whole plan"""
    channel: str
    """its channel; `all` for the whole plan"""
    calendar: Literal["all", "month", "week", "after"]
    """`after`: what comes once the period is over"""
    period: str
    """`all`, a month, a week, or `after`"""
    metric: str
    """`spend`, a KPI, `roas KPI`, `cac KPI` or `objective`"""
    unit: str
    """`currency`, `count` or `ratio`"""
    values: tuple[Reading | None, ...]
    """one a plan, in their order; null where the plan has no such line or figure"""
    changes: tuple[Change | None, ...]
    """likewise, against the first plan; null for the first"""


class Judged(Value):
    """One plan in the eyes of another: on its curves, with its goal and its rules."""

    judge: str
    """the plan whose curves, goal and rules they are"""
    plan: str
    value: Interval | None
    """the judge's objective; null where the judge's curves do not know the plan's lines"""
    regret: float | None
    """how much less, on average, than the best of the compared plans"""
    hindsight: float | None
    """how much less than the best of them in every draw, on average: what knowing would be worth"""
    best: float | None
    """share of draws in which it is the best of them"""
    breaks: tuple[str, ...]
    """ids of the judge's rules that it breaks"""
    why: str
    """why there is no value; empty where there is one"""


class Judge(Value):
    """Who judges."""

    name: str
    curves: str
    """digest of the curves"""
    objective: str
    unit: str


class Cause(Value):
    """Something in what was asked that is not the same in two plans."""

    a: str
    b: str
    kind: Kind
    path: str
    """where in the scenario"""
    words: str
    """what changed, as a person says it"""


class Comparison(Value):
    """Plans side by side."""

    schema_version: int
    digest: str
    """SHA-256 of the canonical JSON without this key"""
    currency: str
    """of every amount: that of the first plan"""
    aligned: bool
    """the plans are about different weeks, laid side by side on request"""
    units: dict[str, str]
    """KPI -> `currency` or `count`, of all plans"""
    plans: tuple[Compared, ...]
    figures: tuple[Figure, ...]
    judges: tuple[Judge, ...]
    judged: tuple[Judged, ...]
    bridges: tuple[Bridge, ...]
    """from the first plan to each other: the objective where they have one, then each KPI"""
    causes: tuple[Cause, ...]
    """from the first plan to each other"""
    notes: tuple[str, ...]
    """what could not be compared, and why"""

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, one form for every number, a newline at the end."""
        return canonical(self.model_dump(mode="json"))

    def figure(self, level: str, line: str, metric: str, *, period: str = "all") -> Figure:
        """One row, of the first model. Raises KeyError where there is none."""
        for found in self.figures:
            same = (found.level, found.line, found.metric, found.period)
            if same == (level, line, metric, period):
                return found
        raise KeyError((level, line, metric, period))


def sealed_comparison(document: dict[str, Any]) -> Comparison:
    """The comparison with this content and its digest."""
    bare = {key: value for key, value in document.items() if key != "digest"}
    digest = hashlib.sha256(canonical(bare).encode()).hexdigest()
    return Comparison.model_validate({**bare, "digest": digest})
