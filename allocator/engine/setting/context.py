"""What would be sold without media in the planned weeks, with the context that a scenario gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from allocator.complaint import Complaint
from allocator.constraints import Baseline
from allocator.scenario import LoadedScenario, PlanWeeks, Scenario
from allocator.scenario.period import first_day
from mmm.curves import ResponseCurves
from mmm.errors import Fault, nearest

NONE = "curves without a baseline forecast"
AGAIN = "fit again: `mmm fit MODEL.yaml --out DIR --force`"


def lacking(curves: ResponseCurves, weeks: PlanWeeks) -> Complaint | None:
    """Why nothing is known of the baseline in these weeks; None where it is."""
    forecast = curves.forecast
    expected = "a baseline forecast of every planned week"
    if forecast is None:
        return Complaint(NONE, expected, AGAIN)
    if weeks.start < forecast.weeks[0] or weeks.days[-1] > forecast.weeks[-1]:
        known = f"{forecast.weeks[0]} to {forecast.weeks[-1] + dt.timedelta(days=6)}"
        return Complaint(f"a baseline forecast of {known}", expected, AGAIN)
    return None


def context_faults(loaded: LoadedScenario, curves: ResponseCurves, weeks: PlanWeeks) -> list[Fault]:
    """Controls that the model does not have or that come twice, and weeks without a value."""
    context = loaded.scenario.context or {}
    if not context:
        return []
    if (wrong := lacking(curves, weeks)) is not None:
        return [loaded.fault(("context",), wrong)]
    assert curves.forecast is not None  # lacking has asked
    known, faults = curves.forecast.controls, list[Fault]()
    owner: dict[str, str] = {}
    for name, table in context.items():
        place = ("context", name)
        for control in table.controls:
            found = ""
            if control not in known:
                found, expected = f"the column {control}", "week and controls of the model"
                fix = nearest(control, known) if known else "the model has none: leave `context`"
            elif control in owner:
                found = f"{control} again ({owner[control]} has it already)"
                expected, fix = "each control in one table", ""
            owner.setdefault(control, name)
            if found:
                faults.append(_header_fault(loaded, name, Complaint(found, expected, fix)))
        seen: set[dt.date] = set()
        for row, said in enumerate(table.rows or ()):
            day = first_day(said.week, curves.week_start)
            if isinstance(day, Complaint):
                faults.append(loaded.row_fault(row, day, place))
                continue
            if day in seen:
                again = Complaint(f"the week {said.week} again", "each week once")
                faults.append(loaded.row_fault(row, again, place))
            seen.add(day)
        missing = [w for day, w in zip(weeks.days, weeks.labels, strict=True) if day not in seen]
        if missing and not faults:
            more = f" and {len(missing) - 1} more" if missing[1:] else ""
            none = Complaint(f"no row for {missing[0]}{more}", "a row for every planned week")
            faults.append(loaded.fault(place, none))
    return faults


def total_faults(
    loaded: LoadedScenario, curves: ResponseCurves, weeks: PlanWeeks, scale: Mapping[str, float]
) -> list[Fault]:
    """Targets of a total without a forecast, or of lines that do not count alike (``scale``)."""
    budget, objective = loaded.scenario.budget, loaded.scenario.objective
    places: list[tuple[str, ...]] = []
    if budget.sought is not None and budget.sought.total:
        places.append(("budget", budget.form, "total"))
    if objective.total:
        places.append(("objective", "total"))
    if not places:
        return []
    if (wrong := lacking(curves, weeks)) is not None:
        return [loaded.fault(place, wrong) for place in places]
    if objective.total and any(factor != 1 for factor in scale.values()):
        found = "a total with the baseline, where lines do not count alike"
        expected = "an objective in which one of a KPI counts the same, whoever brings it"
        return [loaded.fault(("objective", "total"), Complaint(found, expected))]
    return []


def _header_fault(loaded: LoadedScenario, name: str, complaint: Complaint) -> Fault:
    """About a column of a table: in the table's first line, or where it is named."""
    rows = loaded.rows.get(("context", name), ())
    if not rows:
        return loaded.fault(("context", name), complaint)
    return Fault(rows[0][0], 1, 0, "", complaint.found, complaint.expected, complaint.fix)


def given_of(scenario: Scenario, week_start: int) -> dict[str, dict[dt.date, float]]:
    """Control -> first day of a week -> the value that the scenario gives.

    To be asked once ``context_faults`` is empty.
    """
    given: dict[str, dict[dt.date, float]] = {}
    for table in (scenario.context or {}).values():
        for row in table.rows or ():
            day = first_day(row.week, week_start)
            assert isinstance(day, dt.date)
            for control, value in row.values.items():
                given.setdefault(control, {})[day] = value
    return given


def baseline_of(
    scenario: Scenario, curves: ResponseCurves, weeks: PlanWeeks
) -> Mapping[str, Baseline]:
    """KPI -> what is expected without media, and what would be observed; empty where not known.

    Observed is expected plus noise, N(0, noise_s²) in every week of draw s, less the noise's mean
    over the draws: the mean stays what is expected. Seeded by the scenario's run.
    """
    if lacking(curves, weeks) is not None:
        return {}
    assert curves.forecast is not None
    given = given_of(scenario, curves.week_start)
    found = {}
    for place, kpi in enumerate(curves.kpis):
        expected = curves.forecast.baseline(kpi, weeks.start, weeks.weeks, given)
        rng = np.random.default_rng([scenario.run.seed, place, curves.draws])
        noise = curves.forecast.noise(kpi)[:, None] * rng.standard_normal(expected.shape)
        found[kpi] = Baseline(expected, expected + noise - noise.mean(axis=0))
    return found
