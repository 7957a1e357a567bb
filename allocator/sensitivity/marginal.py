"""What the next unit of money brings on every line, and why not the same everywhere.

At the best plan lines that may move either way bring the same with their next unit of money (the
goal's multiplier). A line that brings more is kept from growing, one that brings less from
shrinking: by a rule, by nothing being left to take, or by the end of what its curve knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.constraints import AtMostRule, Measure, Meter
from allocator.engine.extrapolation import EXTRAPOLATION
from allocator.engine.figures.check import BUDGET, binds
from allocator.engine.setting import Setting
from allocator.sensitivity.again import Known

EQUAL = 0.01  # of what the money brings: as near as two lines come that are called equal
CENT = 0.01

OFF, END, HELD, FREE = "off", "end of its curve", "held", "free"


@dataclass(frozen=True)
class Marginal:
    """One line at the plan.

    marginal: what one more unit of money adds to the goal, its cost counted; None: without bound
    earned:   the same without the cost; ``roas``: KPI in money -> its change
    state:    ``free``, ``held`` (by the rules named), ``off`` or ``end of its curve``
    equal:    within 1 % of the multiplier, at a kink: between the slopes on its two sides
    """

    line: str
    total: float
    marginal: float | None
    earned: float | None
    roas: dict[str, float]
    state: str
    rules: tuple[str, ...]
    equal: bool


@dataclass(frozen=True)
class Marginals:
    """multiplier: of the free lines, weighted by their money; None where no line is free.

    equalised: all free lines are equal to it
    """

    lines: tuple[Marginal, ...]
    multiplier: float | None
    equalised: bool


def marginals_of(known: Known, measures: tuple[Measure, ...]) -> Marginals:
    """Every line's marginal return, with the reason where it is not the multiplier."""
    setting, totals = known.setting, known.totals
    rules = held_by(setting, measures, totals)
    slopes = {line: _slopes(known, line) for line in setting.curves.lines}
    states = {line: _state(setting, line, totals[line], rules[line]) for line in totals}
    free = [line for line in totals if states[line] == FREE and np.isfinite(slopes[line]).all()]
    money = sum(totals[line] for line in free)
    price = sum(totals[line] * _net(setting, slopes[line], line) for line in free)
    multiplier = price / money if money > 0 else None
    lines = []
    for line in setting.curves.lines:
        here = slopes[line][1]
        cost = setting.terms.cost(line)
        known_here = bool(np.isfinite(here))
        lines.append(
            Marginal(
                line=line,
                total=totals[line],
                marginal=float(here) + cost if known_here else None,
                earned=float(here) if known_here else None,
                roas=_roas(known, line),
                state=states[line],
                rules=rules[line],
                equal=multiplier is not None and _equal(slopes[line], multiplier - cost),
            )
        )
    settled = all(one.equal for one in lines if one.state == FREE)
    return Marginals(tuple(lines), multiplier, multiplier is not None and settled)


def held_by(
    setting: Setting, measures: tuple[Measure, ...], totals: dict[str, float]
) -> dict[str, tuple[str, ...]]:
    """Line -> the rules at whose limit it stands, by itself or with others, each once.

    A rule that counts lines holds only those that are off.
    """
    found: dict[str, dict[str, None]] = {line: {} for line in setting.curves.lines}
    bound = {rule.id: rule for rule in setting.rules}
    for measure in measures:
        if not binds(measure):
            continue
        if measure.rule in (BUDGET, EXTRAPOLATION):
            if measure.part in found:
                found[measure.part][measure.rule] = None
            continue
        rule = bound[measure.rule]
        for line in rule.selection.lines:
            own = measure.part == line or measure.part.startswith((f"{line}: ", f"{line} in "))
            counted = isinstance(rule.rule, AtMostRule) and totals[line] > 0
            if (rule.selection.together or own) and not counted:
                found[line][measure.rule] = None
    return {line: tuple(rules) for line, rules in found.items()}


def _state(setting: Setting, line: str, total: float, rules: tuple[str, ...]) -> str:
    if rules:
        return HELD
    if total <= 0:
        return OFF
    return END if total >= setting.curves.largest_total(line) - CENT else FREE


def _slopes(known: Known, line: str) -> np.ndarray:
    """(3,) what the goal earns with the next unit: a cent below, at, and a cent above the total."""
    setting = known.setting
    total = known.totals[line]
    around = np.array([max(0.0, total - CENT), total, total + CENT])
    around = np.minimum(around, max(total, setting.curves.largest_total(line)))
    earned = np.zeros(3)
    for name in setting.terms.response:
        weight = setting.terms.weight(name, line)
        if weight:
            earned = earned + weight * _curve_slope(known, name, line, around)
    return earned


def _curve_slope(known: Known, name: str, line: str, around: np.ndarray) -> np.ndarray:
    setting = known.setting
    meter = setting.meters.get(name, Meter(name))
    curve = setting.curves.steady(
        meter.kpi, line, profile_of(known, line), setting.window, meter.count
    )
    mean: np.ndarray = curve.slope(around).mean(axis=0)
    return mean


def profile_of(known: Known, line: str) -> np.ndarray:
    """(week,) shares in which a line's money is spent; the setting's where there is none."""
    weekly = known.spend[known.setting.curves.lines.index(line)]
    total = weekly.sum()
    shares: np.ndarray = known.setting.profile.sel(line=line).to_numpy()
    return weekly / total if total > 0 else shares


def _net(setting: Setting, slopes: np.ndarray, line: str) -> float:
    """At a kink, the middle of its two sides."""
    return float(slopes.min() + slopes.max()) / 2 + setting.terms.cost(line)


def _equal(slopes: np.ndarray, earned: float) -> bool:
    """Whether the multiplier lies between the slopes around a total, 1 % allowed for."""
    blur = EQUAL * abs(earned)
    return bool(slopes.min() - blur <= earned <= slopes.max() + blur)


def _roas(known: Known, line: str) -> dict[str, float]:
    setting = known.setting
    total = np.array([known.totals[line]])
    found = {}
    for kpi, unit in setting.curves.units.items():
        if unit == "currency":
            slope = float(_curve_slope_of(known, kpi, line, total))
            if np.isfinite(slope):
                found[kpi] = slope
    return found


def _curve_slope_of(known: Known, kpi: str, line: str, total: np.ndarray) -> float:
    setting = known.setting
    curve = setting.curves.steady(kpi, line, profile_of(known, line), setting.window)
    return float(curve.slope(total).mean())
