"""The days behind a period, in the model's own weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from allocator.complaint import Complaint
from allocator.weeks import iso_monday

WEEK = dt.timedelta(days=7)
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class _Stretch(Protocol):
    @property
    def start(self) -> str: ...
    @property
    def weeks(self) -> int | None: ...


@dataclass(frozen=True)
class PlanWeeks:
    """Whole weeks in a row.

    start:  first day of the first week
    weeks:  how many
    """

    start: dt.date
    weeks: int

    @property
    def end(self) -> dt.date:
        """The last day."""
        return self.start + self.weeks * WEEK - dt.timedelta(days=1)

    @property
    def days(self) -> tuple[dt.date, ...]:
        """First day of every week."""
        return tuple(self.start + n * WEEK for n in range(self.weeks))

    @property
    def labels(self) -> tuple[str, ...]:
        """The ISO week in which each week begins: ``2027-W14``."""
        return tuple(f"{day:%G}-W{day:%V}" for day in self.days)


def first_day(text: str, week_start: int) -> dt.date | Complaint:
    """First day of the week written ``2027-W14`` (or of that first day itself).

    week_start: weekday on which the model's weeks begin, 0 = Monday. An ISO week is the model's
    week that begins in it: with weeks from Sunday, 2027-W14 begins on Sunday 2027-04-11. A day
    that is no first day of a week is a Complaint naming the nearest ones.
    """
    monday = iso_monday(text)
    if monday is not None:
        return monday + dt.timedelta(days=week_start)
    day = dt.date.fromisoformat(text)
    late = (day.weekday() - week_start) % 7
    if late == 0:
        return day
    before = day - dt.timedelta(days=late)
    return Complaint(
        f"{text}, a {DAY_NAMES[day.weekday()]}",
        f"a {DAY_NAMES[week_start]}, on which the model's weeks begin",
        f"write {before} or {before + WEEK}",
    )


def last_day(text: str, week_start: int) -> dt.date | Complaint:
    """Last day of the week written ``2027-W26`` (or of that last day itself)."""
    monday = iso_monday(text)
    if monday is not None:
        return monday + dt.timedelta(days=week_start + 6)
    day = dt.date.fromisoformat(text)
    late = (day.weekday() - (week_start - 1)) % 7
    if late == 0:
        return day
    before = day - dt.timedelta(days=late)
    return Complaint(
        f"{text}, a {DAY_NAMES[day.weekday()]}",
        f"a {DAY_NAMES[(week_start - 1) % 7]}, on which the model's weeks end",
        f"write {before} or {before + WEEK}",
    )


def plan_weeks(stretch: _Stretch, week_start: int) -> PlanWeeks | dict[str, Complaint]:
    """The weeks of a period (or of ``actuals``), or what is wrong by key, ``start`` or ``end``."""
    start = first_day(stretch.start, week_start)
    complaints = {"start": start} if isinstance(start, Complaint) else {}
    end_text: str | None = getattr(stretch, "end", None)
    end = None if end_text is None else last_day(end_text, week_start)
    if isinstance(end, Complaint):
        complaints["end"] = end
    if isinstance(start, Complaint) or isinstance(end, Complaint):
        return complaints
    if end is None:
        assert stretch.weeks is not None  # the schema asks for weeks or an end
        return PlanWeeks(start, stretch.weeks)
    weeks = ((end - start).days + 1) // 7
    if weeks < 1:
        return {"end": Complaint(f"an end on {end}", f"a day after the start, {start}")}
    return PlanWeeks(start, weeks)
