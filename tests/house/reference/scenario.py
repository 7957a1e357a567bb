"""docs/reference/scenario.md"""

from __future__ import annotations

import inspect

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
    Rule,
    ShareRule,
    SpendRule,
    StepsRule,
    TableRule,
)
from allocator.constraints.kpi import KpiLimit
from allocator.constraints.phasing import PeriodBudget
from allocator.objectives import OBJECTIVES
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
from allocator.scenario.assumption import Assumption, Factor, Margin, PriceChange
from allocator.scenario.audience import AudienceChoice, ReachChoice
from allocator.scenario.constraint import Slug, Soft
from allocator.scenario.context import ContextTable
from allocator.scenario.extrapolation import Times
from allocator.scenario.file_form import Fragment, ScenarioFile
from allocator.scenario.flighting import Flighting, Locked
from allocator.scenario.goal import Goal
from allocator.scenario.named_reference import NamedReference
from allocator.scenario.objective import Caution
from allocator.scenario.plan_choice import UntilStart
from allocator.scenario.scenario_id import ScenarioId
from allocator.selectors import Selectors
from allocator.weeks import Week, WeekOrDay, Weeks

from .objects import Book, objects, section
from .words import prose, table

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

QUANTITIES = (
    ("money", "`240000`, `240k`, `2.0M`", "in the file's currency; no commas, signs or blanks"),
    ("percentage", "`35%`", "with its sign, from 0% to 100%"),
    ("signed percentage", "`-30%`, `+30%`", "a change, -100% or more"),
    ("seconds", "`60s`", "above 0"),
    ("multiple", "`3x`", "above 2x"),
    ("change", "`+6%`, `-10%`, `x0.9`", "with its sign, or as a factor"),
    ("signed number", "`-1.5`, `300`, `4M`", "of any sign; k and M as for money"),
    ("id", "`tv-commitment`", "small letters, digits and hyphens"),
    (
        "part of a scenario",
        "`{}`, `{budget: {exactly: 1.8M}}`",
        "keys as in the file, none required; see [scenarios](../scenarios.md)",
    ),
    ("number", "`850000`, `850k`, `12M`", "of people or impressions, above 0"),
    ("weeks", "`2027-W14`, `[2027-W14, 2027-W16]`, `{from: 2027-W14, to: 2027-W17}`", "ISO weeks"),
    ("week or day", "`2027-W14`, `2027-04-05`", "an ISO week, or the first (last) day of a week"),
    (
        "list of lines",
        "`[tv, search/brand, geo:DE]`, `all`",
        "see [which lines a rule speaks of](#which-lines-a-rule-speaks-of)",
    ),
)

HEAD = """# The scenario file

One file asks one question: how should this money be split over these weeks? It is read whole: an
unknown key, a repeated key or an unclear number is refused, with file, line and column, and all
faults come in one list. `allocator show SCENARIO.yaml --resolved` prints a file with every
default filled in. Editors complete the keys from `scenarios/schema/scenario.v1.json`.

What is *incremental* is what the plan's spend brings: the outcome with it less the outcome
without it, the effect after the last week included, with the same history and the same spend
afterwards in both. Every KPI, ROAS and CAC of a plan is of that kind, averaged over all draws of
the model.
"""


SELECTORS = (
    ("`all`", "every line of the curves"),
    ("`search`", "all campaigns of the channel, in all regions"),
    ("`search/brand`", "the campaign, in all its regions"),
    ("`search@DE`", "all campaigns of the channel in this region"),
    ("`search/brand@DE`", "one campaign in one region"),
    ("`geo:DE`", "every line bought in this region"),
    ("`audience:prospecting`", "every line with this label; so with any label of model.yaml"),
    ("`campaign:brand`", "the campaigns of this name, of whatever channel"),
)

BY_REGION = """
A line is a channel or a campaign; in curves by region, that in one region. What is bought for all
regions together is one line and in none of them: `geo:DE` does not mean it. Several selectors
mean the lines of any of them, each once. A selector that means no line is an error with the
nearest name the curves have. With `each` the rule holds for every one of these lines by itself,
with `together` for their sum:
"""

RULES_BY_REGION = """
```yaml
constraints:
  - {id: germany, together: [geo:DE], share: {max: 40%}, reason: its part of sales}
  - {id: new-people, together: [audience:prospecting], spend: {min: 90k}}
  - {id: presence, each: [search], spend: {min: 5k}, reason: seen in every region}
```
"""


def scenario_page() -> str:
    """The page."""
    sections = [
        section(model, BOOK) for model in objects(ScenarioFile) if not issubclass(model, Rule)
    ]
    rules = [_rule(model) for model in objects(ScenarioFile) if issubclass(model, Rule)]
    written = table(("type", "written", "which is"), QUANTITIES)
    return (
        f"{prose(HEAD)}\n\n## How quantities are written\n\n{written}"
        "\n## Which lines a rule speaks of\n\n"
        f"{table(('selector', 'means'), SELECTORS)}\n{prose(BY_REGION)}\n{RULES_BY_REGION}"
        + "".join(sections)
        + f"\n## What can be maximised\n\n{_objectives()}"
        + "\n## The rules\n\nA rule stands in an entry of [`constraints`](#constraints), under its "
        "own key.\n" + "".join(rules)
    )


def _rule(model: type[Rule]) -> str:
    return section(model, BOOK, level=3) + (
        f"\nApplied with {' or '.join(f'`{form}`' for form in model.forms)}.\n"
    )


def _objectives() -> str:
    written = {"kpi": "the name of a KPI of the curves"}
    return table(
        ("`maximise`", "meaning"),
        [
            [
                written.get(objective.name, f"`{objective.name}`"),
                " ".join(
                    part.replace("\n", " ")
                    for part in (prose(inspect.getdoc(objective)), _module_words(objective))
                ),
            ]
            for objective in OBJECTIVES
        ],
    )


def _module_words(objective: type) -> str:
    module = inspect.getmodule(objective)
    return f"({prose(module.__doc__ if module else '').rstrip('.')}.)"
