"""The baseline's columns: what each week holds, and what each column can and cannot follow."""

from __future__ import annotations

import numpy as np
import pytest

from mmm.baseline import FLEXIBILITY, baseline, holiday_weeks, season, trend_steps
from mmm.spec import HolidaySpec, SeasonalitySpec, TrendSpec, spec_of
from mmm.yamlfile import parse

DAYS = np.arange("2023-01-02", "2026-01-01", 7, dtype="datetime64[D]")
MODEL = """\
schema_version: 1
data: {tables: [{file: unused.csv}]}
currency: EUR
kpis: {revenue: {column: revenue, unit: currency}}
channels: {tv: {spend: tv}}
"""


def made(more: str = "", *, controls=None, events=None, level: float = 5.0):
    spec = spec_of(parse(MODEL + more, "model.yaml"))
    return baseline(spec, DAYS, level=level, events=events or {}, controls=controls or {})


def test_columns_have_names_and_scales() -> None:
    own = made(events={"fair": np.eye(1, len(DAYS), 3)[0]}, controls={"price": DAYS.astype(float)})
    assert own.design.shape == (len(DAYS), len(own.columns))
    assert len(set(own.columns)) == len(own.columns)
    assert own.columns[:2] == ("intercept", "trend line")
    assert own.scales[:, 0] == pytest.approx(5)
    assert {"event fair", "control price", "season sin 1", "season cos 2"} <= set(own.columns)
    price = own.design[:, own.columns.index("control price")]
    assert price.mean() == pytest.approx(0, abs=1e-12)
    assert price.std() == pytest.approx(1)


def test_only_trend_steps_are_flexible() -> None:
    own = made()
    steps = np.array([name.startswith("trend 2") for name in own.columns])
    np.testing.assert_allclose(own.scales[:, steps], FLEXIBILITY[:, None] * np.ones(sum(steps)))
    assert np.ptp(own.scales[:, ~steps], axis=0).max() == 0
    assert own.weight.sum() == pytest.approx(1)


@pytest.mark.parametrize(("kind", "names"), [("linear", {"trend line"}), ("none", set())])
def test_other_trends(kind: str, names: set[str]) -> None:
    own = made(f"trend: {{kind: {kind}}}\n")
    assert {name for name in own.columns if name.startswith("trend")} == names
    assert own.weight.tolist() == [1.0]


def test_a_control_that_never_moves_is_left_out() -> None:
    assert "control flat" not in made(controls={"flat": np.full(len(DAYS), 3.0)}).columns


def test_trend_steps_bend_only_at_knots() -> None:
    columns = np.column_stack(list(trend_steps(TrendSpec(knot_weeks=13), DAYS).values()))
    assert columns.shape[1] == 12
    np.testing.assert_allclose(columns[0], 0)
    np.testing.assert_allclose(columns[-1], 1)
    level = columns @ np.random.default_rng(3).normal(size=12)
    bends = np.flatnonzero(np.abs(np.diff(level, 2)) > 1e-9) + 1
    knots = np.linspace(0, len(DAYS) - 1, 13)[1:-1]
    assert all(np.abs(bends - knot).min() <= 1 for knot in knots)
    assert len(bends) <= 2 * len(knots)  # a knot between two weeks shows at both


def test_a_week_alone_cannot_be_followed() -> None:
    columns = np.column_stack([np.ones(len(DAYS)), *trend_steps(TrendSpec(), DAYS).values()])
    spike = np.eye(1, len(DAYS), 70)[0]
    fitted = columns @ np.linalg.lstsq(columns, spike, rcond=None)[0]
    assert fitted.max() < 0.2


def test_season_repeats_after_a_year() -> None:
    days = np.array(["2023-01-02", "2027-01-02"], dtype="datetime64[D]")  # 4 years are 1461 days
    for column in season(SeasonalitySpec(yearly=3), days).values():
        assert column[0] == pytest.approx(column[1], abs=1e-12)
    assert season(SeasonalitySpec(yearly=0), days) == {}


def test_holidays_stand_in_the_weeks_that_contain_them() -> None:
    spec = HolidaySpec(
        country="DE", names=("Christmas Day", "Second Day of Christmas", "Good Friday")
    )
    columns = holiday_weeks(spec, DAYS)
    assert set(columns) == {f"holiday {name}" for name in spec.names}
    weeks = DAYS[columns["holiday Good Friday"] > 0].astype(str).tolist()
    # Good Fridays: 7 April 2023, 29 March 2024, 18 April 2025
    assert weeks == ["2023-04-03", "2024-03-25", "2025-04-14"]
    christmas = DAYS[columns["holiday Christmas Day"] > 0].astype(str).tolist()
    assert christmas == ["2023-12-25", "2024-12-23", "2025-12-22"]


def test_several_days_of_one_holiday_in_a_week_count_as_one_full_week() -> None:
    columns = holiday_weeks(HolidaySpec(country="US"), DAYS)
    assert all(column.max() == 1 and column.min() == 0 for column in columns.values())


def test_no_holidays_without_a_country() -> None:
    assert holiday_weeks(None, DAYS) == {}
