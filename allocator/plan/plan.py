"""Plan: what is recommended, what it is expected to bring, and the proof. Ground floor.

A plan is a frozen value, written as canonical JSON and named by the SHA-256 of it. Reading one
needs neither curves nor a solver.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any

from pydantic import Field

from allocator.canonical import canonical, entries, joined
from allocator.plan.given import Given
from allocator.plan.proof import Proof
from allocator.plan.risk import Risk
from allocator.plan.simplified import Simplified
from allocator.plan.value import Value as _Value
from allocator.plan.wish import Wish

SCHEMA_VERSION = 1


class Recommendation(StrEnum):
    """Move money, or leave it where it is."""

    CHANGE = "change"
    KEEP = "keep"


class Interval(_Value):
    """A quantity over the posterior draws: its mean and quantiles, in the unit of what it is."""

    mean: float
    """average over the draws"""
    p05: float
    """5 % of the draws lie below"""
    p10: float
    """10 % lie below"""
    p50: float
    """the median"""
    p90: float
    """90 % lie below"""
    p95: float
    """95 % lie below"""


class Money(_Value):
    """Spend and what it brings: a line, a channel or a whole plan."""

    spend: float
    """over the window, currency"""
    kpis: dict[str, Interval]
    """incremental outcome per KPI, KPI units"""
    roas: dict[str, Interval | None]
    """per KPI in currency: ratio of means, quantiles of the per-draw ratio; None if no spend"""
    cac: dict[str, Interval | None]
    """per KPI counted: spend per unit, likewise; None if no spend"""


class Extrapolated(_Value):
    """How far a line goes beyond its history."""

    times: float
    """its largest week over the largest week of the history"""
    share_of_gain: float | None
    """its part of what lines gain on the scaled reference: 0 to 1; null where none gains"""


class LinePlan(_Value):
    """One line of the plan."""

    line: str
    """`channel`, or `channel/campaign`; with `@geo` where it is bought by region"""
    channel: str
    """its channel"""
    campaign: str | None
    """its campaign; null where the channel is not divided into campaigns"""
    geo: str | None = None
    """its region; null where it is bought for all of them; no such key in a plan without regions"""
    labels: dict[str, str] = Field(default_factory=dict)
    """what else it is called by, such as audience; no such key where the curves carry no labels"""
    total: float
    """recommended over the window, currency"""
    spend: tuple[float, ...]
    """per week, currency, whole cents"""
    reference: float
    """total of the reference as spent, currency"""
    reference_scaled: float
    """total of the reference scaled to the budget, currency"""
    kpis: dict[str, Interval]
    """incremental outcome per KPI, KPI units"""
    difference: dict[str, Interval]
    """outcome less that of the scaled reference, paired by draw"""
    roas: dict[str, Interval | None]
    """as in totals"""
    cac: dict[str, Interval | None]
    """as in totals"""
    marginal_roas: dict[str, float | None]
    """KPI in currency from the next unit of spend, mean over draws; None where unbounded"""
    binding: tuple[str, ...]
    """ids of the rules that hold this line where it is"""
    beyond_observed: bool
    """some week is above anything in the history; not said where no data stand behind any of it"""
    extrapolation: Extrapolated | None = None
    """only where some week is above 1.2 times the largest of the history"""
    prior_driven: bool
    """without history, or paid by result: its response is what was believed beforehand"""


class Sum(Money):
    """Several lines together, against the reference."""

    reference: float
    """total of the reference as spent, currency"""
    reference_scaled: float
    """total of the reference scaled to the budget, currency"""
    difference: dict[str, Interval]
    """outcome less that of the scaled reference, paired by draw, KPI units"""


class ChannelPlan(Sum):
    """A channel: the sum of its lines."""

    channel: str
    """name of the channel"""


class CampaignPlan(Sum):
    """A campaign: the sum of its regions."""

    channel: str
    """name of its channel"""
    campaign: str
    """name of the campaign"""


class GeoPlan(Sum):
    """A region: the sum of the lines bought in it."""

    geo: str | None
    """name of the region; null for what is bought for all of them together"""


class Total(Money):
    """A whole plan, with its value in terms of the objective."""

    objective: Interval
    """value of the objective, in its unit"""
    baseline: dict[str, Interval] = Field(default_factory=dict)
    """KPI -> what is expected without media over the window; no such key where the curves carry no
    baseline forecast of it"""
    total: dict[str, Interval] = Field(default_factory=dict)
    """KPI -> baseline and incremental outcome together, as they would be observed: quantiles with
    the noise of single weeks; likewise"""


class Difference(_Value):
    """The plan less another, paired by draw."""

    spend: float
    """currency"""
    kpis: dict[str, Interval]
    """incremental outcome per KPI, KPI units"""
    objective: Interval
    """value of the objective, in its unit"""
    probability_better: float
    """share of draws in which the plan's objective is above the other's"""


class Differences(_Value):
    """The plan against the reference as spent, and scaled to the budget."""

    reference: Difference
    """against the reference as spent"""
    reference_scaled: Difference
    """against the reference scaled to the budget"""


class Totals(_Value):
    """The plan, and what it is compared with."""

    plan: Total
    """the recommended plan"""
    reference: Total
    """the reference as spent"""
    reference_scaled: Total
    """the reference scaled to the budget, its proportions kept"""
    difference: Differences


class Constraint(_Value):
    """One limit of one rule, as it stands in the plan."""

    id: str
    """id of the rule in the scenario, or `budget`"""
    part: str
    """the line of an `each` rule, or the lines together"""
    side: str
    """`min` or `max`"""
    words: str
    """the limit as a person says it"""
    limit: float
    """the limit, in `unit`"""
    value: float | None
    """None where the rule does not apply: a ratio of what spends nothing"""
    slack: float | None
    """room left, in `unit`; 0 at the limit, below 0 where it is broken"""
    unit: str
    """`currency`, `share` or `ratio`"""
    binding: bool
    """it holds the plan where it is"""
    reason: str | None
    """why the rule is there, as the scenario says"""
    owner: str | None
    """who can change it, as the scenario says"""
    probability: float | None = None
    """share of the draws in which it holds; no such key where none is asked for"""
    price: float | None = None
    """of a soft rule, what one unit short costs, objective units; no such key for hard ones"""


class ScenarioRef(_Value):
    """The question: everything needed to ask it again, besides the curves."""

    id: str
    """id of the scenario"""
    title: str
    """its title"""
    digest: str
    """SHA-256 of its resolved form"""
    resolved: dict[str, Any]
    """the scenario with every default filled in, plain numbers"""


class CurvesRef(_Value):
    """The curves: where they were (from the plan's folder) and what they held."""

    path: str
    """from the plan's folder"""
    digest: str
    """SHA-256 over what the curves hold"""
    kind: str
    """`parametric` (from a fit) or `tabulated` (imported)"""


class Health(_Value):
    """The fit's health card, and the reason if it was overridden."""

    verdict: str
    """of the whole card"""
    checks: tuple[dict[str, Any], ...]
    """each check with its number, limit and sentence"""
    accepted: str | None
    """why an unhealthy fit was used; null where it is healthy"""


class PeriodRef(_Value):
    """The planned weeks: first and last day, and every week's label."""

    start: str
    """first day"""
    end: str
    """last day"""
    weeks: tuple[str, ...]
    """ISO week in which each week begins"""


class Goal(_Value):
    """What is maximised, in numbers: Σ worth · scale · outcome + spend · money."""

    worth: dict[str, float]
    """KPI -> what one more of it adds to the objective"""
    spend: float
    """what one more unit of money spent adds: −1 where it is paid from profit"""
    said_by: str
    """who says the worth: `scenario`, `curves` (the model's own margin or value), `clv`"""
    scale: dict[str, float]
    """line -> what its outcome counts; 1 where it is not named"""
    discount: float | None
    """interest a year, a fraction; null where later money counts as much"""
    met: float | None
    """share of draws in which the target is reached or the average return earned; null without"""
    total: bool = False
    """the target is of all that is sold, baseline included; no such key where it is not"""


class Plan(_Value):
    """A recommended allocation with its proof."""

    schema_version: int
    """version of this format"""
    digest: str
    """SHA-256 of the canonical JSON without this key"""
    scenario: ScenarioRef
    curves: CurvesRef
    health: Health
    currency: str
    """of every amount"""
    period: PeriodRef
    objective: str
    """what is maximised: a KPI, profit, value, weighted (several KPIs), or what the budget is for:
    least_spend, most_spend, efficient_spend"""
    goal: Goal | None = None
    """the same in numbers; no such key in older plans"""
    units: dict[str, str]
    """KPI -> `currency` or `count`"""
    recommendation: Recommendation
    """move money, or leave it as in the reference"""
    lines: tuple[LinePlan, ...]
    channels: tuple[ChannelPlan, ...]
    campaigns: tuple[CampaignPlan, ...] = ()
    """only in a plan by region; elsewhere a campaign is a line"""
    geos: tuple[GeoPlan, ...] = ()
    """only in a plan by region: every line is in exactly one entry"""
    totals: Totals
    constraints: tuple[Constraint, ...]
    certificate: Proof
    risk: Risk | None = None
    """only where draws or models do not count alike"""
    alternatives: tuple[CurvesRef, ...] = ()
    """other curves on which the plan is judged; no such key where there are none"""
    simplified: Simplified | None = None
    """only of a plan made with few changes"""
    wish: Wish | None = None
    """only of a plan with amounts fixed by hand"""
    given: Given | None = None
    """only of a plan that was evaluated, and only where some split keeps the rules"""
    warnings: tuple[str, ...]
    """what a reader must know, in words"""
    solver: dict[str, str]
    """which solvers found and proved it"""
    versions: dict[str, str]
    """of every library that took part"""
    seed: int
    """of everything random"""

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, one form for every number, a newline at the end."""
        return canonical(self.model_dump(mode="json"))


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON without its own digest."""
    bare = {key: value for key, value in document.items() if key != "digest"}
    return hashlib.sha256(canonical(bare).encode()).hexdigest()


def sealed(document: dict[str, Any]) -> Plan:
    """The plan with this content and its digest."""
    return sealed_text(document)[0]


def sealed_text(document: dict[str, Any]) -> tuple[Plan, str]:
    """The same, and its ``to_json``, whose parts the digest has been taken of already."""
    texts = entries({key: value for key, value in document.items() if key != "digest"})
    digest = hashlib.sha256(joined(texts).encode()).hexdigest()
    plan = Plan.model_validate({**document, "digest": digest})
    return plan, joined({**texts, "digest": f'"{digest}"'})
