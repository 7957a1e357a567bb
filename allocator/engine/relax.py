"""The smallest change of one rule alone that makes the others possible.

The rule may be broken at a price; the plan that breaks it least says what its limit would have to
be. A ratio (ROAS, CAC, share) is then moved back towards what was asked as far as a plan exists,
by bisection. Every change stated has a plan that satisfies it on the exact curves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from allocator.constraints import Declared, Outcome, Row
from allocator.engine.check import BUDGET
from allocator.engine.feasible import satisfies
from allocator.engine.formulate import formulate
from allocator.engine.problem import AllocationProblem, Limit, split
from allocator.engine.setting import Setting
from allocator.engine.solvers import highs
from allocator.engine.tabulate import tabulate
from allocator.scenario import BoundRule

FINE = 97  # grid points: tables never promise too much, a fine one costs little of the truth
SECONDS = 20.0
HALVINGS = 12  # a limit is stated to 1/4096 of the change


def way_out(setting: Setting, problem: AllocationProblem, rule: str) -> str | None:
    """The change in words; None where the other rules are impossible without this one too."""
    if rule == BUDGET:
        return _budget(setting, problem)
    others = problem.without({rule}).rules_only()
    if others.crossed:
        return None
    bound = next(bound for bound in setting.rules if bound.id == rule)
    soft = _soft(problem, rule)
    spend = _least_broken(others, soft)
    if spend is None:
        return None
    changes = _changes(setting, problem, bound, spend)
    sides = {side for _, side in changes}
    ratio = bound.rule.key == "share" or any(row.response for row in soft.rows)
    if ratio and len(sides) == 1:
        side = sides.pop()
        asked, _, unit = next(iter(changes.values()))
        farthest = (min if side == "min" else max)(needed for _, needed, _ in changes.values())
        needed = _nearest(setting, others, bound, side, (asked, farthest))
        changes = {(bound.selection.text, side): (asked, needed, unit)}
    said = [
        f"{part}: {_words(side)} {_amount(needed, unit, setting, side)} "
        f"instead of {_amount(asked, unit, setting, side)}"
        for (part, side), (asked, needed, unit) in changes.items()
    ]
    return "; ".join(said) or None


def _soft(problem: AllocationProblem, rule: str) -> Declared:
    """The rule's rows, limits of single lines among them, and its minima."""
    limits = tuple(_as_row(limit) for limit in problem.limits if limit.rule == rule)
    rows = tuple(row for row in problem.rows if row.rule == rule)
    return Declared(limits + rows, tuple(item for item in problem.minima if item.rule == rule))


def _as_row(limit: Limit) -> Row:
    sign = 1.0 if limit.side == "min" else -1.0
    return Row(limit.rule, limit.line, limit.side, sign * limit.amount, {limit.line: sign})


def _least_broken(others: AllocationProblem, soft: Declared) -> dict[str, float] | None:
    """The plan of the other rules that breaks the soft ones least, if it holds on exact curves."""
    cells = tuple(cell for row in soft.rows for cell in row.response)
    whole = replace(others, also=cells)
    form = formulate(whole, tabulate(whole, FINE), estimate="under", soft=soft)
    spend = highs.solve(form, gap=1e-6, time_limit=SECONDS).spend
    return spend if spend is not None and satisfies(others, spend) else None


def _changes(
    setting: Setting, problem: AllocationProblem, bound: BoundRule, spend: Mapping[str, float]
) -> dict[tuple[str, str], tuple[float, float, str]]:
    """(part, side) -> (limit, what it would have to be, unit) of every limit the plan breaks."""
    response = {
        (kpi, line): float(curve.value(np.array([spend[line]])).mean())
        for (kpi, line), curve in problem.responses.items()
    }
    measures = bound.rule.measure(
        bound.id, bound.selection, setting.facts, Outcome(spend, response)
    )
    return {
        (m.part, m.side): (m.limit, m.value, m.unit)
        for m in measures
        if m.slack is not None and m.value is not None and m.slack < -m.tolerance
    }


def _nearest(
    setting: Setting, others: AllocationProblem, bound: BoundRule, side: str,
    ends: tuple[float, float],
) -> float:  # fmt: skip
    """The limit nearest to what was asked (ends[0]) with a plan, starting from one that has one."""
    impossible, possible = ends
    for _ in range(HALVINGS):
        middle = (impossible + possible) / 2
        rule = bound.rule.model_copy(update={side: middle})
        declared = rule.declare(bound.id, bound.selection, setting.facts)
        limits, rows = split(declared)
        tried = others.having(limits, rows)
        form = formulate(tried, tabulate(tried, FINE), estimate="under")
        found = highs.solve(form, gap=1.0, time_limit=SECONDS).spend
        impossible, possible = (impossible, middle) if found else (middle, possible)
    return possible


def _budget(setting: Setting, problem: AllocationProblem) -> str | None:
    """The budget nearest to the stated one at which the rules can hold."""
    free = problem.at_any_budget().rules_only()
    if free.crossed:
        return None
    total = problem.budget.total
    least = Row(BUDGET, "all", "min", total, dict.fromkeys(problem.lines, 1.0))
    most = Row(BUDGET, "all", "max", -total, dict.fromkeys(problem.lines, -1.0))
    spend = _least_broken(free, Declared((least, most) if problem.budget.exact else (most,)))
    if spend is None:
        return None
    spent = sum(spend.values())
    if spent < 0.01:  # to spend nothing at all is no plan
        return None
    side = "max" if spent > total else "min"  # more money is easier above, less below
    return (
        f"a budget of {_amount(spent, 'currency', setting, side)} "
        f"instead of {_amount(total, 'currency', setting, side)}"
    )


def _words(side: str) -> str:
    return {"min": "at least", "max": "at most"}[side]


def _amount(value: float, unit: str, setting: Setting, side: str) -> str:
    """Rounded towards the easier side, so that what is said is still possible."""
    down = side == "min"
    if unit == "currency":
        cents = _towards(value, 0.01, down, near=0.01)
        return f"{cents:,.2f} {setting.scenario.currency}"
    if unit == "share":
        return f"{_towards(value, 1e-4, down):.2%}"
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 3) if value else 1.0
    return f"{_towards(value, step, down):,.4g}"


def _towards(value: float, step: float, down: bool, near: float = 1e-9) -> float:
    """The next whole step; ``near`` is the part of a step that the solver's accuracy explains."""
    steps = value / step
    return (math.floor(steps + near) if down else math.ceil(steps - near)) * step
