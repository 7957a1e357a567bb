"""A scenario on the terminal: the question in one sentence, then its rules."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.assumption_words import change_words, where_words
from allocator.scenario import Reference, Scenario, resolved_form
from allocator.scenario.difference import Difference
from allocator.scenario.goal_words import goal_words, money_words
from mmm.console import console as console


def scenario_view(scenario: Scenario) -> RenderableType:
    """What ``allocator show`` prints."""
    parts: list[RenderableType] = [
        Text(f"{scenario.title} ({scenario.id})", style="bold"),
        Text(sentence(scenario)),
        _settings(scenario),
    ]
    parts.append(_rules(scenario) if scenario.constraints else Text("No rules."))
    return Group(*parts)


def sentence(scenario: Scenario) -> str:
    """The scenario's question: ``Spend exactly 2,000,000 EUR over …``."""
    rules = len(scenario.constraints)
    under = {0: "no rules", 1: "1 rule"}.get(rules, f"{rules} rules")
    return (
        f"Spend {money_words(scenario)} ({scenario.budget.basis.replace('_', ' ')}) "
        f"{_period(scenario)}{goal_words(scenario)}, under {under}."
    )


def _period(scenario: Scenario) -> str:
    period = scenario.period
    if period.weeks is not None:
        weeks = "1 week" if period.weeks == 1 else f"{period.weeks} weeks"
        return f"over {weeks} from {period.start}"
    return f"from {period.start} to {period.end}"


def _reference(reference: Reference, currency: str) -> str:
    if reference.actuals is not None:
        text = f"actual spend of {reference.actuals.weeks} weeks from {reference.actuals.start}"
    elif reference.table is not None:
        text = f"the table {reference.table} ({len(reference.rows or ())} rows)"
    elif reference.plan is not None:
        text = f"the plan {reference.plan}"
    else:
        text = "the same amount for every line"
    scaled = reference.scale_to
    return text + (f", scaled to {scaled:,.0f} {currency}" if scaled is not None else "")


def _settings(scenario: Scenario) -> Table:
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    run = scenario.run
    for name, value in (
        ("reference", _reference(scenario.reference, scenario.currency)),
        ("until the start", scenario.until_start.words),
        ("after the end", scenario.carry_out),
        ("flighting", scenario.flighting.words),
        ("curves", scenario.curves),
        ("run", f"gap {run.gap * 100:g}%, at most {run.time_limit:g} s, seed {run.seed}"),
    ):
        made.add_row(Text(name), Text(value))
    for one in resolved_form(scenario).get("assumptions", ()):
        said = f"{where_words(one)}: {change_words(one, scenario.currency)} ({one['source']})"
        made.add_row(Text(f"assumed: {one['id']}"), Text(said))
    return made


def _rules(scenario: Scenario) -> Table:
    made = Table(
        title="Rules", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for head in ("rule", "lines", "limit", "why", "owner"):
        made.add_column(head, overflow="fold")
    for entry in scenario.constraints:
        limit = f"{entry.rule.key}: {entry.rule.words(scenario.currency)}"
        name = entry.id if entry.source is None else f"{entry.id} ({entry.source})"
        row = (name, entry.about, limit, entry.reason or "", entry.owner or "")
        made.add_row(*map(Text, row))
    return made


def difference_view(found: Sequence[Difference], a: Scenario, b: Scenario) -> RenderableType:
    """What ``allocator diff`` prints."""
    names = f"{a.id} and {b.id}"
    if not found:
        return Text(f"{names} ask the same.")
    count = "1 value" if len(found) == 1 else f"{len(found)} values"
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("value", a.id, b.id):
        made.add_column(Text(head), overflow="fold")
    for row in found:
        sides = (Text("–" if side is None else side) for side in (row.a, row.b))
        made.add_row(Text(row.path), *sides)
    return Group(Text(f"{names} differ in {count}."), made)
