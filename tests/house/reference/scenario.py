"""docs/reference/scenario.md"""

from __future__ import annotations

import inspect

from allocator.constraints import Rule
from allocator.objectives import OBJECTIVES
from allocator.scenario.file_form import ScenarioFile

from .objects import objects, section
from .scenario_book import BOOK
from .words import prose, table

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
