from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import scenario_case

from allocator.scenario import Period, PlanWeeks, load, plan_calendar, plan_weeks
from mmm.errors import InputError

MONDAY, SUNDAY = 0, 6


def weeks_of(week_start: int = MONDAY, **written: Any) -> PlanWeeks:
    weeks = plan_weeks(Period.model_validate(written), week_start)
    assert isinstance(weeks, PlanWeeks)
    return weeks


@pytest.mark.parametrize(
    "written",
    [
        {"start": "2027-W14", "weeks": 13},
        {"start": "2027-04-05", "weeks": 13},
        {"start": dt.date(2027, 4, 5), "end": dt.date(2027, 7, 4)},
        {"start": "2027-W14", "end": "2027-W26"},
        {"start": "2027-W14", "end": "2027-07-04"},
    ],
)
def test_five_ways_to_write_the_second_quarter(written: dict[str, Any]) -> None:
    weeks = weeks_of(**written)
    assert (weeks.start, weeks.weeks, weeks.end) == (
        dt.date(2027, 4, 5),
        13,
        dt.date(2027, 7, 4),
    )
    assert weeks.labels[0] == "2027-W14"
    assert weeks.labels[-1] == "2027-W26"
    assert [day.weekday() for day in weeks.days] == [MONDAY] * 13


def test_weeks_over_the_turn_of_a_long_year() -> None:
    assert weeks_of(start="2026-W53", weeks=2).labels == ("2026-W53", "2027-W01")
    assert weeks_of(start="2026-12-28", weeks=1).labels == ("2026-W53",)


def test_a_week_from_sunday_is_the_one_that_begins_in_the_iso_week() -> None:
    weeks = weeks_of(SUNDAY, start="2027-W14", weeks=2)
    assert weeks.start == dt.date(2027, 4, 11)
    assert weeks.labels == ("2027-W14", "2027-W15")
    assert weeks_of(SUNDAY, start="2027-04-11", end="2027-04-24") == weeks
    assert weeks_of(SUNDAY, start="2027-W14", end="2027-W15") == weeks


@pytest.mark.parametrize("week_start", range(7))
def test_a_label_means_the_week_it_is_the_label_of(week_start: int) -> None:
    weeks = weeks_of(week_start, start="2026-W50", weeks=10)
    for day, label in zip(weeks.days, weeks.labels, strict=True):
        assert weeks_of(week_start, start=label, weeks=1).start == day


def test_days_inside_a_week_name_the_nearest_ones() -> None:
    period = Period.model_validate({"start": "2027-04-07", "end": "2027-07-01"})
    found = plan_weeks(period, MONDAY)
    assert isinstance(found, dict)
    assert found["start"].found == "2027-04-07, a Wednesday"
    assert found["start"].fix == "write 2027-04-05 or 2027-04-12"
    assert found["end"].found == "2027-07-01, a Thursday"
    assert found["end"].expected == "a Sunday, on which the model's weeks end"
    assert found["end"].fix == "write 2027-06-27 or 2027-07-04"


def test_an_end_before_the_start_in_mixed_forms() -> None:
    found = plan_weeks(Period.model_validate({"start": "2027-W14", "end": "2027-04-04"}), MONDAY)
    assert isinstance(found, dict)
    assert "a day after the start, 2027-04-05" in found["end"].expected


def test_the_calendar_collects_faults_with_their_places(tmp_path: Path) -> None:
    changes = (
        "period: {start: 2027-04-07, weeks: 13}\n"
        "reference: {actuals: {start: 2026-01-01, weeks: 13}}"
    )
    loaded = load(scenario_case.write_scenario(tmp_path, changes))
    with pytest.raises(InputError) as caught:
        plan_calendar(loaded, MONDAY)
    assert [(fault.line, fault.path) for fault in caught.value.faults] == [
        (5, "period.start"),
        (7, "reference.actuals.start"),
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("tv,2027-W01,5\ntv,2027-W02,5\n", None),
        ("tv,2027-01-04,5\ntv,2027-W02,5\n", None),
        ("tv,2027-W01,5\n", "no row for tv in 2027-W02"),
        ("tv,2027-W01,5\ntv,2027-W02,5\ntv,2027-W03,5\n", "last.csv:4: found the week 2027-W03"),
        ("tv,2027-W01,5\ntv,2027-01-04,5\n", "last.csv:3: found tv in 2027-W01 again"),
        ("tv,2027-W01,5\ntv,2027-01-12,5\n", "last.csv:3: found 2027-01-12, a Tuesday"),
    ],
)
def test_a_weekly_table_has_every_week_of_the_period_once(
    rows: str, message: str | None, tmp_path: Path
) -> None:
    changes = "period: {start: 2027-W01, weeks: 2}\nreference: {table: last.csv}"
    path = scenario_case.write_scenario(tmp_path, changes)
    (path.parent / "last.csv").write_text("line,week,spend\n" + rows, encoding="utf-8")
    if message is None:
        assert plan_calendar(load(path)).weeks == 2
        return
    with pytest.raises(InputError) as caught:
        plan_calendar(load(path))
    assert message in str(caught.value)
