"""Weeks: which week a date belongs to, and whether a table's dates are whole weeks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mmm.data.findings import Findings
from mmm.data.text import RawTable
from mmm.errors import Fault
from mmm.spec import WEEK_DAYS, ModelSpec

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
MOST = 0.9  # dates that share a weekday are a habit of the file; fewer are slips in single rows


@dataclass(frozen=True)
class Calendar:
    """How a table's dates become weeks."""

    week_start: int
    """0 is Monday, as in ``datetime.date.weekday``."""
    daily: bool
    label_is_end: bool

    @classmethod
    def of(cls, spec: ModelSpec, table: RawTable) -> Calendar:
        """The calendar that model.yaml states for ``table``."""
        daily = (table.spec.frequency or spec.frequency) == "daily"
        start = WEEK_DAYS.index(spec.week_start)
        return cls(start, daily, not daily and table.spec.week_label == "end")

    def week(self, date: dt.date) -> dt.date:
        """First day of the week that ``date`` names or lies in."""
        return date - DAY * ((date.weekday() - self.week_start) % 7)

    def first_day(self, date: dt.date) -> dt.date:
        """First day that a row of ``date`` stands for."""
        return date - 6 * DAY if self.label_is_end else date


def check_dates(
    table: RawTable, dates: Sequence[dt.date], calendar: Calendar, findings: Findings
) -> bool:
    """Whether the dates are of the stated frequency and fall on week starts."""
    days = sorted(set(dates))
    steps = Counter((b - a).days for a, b in pairwise(days))
    row_of = {date: row for row, date in reversed(list(enumerate(dates)))}
    usual = steps.most_common(1)[0][0] if steps else 0
    column = table.spec.date
    if calendar.daily:
        if usual == 7 and 1 not in steps:
            expected = "daily rows (frequency: daily)"
            fix = "state `frequency: weekly` for this table"
            findings.add(table.fault(0, column, "dates 7 days apart", expected, fix))
            return False
        return True
    if 1 in steps and set(steps) <= {1}:
        fix = "write `frequency: daily`; days are then summed to weeks"
        findings.add(table.fault(0, column, "one row per day", "one row per week", fix))
        return False
    if steps[1] >= 2 and steps[7] >= 2:
        row = row_of[next(b for a, b in pairwise(days) if (b - a).days == 1)]
        found = f"daily rows around {dates[row]} beside weekly ones"
        fix = "put daily and weekly rows into two tables, each with its `frequency`"
        findings.add(table.fault(row, column, found, "one frequency", fix))
        return False
    if len(days) > 2 and min(steps) >= 28:
        found = f"dates {usual} days apart"
        fix = "monthly figures are too coarse for this model"
        findings.add(table.fault(0, column, found, "weekly or daily rows", fix))
        return False
    return _on_week_start(table, dates, calendar, findings)


def _on_week_start(
    table: RawTable, dates: Sequence[dt.date], calendar: Calendar, findings: Findings
) -> bool:
    firsts = [calendar.first_day(date) for date in dates]
    wrong = [row for row, first in enumerate(firsts) if first.weekday() != calendar.week_start]
    if not wrong:
        return True
    weekday, times = Counter(date.weekday() for date in dates).most_common(1)[0]
    name = WEEK_DAYS[weekday]
    start = WEEK_DAYS[calendar.week_start].capitalize()
    expected = f"a {start}, the first day of a week (week_start)"
    if calendar.label_is_end:
        last = WEEK_DAYS[(calendar.week_start + 6) % 7].capitalize()
        expected = f"a {last}, the last day of a week (week_label: end)"
    if times >= MOST * len(dates) and len(wrong) == len(dates):
        found = f"{dates[0]}, a {name.capitalize()}, like most dates here"
        fix = f"write `week_start: {name}`"
        if weekday == (calendar.week_start + 6) % 7 and not calendar.label_is_end:
            fix += ", or `week_label: end` for this table if the date is a week's last day"
        findings.add(table.fault(0, table.spec.date, found, expected, fix))
        return False
    for row in wrong:
        found = f"{dates[row]}, a {WEEK_DAYS[dates[row].weekday()].capitalize()}"
        findings.add(table.fault(row, table.spec.date, found, expected, "correct this date"))
    return False


