"""Spend that is given, not decided: the reference, and what is spent before and after a plan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from allocator.cents import cents, to_cents
from allocator.complaint import Complaint
from allocator.engine.setting.given_days import gap_days, history_days
from allocator.engine.setting.planned import in_gap, on_lines
from allocator.engine.setting.profile import shares_of
from allocator.scenario import PlanWeeks, Scenario, plan_weeks
from allocator.scenario.period import first_day
from mmm.curves import ResponseCurves

YEAR = 52  # weeks; "the same weeks of last year" keeps the weekday and nearly the season


def reference_spend(scenario: Scenario, curves: ResponseCurves, weeks: PlanWeeks) -> np.ndarray:
    """(line, week) currency in whole cents, after ``scale_to``."""
    choice = scenario.reference
    lines, count = curves.lines, weeks.weeks
    if choice.actuals is not None:
        past = plan_weeks(choice.actuals, curves.week_start)
        assert isinstance(past, PlanWeeks)  # _time_faults has asked
        assert curves.history is not None
        first, _ = history_days(curves.history)
        start = (past.start - first).days // 7
        assert curves.spent is not None
        spent = curves.spent[:, start : start + count]
    elif choice.found is not None:
        spent = on_lines(choice.found, curves)
    elif choice.flat:
        total = choice.scale_to or scenario.budget.amount
        spent = np.full((len(lines), count), total / (len(lines) * count))
    else:
        spent = _from_rows(scenario, curves, weeks)
    total = choice.scale_to if choice.scale_to is not None else float(spent.sum())
    return spread(scaled_to(spent.sum(axis=1), cents(total)), shares_of(spent))


def _from_rows(scenario: Scenario, curves: ResponseCurves, weeks: PlanWeeks) -> np.ndarray:
    spent = np.zeros((len(curves.lines), weeks.weeks))
    place = {day: column for column, day in enumerate(weeks.days)}
    for row in scenario.reference.rows or ():
        line = curves.lines.index(row.line)
        if row.week is None:
            spent[line] += row.spend / weeks.weeks
        else:
            day = first_day(row.week, curves.week_start)
            assert not isinstance(day, Complaint)  # plan_calendar has asked
            spent[line, place[day]] += row.spend
    return spent


def summed(spend: np.ndarray) -> float:
    """Whole cents added up as cents."""
    return float(np.rint(spend * 100).sum()) / 100


def scaled_to(spent: np.ndarray, total: int) -> list[int]:
    """(line,) cents in proportion to ``spent`` that sum to ``total`` cents."""
    have = spent.sum()
    if have <= 0:
        return [0] * len(spent)
    exact = (spent / have * total / 100).tolist()
    most = [0 if amount == 0 else total for amount in exact]
    return list(to_cents(exact, total, [0] * len(exact), most))


def spread(totals: Sequence[int], profile: np.ndarray) -> np.ndarray:
    """(line, week) currency: each line's total, in cents, spread by its profile."""
    rows = []
    for total, shares in zip(totals, profile, strict=True):
        none, whole = [0] * len(shares), [total] * len(shares)
        rows.append(to_cents((shares * total / 100).tolist(), total, none, whole))
    return np.array(rows) / 100


def spend_before(
    scenario: Scenario, curves: ResponseCurves, weeks: PlanWeeks, reference: np.ndarray
) -> np.ndarray:
    """(line, gap week) spend between the end of the history and the start."""
    days, choice = gap_days(curves, weeks), scenario.until_start
    spent = _by_word(choice.word, curves, len(days), reference)
    if choice.found is None:
        return spent
    planned = in_gap(choice.found, curves, days)
    return np.where(np.isnan(planned), spent, planned)


def _by_word(
    word: str | None, curves: ResponseCurves, gap: int, reference: np.ndarray
) -> np.ndarray:
    spent = curves.spent
    if spent is None or word in (None, "zero"):
        return np.zeros((len(curves.lines), gap))
    if word == "reference":
        return reference[:, np.arange(gap) % reference.shape[1]]
    first = spent.shape[1] - YEAR
    return spent[:, first : first + gap]


def spend_after(
    scenario: Scenario, models: tuple[ResponseCurves, ...], reference: np.ndarray
) -> np.ndarray:
    """(line, week) spend after the window: the reference's weeks once more, as many as matter."""
    known = [curves.data["window"] for curves in models if "window" in curves.data]
    lags = max((int(window.max()) for window in known), default=1)
    if scenario.carry_out == "zero":
        return np.zeros((len(reference), lags - 1))
    return reference[:, np.arange(lags - 1) % reference.shape[1]]
