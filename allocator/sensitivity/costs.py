"""What every rule costs: the best plan without it, less the plan with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from allocator.constraints import Measure, Row
from allocator.engine.extrapolation import EXTRAPOLATION
from allocator.engine.figures.check import binds
from allocator.engine.pose import pose
from allocator.engine.problem import left_side
from allocator.engine.search import looks_concave
from allocator.engine.setting import Setting
from allocator.engine.weekly.pose import pose_weekly
from allocator.sensitivity.again import Known, kpis, solve_again


@dataclass(frozen=True)
class Cost:
    """What the goal loses by a rule, or is paid for breaking it.

    cost:   value without the rule less value with it, 0 or more
    least, most: what is proven: the true cost lies between them
    kpis:   KPI -> how it would change without the rule, KPI units
    solved: whether it was solved again; a rule that holds nothing costs nothing where curves are
            concave, and is not asked
    price:  of a soft rule, per unit short; ``short``: part -> what it is short of, in the unit of
            its limit; ``paid``: what breaking it takes from the goal
    """

    rule: str
    words: str
    binding: bool
    solved: bool
    cost: float
    least: float
    most: float
    kpis: dict[str, float]
    price: float | None
    short: dict[str, float]
    paid: float


def costs_of(
    known: Known, measures: tuple[Measure, ...], rules: tuple[str, ...] | None = None
) -> tuple[Cost, ...]:
    """Every rule's cost, in the order of the scenario; ``rules``: of these alone."""
    setting = known.setting
    held = {measure.rule for measure in measures if binds(measure)}
    unsure = {measure.rule for measure in measures if measure.slack is None}
    asked = held | (unsure if looks_concave(pose(setting)) else set(rule_ids(setting)))
    found = []
    for bound in setting.rules:
        if rules is not None and bound.id not in rules:
            continue
        others = tuple(rule for rule in setting.rules if rule is not bound)
        without = replace(setting, rules=others) if bound.id in asked else None
        words = bound.rule.words(setting.scenario.currency)
        cost = _cost(known, (bound.id, words, bound.id in held), without)
        if bound.price is not None:
            short = {
                m.part: -m.slack
                for m in measures
                if m.rule == bound.id and m.slack is not None and m.slack < -m.tolerance
            }
            cost = replace(cost, price=bound.price, short=short, paid=_paid(known, bound.id))
        found.append(cost)
    if EXTRAPOLATION in held and (rules is None or EXTRAPOLATION in rules):
        said = EXTRAPOLATION, "at most 2 times its largest week, or what the scenario says", True
        found.append(_cost(known, said, replace(setting, caps={})))
    return tuple(found)


def rule_ids(setting: Setting) -> tuple[str, ...]:
    """Ids of all rules, in order."""
    return tuple(bound.id for bound in setting.rules)


def _cost(known: Known, said: tuple[str, str, bool], without: Setting | None) -> Cost:
    rule, words, binding = said
    free = None if without is None else solve_again(without, near=known.spend)
    if free is None:
        return Cost(rule, words, binding, False, 0.0, 0.0, 0.0, {}, None, {}, 0.0)
    cost = free.value - known.value
    before, after = kpis(known), kpis(free)
    changes = {kpi: after[kpi] - before[kpi] for kpi in before} if cost > 0 else {}
    return Cost(
        rule, words, binding, True,
        cost=max(0.0, cost),
        least=max(0.0, cost - known.gap),
        most=max(0.0, cost) + free.gap,
        kpis=changes,
        price=None, short={}, paid=0.0,
    )  # fmt: skip


def _paid(known: Known, rule: str) -> float:
    """Σ price · what the rule's rows are short of, objective units."""
    setting = known.setting
    if setting.scenario.flighting.form == "weekly":
        weekly = pose_weekly(setting)
        brought = weekly.response(known.spend)
        rows: Mapping[Row, float] = {
            row: weekly.left_side(row, known.spend, brought) for row in weekly.rows
        }
    else:
        problem = pose(setting)
        response = problem.response(known.totals)
        rows = {row: left_side(row, known.totals, response) for row in problem.rows}
    return sum(
        row.price * max(0.0, row.bound - left)
        for row, left in rows.items()
        if row.rule == rule and row.price is not None
    )
