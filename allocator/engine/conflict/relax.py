"""The smallest change of one rule alone that makes a plan possible, tried as a person writes it.

The plan of the other rules that breaks this one least says how far its numbers would have to move.
Where that is not the least (a ratio, several lines at once, a smallest buy) they are moved back
towards what was asked as far as a plan exists, by bisection. The result is rounded to what a
person would write, put into the scenario, and the scenario asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import xarray as xr
from pydantic import BaseModel

from allocator.constraints import Outcome, Rule
from allocator.engine.conflict.eased import (
    Number,
    as_written,
    nearest,
    numbers_of,
    rounded,
    with_values,
)
from allocator.engine.figures.check import BUDGET, check, holds, outcome_of
from allocator.engine.figures.document import evaluate
from allocator.engine.possible import Oracle, strictly
from allocator.engine.setting import Setting, settle
from allocator.scenario import BoundRule, Budget, LoadedScenario, from_resolved
from allocator.scenario.goal_words import all_of
from mmm.errors import InputError

HALVINGS = 10  # a limit is stated to a thousandth of the change

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Change:
    """size: as a part of the money, of all spend, or of the number itself; words: in the file's.

    edits: place in the scenario -> what to write there
    """

    words: str
    size: float
    edits: Mapping[Place, Any]


@dataclass(frozen=True, eq=False)
class Case:
    """What is asked of one rule: its scenario and curves, and what knows whether a plan exists."""

    loaded: LoadedScenario
    setting: Setting
    oracle: Oracle


def way_out(case: Case, others: Setting, rule: str) -> Change | None:
    """The change; None where none was found. ``others``: the setting without the rule."""
    if rule == BUDGET:
        return _budget(case, others)
    plan = case.oracle.nearest(case.setting, others, rule)
    if plan is None:
        return None
    bound = next((bound for bound in case.setting.rules if bound.id == rule), None)
    if bound is None or bound.place is None:  # what is no rule of the list: not to be haggled about
        return None
    numbers = numbers_of(bound.rule)
    outcome = outcome_of(case.setting, plan, evaluate(case.setting, plan).response)
    needed = nearest(bound.rule, numbers, partial(_holds, case, bound, outcome))
    if not needed:
        return None
    if not _near_enough(case, bound, outcome):
        needed = _moved_back(case, bound, numbers, needed)
    return _tried(case, bound.rule, ("constraints", bound.place, bound.rule.key), needed)


def _holds(case: Case, bound: BoundRule, outcome: Outcome, rule: Rule) -> bool:
    measures = rule.measure(bound.id, bound.selection, case.setting.facts, outcome)
    return all(map(strictly, measures))


def _near_enough(case: Case, bound: BoundRule, outcome: Outcome) -> bool:
    """One limit on money alone is broken: the plan that breaks it least says how far.

    Of a rule with a probability the plan is taken for near enough: every question takes a search.
    """
    declared = bound.rule.declare(bound.id, bound.selection, case.setting.facts)
    if any(row.probability is not None for row in declared.rows):
        return True
    measures = bound.rule.measure(bound.id, bound.selection, case.setting.facts, outcome)
    plain = not (declared.minima or declared.marginals) and all(
        not (row.response or row.active) and row.bound for row in declared.rows
    )
    return plain and sum(not holds(measure) for measure in measures) <= 1


def _moved_back(
    case: Case, bound: BoundRule, numbers: tuple[Number, ...], needed: dict[Place, float]
) -> dict[Place, float]:
    """The numbers nearest to what was asked, on the way there, with which a plan exists."""
    asked = {number.place: number.value for number in numbers}
    impossible, possible = 0.0, 1.0

    def part(share: float) -> dict[Place, float]:
        moved = {at: asked[at] + share * (value - asked[at]) for at, value in needed.items()}
        whole = {n.place for n in numbers if n.kind == "whole"}
        money = {n.place for n in numbers if n.kind == "money"}
        return {
            at: float(round(v)) if at in whole else round(v, 2) if at in money else v
            for at, v in moved.items()
        }

    for _ in range(HALVINGS):
        middle = (impossible + possible) / 2
        rule = with_values(bound.rule, part(middle))
        if rule is None:
            break
        changed = replace(bound, rule=rule)
        rules = tuple(changed if b.id == bound.id else b for b in case.setting.rules)
        found = case.oracle.ask(replace(case.setting, rules=rules)).plan is not None
        impossible, possible = (impossible, middle) if found else (middle, possible)
    return part(possible)


def _budget(case: Case, others: Setting) -> Change | None:
    """A target nearer by; or, where it is not the target, more money or less."""
    budget = case.setting.scenario.budget
    plan = None
    if budget.sought is not None:
        plan = case.oracle.nearest(case.setting, _untargeted(case.setting), BUDGET)
    if plan is None:
        plan = case.oracle.nearest(case.setting, others, BUDGET)
    if plan is None:
        return None
    form = budget.form if budget.exact else None
    spent = round(float(plan.sum()), 2)
    if spent < 0.01:  # to spend nothing at all is no plan
        return None
    if form is None:
        numbers = numbers_of(budget)
        needed = nearest(budget, numbers, partial(_budget_holds, case, plan))
        return _tried(case, budget, ("budget",), needed) if needed else None
    stated = float(getattr(budget, form))
    by = spent - case.setting.money
    value = stated - by if form == "cut" else stated + by
    return _tried(case, budget, ("budget",), {(form,): value}) if value > 0 else None


def _untargeted(setting: Setting) -> Setting:
    """The same money, with nothing that it must reach."""
    money = Budget(at_most=setting.money)
    return replace(setting, scenario=setting.scenario.model_copy(update={"budget": money}))


def _budget_holds(case: Case, plan: xr.DataArray, budget: Budget) -> bool:
    scenario = case.setting.scenario.model_copy(update={"budget": budget})
    setting = replace(case.setting, scenario=scenario)
    measures = check(setting, plan, evaluate(setting, plan).response)
    return all(holds(measure) for measure in measures if measure.rule == BUDGET)


def _tried(
    case: Case, model: BaseModel, place: Place, needed: Mapping[Place, float]
) -> Change | None:
    """The needed numbers rounded, further out if they must be, with a plan of the changed file."""
    numbers = [_towards(n, needed[n.place]) for n in _all_numbers(model) if n.place in needed]
    for values in zip(*(rounded(n, needed[n.place]) for n in numbers), strict=True):
        chosen = {n.place: value for n, value in zip(numbers, values, strict=True)}
        changed = with_values(model, chosen)
        if changed is None:
            continue
        edits = {(*place, *at): as_written(changed, at) for at in chosen}
        setting = applied(case.loaded, case.setting, edits={
            (*place, *at): value for at, value in chosen.items()
        })  # fmt: skip
        if setting is not None and case.oracle.ask(setting).plan is not None:
            money = case.setting.money
            size = sum(n.size(chosen[n.place], money) for n in numbers)
            return Change(_words(case.setting, model, changed), size, edits)
    return None


def _all_numbers(model: BaseModel) -> tuple[Number, ...]:
    """With the amount of a budget that must be spent exactly."""
    if isinstance(model, Budget) and model.exact:
        stated = float(getattr(model, model.form))
        return (Number((model.form,), 1, stated, "money"),)
    return numbers_of(model)


def _towards(number: Number, needed: float) -> Number:
    """An exact budget is eased to whichever side the plan lies."""
    return replace(number, sign=-1 if needed < number.value else 1)


def applied(
    loaded: LoadedScenario, setting: Setting, *, edits: Mapping[Place, float]
) -> Setting | None:
    """The scenario with these numbers (plain, as in its resolved form), brought to its curves."""
    resolved = loaded.resolved
    for place, value in edits.items():
        here: Any = resolved
        for part in place[:-1]:
            here = here[part]
        here[place[-1]] = value
    try:
        return settle(
            replace(loaded, scenario=from_resolved(resolved)), setting.curves, setting.alternatives
        )
    except InputError:
        return None


def _words(setting: Setting, before: BaseModel, after: BaseModel) -> str:
    currency = setting.scenario.currency
    if isinstance(after, Rule) and isinstance(before, Rule):
        return after.changed_words(before, currency)
    return f"{rule_words(after, currency)} instead of {rule_words(before, currency)}"


def rule_words(model: BaseModel, currency: str) -> str:
    """A rule's limit, or the budget, as a person says it."""
    if isinstance(model, Rule):
        return model.words(currency)
    assert isinstance(model, Budget)
    target, floor = model.least_for, model.most_with
    if target is not None:
        most = f" with at most {target.at_most:,.2f} {currency}" if target.at_most else ""
        return f"at least {target.at_least:,.10g} {all_of(target.kpi, target.total)}{most}"
    if floor is not None:
        most = f" of at most {floor.at_most:,.2f} {currency}" if floor.at_most else ""
        whole = f" with {all_of(floor.kpi, floor.total)}" if floor.total else ""
        return f"all money{most} that earns a {floor.form} of {floor.limit:,.10g}{whole}"
    amount = getattr(model, model.form)
    said = {
        "exactly": "exactly {}", "at_most": "at most {}",
        "extra": "{} more than the reference", "cut": "{} less than the reference",
    }[model.form]  # fmt: skip
    return said.format(f"{amount:,.2f} {currency}")
