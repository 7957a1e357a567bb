"""What would be sold without media, against sums written out from data and draws."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from attributed_case import WEEKS, case, curves, nation, regions

from mmm.baseline import gaussian_process, trend_bends, trend_steps
from mmm.baseline.ahead import control_ahead, same_weeks
from mmm.baseline.trend import knots_ahead, trend_ahead
from mmm.contributions import contributions
from mmm.curves import Forecast, load, save
from mmm.fitted_curves import curves_of
from mmm.spec import TrendSpec

AFTER = np.datetime64("2023-01-02") + 7 * np.arange(WEEKS, WEEKS + 104)
YEAR = 52


def last_year(values: np.ndarray) -> np.ndarray:
    """The last 52 weeks of the data again and again, (…, 104)."""
    return np.concatenate([values[..., -YEAR:]] * 2, axis=-1)


def made(name: str) -> Forecast:
    fit, _ = case(name)
    forecast = curves(fit).forecast
    assert forecast is not None
    return forecast


def in_order(name: str, kpi: str) -> tuple[xr.Dataset, np.ndarray]:
    """A fit's draws of a KPI in the curves' order, and which of the case's draws they are."""
    fit, _ = case(name)
    place = list(fit.posterior["kpi"].to_numpy()).index(kpi)
    order = np.random.default_rng([1, place]).permutation(40)
    some = [name for name in ("b", "own") if fit.posterior[name].size]
    drawn = fit.posterior[some].sel(kpi=kpi).stack(sample=("chain", "draw"))
    return drawn.isel(sample=order), order


def columns(days: np.ndarray) -> dict[str, np.ndarray]:
    """Season and the one holiday, written out."""
    middle = 2 * np.pi * (days.astype("datetime64[D]").astype(float) + 3) / 365.25
    out = {f"season {f} {k}": getattr(np, f)(k * middle) for k in (1, 2) for f in ("sin", "cos")}
    day = [np.datetime64(f"{year}-12-25") for year in (2024, 2025)]
    out["holiday Christmas Day"] = np.sum([(days <= d) & (d < days + 7) for d in day], axis=0)
    return out


def trend(b: dict[str, np.ndarray], bends: np.ndarray) -> np.ndarray:
    """(draw, 104): level, steps that stay, the line, and later bends 13 weeks apart."""
    level = b["intercept"] + sum(own for name, own in b.items() if name.startswith("trend 2"))
    line = 0.5 + np.arange(1, 105) / (WEEKS - 1)
    width = (WEEKS - 1) / 6
    ramps = [np.clip((np.arange(1, 105) - k * width) / width, 0, 1) for k in range(bends.shape[1])]
    return level[:, None] + b["trend line"][:, None] * line + bends @ np.array(ramps)


def steps_to_come(combined: np.ndarray, kpi: int) -> np.ndarray:
    """Later bends as they are seeded: N(0, mean square of the draw's steps)."""
    z = np.random.default_rng([1, kpi, 1]).standard_normal((len(combined), 9))
    return z * np.sqrt((combined**2).mean(axis=1, keepdims=True))


@pytest.mark.parametrize("kpi", ["revenue", "orders"])
def test_a_nations_baseline_is_the_sum_of_its_parts(kpi: str) -> None:
    forecast, (own, order) = made("nation"), in_order("nation", kpi)
    fit, cases = case("nation")
    evidence, raw, _ = cases[kpi]
    b = {str(name): own["b"].sel(column=name).to_numpy() for name in own["column"].to_numpy()}
    steps = np.stack([one for name, one in b.items() if name.startswith("trend 2")], axis=1)
    total = trend(b, steps_to_come(steps, list(cases).index(kpi)))
    for name, column in columns(AFTER).items():
        total += b[name][:, None] * column
    weather, rival, discount = (
        (last_year(one) - one.mean()) / one.std() for one in nation().panel("controls")[:, 0]
    )
    total += b["control weather"][:, None] * weather + b["treatment discount"][:, None] * discount
    before = nation().panel("controls")[1, 0]
    series = np.concatenate([(before - before.mean()) / before.std(), rival])
    rate = raw["column_retention"][order, 0]
    w = rate[:, None] ** np.arange(3) / (rate[:, None] ** np.arange(3)).sum(axis=1, keepdims=True)
    carried = sum(w[:, [lag]] * series[WEEKS - lag : len(series) - lag] for lag in range(3))
    total = evidence.centre + evidence.unit * (total + raw["column"][order, :1] * carried)
    brought = contributions(fit.posterior, fit.constants, kpi).weekly[order, 3, 0]  # organic
    total = total + last_year(brought.astype(float))
    found = forecast.baseline(kpi, dt.date(2024, 7, 1), 104)
    np.testing.assert_allclose(found, total, rtol=2e-5, atol=1e-5 * evidence.unit)
    np.testing.assert_allclose(forecast.noise(kpi), raw["sigma"][order] * evidence.unit, rtol=1e-6)


