"""A first scenario: the quarter after the data, last year's split of last year's money."""

from __future__ import annotations

import datetime as dt

from allocator.starter.columns import Roles
from allocator.starter.model_text import word
from allocator.starter.table import Table

WEEK = dt.timedelta(days=7)
WEEKS = 13
YEAR = 52  # weeks, so that the weekday stays


def scenario_text(table: Table, roles: Roles, *, currency: str, curves: str) -> str:
    """The first question to ask; ``curves`` is where the fit will stand, from the scenario."""
    start = _monday(max(roles.days)) + WEEK
    past, words = _reference(roles, start)
    money = spent(table, roles, past)
    kpi = next(iter(roles.kpis), "revenue")
    a_line = next(iter(roles.channels))
    return f"""\
# The first question: how should the {WEEKS} weeks after your data be split? Each key is explained
# in the scenario file's reference; `allocator show` tells what this asks, in words.
schema_version: 1
id: first-plan
title: The {WEEKS} weeks after the data
curves: {curves}
period: {{start: {_label(start)}, weeks: {WEEKS}}}
currency: {currency}

# What the plan is compared with: {words}.
reference: {{actuals: {{start: {_label(past)}, weeks: {WEEKS}}}}}

# What was spent then, rounded to a thousand. `at_most: …` may leave money that does not pay.
budget: {{exactly: {money:.0f}}}
objective: {{maximise: {word(kpi)}}}
# For profit instead: objective: {{maximise: profit}}, and
# economics: {{margin: 35%}}

constraints:
  - id: moves
    each: all
    spend: {{from: reference, between: [-30%, +30%], new_lines: exempt}}
    reason: further away the model only guesses
# Take the # away for a line whose money is committed, and say why:
#  - id: committed
#    together: [{word(a_line)}]
#    spend: {{min: 10k}}
#    reason: booked
#    owner: media
"""


def spent(table: Table, roles: Roles, start: dt.date) -> float:
    """Spend of the weeks from ``start`` on, rounded to a thousand, at least one; currency."""
    end = start + WEEKS * WEEK
    columns = dict.fromkeys(roles.channels.values())
    cells = [table.column(column) for column in columns]
    total = sum(
        table.number(column[row]) or 0.0
        for row, day in enumerate(roles.days)
        if start <= _monday(day) < end
        for column in cells
    )
    return max(1_000.0, round(total, -3))


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _label(monday: dt.date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def _reference(roles: Roles, start: dt.date) -> tuple[dt.date, str]:
    """Where the reference starts, and what it is."""
    year_ago = start - YEAR * WEEK
    if year_ago >= _monday(min(roles.days)):
        return year_ago, "the same weeks a year earlier"
    return start - WEEKS * WEEK, f"the last {WEEKS} weeks"
