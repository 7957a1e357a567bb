"""What the objects of a scenario file are called in its reference, with an example of each."""

from __future__ import annotations

from allocator.constraints import (
    ActiveRule,
    AfterRule,
    AtMostRule,
    CacRule,
    CommitmentRule,
    FrequencyRule,
    ImpressionsRule,
    KpiRule,
    LinearRule,
    MarginalCacRule,
    MarginalRoasRule,
    PhasingRule,
    RatioRule,
    ReserveRule,
    RoasRule,
    RoundToRule,
    ShareRule,
    SpendRule,
    StepsRule,
    TableRule,
)
from allocator.constraints.kpi import KpiLimit
from allocator.constraints.phasing import PeriodBudget
from allocator.quantities import (
    AS_WRITTEN,
    Count,
    Money,
    Number,
    PositiveMoney,
    Probability,
    Ratio,
    Seconds,
    Share,
    SignedShare,
)
from allocator.scenario import (
    Actuals,
    Budget,
    Constraint,
    Economics,
    Extrapolation,
    Floor,
    ObjectiveChoice,
    Period,
    Reference,
    Run,
    Target,
)
from allocator.scenario.file_form import Fragment, ScenarioFile
from allocator.scenario.schema.assumption import Assumption, Factor, Margin, PriceChange
from allocator.scenario.schema.audience import AudienceChoice, ReachChoice
from allocator.scenario.schema.constraint import Slug, Soft
from allocator.scenario.schema.context import ContextTable
from allocator.scenario.schema.extrapolation import Times
from allocator.scenario.schema.flighting import Flighting, Locked
from allocator.scenario.schema.goal import Goal
from allocator.scenario.schema.named_reference import NamedReference
from allocator.scenario.schema.objective import Caution
from allocator.scenario.schema.plan_choice import UntilStart
from allocator.scenario.schema.scenario_id import ScenarioId
from allocator.selectors import Selectors
from allocator.weeks import Week, WeekOrDay, Weeks

from .objects import Book

SMALLEST = """
schema_version: 1
id: 2027-q1-base
title: Q1 2027 base case
curves: ../data/sample/curves.nc
period: {start: 2027-W01, weeks: 13}
currency: EUR
reference: {actuals: {start: 2026-W01, weeks: 13}}
budget: {exactly: 2.0M}
objective: {maximise: revenue}
"""

