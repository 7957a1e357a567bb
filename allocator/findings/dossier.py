"""Dossier: everything that documents show beyond the plan itself. Ground floor, no solver.

The planner's page, the finance workbook and the director's page print figures of one plan and one
dossier and compute none of their own, so that they cannot differ. It is a frozen value like the
plan: canonical JSON, named by the SHA-256 of it, bound to the plan's digest.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import Field

from allocator.canonical import canonical
from allocator.findings.bridge import Bridge
from allocator.plan import Interval
from allocator.plan.value import Value

SCHEMA_VERSION = 1


class Alternative(Value):
    """Another plan for the same money that was not chosen."""

    name: Literal["unconstrained", "next_best", "simplest"]
    """`unconstrained` (no rule but the budget), `next_best` (the best plan that differs in more
    than noise), `simplest` (few changes)"""
    words: str
    """what it is; why it was not chosen, ``short`` and the rules it breaks say"""
    spend: dict[str, float]
    """line -> total, currency"""
    money: float
    """in all, currency"""
    objective: Interval
    """value of the objective, in its unit"""
    gain: Interval
    """on the reference scaled to the budget, paired by draw"""
    short: Interval
    """the recommended plan's objective less this one's, paired by draw"""
    moved: float
    """money on other lines than in the recommended plan, currency"""
    gap: float | None
    """distance to its bound, fraction of the incremental outcome; null where none was asked for"""


class Price(Value):
    """What a rule that binds costs."""

    rule: str
    """its id"""
    words: str
    """what easing it would bring, as a person says it"""
    cost: float
    """objective without the rule less with it, objective units"""
    each: float | None
    """per unit of the limit, confirmed by solving again; null where it has no price"""
    unit: str
    """of the limit: `currency`, `share` or `ratio`"""
    valid_for: float | None
    """how far the limit may move at that price, in its unit"""
    confirmed: bool
    """solved again with the limit moved, and the price was right"""


class FrontierPoint(Value):
    """The best plan at one budget."""

    budget: float
    """currency"""
    mean: float | None
    """of the objective over the draws; null where no plan keeps the rules"""
    p10: float | None
    """10 % of the draws are below"""
    p90: float | None
    """90 % are below"""
    next_unit: float | None
    """what the last unit of money on the way here added, objective units per currency"""


class RiskPoint(Value):
    """The best plan at one weight of bad draws."""

    name: str
    """`bold`, `balanced`, `careful` or between"""
    mean: float
    """gain on the scaled reference, objective units"""
    worst: float
    """mean of the worst draws of that gain"""
    better: float
    """share of draws with a gain"""
    moved: float
    """money on other lines than in the reference, currency"""
    current: bool
    """the scenario's own"""


class Statement(Value):
    """A row of the profit and loss."""

    name: Literal[
        "baseline", "incremental", "total", "cost_of_goods", "margin", "media", "fees", "taxes",
        "contribution",
    ]  # fmt: skip
    """total = baseline + incremental; margin = total − cost of goods, of what is incremental alone
    where nobody says the baseline; contribution = margin − media − fees − taxes"""
    reference: float | None
    """with the reference as spent, currency; null where nobody says it: baseline and total without
    a ledger, what follows from the margin without one"""
    plan: float | None
    """with the plan; the mean over the draws where it is an outcome"""
    ledger: float | None = None
    """what the ledger says for the reference's weeks, where one is given"""


class Phased(Value):
    """Money of a line in one period of one calendar, currency, whole cents."""

    calendar: Literal["month", "quarter", "445"]
    """calendar month, fiscal quarter, period of 4, 4 and 5 weeks"""
    period: str
    """its label: `2027-01`, `2027-Q1` or `FY2027-Q1`, `P1`"""
    start: str
    """its first planned day; its first day where it only has payments"""
    end: str
    """its last planned day, likewise"""
    line: str
    accrual: float
    """net media in the days it runs"""
    gross: float
    """net with agency fee and tax on it, in the days it runs"""
    cash: float
    """gross, in the period in which it is paid"""
    committed: float
    """of the accrual, what a commitment or a lock has already decided"""


class Account(Value):
    """What finance books a line under; from `data/lines.csv`."""

    line: str
    cost_centre: str | None = None
    gl_code: str | None = None
    supplier: str | None = None
    purchase_order: str | None = None
    fee: float = 0.0
    """agency fee on net media, a fraction"""
    tax: float = 0.0
    """tax on net media and fee, a fraction"""
    days_to_pay: int = 0
    """days from the end of the month in which it ran to the payment"""
    source: str = ""
    """file:line"""


