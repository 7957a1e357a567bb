"""What the budget asks of a plan besides its amount: a target, a floor, what may not move.

::

    least_for:  Σ_i R_ki(x_i) ≥ target               rows with the rule id ``budget``
                (target less the mean baseline, of a total)
    most_with:  Σ_i R_ki(x_i) − r·Σ_i x_i ≥ 0        (or c·Σ R − Σ x ≥ 0 for a CAC)
                (minus the mean baseline, of a total)
    extra:      x_i ≥ reference_i                    limits with the rule id ``budget``
    cut:        x_i ≤ reference_i
"""

from __future__ import annotations

from collections.abc import Mapping

from allocator.constraints import Declared, Facts, Measure, Outcome, Row
from allocator.constraints._base import CENT
from allocator.engine.problem import Limit
from allocator.scenario import Budget, Floor, Target
from allocator.scenario.goal_words import all_of

BUDGET = "budget"
"""id under which the budget appears among the rules"""
TARGET = "target"
"""the part of the budget that is a target or a floor"""
SLACK = 1e-6  # of a limit: what solvers leave
SUM = 1e-9  # of a baseline: what adding it up leaves


def limits_of(budget: Budget, reference: Mapping[str, float]) -> tuple[Limit, ...]:
    """Lines that keep what they have, or get no more. reference: line -> total, currency."""
    if budget.extra is None and budget.cut is None:
        return ()
    side = "min" if budget.extra is not None else "max"
    return tuple(Limit(BUDGET, line, side, amount) for line, amount in reference.items())


def rows_of(budget: Budget, facts: Facts) -> Declared:
    """The target, or the average floor, as a row on mean responses."""
    target, floor, lines = budget.least_for, budget.most_with, facts.lines
    if target is not None:
        response = {(target.kpi, line): 1.0 for line in lines}
        bound = target.at_least - sold_anyway(target, facts)
        return Declared((Row(BUDGET, TARGET, "min", bound, response=response),))
    if floor is None or floor.marginal:
        return Declared()
    scale = floor.limit if floor.form == "cac" else 1.0
    spend = dict.fromkeys(lines, -scale * floor.least)
    response = {(floor.kpi, line): scale for line in lines}
    side = "max" if floor.form == "cac" else "min"
    bound = -scale * sold_anyway(floor, facts)
    return Declared((Row(BUDGET, TARGET, side, bound, spend=spend, response=response),))


def sold_anyway(target: Target | Floor, facts: Facts) -> float:
    """What counts besides what media bring: the mean baseline of a total, KPI units."""
    if not target.total:
        return 0.0
    return float(facts.baseline[target.kpi].expected.mean(axis=0).sum())


def measures_of(budget: Budget, facts: Facts, outcome: Outcome) -> tuple[Measure, ...]:
    """The same read off a plan, independently of the rows; tolerances are those of rules."""
    measures = []
    for limit in limits_of(budget, facts.reference):
        spent = outcome.spend[limit.line]
        slack = spent - limit.amount if limit.side == "min" else limit.amount - spent
        measures.append(
            Measure(BUDGET, limit.line, limit.side, limit.amount, spent, slack, "currency", CENT)
        )
    if budget.least_for is not None:
        measures.append(_target(budget.least_for, facts, outcome))
    if budget.most_with is not None and not budget.most_with.marginal:
        measures.append(_floor(budget.most_with, facts, outcome))
    return tuple(measures)


def _target(target: Target, facts: Facts, outcome: Outcome) -> Measure:
    limit, anyway = target.at_least, sold_anyway(target, facts)
    reached = anyway + _brought(target.kpi, outcome)
    blur = abs(limit - anyway) * _blur(outcome) + SUM * abs(anyway)
    unit = facts.units[target.kpi]
    return Measure(BUDGET, TARGET, "min", limit, reached, reached - limit, unit, blur)


def _floor(floor: Floor, facts: Facts, outcome: Outcome) -> Measure:
    spent, brought = sum(outcome.spend.values()), _brought(floor.kpi, outcome)
    brought += sold_anyway(floor, facts)
    cost = floor.form == "cac"
    side, limit = ("max" if cost else "min"), floor.limit
    under = brought if cost else spent
    if spent <= 0 or under <= 0:
        broken = None if spent <= 0 else -limit
        return Measure(BUDGET, TARGET, side, limit, None, broken, "ratio", 0.0)
    value = spent / brought if cost else brought / spent
    slack = limit - value if cost else value - limit
    return Measure(BUDGET, TARGET, side, limit, value, slack, "ratio", limit * _blur(outcome))


def _brought(kpi: str, outcome: Outcome) -> float:
    return sum(mean for (name, _), mean in outcome.response.items() if name == kpi)


def _blur(outcome: Outcome) -> float:
    """What a cent a line can move, relative: one part in a million besides."""
    spent = sum(outcome.spend.values())
    cents = 2 * CENT * len(outcome.spend) / spent if spent > 0 else 0.0
    return SLACK + cents


def budget_words(budget: Budget, currency: str, part: str, money: float) -> str:
    """One part of the budget as a person says it."""
    target, floor = budget.least_for, budget.most_with
    if part == TARGET and target is not None:
        return f"at least {target.at_least:,.10g} {all_of(target.kpi, target.total)}"
    if part == TARGET and floor is not None:
        if floor.form == "cac":
            one = f" of {all_of(floor.kpi, True)}" if floor.total else f" {floor.kpi}"
            return f"at most {floor.limit:,.10g} {currency} for one{one}"
        kpi = all_of(floor.kpi, floor.total) + "," * bool(floor.total)
        return f"at least {floor.limit:g} {kpi} for 1 {currency}"
    if part != "all":
        return "at least what it has" if budget.extra is not None else "at most what it has"
    return f"{money:,.2f} {currency} in total"