BOOK = Book(
    entries={
        ScenarioFile: ("The file", SMALLEST),
        Period: ("`period`", "period: {start: 2027-W01, weeks: 13}"),
        Reference: (
            "`reference`",
            "reference: {actuals: {start: 2026-W01, weeks: 13}, scale_to: 2.0M}",
        ),
        NamedReference: (
            "`references.NAME`",
            "references:\n  last-summer: {actuals: {start: 2026-W01, weeks: 13}, scale_to: 1.9M}",
        ),
        Actuals: (
            "`reference.actuals`",
            "reference:\n  actuals: {start: 2026-W01, weeks: 13}",
        ),
        Budget: ("`budget`", "budget: {at_most: 2.4M, basis: net_media}"),
        Target: ("`budget.least_for`", "budget: {least_for: {kpi: revenue, at_least: 6.0M}}"),
        Floor: ("`budget.most_with`", "budget: {most_with: {kpi: revenue, marginal_roas: 1.5}}"),
        ObjectiveChoice: ("`objective`", "objective: {maximise: profit}"),
        Caution: (
            "`objective.caution`",
            "objective: {maximise: profit, caution: {cvar: 20%, weight: 30%}}",
        ),
        Soft: (
            "`constraints.soft`",
            "constraints:\n  - {id: tv-cap, each: [tv], spend: {max: 500k}, soft: {price: 0.2}}",
        ),
        Economics: ("`economics`", "economics: {margin: 35%, value_of: {new_customers: 180}}"),
        UntilStart: (
            "`until_start`",
            "until_start: {plan: approved/2027-q1-base.json, other_weeks: same_weeks_last_year}",
        ),
        Assumption: (
            "`assumptions`",
            "assumptions:\n"
            "  - {id: airtime, lines: [tv], cost_per_unit: +6%, source: rate card 2027-01}\n"
            "  - {id: freight, margin: 34%, source: controlling 2027-01-14}",
        ),
        Extrapolation: ("`extrapolation`", "extrapolation: {allow: [video], up_to: 3x}"),
        Constraint: (
            "`constraints`",
            "constraints:\n"
            "  - id: tv-commitment\n"
            "    together: [tv]\n"
            "    spend: {min: 240k}\n"
            "    reason: airtime is booked for the year\n"
            "    owner: media",
        ),
        Run: ("`run`", "run: {seed: 20270104, gap: 0.1%, time_limit: 60s}"),
        SpendRule: (
            "`spend`",
            "constraints:\n"
            "  - id: moves\n"
            "    each: all\n"
            "    spend: {from: reference, between: [-30%, +30%], new_lines: exempt}",
        ),
        ShareRule: (
            "`share`",
            "constraints:\n"
            "  - id: digital-cap\n"
            "    together: [search, social, video]\n"
            "    share: {max: 70%}",
        ),
        RatioRule: (
            "`ratio`",
            "constraints:\n"
            "  - id: search-follows-tv\n"
            "    together: [search]\n"
            "    ratio: {to: [tv], min: 0.3, max: 1.5}",
        ),
        ReserveRule: (
            "`reserve`",
            "constraints:\n"
            "  - id: learn\n"
            "    together: all\n"
            "    reserve: {min_share: 3%}\n"
            "    reason: a new line is learnt of only where it is bought",
        ),
        RoasRule: (
            "`roas`",
            "constraints:\n"
            "  - id: roas-floor\n"
            "    together: all\n"
            "    roas: {kpi: revenue, min: 1.5}",
        ),
        MarginalRoasRule: (
            "`marginal_roas`",
            "constraints:\n"
            "  - id: no-waste\n"
            "    each: all\n"
            "    marginal_roas: {kpi: revenue, min: 1.1}",
        ),
        MarginalCacRule: (
            "`marginal_cac`",
            "constraints:\n"
            "  - id: last-customer\n"
            "    together: [search, social]\n"
            "    marginal_cac: {kpi: new_customers, max: 120}",
        ),
        KpiRule: (
            "`kpi`",
            "constraints:\n"
            "  - id: capacity\n"
            "    together: all\n"
            "    kpi: {new_customers: {max: 1200, per: week}}\n"
            "    reason: what sales can call in a week",
        ),
        KpiLimit: (
            "`kpi.NAME`",
            "constraints:\n"
            "  - id: stock\n"
            "    together: all\n"
            "    kpi:\n"
            "      revenue: {max: 9.0M, probability: 90%}\n"
            "      new_customers: {min: 5k}",
        ),
        LinearRule: (
            "`linear`",
            "constraints:\n"
            "  - id: studio-hours\n"
            "    together: all\n"
            "    linear: {spend: {tv: 0.002, social: 0.01}, max: 900}\n"
            "    reason: hours of the studio for each euro",
        ),
        CacRule: (
            "`cac`",
            "constraints:\n"
            "  - id: cac-cap\n"
            "    together: [search, social]\n"
            "    cac: {kpi: new_customers, max: 90}",
        ),
        RoundToRule: (
            "`round_to`",
            "constraints:\n  - {id: thousands, each: all, round_to: {step: 1k}}",
        ),
        ActiveRule: (
            "`active`",
            "constraints:\n  - id: ooh-smallest-buy\n    each: [ooh]\n    active: {min: 20k}",
        ),
        AtMostRule: (
            "`at_most`",
            "constraints:\n  - {id: few, together: all, at_most: {lines: 6}}\n",
        ),
        AfterRule: (
            "`after`",
            "constraints:\n"
            "  - {id: brand-first, each: [ooh], after: {lines: [search/brand], spend: 150k}}\n",
        ),
        CommitmentRule: (
            "`commitment`",
            "constraints:\n"
            "  - id: airtime\n"
            "    each: [tv]\n"
            "    commitment: {weeks: [2027-W02, 2027-W03], min: 20k}\n",
        ),
        PhasingRule: (
            "`phasing`",
            "constraints:\n  - {id: months, together: all, phasing: {per: month, max: 700k}}\n",
        ),
        PeriodBudget: (
            "`phasing.budgets`",
            "constraints:\n"
            "  - id: months\n"
            "    together: all\n"
            "    phasing: {per: month, budgets: {2027-01: 600k, 2027-02: {max: 500k}}}",
        ),
        StepsRule: (
            "`steps`",
            "constraints:\n  - {id: calm, each: [tv], steps: {between: [-20%, +20%]}}\n",
        ),
        FrequencyRule: (
            "`frequency`",
            "constraints:\n  - {id: often, audience: adults, frequency: {max: 6, per: week}}\n",
        ),
        ImpressionsRule: (
            "`impressions`",
            "constraints:\n  - {id: inventory, each: [video], impressions: {max: 90M}}\n",
        ),
        TableRule: (
            "`table`",
            "constraints:\n  - {id: limits, table: 2027-q2-limits.csv, reason: frame contracts}",
        ),
        Flighting: (
            "`flighting`",
            "flighting:\n"
            "  form: steady\n"
            "  profile: flat\n"
            "  dark: {tv: 2027-W07, all: {from: 2027-W12, to: 2027-W13}}",
        ),
        Locked: (
            "`flighting.locked`",
            "flighting: {form: weekly, locked: {until: 2027-W02, spend: spent.csv}}",
        ),
        ContextTable: (
            "`context`",
            "context: {prices: prices-q1.csv, promotions: promotions-q1.csv}",
        ),
        AudienceChoice: (
            "`audiences`",
            "audiences:\n"
            "  adults:\n"
            "    people: 12M\n"
            "    lines: [tv, video]\n"
            "    reach: {family: nbd, shape: 0.8}\n"
            "    cost_per_thousand: {tv: 14, video: 9}",
        ),
        ReachChoice: (
            "`audiences.reach`",
            "audiences:\n"
            "  adults:\n"
            "    people: 12M\n"
            "    lines: [tv]\n"
            "    reach: {family: beta_binomial, chances: 8, overlap: 0.3}\n"
            "    cost_per_thousand: {tv: 14}",
        ),
    },
    aliases=(
        (Money, "money"),
        (PositiveMoney, "money above 0"),
        (Share, "percentage"),
        (SignedShare, "signed percentage"),
        (Seconds, "seconds"),
        (Ratio, "number above 0"),
        (Number, "signed number"),
        (Probability, "percentage above 0"),
        (Slug, "id"),
        (ScenarioId, "id"),
        (Fragment, "part of a scenario"),
        (Selectors, "list of lines, or `all`"),
        (Goal, "KPI, `profit`, `value`, or weights of KPIs"),
        (Times, "multiple"),
        (Factor, "change"),
        (PriceChange, "change, or number above 0"),
        (Margin, "percentage above 0"),
        (WeekOrDay, "week or day"),
        (Week, "week"),
        (Weeks, "week, list of weeks, or range"),
        (Count, "number"),
    ),
    context=AS_WRITTEN,
)
