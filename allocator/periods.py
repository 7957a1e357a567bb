"""Calendar months, fiscal quarters and 4-4-5 blocks of whole weeks, by days, to the cent. Ground
floor.

A plan is made in whole weeks. Money of a week that straddles two periods belongs to both in
proportion to the days that fall in each, so that of 70 EUR in a week with three days in March,
30 are March's. ``split`` says which days those are, ``pieces`` cuts the cents.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from allocator.cents import to_cents

DAYS = 7  # of a week
BLOCKS = (4, 4, 5)
"""Weeks of the three blocks of a quarter."""

_ONE = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A period as its calendar has it, the days that nobody plans included.

    start, end: its first and last day
    """

    label: str
    start: dt.date
    end: dt.date


class Calendar(Protocol):
    """How days fall into periods: every day into exactly one."""

    def span(self, day: dt.date) -> Span:
        """The period that a day belongs to."""


@dataclass(frozen=True)
class Months:
    """Calendar months: ``2027-04``."""

    def span(self, day: dt.date) -> Span:
        """The month of a day."""
        return Span(f"{day:%Y-%m}", day.replace(day=1), _month(day, 1) - _ONE)


@dataclass(frozen=True)
class FiscalQuarters:
    """Three months each, from the first month of the fiscal year: ``2027-Q2``, ``FY2027-Q1``.

    first_month: the month in which the fiscal year begins, 1 to 12
    named_for:   a fiscal year is named for the calendar year in which it ends, or starts; only a
                 year that begins in January has one name either way and is written without FY

    Raises ValueError for a month that there is not.
    """

    first_month: int = 1
    named_for: Literal["start", "end"] = "end"

    def __post_init__(self) -> None:
        if not 1 <= self.first_month <= 12:
            raise ValueError(f"month {self.first_month}: expected 1 to 12")

    def span(self, day: dt.date) -> Span:
        """The quarter of a day."""
        into = (day.month - self.first_month) % 12  # whole months of the year before this one
        start = _month(day, -(into % 3))
        began = day.year if day.month >= self.first_month else day.year - 1
        plain = self.first_month == 1
        year = began if plain or self.named_for == "start" else began + 1
        label = f"{'' if plain else 'FY'}{year}-Q{into // 3 + 1}"
        return Span(label, start, _month(start, 3) - _ONE)


@dataclass(frozen=True)
class FourFourFive:
    """Blocks of 4, 4 and 5 weeks, numbered from the first: ``P1``, ``P2``, …

    first: the first day of P1. Numbers go on after P12, so that a year of 53 weeks has its last
    week in P13 and nothing falls out; a fiscal year that begins anew needs its own first day.
    """

    first: dt.date

    def span(self, day: dt.date) -> Span:
        """The block of a day. Raises ValueError for a day before the first block."""
        weeks = (day - self.first).days // DAYS
        if weeks < 0:
            raise ValueError(f"{day} lies before the first block, which starts on {self.first}")
        start, length, number = block_of(weeks)
        begins = self.first + dt.timedelta(weeks=start)
        return Span(f"P{number}", begins, begins + dt.timedelta(weeks=length) - _ONE)


@dataclass(frozen=True)
class PeriodShare:
    """The part of one week that lies in one period.

    label:      of the period: ``2027-04``
    start, end: first and last day of the period among the weeks that were split
    week:       which of these weeks, from 0
    days:       how many of its 7 days, 1 or more
    """

    label: str
    start: dt.date
    end: dt.date
    week: int
    days: int


def split(weeks: Sequence[dt.date], calendar: Calendar) -> tuple[PeriodShare, ...]:
    """Every week cut into periods, by days; in the order of the days.

    weeks: first day of each week, rising. The days of one week add up to 7.
    """
    runs: list[tuple[str, int, int]] = []
    ends: dict[str, tuple[dt.date, dt.date]] = {}
    for week, first in enumerate(weeks):
        days: dict[str, int] = {}
        for number in range(DAYS):
            day = first + dt.timedelta(days=number)
            label = calendar.span(day).label
            days[label] = days.get(label, 0) + 1
            ends[label] = (ends.get(label, (day, day))[0], day)
        runs += [(label, week, count) for label, count in days.items()]
    return tuple(PeriodShare(label, *ends[label], week, days) for label, week, days in runs)


def shares_of(weeks: Sequence[dt.date], calendar: Calendar) -> dict[str, tuple[float, ...]]:
    """Period -> the share of every week's days that lie in it."""
    found: dict[str, list[float]] = {}
    for part in split(weeks, calendar):
        found.setdefault(part.label, [0.0] * len(weeks))[part.week] = part.days / DAYS
    return {label: tuple(shares) for label, shares in found.items()}


def pieces(amounts: Sequence[int], shares: Sequence[PeriodShare]) -> tuple[int, ...]:
    """The cents of every piece of ``split``: those of one week add up to that week's cents.

    amounts: cents of each week, 0 or more. The largest remainder gets the odd cent; of equals the
    earlier days. Sums over pieces, of a period or of several lines, therefore tie by themselves.
    Raises ValueError for weeks that the shares do not cover.
    """
    of_week: dict[int, list[int]] = {}
    for place, share in enumerate(shares):
        of_week.setdefault(share.week, []).append(place)
    if sorted(of_week) != list(range(len(amounts))):
        raise ValueError(f"{len(amounts)} weeks of money for {len(of_week)} weeks of days")
    found = [0] * len(shares)
    for week, places in of_week.items():
        cut = _cut(amounts[week], [shares[place].days for place in places])
        for place, cents in zip(places, cut, strict=True):
            found[place] = cents
    return tuple(found)


def by_period(amounts: Sequence[int], shares: Sequence[PeriodShare]) -> dict[str, int]:
    """Period -> its cents, in the order of time; together the cents of all weeks.

    amounts: cents of each week, as for ``pieces``.
    """
    found: dict[str, int] = {}
    for share, cents in zip(shares, pieces(amounts, shares), strict=True):
        found[share.label] = found.get(share.label, 0) + cents
    return found


def block_of(week: int) -> tuple[int, int, int]:
    """The 4-4-5 block that a week counted from 0 belongs to: (its first week, weeks, number)."""
    quarter, within = divmod(week, sum(BLOCKS))
    start, number = quarter * sum(BLOCKS), quarter * len(BLOCKS) + 1
    for length in BLOCKS:
        if within < length:
            return start, length, number
        within, start, number = within - length, start + length, number + 1
    raise AssertionError("a week lies in one of its quarter's blocks")


def _cut(amount: int, days: Sequence[int]) -> tuple[int, ...]:
    if len(days) == 1:
        return (amount,)
    exact = [amount * count / DAYS / 100 for count in days]
    return to_cents(exact, amount, [0] * len(days), [amount] * len(days))


def _month(day: dt.date, ahead: int) -> dt.date:
    """First day of the month that many after a day's own."""
    years, month = divmod(day.month - 1 + ahead, 12)
    return dt.date(day.year + years, month + 1, 1)
