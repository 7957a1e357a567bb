"""``flighting`` meets the curves and the calendar: which weeks are dark, spent, and how many."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.complaint import Complaint
from allocator.constraints import Selection
from allocator.scenario.binding import BoundRule
from allocator.scenario.files.named_tables import LOCKED, PROFILE, Place, table_rows
from allocator.scenario.flighting_rule import FLIGHTING, FlightingRule
from allocator.scenario.loaded import LoadedScenario
from allocator.scenario.period import PlanWeeks, first_day
from allocator.scenario.schema import Scenario
from allocator.selectors import Labels, select, unknown
from mmm.errors import Fault, nearest

Amounts = dict[str, dict[str, float]]
"""line -> week, as labelled -> currency"""


def flighting_faults(loaded: LoadedScenario, labels: Labels, weeks: PlanWeeks) -> list[Fault]:
    """Lines and weeks of ``flighting`` that are not there, and tables that are not whole."""
    flighting = loaded.scenario.flighting
    faults: list[Fault] = []
    for written, dark in (flighting.dark or {}).items():
        path = (FLIGHTING, "dark", written)
        faults += [loaded.fault(path, wrong) for wrong in unknown([written], labels).values()]
        faults += [loaded.fault(path, wrong) for wrong in _outside(dark, weeks)]
    if flighting.locked is not None:
        wrong = _outside([flighting.locked.until], weeks)
        faults += [loaded.fault((FLIGHTING, "locked", "until"), one) for one in wrong]
        if not wrong:
            faults += _table_faults(
                loaded, LOCKED, tuple(labels), (weeks, locked_weeks(loaded.scenario, weeks))
            )
    if flighting.profile_file is not None:
        faults += _table_faults(loaded, PROFILE, tuple(labels), (weeks, weeks.labels))
        if not faults:
            faults += [
                loaded.fault(
                    PROFILE,
                    Complaint(f"zeros for {line} in every week", "a proportion in some week"),
                )
                for line, own in profile_amounts(loaded.scenario, weeks).items()
                if not sum(own.values())
            ]
    return faults or _spent_in_the_dark(loaded, labels, weeks)


def _spent_in_the_dark(loaded: LoadedScenario, labels: Labels, weeks: PlanWeeks) -> list[Fault]:
    dark = dark_weeks(loaded.scenario, labels)
    return [
        loaded.row_fault(
            place,
            Complaint(f"{row.spend:,.2f} for {row.line} in {row.week}, a dark week", "0 there"),
            LOCKED,
        )
        for place, row in enumerate(table_rows(loaded.scenario, LOCKED))
        if row.spend and _label(row.week, weeks) in dark.get(row.line, ())
    ]


def flighting_rules(scenario: Scenario, labels: Labels, weeks: PlanWeeks) -> tuple[BoundRule, ...]:
    """Dark and locked weeks as one more rule; none where there are no such weeks."""
    dark, locked = dark_weeks(scenario, labels), locked_amounts(scenario, weeks)
    spent = {(line, week) for line, own in locked.items() for week in own}
    dark = {
        line: tuple(week for week in own if (line, week) not in spent) for line, own in dark.items()
    }
    if not dark and not locked:
        return ()
    rule = FlightingRule(dark=dark, locked=locked)
    lines = tuple(line for line in labels if line in dark or line in locked)
    selection = Selection(lines, False, "its lines")
    return (BoundRule(FLIGHTING, rule, selection, None, None, None),)


def dark_weeks(scenario: Scenario, labels: Labels) -> dict[str, tuple[str, ...]]:
    """Line -> its dark weeks, in their order."""
    found: dict[str, set[str]] = {}
    for written, weeks in (scenario.flighting.dark or {}).items():
        for line in select([written], labels):
            found.setdefault(line, set()).update(weeks)
    return {line: tuple(sorted(found[line])) for line in labels if line in found}


def locked_weeks(scenario: Scenario, weeks: PlanWeeks) -> tuple[str, ...]:
    """The weeks already spent: the first of the period."""
    locked = scenario.flighting.locked
    return () if locked is None else weeks.labels[: weeks.labels.index(locked.until) + 1]


def locked_amounts(scenario: Scenario, weeks: PlanWeeks) -> Amounts:
    """What is spent already."""
    return _amounts(scenario, LOCKED, weeks)


def profile_amounts(scenario: Scenario, weeks: PlanWeeks) -> Amounts:
    """What the profile's table says; proportions count."""
    return _amounts(scenario, PROFILE, weeks)


def _amounts(scenario: Scenario, table: Place, weeks: PlanWeeks) -> Amounts:
    found: Amounts = {}
    for row in table_rows(scenario, table):
        label = _label(row.week, weeks)
        assert isinstance(label, str)  # flighting_faults has asked
        found.setdefault(row.line, {})[label] = row.spend
    return found


def _outside(named: Sequence[str], weeks: PlanWeeks) -> list[Complaint]:
    expected = f"a week of the period, {weeks.labels[0]} to {weeks.labels[-1]}"
    return [Complaint(f"the week {week}", expected) for week in named if week not in weeks.labels]


def _label(week: str | None, weeks: PlanWeeks) -> str | Complaint:
    """How the planned week that a row names is called."""
    day = first_day(week or "", weeks.start.weekday())
    if isinstance(day, Complaint):
        return day
    known = dict(zip(weeks.days, weeks.labels, strict=True))
    expected = f"a week of the period, {weeks.labels[0]} to {weeks.labels[-1]}"
    return known.get(day) or Complaint(f"the week {week}", expected)


def _table_faults(
    loaded: LoadedScenario,
    table: Place,
    lines: Sequence[str],
    asked: tuple[PlanWeeks, Sequence[str]],
) -> list[Fault]:
    """Rows of no line or no week of those asked for, twice the same, and rows that are missing."""
    weeks, wanted = asked
    faults: list[Fault] = []
    seen: set[tuple[str, str]] = set()
    for place, row in enumerate(table_rows(loaded.scenario, table)):
        label = _label(row.week, weeks)
        wrong = label if isinstance(label, Complaint) else None
        if row.line not in lines:
            found = f"the line {row.line!r}"
            wrong = Complaint(found, "a line of the curves", nearest(row.line, lines))
        elif isinstance(label, str) and label not in wanted:
            expected = f"a week up to {wanted[-1]}"
            wrong = Complaint(f"the week {row.week}", expected)
        elif isinstance(label, str) and (row.line, label) in seen:
            wrong = Complaint(f"{row.line} in {label} again", "each week once")
        if wrong is not None:
            faults.append(loaded.row_fault(place, wrong, table))
        elif isinstance(label, str):
            seen.add((row.line, label))
    missing = [(line, week) for line in lines for week in wanted if (line, week) not in seen]
    if missing and not faults:
        line, week = missing[0]
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        complaint = Complaint(
            f"no row for {line} in {week}{more}",
            "a row for every line and week",
            "write 0 where nothing is spent",
        )
        faults.append(loaded.fault(table, complaint))
    return faults