def test_a_countrys_baseline_is_the_sum_over_its_regions() -> None:
    forecast, (own, order) = made("regions"), in_order("regions", "revenue")
    evidence, raw, _ = case("regions")[1]["revenue"]
    heads = evidence.population
    local = own["own"].transpose("sample", "geo", "own_column")
    b = {}
    for name in map(str, own["column"].to_numpy()):
        shared = own["b"].sel(column=name).to_numpy() * heads.sum()
        b[name] = shared + local.sel(own_column=name).to_numpy() @ heads
    steps = np.stack([one for name, one in b.items() if name.startswith("trend 2")], axis=1)
    total = trend(b, steps_to_come(steps, 0))
    for name, column in columns(AFTER).items():
        if name in b:
            total += b[name][:, None] * column
    for place, values in enumerate(regions().panel("controls")):
        column = (last_year(values) - values.mean()) / values.std()
        total += raw["column"][order, place][:, None] * (heads @ column)
    total = evidence.centre * heads.sum() + evidence.unit * total
    found = forecast.baseline("revenue", dt.date(2024, 7, 1), 104)
    np.testing.assert_allclose(found, total, rtol=2e-5, atol=1e-5 * evidence.unit * heads.sum())
    wide = raw["sigma"][order] * evidence.unit * np.sqrt((heads**2).sum())
    np.testing.assert_allclose(forecast.noise("revenue"), wide, rtol=1e-6)


def test_a_control_that_is_given_moves_it_by_its_coefficient() -> None:
    """Carried over geometrically from its week on, and nothing before."""
    forecast, (_, order) = made("nation"), in_order("nation", "revenue")
    evidence, raw, _ = case("nation")[1]["revenue"]
    day = forecast.weeks[5]
    given = {"rival": {day: forecast.path("rival")[5] + 2.0}}
    plain = forecast.baseline("revenue", forecast.weeks[3], 6)
    moved = forecast.baseline("revenue", forecast.weeks[3], 6, given) - plain
    rate = raw["column_retention"][order, :1]
    w = rate ** np.arange(3) / (rate ** np.arange(3)).sum(axis=1, keepdims=True)
    per_unit = raw["column"][order, :1] * evidence.unit / nation().panel("controls")[1].std()
    np.testing.assert_allclose(moved[:, :2], 0, atol=1e-9)
    np.testing.assert_allclose(moved[:, 2:5], 2.0 * per_unit * w, rtol=1e-5)
    np.testing.assert_allclose(moved[:, 5], 0, atol=1e-9)


def test_weeks_that_are_not_known_are_refused() -> None:
    forecast = made("nation")
    for start, weeks in ((forecast.weeks[-1], 2), (dt.date(2024, 6, 24), 1)):
        with pytest.raises(ValueError, match="not all known"):
            forecast.baseline("revenue", start, weeks)


def test_curves_keep_it_in_their_file(tmp_path: Path) -> None:
    fit, _ = case("nation")
    again = load(save(curves(fit), tmp_path / "curves.nc"))
    assert again.forecast is not None
    assert again.digest == curves(fit).digest
    np.testing.assert_array_equal(
        again.forecast.baseline("orders", again.forecast.weeks[0], 9),
        made("nation").baseline("orders", again.forecast.weeks[0], 9),
    )


def test_an_older_fit_gives_curves_without_it() -> None:
    fit, _ = case("nation")
    older = fit.constants.drop_vars([n for n in fit.constants if str(n).startswith("ahead_")])
    bare = curves_of(fit.posterior, older, card=fit.card, source=fit.source)
    assert bare.forecast is None
    np.testing.assert_array_equal(bare.data["effect"], curves(fit).data["effect"])


def test_controls_repeat_the_last_year_and_come_late() -> None:
    values = np.arange(60.0)
    path = same_weeks(values, 104)
    np.testing.assert_array_equal(path, np.concatenate([values[8:], values[8:]]))
    np.testing.assert_allclose(same_weeks(values[:51], 53), [25.0, *np.arange(51.0), 25.0])
    late = control_ahead(2, values, path) * values.std() + values.mean()
    np.testing.assert_allclose(late[:3], [58.0, 59.0, path[0]])


@pytest.mark.parametrize("kind", ["local", "piecewise"])
def test_later_bends_are_as_the_knots_of_longer_data_would_be(kind: str) -> None:
    """Two years, and three: the columns of knots after two years are those of the longer design."""
    days = np.datetime64("2023-01-02") + 7 * np.arange(157)
    spec = TrendSpec(kind=kind)  # type: ignore[arg-type]
    whole = (trend_steps if kind == "local" else trend_bends)(spec, days)
    short = trend_ahead(spec, days[:105], 52)
    for name in set(whole) & set(short):
        np.testing.assert_allclose(short[name], whole[name][105:], atol=1e-12)
    later = [own[105:] for name, own in whole.items() if name.split()[-1] >= str(days[104])]
    found = knots_ahead(spec, days[:105], 52)
    np.testing.assert_allclose(found[: len(later)], later, atol=1e-12)


def test_a_gaussian_process_comes_back_to_its_line() -> None:
    waves, _ = gaussian_process(13.0, 100, 104)
    plain, _ = gaussian_process(13.0, 100)
    np.testing.assert_array_equal(waves[:, :100], plain)
    np.testing.assert_allclose(waves[:, -1], 0, atol=1e-9)
