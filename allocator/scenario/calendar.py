"""A scenario meets the model's calendar: every week and day it names, checked at once."""

from __future__ import annotations

from allocator.complaint import Complaint
from allocator.scenario.loaded import LoadedScenario
from allocator.scenario.period import PlanWeeks, first_day, plan_weeks
from mmm.errors import Fault, InputError


def plan_calendar(loaded: LoadedScenario, week_start: int = 0) -> PlanWeeks:
    """The planned weeks. week_start: weekday on which the model's weeks begin, 0 = Monday.

    Raises InputError for days that begin or end no week of the model, in the period and in
    ``reference.actuals``, and for reference tables whose weeks are not those of the period.
    """
    faults: list[Fault] = []
    weeks = plan_weeks(loaded.scenario.period, week_start)
    if isinstance(weeks, dict):
        faults += [loaded.fault(("period", key), complaint) for key, complaint in weeks.items()]
    actuals = loaded.scenario.reference.actuals
    if actuals is not None:
        past = plan_weeks(actuals, week_start)
        if isinstance(past, dict):
            for key, complaint in past.items():
                faults.append(loaded.fault(("reference", "actuals", key), complaint))
    if isinstance(weeks, PlanWeeks):
        faults += _table_weeks(loaded, weeks, week_start)
    if faults or isinstance(weeks, dict):
        raise InputError(faults)
    return weeks


def _table_weeks(loaded: LoadedScenario, weeks: PlanWeeks, week_start: int) -> list[Fault]:
    faults: list[Fault] = []
    seen: dict[str, set[str]] = {}
    labels = dict(zip(weeks.days, weeks.labels, strict=True))
    for place, row in enumerate(loaded.scenario.reference.rows or ()):
        if row.week is None:
            continue
        day = first_day(row.week, week_start)
        if isinstance(day, Complaint):
            faults.append(loaded.row_fault(place, day))
            continue
        if day not in labels:
            expected = f"a week of the period, {weeks.labels[0]} to {weeks.labels[-1]}"
            faults.append(loaded.row_fault(place, Complaint(f"the week {row.week}", expected)))
            continue
        if labels[day] in seen.setdefault(row.line, set()):
            complaint = Complaint(f"{row.line} in {labels[day]} again", "each week once")
            faults.append(loaded.row_fault(place, complaint))
        seen[row.line].add(labels[day])
    for line, present in seen.items():
        missing = [label for label in weeks.labels if label not in present]
        if missing and not faults:
            complaint = Complaint(
                f"no row for {line} in {', '.join(missing[:3])}{' …' if missing[3:] else ''}",
                "a row for every week of the period",
                "write 0 where nothing is spent",
            )
            faults.append(loaded.fault(("reference", "table"), complaint))
    return faults
