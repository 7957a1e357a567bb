"""When the outcome falls: week by week, and counted by week."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import xarray as xr
from random_curves import (
    FORMS_OF_CURVES,
    LINES,
    by_line,
    on_reach,
    random_curves,
    random_window,
)

from mmm.card import HealthCard
from mmm.curves import TabulatedCurves, Window

WEEKS = 5
PROFILE = np.array([0.1, 0.0, 0.4, 0.2, 0.3])


def plan_of(seed: int) -> xr.DataArray:
    plan = np.random.default_rng([seed, 2]).gamma(1.0, 120.0, size=(3, WEEKS))
    plan[1, 2] = 0.0
    plan[2] = 0.0
    return by_line(plan)


@pytest.mark.parametrize("form", FORMS_OF_CURVES)
@pytest.mark.parametrize("seed", range(2))
def test_weeks_add_up_to_the_response(form: str, seed: int) -> None:
    curves, window = FORMS_OF_CURVES[form](random_curves(seed)), random_window(seed, WEEKS)
    timed, whole = curves.timed(plan_of(seed), window), curves.response(plan_of(seed), window)
    assert timed.dims == ("draw", "kpi", "line", "week")
    assert timed["week"].to_numpy().tolist()[0] == "2026-W13"
    assert timed["week"].to_numpy().tolist()[-2:] == ["2026-W17", "after"]
    np.testing.assert_allclose(
        timed.sum("week"), whole, rtol=1e-12, atol=1e-12 * float(whole.max())
    )


@pytest.mark.parametrize("form", FORMS_OF_CURVES)
def test_a_week_does_not_depend_on_later_spend(form: str) -> None:
    curves, window, plan = (
        FORMS_OF_CURVES[form](random_curves(3)),
        random_window(3, WEEKS),
        plan_of(3),
    )
    later = plan.copy()
    later[:, 3:] *= 2
    one, other = curves.timed(plan, window), curves.timed(later, window)
    np.testing.assert_allclose(one[..., :3], other[..., :3], rtol=1e-9, atol=1e-9)
    assert (other[:, :, 0, 3:] > one[:, :, 0, 3:]).all()


def test_reach_by_hand() -> None:
    """One week of spend: its people times the weights of the weeks that follow."""
    curves, window = on_reach(random_curves(2)), random_window(2, WEEKS)
    plan = np.zeros((3, WEEKS))
    plan[0, 3] = 700.0
    timed = curves.timed(by_line(plan), window).sel(line="tv", kpi="revenue").to_numpy()
    at = curves.data.sel(line="tv", kpi="revenue")
    shape, size = at["reach_shape"].to_numpy(), at["reach_audience"].to_numpy()
    people = size * (1 - (1 + 700 / size / shape) ** -shape)
    seen = (700 / people) ** at["frequency_slope"].to_numpy()
    half = at["frequency_half"].to_numpy() ** at["frequency_slope"].to_numpy()
    whole = at["effect"].to_numpy() / 500 * people * seen / (seen + half)
    rate = at["adstock_retention"].to_numpy()
    weights = rate[:, None] ** np.arange(4) / (rate[:, None] ** np.arange(4)).sum(1, keepdims=True)
    assert (timed[:, :3] == 0).all()
    expected = whole[:, None] * np.stack([weights[:, 0], weights[:, 1], weights[:, 2:].sum(1)], 1)
    np.testing.assert_allclose(timed[:, 3:], expected, rtol=1e-9)


COUNTS = {
    "one week": np.array([0, 0, 1.0, 0, 0, 0]),
    "after": np.array([0, 0, 0, 0, 0, 1.0]),
    "discounted": 0.99 ** np.arange(6),
    "nothing": np.zeros(6),
}


@pytest.mark.parametrize("form", FORMS_OF_CURVES)
@pytest.mark.parametrize("name", COUNTS)
def test_a_counted_curve_is_the_weighted_sum_of_weeks(form: str, name: str) -> None:
    curves, window = FORMS_OF_CURVES[form](random_curves(5)), random_window(5, WEEKS)
    totals = np.array([0.0, 40.0, 900.0, 3000.0])
    for line in LINES:
        curve = curves.steady("customers", line, PROFILE, window, COUNTS[name])
        expected = []
        for total in totals:
            plan = by_line(np.outer([own == line for own in LINES], total * PROFILE))
            expected.append(
                curves.timed(plan, window).sel(kpi="customers", line=line)
                @ xr.DataArray(COUNTS[name], dims="week")
            )
        value = curve.value(totals)
        np.testing.assert_allclose(value, np.stack(expected, axis=1), rtol=1e-10, atol=1e-12)
        at, step = totals[1:], 1e-3
        rise = (curve.value(at + step) - curve.value(at - step)) / (2 * step)
        np.testing.assert_allclose(curve.slope(at), rise, rtol=1e-6, atol=1e-10)
        mean = curve.mean_at(900.0)
        np.testing.assert_allclose(mean, (value[:, 2].mean(), curve.slope(at)[:, 1].mean()))
        bracket = curve.bracket(totals)
        inside = np.linspace(900, 3000, 50)
        response, chord = curve.value(inside).mean(axis=0), np.interp(inside, totals, bracket.value)
        slack = 1e-9 * bracket.value[-1]
        assert (response <= chord + bracket.above[-1] + slack).all()
        assert (response >= chord - bracket.below[-1] - slack).all()


def test_a_count_of_ones_is_no_count() -> None:
    for form in FORMS_OF_CURVES.values():
        curves, window = form(random_curves(1)), random_window(1, WEEKS)
        counted = curves.steady("revenue", "tv", PROFILE, window, np.ones(WEEKS + 1))
        plain = curves.steady("revenue", "tv", PROFILE, window)
        np.testing.assert_array_equal(counted.value([5.0, 70.0]), plain.value([5.0, 70.0]))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (np.ones(WEEKS), "one weight for each of the 5 weeks"),
        (np.array([1.0, 1, 1, 1, -1, 1]), "0 or more"),
        (np.array([1.0, 1, 1, 1, np.inf, 1]), "finite"),
    ],
)
def test_counts_that_do_not_fit(count: np.ndarray, said: str) -> None:
    for form in FORMS_OF_CURVES.values():
        with pytest.raises(ValueError, match=said):
            form(random_curves(1)).steady("revenue", "tv", PROFILE, random_window(1, WEEKS), count)


def test_imported_curves_know_no_weeks() -> None:
    curves = TabulatedCurves(
        xr.Dataset(
            {
                "points": (("line", "point"), [[0.0, 10.0]]),
                "response": (("kpi", "draw", "line", "point"), [[[[0.0, 5.0]]]]),
            },
            coords={"line": ["tv"], "kpi": ["revenue"], "draw": [0]},
            attrs={"weeks": 2, "health": HealthCard().to_json()},
        )
    )
    none = xr.DataArray(np.zeros((1, 0)), dims=("line", "week"), coords={"line": ["tv"]})
    window = Window(dt.date(2026, 12, 28), 2, none, none)
    profile = np.full(2, 0.5)
    counted = curves.steady("revenue", "tv", profile, window, np.ones(3))
    assert counted.value(np.array([4.0]))[0, 0] == 2
    with pytest.raises(ValueError, match="know no weeks"):
        curves.steady("revenue", "tv", profile, window, np.array([1.0, 1.0, 0.0]))
    spend = xr.DataArray(np.ones((1, 2)), dims=("line", "week"), coords={"line": ["tv"]})
    with pytest.raises(ValueError, match="know no weeks"):
        curves.timed(spend, window)
    with pytest.raises(ValueError, match="know no weeks"):
        curves.flighted("revenue", "tv", window)