def check_whole(
    table: RawTable,
    dates: Sequence[dt.date],
    calendar: Calendar,
    findings: Findings,
    *,
    may_miss: bool,
) -> None:
    """Every week between the first and the last is there, and whole when rows are days.

    ``may_miss``: weeks without any row are allowed (nothing was spent in them).
    """
    days = sorted(set(dates))
    row_of = {date: row for row, date in reversed(list(enumerate(dates)))}
    step = DAY if calendar.daily else WEEK
    if calendar.daily:
        days = _without_ragged_ends(table, days, row_of, calendar, findings)
    if may_miss or not table.whole:
        return
    for before, after in pairwise(days):
        missing = (after - before) // step - 1
        if missing <= 0:
            continue
        first = before + step
        unit = "day" if calendar.daily else "week"
        found = (
            f"no row for {first}"
            if missing == 1
            else (f"no row for the {missing} {unit}s from {first} to {after - step}")
        )
        fix = "add what is missing, or use `data: {start: …}` or `{end: …}` to leave it out"
        expected = f"a row for every {unit}"
        findings.add(table.fault(row_of[after], table.spec.date, found, expected, fix))


def _without_ragged_ends(
    table: RawTable,
    days: list[dt.date],
    row_of: dict[dt.date, int],
    calendar: Calendar,
    findings: Findings,
) -> list[dt.date]:
    """The days of whole weeks; an incomplete first or last week is a question."""
    first, last = days[0], days[-1]
    begin, end = calendar.week(first), calendar.week(last) + 6 * DAY
    for ragged, edge, there, answer in (
        (first != begin, first, calendar.week(first) + WEEK - first, f"start: {begin + WEEK}"),
        (last != end, last, last + DAY - calendar.week(last), f"end: {end - WEEK}"),
    ):
        if ragged:
            found = f"{there.days} of 7 days in the week of {calendar.week(edge)}"
            fix = f"write `data: {{{answer}}}` to leave this week out"
            fault = table.fault(row_of[edge], table.spec.date, found, "whole weeks", fix)
            findings.add(fault)
    return days


def weeks_between(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """Week starts from ``first`` to ``last``, both included."""
    return tuple(first + WEEK * i for i in range((last - first) // WEEK + 1))


def agreed_weeks(
    spec: ModelSpec,
    spans: Sequence[tuple[RawTable, dt.date, dt.date, bool]],
    findings: Findings,
) -> tuple[dt.date, ...] | None:
    """The weeks that all tables cover; None with a question when they cover different ones.

    spans: (table, first week, last week, may be shorter because absent weeks mean no spend).
    """
    firm = [span for span in spans if not span[3]] or list(spans)
    calendar = Calendar.of(spec, spans[0][0])
    longest = min(spans, key=lambda span: span[1])
    start, start_of = longest[1], f"as {longest[0].spec.file} has"
    longest = max(spans, key=lambda span: span[2])
    end, end_of = longest[2], f"as {longest[0].spec.file} has"
    if spec.data.start:
        start, start_of = spec.data.start, "as data.start says"
    if spec.data.end:
        end, end_of = calendar.week(spec.data.end), "as data.end says"
    late = [(table, first) for table, first, _, _ in firm if first > start]
    early = [(table, last) for table, _, last, _ in firm if last < end]
    answer = "write `data: {{{}}}` to use the weeks that all tables have"
    if late:
        table, first = max(late, key=lambda pair: pair[1])
        found, expected = f"a first week of {first}", f"data from {start} on, {start_of}"
        fix = answer.format(f"start: {first}")
        findings.add(Fault(table.file, 0, 0, table.spec.date, found, expected, fix))
    if early:
        table, last = min(early, key=lambda pair: pair[1])
        found, expected = f"a last week of {last}", f"data up to the week of {end}, {end_of}"
        fix = answer.format(f"end: {last + 6 * DAY}")
        findings.add(Fault(table.file, 0, 0, table.spec.date, found, expected, fix))
    return None if late or early else weeks_between(start, end)