class Assumption(Value):
    """A value the answer stands on, and who says so."""

    path: str
    """where in the scenario: `economics.margin`"""
    value: str
    """as written"""
    file: str
    """the file it is written in; empty for a default"""
    line: int
    """its line; 0 for a default"""
    note: str
    """`file`, `default`, `policy`, `--set` or `variant …`"""
    source: str | None = None
    """what the planner names as its source"""


class Waiting(Value):
    """What a later decision costs: while nobody decides, money is spent as in the reference."""

    weeks: int
    """how much later"""
    cost: Interval
    """objective units, paired by draw"""


class BackTest(Value):
    """How far off the model was on weeks it had not seen."""

    kpi: str
    error: float | None
    """mean absolute error, a fraction of what came (MAPE)"""
    coverage: float | None
    """share of those weeks inside their 90 % interval"""
    words: str
    """the finding in a sentence"""


class Promise(Value):
    """What an earlier plan promised, and what came."""

    plan: str
    """its digest"""
    title: str
    start: str
    """first day it planned"""
    end: str
    """last day"""
    promised: Interval
    """of the KPI below, incremental"""
    kpi: str
    came: float | None
    """the latest curves' estimate for what was spent; null where those weeks are not in the data"""
    words: str


class Risk(Value):
    """How sure, in money."""

    gain: Interval
    """on the scaled reference, objective units, paired by draw"""
    better: float
    """share of draws with a gain"""
    target: float | None
    """share of draws in which the scenario's target is reached; null where it has none"""
    at_risk: float
    """how far the mean of the worst tenth of the draws of the gain is below zero, objective
    units; 0 where even that is a gain"""


class Check(Value):
    """Two figures that must agree."""

    name: str
    left: float
    right: float
    tolerance: float
    holds: bool


class Drawn(Value):
    """A line's response curve, as pages draw it."""

    line: str
    channel: str
    kpi: str
    unit: str
    totals: tuple[float, ...]
    """of the line over the window, currency"""
    p10: tuple[float, ...]
    p50: tuple[float, ...]
    p90: tuple[float, ...]
    """KPI units, one per total"""
    mean: tuple[float, ...] = ()
    """over the draws, likewise"""
    next_unit: tuple[float | None, ...] = ()
    """what the next unit of money brings there, mean over the draws, KPI units per currency; null
    where unbounded"""
    reference: float
    planned: float
    unconstrained: float | None
    observed: float | None
    """the largest total the history holds in as many weeks"""


class Dossier(Value):
    """What the documents of one plan show beside it."""

    schema_version: int
    digest: str
    """SHA-256 of the canonical JSON without this key"""
    plan: str
    """digest of the plan"""
    made_on: str
    """day, ISO 8601, as told at the edge"""
    made_by: str
    """who ran it, as told; empty where nobody was named"""
    alternatives: tuple[Alternative, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    """from the reference as spent to the plan: the objective, then each KPI"""
    prices: tuple[Price, ...] = ()
    frontier: tuple[FrontierPoint, ...] = ()
    ladder: tuple[RiskPoint, ...] = ()
    statements: tuple[Statement, ...] = ()
    """the profit and loss, in the order of their names; empty where no KPI is money"""
    statement_kpi: str | None = None
    """the KPI it is about"""
    margin: float | None = None
    """contribution margin it used, a fraction"""
    phasing: tuple[Phased, ...] = ()
    fiscal_start: int = 1
    """month in which the fiscal year of its quarters begins, 1 to 12"""
    accounts: tuple[Account, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    waiting: Waiting | None = None
    back_test: BackTest | None = None
    promise: Promise | None = None
    risk: Risk
    stale: tuple[str, ...] = ()
    """why the plan no longer answers today's question; empty while it does"""
    checks: tuple[Check, ...] = ()
    curves: tuple[Drawn, ...] = Field(default=())

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, one form for every number, a newline at the end."""
        return canonical(self.model_dump(mode="json"))


def sealed_dossier(document: dict[str, Any]) -> Dossier:
    """The dossier with this content and its digest, its keys in the order of its file."""
    bare = {key: value for key, value in document.items() if key != "digest"}
    digest = hashlib.sha256(canonical(bare).encode()).hexdigest()
    return Dossier.model_validate(json.loads(canonical({**bare, "digest": digest})))
