"""Curves under assumptions: R'(x) = outcome · R(x / price), and the spend around them as it was."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from mmm.card import HealthCard
from mmm.curves import (
    Change,
    ParametricCurves,
    ResponseCurves,
    TabulatedCurves,
    Window,
    assumed,
    load,
    save,
)

WEEKS, LAGS = 4, 3
LINES = ["tv", "search"]
RETENTION, HALF, EFFECT, SCALE = 0.5, 1.0, 80.0, 10.0
COST = 2.0  # currency for a unit of tv's exposure; search runs on spend


def fitted() -> ParametricCurves:
    """One draw: geometric adstock ½ over 3 weeks, u / (1 + u), a flat history of 20 a week."""
    cell = ("kpi", "draw", "line")
    spend = np.full((2, 10), 20.0)

    def same(value: float) -> tuple[tuple[str, ...], np.ndarray]:
        return cell, np.full((1, 1, 2), value)

    return ParametricCurves(
        xr.Dataset(
            {
                "spend": (("line", "week"), spend),
                "exposure": (("line", "week"), spend / np.array([[COST], [1.0]])),
                "cost_per_unit": ("line", np.array([COST, 1.0])),
                "scale": ("line", np.full(2, SCALE)),
                "adstock": ("line", ["geometric"] * 2),
                "window": ("line", np.full(2, LAGS)),
                "saturation": ("line", ["michaelis_menten"] * 2),
                "effect": same(EFFECT),
                "adstock_retention": same(RETENTION),
                "saturation_half_saturation": same(HALF),
                "unit": ("kpi", ["currency"]),
                "prior_driven": ("line", np.zeros(2, dtype=bool)),
            },
            coords={
                "kpi": ["revenue"],
                "draw": [0],
                "line": LINES,
                "channel": ("line", LINES),
                "week": np.datetime64("2026-10-26", "ns") + np.arange(10) * np.timedelta64(7, "D"),
            },
            attrs={
                "currency": "EUR",
                "week_start": "monday",
                "health": HealthCard().to_json(),
                "source": json.dumps({}),
            },
        )
    )


def table() -> TabulatedCurves:
    points = np.array([[0.0, 100.0, 200.0]] * 2)
    response = np.array([[[[0.0, 50.0, 60.0]] * 2]])
    return TabulatedCurves(
        xr.Dataset(
            {
                "points": (("line", "point"), points),
                "response": (("kpi", "draw", "line", "point"), response),
                "unit": ("kpi", ["currency"]),
                "prior_driven": ("line", np.zeros(2, dtype=bool)),
            },
            coords={"kpi": ["revenue"], "draw": [0], "line": LINES, "channel": ("line", LINES)},
            attrs={
                "currency": "EUR",
                "week_start": "monday",
                "weeks": WEEKS,
                "health": HealthCard().to_json(),
                "source": json.dumps({}),
            },
        )
    )


def window(after: float = 10.0) -> Window:
    def each(amount: float, weeks: int) -> xr.DataArray:
        return xr.DataArray(np.full((2, weeks), amount), {"line": LINES}, ("line", "week"))

    return Window(dt.date(2027, 1, 11), WEEKS, before=each(30.0, 1), after=each(after, LAGS - 1))


def by_hand(spend: list[float], price: float) -> float:
    """tv's incremental outcome, week by week: only the planned weeks are bought at the price."""
    weights = np.array([1, RETENTION, RETENTION**2]) / (1 + RETENTION + RETENTION**2)

    def outcome(planned: list[float]) -> float:
        units = [20 / COST] * 2 + [30 / COST] + [x / (COST * price) for x in planned]
        units += [10 / COST] * (LAGS - 1)
        total = 0.0
        for week in range(3, len(units)):
            level = sum(weights[lag] * units[week - lag] for lag in range(LAGS)) / SCALE
            total += EFFECT * level / (HALF + level)
        return total

    return outcome(spend) - outcome([0.0] * WEEKS)


def plan(tv: list[float]) -> xr.DataArray:
    return xr.DataArray(np.array([tv, [5.0] * WEEKS]), {"line": LINES}, ("line", "week"))


