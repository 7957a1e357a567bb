"""Spend that another plan says, on the lines and weeks of these curves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from allocator.complaint import Complaint
from allocator.engine.setting.given_days import gap_days
from allocator.scenario import LoadedScenario, PlanWeeks, Scenario
from allocator.scenario.schema.plan_choice import PlanSpend
from mmm.curves import ResponseCurves
from mmm.errors import Fault, nearest

Place = tuple[str | int, ...]


def chosen_plans(scenario: Scenario) -> Iterator[tuple[Place, PlanSpend]]:
    """(where it is named, what it spends) of every plan that the scenario refers to."""
    if scenario.until_start.found is not None:
        yield ("until_start", "plan"), scenario.until_start.found
    if scenario.reference.found is not None:
        yield ("reference", "plan"), scenario.reference.found
    for name, choice in (scenario.references or {}).items():
        if choice.found is not None:
            yield ("references", name, "plan"), choice.found


def planned_faults(loaded: LoadedScenario, curves: ResponseCurves, weeks: PlanWeeks) -> list[Fault]:
    """Lines that the curves do not have, weeks that begin on other days, and weeks left out."""
    faults = []
    for place, plan in chosen_plans(loaded.scenario):
        complaints = [*_lines(plan, curves)]
        if place[0] == "until_start":
            every = loaded.scenario.until_start.other_weeks is None
            complaints += _before(plan, curves, gap_days(curves, weeks) if every else ())
        elif plan.weeks != weeks.weeks:
            found, expected = f"a plan of {plan.weeks} weeks", "as many as the period has"
            complaints.append(Complaint(found, f"{expected}, {weeks.weeks}"))
        faults += [loaded.fault(place, complaint) for complaint in complaints]
    return faults


def _lines(plan: PlanSpend, curves: ResponseCurves) -> Iterator[Complaint]:
    for line in plan.spend:
        if line not in curves.lines:
            found = f"a plan that spends on {line!r}"
            yield Complaint(found, "a line of the curves", nearest(line, curves.lines))


def _before(
    plan: PlanSpend, curves: ResponseCurves, needed: tuple[dt.date, ...]
) -> Iterator[Complaint]:
    """needed: first days of the weeks that the plan must have."""
    if curves.history is None:
        found = "a plan for the weeks before, with imported curves that know no weeks"
        yield Complaint(found, "curves of a fit", "leave out `until_start`")
        return
    if plan.start.weekday() != curves.week_start:
        found = f"a plan whose weeks begin on {plan.start:%A}"
        first = dt.date(2024, 1, 1) + dt.timedelta(days=curves.week_start)  # from a Monday on
        yield Complaint(found, f"{first:%A}, on which the model's weeks begin")
        return
    missing = [day for day in needed if day not in set(plan.days)]
    if missing:
        named = ", ".join(f"{day:%G}-W{day:%V}" for day in missing[:3])
        yield Complaint(
            f"a plan without {named}{' …' if missing[3:] else ''}, between the data and the start",
            "a plan that has all of these weeks",
            "say what the others have: `other_weeks: same_weeks_last_year`",
        )


def on_lines(plan: PlanSpend, curves: ResponseCurves) -> np.ndarray:
    """(line, week of that plan) currency; 0 for a line that it does not have."""
    nothing = (0.0,) * plan.weeks
    return np.array([plan.spend.get(line, nothing) for line in curves.lines])


def in_gap(plan: PlanSpend, curves: ResponseCurves, days: tuple[dt.date, ...]) -> np.ndarray:
    """(line, week) what it spends in the weeks that begin on these days; NaN where it has none."""
    found = np.full((len(curves.lines), len(days)), np.nan)
    spent, place = on_lines(plan, curves), {day: column for column, day in enumerate(plan.days)}
    for column, day in enumerate(days):
        if day in place:
            found[:, column] = spent[:, place[day]]
    return found


def planned_warnings(scenario: Scenario, curves: ResponseCurves) -> list[str]:
    """Lines that a plan does not have, where it is taken for spending nothing on them."""
    out = []
    for place, plan in chosen_plans(scenario):
        missing = [line for line in curves.lines if line not in plan.spend]
        if missing:
            few = ", ".join(missing[:3]) + (f" and {len(missing) - 3} others" * bool(missing[3:]))
            where = ".".join(map(str, place[:-1]))
            out.append(f"{few}: not in the plan that `{where}` names; taken as nothing spent there")
    return out
