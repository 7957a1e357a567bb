"""Months, events and holidays: their columns by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from mmm.baseline import baseline, event_weeks, holiday_weeks, season, widened
from mmm.baseline.seasonality import month_share
from mmm.spec import EventSpec, HolidaySpec, SeasonalitySpec, spec_of
from mmm.yamlfile import parse

DAYS = np.arange("2023-01-02", "2026-01-01", 7, dtype="datetime64[D]")
WEEKS = DAYS[:8]


def values(event: EventSpec, days: np.ndarray = WEEKS) -> np.ndarray:
    counts = np.array([event.days_in(day.item()) for day in days], dtype=float)
    return counts / counts.max()


def test_noon_of_a_day_in_its_month() -> None:
    days = np.array(["2024-02-01", "2024-02-29", "2023-12-31"], dtype="datetime64[D]")
    np.testing.assert_allclose(month_share(days), [0.5 / 29, 28.5 / 29, 30.5 / 31])


def test_a_month_of_four_whole_weeks_adds_up_to_nothing() -> None:
    february = np.arange("2021-02-01", "2021-03-01", 7, dtype="datetime64[D]")  # begins on a Monday
    columns = season(SeasonalitySpec(yearly=0, monthly=2), february)
    assert set(columns) == {f"season month {w} {k}" for w in ("sin", "cos") for k in (1, 2)}
    for column in columns.values():
        assert column.sum() == pytest.approx(0, abs=1e-12)
    # the mean of seven days a quarter turn wide: sin over the first week, once and by hand
    turn = 2 * np.pi * (np.arange(7) + 0.5) / 28
    assert columns["season month sin 1"][0] == pytest.approx(np.sin(turn).mean())


def test_a_week_across_two_months_is_the_mean_of_its_days() -> None:
    monday = np.array(
        ["2023-01-30"], dtype="datetime64[D]"
    )  # two days of January, five of February
    turns = [29.5 / 31, 30.5 / 31, 0.5 / 28, 1.5 / 28, 2.5 / 28, 3.5 / 28, 4.5 / 28]
    column = season(SeasonalitySpec(yearly=0, monthly=1), monday)["season month cos 1"]
    assert column[0] == pytest.approx(np.cos(2 * np.pi * np.array(turns)).mean())


def test_the_shape_of_an_event() -> None:
    spike = np.eye(1, 9, 4)[0]
    expected = [0, 0, 1 / 3, 2 / 3, 1, 0.5, 0, 0, 0]
    np.testing.assert_allclose(widened(spike, before=2, after=1), expected)


def test_a_long_event_keeps_its_height() -> None:
    stretch = np.array([0, 0, 1, 1, 4 / 7, 0, 0])
    expected = [0, 0.5, 1, 1, 4 / 7, 2 / 7, 0]
    np.testing.assert_allclose(widened(stretch, before=1, after=1), expected)


def test_an_event_without_width_is_as_in_the_data() -> None:
    event = EventSpec(name="fair", dates=(dt.date(2023, 1, 18),))
    np.testing.assert_array_equal(event_weeks(event, WEEKS, values(event)), np.eye(1, 8, 2)[0])


def test_an_event_after_the_data_reaches_into_them() -> None:
    """The second fair lies two weeks behind the last week, 20 February."""
    dates = (dt.date(2023, 1, 4), dt.date(2023, 3, 6))
    event = EventSpec(name="fair", dates=dates, before=3)
    column = event_weeks(event, WEEKS, values(event))
    np.testing.assert_allclose(column, [1, 0, 0, 0, 0, 0, 0.25, 0.5])


def test_an_event_before_the_data_reaches_into_them() -> None:
    event = EventSpec(name="sale", start=dt.date(2022, 12, 19), end=dt.date(2023, 1, 4), after=2)
    # three days of the first week, all seven of the two before it: 7/3 in the data's unit
    column = event_weeks(event, WEEKS, values(event))
    np.testing.assert_allclose(column[:3], [7 / 3 * 2 / 3, 7 / 3 / 3, 1 / 3])


def test_an_event_named_by_a_column_is_known_inside_the_data_only() -> None:
    event = EventSpec(name="tv", column="notes", value="tv", before=1, after=1)
    column = event_weeks(event, WEEKS, np.eye(1, 8, 7)[0])
    np.testing.assert_allclose(column, [0, 0, 0, 0, 0, 0, 0.5, 1])


def test_shopping_before_christmas_has_a_column_of_its_own() -> None:
    spec = HolidaySpec(country="DE", names=("Christmas Day",), before={"Christmas Day": 3})
    columns = holiday_weeks(spec, DAYS)
    assert set(columns) == {"holiday Christmas Day", "holiday Christmas Day before"}
    ramp = columns["holiday Christmas Day before"]
    # Christmas 2023 lies in the week of 25 December, 2024 in that of 23 December
    shown = {
        str(day): value
        for day, value in zip(DAYS, ramp, strict=True)
        if value and day < np.datetime64("2025-01-01")
    }
    assert shown == pytest.approx(
        {
            "2023-12-04": 1 / 3, "2023-12-11": 2 / 3, "2023-12-18": 1,
            "2024-12-02": 1 / 3, "2024-12-09": 2 / 3, "2024-12-16": 1,
        }
    )  # fmt: skip


def test_a_holiday_after_the_data_is_shopped_for_in_them() -> None:
    until_advent = np.arange("2023-10-02", "2023-12-18", 7, dtype="datetime64[D]")
    spec = HolidaySpec(country="DE", names=("Christmas Day",), before=2)
    columns = holiday_weeks(spec, until_advent)
    assert set(columns) == {"holiday Christmas Day before"}
    assert columns["holiday Christmas Day before"].tolist()[-2:] == [0, 0.5]


def test_a_holiday_has_weeks_after_it() -> None:
    spec = HolidaySpec(country="DE", names=("New Year's Day",), after=2)
    column = holiday_weeks(spec, DAYS)["holiday New Year's Day after"]
    # 1 January 2023 is the Sunday before the first week; 2024's is the Monday of the week itself
    assert column[:3].tolist() == [1, 0.5, 0]
    found = np.flatnonzero(column[30:70]) + 30
    assert [str(day) for day in DAYS[found]] == ["2024-01-08", "2024-01-15"]


def test_the_width_in_model_yaml_reaches_the_design() -> None:
    text = """\
schema_version: 1
data: {tables: [{file: unused.csv}]}
currency: EUR
kpis: {revenue: {column: revenue, unit: currency}}
channels: {tv: {spend: tv}}
events: [{name: fair, dates: [2024-06-05], before: 1, after: 1}]
seasonality: {monthly: 1}
"""
    spec = spec_of(parse(text, "model.yaml"))
    made = baseline(
        spec, DAYS, level=2.0, events={"fair": values(spec.events[0], DAYS)}, controls={}
    )
    fair = made.design[:, made.columns.index("event fair")]
    assert fair[fair > 0].tolist() == [0.5, 1, 0.5]
    assert "season month sin 1" in made.columns