@pytest.mark.parametrize("price", [1.06, 0.5])
def test_a_price_moves_the_planned_weeks_and_nothing_around_them(price: float) -> None:
    curves, spend = fitted(), [40.0, 0.0, 25.0, 60.0]
    changed = assumed(curves, {"tv": Change(price=price)})
    found = changed.response(plan(spend), window())
    assert found.sel(line="tv").item() == pytest.approx(by_hand(spend, price), rel=1e-12)
    same = curves.response(plan(spend), window())
    assert found.sel(line="search").item() == same.sel(line="search").item()
    # R'(x) = R(x / price)
    less = curves.response(plan([x / price for x in spend]), window())
    assert found.sel(line="tv").item() == pytest.approx(less.sel(line="tv").item(), rel=1e-12)


def test_an_effect_multiplies_what_a_line_brings() -> None:
    curves, spend = fitted(), [40.0, 0.0, 25.0, 60.0]
    changed = assumed(curves, {"tv": Change(1.25, {"revenue": 0.9})})
    found = changed.response(plan(spend), window()).sel(line="tv").item()
    assert found == pytest.approx(0.9 * by_hand(spend, 1.25), rel=1e-12)
    timed = changed.timed(plan(spend), window()).sel(line="tv").sum().item()
    assert timed == pytest.approx(found, rel=1e-12)
    free = changed.flighted("revenue", "tv", window()).value(np.array(spend)).item()
    assert free == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize("curves", [fitted(), table()], ids=["fitted", "imported"])
def test_along_a_profile_value_slope_and_bounds_follow(curves: ResponseCurves) -> None:
    changed = assumed(curves, {"tv": Change(1.25, {"revenue": 0.8})})
    profile, totals = np.full(WEEKS, 1 / WEEKS), np.array([0.0, 50.0, 125.0])
    was = curves.steady("revenue", "tv", profile, window())
    now = changed.steady("revenue", "tv", profile, window())
    assert now.value(totals) == pytest.approx(0.8 * was.value(totals / 1.25), rel=1e-12)
    assert now.slope(totals[1:]) == pytest.approx(0.64 * was.slope(totals[1:] / 1.25), rel=1e-12)
    bounds, before = now.bracket(totals), was.bracket(totals / 1.25)
    assert bounds.above == pytest.approx(0.8 * before.above, rel=1e-9, abs=1e-9)
    assert changed.largest_total("tv") == 1.25 * curves.largest_total("tv")


def test_an_imported_table_by_hand() -> None:
    changed = assumed(table(), {"tv": Change(1.25, {"revenue": 0.8})})
    profile = np.full(WEEKS, 1 / WEEKS)
    curve = changed.steady("revenue", "tv", profile, window())
    # 125 buys what 100 bought, and brings 0.8 · 50; 187.5 lies halfway to 0.8 · 60
    assert curve.value(np.array([125.0, 187.5, 250.0]))[0].tolist() == pytest.approx([40, 44, 48])


def test_what_is_assumed_is_not_what_was_fitted(tmp_path: Path) -> None:
    curves = fitted()
    changed = assumed(curves, {"tv": Change(1.5)})
    assert changed.given is curves
    assert changed.digest == curves.digest
    assert assumed(curves, {"tv": Change(1.5)}) is changed
    assert assumed(curves, {"tv": Change(1.0, {"revenue": 1.0})}) is curves
    assert curves.data["cost_per_unit"].to_numpy().tolist() == [COST, 1.0]
    # the largest week ever seen, in units, is dearer now
    assert changed.observed_weekly == {"tv": 30.0, "search": 20.0}
    assert curves.observed_weekly == {"tv": 20.0, "search": 20.0}
    again = assumed(changed, {"tv": Change(2.0)})
    assert again.given is curves
    assert again.data["cost_before"].to_numpy().tolist() == [COST, 1.0]
    assert again.data["cost_per_unit"].to_numpy().tolist() == [3 * COST, 1.0]
    assert load(save(changed, tmp_path / "changed.nc")).digest != curves.digest


@pytest.mark.parametrize("factor", [0.0, -1.0, np.inf, np.nan])
def test_factors_that_are_none(factor: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        assumed(fitted(), {"tv": Change(factor)})
    with pytest.raises(ValueError, match="above 0"):
        assumed(fitted(), {"tv": Change(1.0, {"revenue": factor})})
    with pytest.raises(KeyError, match="radio"):
        assumed(fitted(), {"radio": Change(1.1)})
    with pytest.raises(KeyError, match="profit"):
        assumed(fitted(), {"tv": Change(1.1, {"profit": 1.1})})
