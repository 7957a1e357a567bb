"""Whole weeks cut into months, fiscal quarters and 4-4-5 blocks, by days and to the cent."""

from __future__ import annotations

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.periods import (
    FiscalQuarters,
    FourFourFive,
    Months,
    block_of,
    by_period,
    pieces,
    shares_of,
    split,
)


def mondays(first: str, count: int) -> list[dt.date]:
    start = dt.date.fromisoformat(first)
    return [start + dt.timedelta(weeks=n) for n in range(count)]


def test_a_week_that_straddles_two_months_belongs_to_both_by_days() -> None:
    weeks = mondays("2027-03-29", 2)  # 29, 30 and 31 March; four days of April; a week of April
    parts = split(weeks, Months())
    assert [(p.label, p.week, p.days) for p in parts] == [
        ("2027-03", 0, 3),
        ("2027-04", 0, 4),
        ("2027-04", 1, 7),
    ]
    assert parts[0].start == dt.date(2027, 3, 29)
    assert parts[0].end == dt.date(2027, 3, 31)
    assert (parts[1].start, parts[1].end) == (dt.date(2027, 4, 1), dt.date(2027, 4, 11))
    assert by_period([7000, 500], parts) == {"2027-03": 3000, "2027-04": 4500}
    assert shares_of(weeks, Months()) == {"2027-03": (3 / 7, 0.0), "2027-04": (4 / 7, 1.0)}


def test_the_odd_cent_goes_to_the_largest_remainder() -> None:
    # 1.00 EUR over 3 and 4 days: 42.86 and 57.14 cents, so 43 and 57
    assert pieces([100], split(mondays("2027-03-29", 1), Months())) == (43, 57)
    # one cent: the larger part; nothing: nothing
    assert pieces([1], split(mondays("2027-03-29", 1), Months())) == (0, 1)
    assert pieces([0], split(mondays("2027-03-29", 1), Months())) == (0, 0)


@pytest.mark.parametrize(
    ("day", "first", "named", "label", "start", "end"),
    [
        ("2027-05-05", 1, "end", "2027-Q2", "2027-04-01", "2027-06-30"),
        ("2027-05-05", 4, "end", "FY2028-Q1", "2027-04-01", "2027-06-30"),
        ("2027-05-05", 4, "start", "FY2027-Q1", "2027-04-01", "2027-06-30"),
        ("2027-03-31", 4, "end", "FY2027-Q4", "2027-01-01", "2027-03-31"),
        ("2027-01-15", 11, "end", "FY2027-Q1", "2026-11-01", "2027-01-31"),
        ("2026-11-01", 11, "end", "FY2027-Q1", "2026-11-01", "2027-01-31"),
        ("2027-09-30", 10, "end", "FY2027-Q4", "2027-07-01", "2027-09-30"),
        ("2028-02-29", 2, "start", "FY2028-Q1", "2028-02-01", "2028-04-30"),
    ],
)
def test_quarters_of_a_fiscal_year(
    day: str, first: int, named: str, label: str, start: str, end: str
) -> None:
    span = FiscalQuarters(first, named).span(dt.date.fromisoformat(day))  # type: ignore[arg-type]
    assert (span.label, str(span.start), str(span.end)) == (label, start, end)


def test_blocks_of_four_four_and_five_weeks() -> None:
    numbers = [block_of(week)[2] for week in range(27)]
    assert numbers == [1] * 4 + [2] * 4 + [3] * 5 + [4] * 4 + [5] * 4 + [6] * 5 + [7]
    first = dt.date(2027, 1, 4)
    assert FourFourFive(first).span(dt.date(2027, 2, 28)).label == "P2"  # the last day of week 8
    block = FourFourFive(first).span(dt.date(2027, 3, 1))
    assert (block.label, block.end) == ("P3", dt.date(2027, 4, 4))
    assert FourFourFive(first).span(dt.date(2028, 1, 3)).label == "P13"  # a 53rd week
    # a fiscal year that begins on a Sunday, with weeks from Monday: six days and one
    parts = split(mondays("2027-01-25", 1), FourFourFive(dt.date(2027, 1, 3)))
    assert [(p.label, p.days) for p in parts] == [("P1", 6), ("P2", 1)]


@given(
    first=st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1)),
    lines=st.lists(st.lists(st.integers(0, 10**9), min_size=9, max_size=9), min_size=1, max_size=4),
)
def test_everything_ties_to_the_cent(first: dt.date, lines: list[list[int]]) -> None:
    weeks = [first + dt.timedelta(weeks=n) for n in range(9)]
    for kind in (Months(), FiscalQuarters(4), FourFourFive(first)):
        parts = split(weeks, kind)
        for amounts in lines:
            found = pieces(amounts, parts)
            for week, amount in enumerate(amounts):
                own = [c for c, p in zip(found, parts, strict=True) if p.week == week]
                assert sum(own) == amount
                days = [p.days for p in parts if p.week == week]
                for cents, count in zip(own, days, strict=True):
                    assert abs(cents - amount * count / 7) < 1  # nobody is off by a cent
            assert sum(by_period(amounts, parts).values()) == sum(amounts)


@given(first=st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1)))
def test_months_are_those_of_the_calendar(first: dt.date) -> None:
    counted: dict[str, int] = {}
    for part in split([first + dt.timedelta(weeks=n) for n in range(13)], Months()):
        counted[part.label] = counted.get(part.label, 0) + part.days
    whole = list(counted.items())[1:-1]  # all but the months that the weeks cut off
    assert whole
    for label, days in whole:
        assert days == calendar.monthrange(*map(int, label.split("-")))[1]


def test_what_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="month 13"):
        FiscalQuarters(13)
    with pytest.raises(ValueError, match="before the first block"):
        FourFourFive(dt.date(2027, 1, 4)).span(dt.date(2027, 1, 3))
    with pytest.raises(ValueError, match="2 weeks of money"):
        pieces([1, 2], split(mondays("2027-03-29", 1), Months()))
