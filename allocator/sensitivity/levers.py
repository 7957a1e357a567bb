"""What can be moved: the numbers of rules that hold a plan, and of its budget.

A lever eases one number of one rule as a person would edit it in the file; a rule about ``each``
of several lines has besides one lever for every line that it holds, which eases it for that line
alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import BaseModel

from allocator.constraints import Measure
from allocator.engine.conflict.eased import Number, numbers_of, with_values
from allocator.engine.extrapolation import EXTRAPOLATION
from allocator.engine.figures.check import BUDGET, binds
from allocator.engine.setting import Setting
from allocator.scenario import BoundRule, Budget, LoadedScenario
from allocator.sensitivity.again import settled_again

RATIOS = {"roas": 0.1, "marginal_roas": 0.1, "frequency": 0.1, "cac": 1.0, "marginal_cac": 1.0}
"""rule -> the step of its limit"""
POINT = 0.01  # of a share
PART = 0.01  # of the money, or of a KPI's limit: the largest step
DIGITS = 12  # a limit moved by a step is rounded to so many: 0.3 + 0.01 is 0.31


@dataclass(frozen=True, eq=False)
class Lever:
    """One number and how to ease it.

    part:   the line or the row it is eased for, None: for all that the rule speaks of
    name:   the key it stands under: ``min``, ``max``, ``between``, …
    sign:   −1 eased downwards, +1 upwards
    value:  as it stands; ``unit`` is that of value and step: a currency, ``share``, a KPI, or
            nothing
    step:   a natural one; ``most``: the largest move there is
    at:     a move ↦ the setting with the number eased by it; None where nobody may write that
    """

    rule: str
    part: str | None
    name: str
    sign: int
    value: float
    unit: str
    step: float
    most: float
    at: Callable[[float], Setting | None]


def round_step(most: float) -> float:
    """The largest of …, 1, 2, 5, 10, 20, 50, … that is not above ``most`` (above 0)."""
    power = 10.0 ** math.floor(math.log10(most) + 1e-12)
    first = max(digit for digit in (1, 2, 5) if digit * power <= most * (1 + 1e-9))
    return float(f"{first * power:.12g}")


def levers_of(
    loaded: LoadedScenario, setting: Setting, measures: tuple[Measure, ...], step: float | None
) -> tuple[Lever, ...]:
    """Levers of all that holds the plan, the budget first; ``step``: for limits on money."""
    held = [measure for measure in measures if binds(measure)]
    money = step or round_step(PART * setting.money)
    found = list(_of_budget(loaded, setting, held, money))
    for bound in setting.rules:
        own = [measure for measure in held if measure.rule == bound.id]
        if own:
            found += _of_rule(setting, bound, own, money)
    for measure in held:
        if measure.rule == EXTRAPOLATION:
            found.append(_of_cap(setting, measure.part, money))
    return tuple(found)


def _of_budget(
    loaded: LoadedScenario, setting: Setting, held: list[Measure], money: float
) -> list[Lever]:
    """The amount, or the target it is sought for, edited in the scenario and settled anew."""
    parts = {measure.part for measure in held if measure.rule == BUDGET}
    budget, found = setting.scenario.budget, []
    for number in (*_amounts(budget), *numbers_of(budget)):
        target = len(number.place) > 1 and number.place[-1] != "at_most"
        if ("target" if target else "all") not in parts:
            continue

        def at(by: float, number: Number = number) -> Setting | None:
            moved = with_values(budget, {number.place: _moved(number, by)})
            if moved is None:
                return None
            scenario = setting.scenario.model_copy(update={"budget": moved})
            return settled_again(loaded, scenario, setting)

        sought = budget.sought
        unit = setting.scenario.currency
        size = money
        if target and sought is not None:
            name = str(number.place[-1])
            kpi = f"total {sought.kpi}" if getattr(sought, "total", None) else sought.kpi
            unit = kpi if name == "at_least" else unit if "cac" in name else ""
            size = RATIOS.get(name) or round_step(PART * number.value)
        found.append(_lever((BUDGET, None), budget, number, (unit, size), at))
    return found


def _amounts(budget: Budget) -> tuple[Number, ...]:
    """Amounts that must be met exactly: a price is asked for more of them (of a cut, for less)."""
    signs = {"exactly": 1, "extra": 1, "cut": -1}
    stated = {name: getattr(budget, name) for name in signs}
    return tuple(
        Number((name,), signs[name], float(value), "money")
        for name, value in stated.items()
        if value is not None
    )


def _of_rule(setting: Setting, bound: BoundRule, held: list[Measure], money: float) -> list[Lever]:
    sides = {-1 if measure.side == "min" else 1 for measure in held}
    chances = any(measure.probability is not None for measure in held)
    found = []
    for number in numbers_of(bound.rule):
        if number.place[-1] == "probability":
            if not chances:
                continue
        elif number.sign not in sides:
            continue
        side, row = "min" if number.sign < 0 else "max", bound.rule.row_of(number.place)
        if row is not None and not any((m.part, m.side) == (row, side) for m in held):
            continue
        unit_step = _unit_step(setting, bound, number, money)
        whole = _for_all(setting, bound, number)
        found.append(_lever((bound.id, row), bound.rule, number, unit_step, whole))
        if row is not None or bound.selection.together or len(bound.selection.lines) < 2:
            continue
        for measure in held:
            if measure.side == side and measure.part in bound.selection.lines:
                alone = _for_one(setting, bound, number, measure.part)
                place = bound.id, measure.part
                found.append(_lever(place, bound.rule, number, unit_step, alone))
    return found


def _of_cap(setting: Setting, line: str, money: float) -> Lever:
    """How much a line may spend in a week, far beyond its history."""
    cap = setting.caps[line]
    step = round_step(money / setting.window.weeks)

    def at(by: float) -> Setting:
        return replace(setting, caps={**setting.caps, line: cap + by})

    currency = setting.scenario.currency
    return Lever(EXTRAPOLATION, line, "max", 1, cap, currency, step, math.inf, at)


def _lever(
    place: tuple[str, str | None],
    model: BaseModel,
    number: Number,
    unit_step: tuple[str, float],
    at: Callable[[float], Setting | None],
) -> Lever:
    unit, step = unit_step
    ends = (end for end in number.easiest if with_values(model, {number.place: end}) is not None)
    most = max(0.0, number.sign * (next(ends, number.value) - number.value))
    name = next(str(key) for key in reversed(number.place) if isinstance(key, str))
    return Lever(*place, name, number.sign, number.value, unit, min(step, most), most, at)


def _unit_step(
    setting: Setting, bound: BoundRule, number: Number, money: float
) -> tuple[str, float]:
    """What the number is in, and a natural step of it."""
    key, currency = bound.rule.key, setting.scenario.currency
    if number.kind == "share":
        return "share", POINT
    if number.kind == "whole":
        return "", 1.0
    if key in RATIOS:
        return (currency if key.endswith("cac") else ""), RATIOS[key]
    if number.kind == "money" and not bound.rule.kpi_names and key != "impressions":
        return currency, money
    unit = bound.rule.kpi_names[0] if len(bound.rule.kpi_names) == 1 else ""
    return unit, round_step(PART * abs(number.value)) if number.value else 1.0


def _moved(number: Number, by: float) -> float:
    return round(number.value + number.sign * by, 2 if number.kind == "money" else DIGITS)


def _eased(bound: BoundRule, number: Number, by: float) -> BoundRule | None:
    rule = with_values(bound.rule, {number.place: _moved(number, by)})
    return None if rule is None else replace(bound, rule=rule)


def _for_all(
    setting: Setting, bound: BoundRule, number: Number
) -> Callable[[float], Setting | None]:
    def at(by: float) -> Setting | None:
        eased = _eased(bound, number, by)
        if eased is None:
            return None
        rules = tuple(eased if rule is bound else rule for rule in setting.rules)
        return replace(setting, rules=rules)

    return at


def _for_one(
    setting: Setting, bound: BoundRule, number: Number, line: str
) -> Callable[[float], Setting | None]:
    """The rule as it is for the other lines, and eased for one."""
    others = tuple(other for other in bound.selection.lines if other != line)
    rest = replace(bound, selection=replace(bound.selection, lines=others))

    def at(by: float) -> Setting | None:
        eased = _eased(bound, number, by)
        if eased is None:
            return None
        alone = replace(eased, selection=replace(eased.selection, lines=(line,)))
        rules = [
            part for rule in setting.rules for part in ((rest, alone) if rule is bound else (rule,))
        ]
        return replace(setting, rules=tuple(rules))

    return at
