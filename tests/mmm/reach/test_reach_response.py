"""Responses on reach: the model, its curves and its contributions are one formula."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pytest
import reach_case
import xarray as xr
from model_case import random_raw

from mmm.card import HealthCard
from mmm.contributions import contributions
from mmm.curves import ParametricCurves, Window
from mmm.data import MediaData
from mmm.experiments import Experiment
from mmm.fit.groups import constants_group, posterior_group
from mmm.fitted_curves import curves_of
from mmm.model.derived import derive
from mmm.model.evidence import Evidence
from mmm.model.gather import gather
from mmm.model.lifts import incremental, lifts_of
from mmm.spec import ModelSpec

DRAWS = 6
CASES = ("national", "regions", "spread over regions")


@cache
def case(name: str) -> tuple[ModelSpec, MediaData, Evidence]:
    geos = name != "national"
    spec = reach_case.regional() if geos else reach_case.spec()
    data = reach_case.data(geos=geos, local=name != "spread over regions")
    return spec, data, gather(spec, data, "revenue")


@cache
def learnt(name: str) -> tuple[dict[str, np.ndarray], xr.Dataset, xr.Dataset, ParametricCurves]:
    """Draws, posterior, constants and curves of a fit that drew anything."""
    spec, data, own = case(name)
    raw = random_raw(own, np.random.default_rng(4), DRAWS)
    derived = {"revenue": derive(own, raw, np.random.default_rng(5))}
    draws = {key: value[None] for key, value in {**raw, **own.resolved(raw)}.items()}
    posterior = posterior_group({"revenue": own}, {"revenue": draws}, derived)
    constants = constants_group(spec, data, {"revenue": own}, derived)
    curves = curves_of(posterior, constants, card=HealthCard(), source={"pairing_seed": 1})
    order = np.random.default_rng([1, 0]).permutation(DRAWS)
    return {key: value[order] for key, value in raw.items()}, posterior, constants, curves


def brought(own: Evidence, raw: dict[str, np.ndarray]) -> np.ndarray:
    """What every line brings, week by week: (draw, line, geo, week), KPI units."""
    values = own.resolved(raw)
    out = np.zeros((DRAWS, len(own.lines), len(own.geos), len(own.weeks)))
    for family in own.families:
        shape = own.shapes(family, values)
        out[:, family.rows] = own.contribution(family, shape, values)
    return out * own.unit * own.population[:, None]


def by_hand(own: Evidence, values: dict[str, np.ndarray], row: int, data: MediaData) -> np.ndarray:
    """Zhang et al.'s media term of one line, (draw, geo, week), per head over scale."""
    reach, shown = data.panel("reach")[row], data.panel("impressions")[row]
    often = np.divide(shown, reach, out=np.ones_like(shown), where=reach > 0)
    half, slope = (values[f"frequency_{n}"][:, row - 1, None, None] for n in ("half", "slope"))
    weekly = reach * often**slope / (often**slope + half**slope)
    weekly = weekly / own.population[:, None] / own.scale[row]
    rate, lags = values["adstock_retention"][:, row], np.arange(reach_case.WINDOW)
    weights = rate[:, None] ** lags / (rate[:, None] ** lags).sum(axis=1, keepdims=True)
    padded = np.pad(weekly, ((0, 0), (0, 0), (reach_case.WINDOW - 1, 0)))
    return sum(
        weights[:, lag, None, None]
        * padded[..., reach_case.WINDOW - 1 - lag : padded.shape[-1] - lag]
        for lag in lags
    )


@pytest.mark.parametrize("name", CASES)
def test_the_model_s_term_is_that_of_the_paper(name: str) -> None:
    _, data, own = case(name)
    values = own.resolved(random_raw(own, np.random.default_rng(3), DRAWS))
    (family,) = (one for one in own.families if one.frequency is not None)
    np.testing.assert_array_equal(family.rows, [1, 2])
    shape = own.by_geo(own.shapes(family, values))
    for place, row in enumerate(family.rows):
        expected = by_hand(own, values, row, data)
        np.testing.assert_allclose(shape[:, place], expected, rtol=1e-12, atol=1e-15)


def test_the_graph_has_the_same_media_and_finite_gradients() -> None:
    import pytensor
    import pytensor.tensor as pt

    own = case("national")[2]
    values = own.resolved(random_raw(own, np.random.default_rng(3), 1))
    symbols = {key: pt.as_tensor(value[0]).type() for key, value in values.items()}
    total = own.media(symbols, xp=pt)
    wrt = [symbols["frequency_half"], symbols["frequency_slope"]]
    made = pytensor.function(
        list(symbols.values()), [total, *pytensor.grad(total[0, 9], wrt)],
        mode="FAST_COMPILE", on_unused_input="ignore",
    )  # fmt: skip
    found, *slopes = made(*(value[0] for value in values.values()))
    np.testing.assert_allclose(found, own.media(values)[0], rtol=1e-12)
    assert all(np.isfinite(slope).all() and (slope != 0).all() for slope in slopes)


@pytest.mark.parametrize("name", CASES)
def test_curves_earn_what_the_model_says_was_earned(name: str) -> None:
    """At the spend that bought the observed reach, whose last weeks carry nothing out."""
    _, _, own = case(name)
    raw, _, _, curves = learnt(name)
    expected = brought(own, raw)
    none = xr.DataArray(
        np.zeros((len(curves.lines), 0)), dims=("line", "week"), coords={"line": list(curves.lines)}
    )
    window = Window(dt.date(2024, 7, 1), reach_case.WEEKS, none, none)
    for line in (one for one in curves.lines if one.startswith("video")):
        channel, _, geo = line.partition("@")
        row = own.lines.index(channel)
        where = [own.geos.index(geo)] if geo else list(range(len(own.geos)))
        spend = own.spend[row, where].sum(axis=0)
        curve = curves.steady("revenue", line, spend / spend.sum(), window)
        found = curve.value(np.array([spend.sum()]))[:, 0]
        # curves are kept in single precision; fitted reach is within its rounding of observed
        np.testing.assert_allclose(found, expected[:, row, where].sum(axis=(1, 2)), rtol=2e-3)
        assert np.ptp(found) > 0.1 * found.mean()
    assert ("video/one@north" in curves.lines) == (name == "regions")


@pytest.mark.parametrize("name", CASES)
def test_contributions_are_the_model_s_and_move_with_the_reach_curve(name: str) -> None:
    _, _, own = case(name)
    _, posterior, constants, _ = learnt(name)
    raw = random_raw(own, np.random.default_rng(4), DRAWS)
    now = contributions(posterior, constants, "revenue")
    np.testing.assert_allclose(now.weekly, brought(own, raw), rtol=1e-5, atol=1e-3)
    tiny = 1e-3
    more, less = (
        contributions(posterior, constants, "revenue", times=1 + step).weekly[:, 1:].astype(float)
        for step in (tiny, -tiny)
    )
    rise = (more - less).sum(axis=-1) / (2 * tiny)
    np.testing.assert_allclose(now.marginal[:, 1:], rise, rtol=1e-2, atol=1.0)
    assert (contributions(posterior, constants, "revenue", times=0.0).weekly == 0).all()


def test_average_frequency_of_spend() -> None:
    curves = learnt("national")[3]
    spend = np.array([0.0, 1000.0, 20_000.0])
    found = curves.frequency("video/one", spend)
    assert found is not None
    assert found.shape == (DRAWS, 3)
    heads = spend[1:] / reach_case.COST / reach_case.SIZE
    reach = 1 - (1 + heads / reach_case.SHAPE) ** -reach_case.SHAPE
    np.testing.assert_allclose(found.mean(axis=0), [1.0, *(heads / reach)], rtol=1e-3)
    assert curves.frequency("search", spend) is None


def test_a_national_line_on_spend_beside_lines_on_reach() -> None:
    """Sums over regions leave it without people to reach, not with none of them."""
    _, posterior, constants, _ = learnt("regions")
    local = constants.assign(local=("line", [False, True, True]))
    curves = curves_of(posterior, local, card=HealthCard(), source={"pairing_seed": 1})
    none = xr.DataArray(
        np.zeros((len(curves.lines), 0)), dims=("line", "week"), coords={"line": list(curves.lines)}
    )
    curve = curves.steady(
        "revenue", "search", np.ones(1), Window(dt.date(2024, 7, 1), 1, none, none)
    )
    assert (curve.value(np.array([1000.0])) > 0).all()
    assert curves.frequency("search", np.array([1000.0])) is None


def test_a_test_that_switches_a_line_off_takes_all_of_it() -> None:
    """And one that halves it takes what the reach curve says, less than half."""
    _, _, own = case("national")
    raw = random_raw(own, np.random.default_rng(3), DRAWS)
    weeks = slice(20, 24)
    spent = float(own.spend[1, 0, weeks].sum())
    start = own.weeks[20].astype("datetime64[D]").item()
    end = start + dt.timedelta(days=27)
    tests = [
        Experiment("revenue", ("video/one",), ("all",), start, end, change, 1.0, 1.0, "scale_up",
                   end, "a test")
        for change in (spent, spent / 2)
    ]  # fmt: skip
    values = own.resolved(raw)
    (family,) = (one for one in own.families if one.frequency is not None)
    whole, half = (incremental(own, one, values) for one in lifts_of(own, tests))
    shape = own.shapes(family, values)
    effect = own.effects(family, shape, values)[:, 0, 0] * own.unit
    media = by_hand(own, values, 1, reach_case.data())[:, 0]
    dark = reach_case.data().dataset.copy(deep=True)
    for kind in ("reach", "impressions"):
        dark[kind][1, weeks] = 0.0
    without = by_hand(own, values, 1, MediaData.of(dark))[:, 0]
    expected = effect * (media - without)[:, weeks].sum(axis=1)
    np.testing.assert_allclose(whole, expected, rtol=1e-10)
    assert (half > 0).all()
    assert (half < whole).all()


def test_the_table_of_curves_says_how_often() -> None:
    from io import StringIO

    from rich.console import Console

    from mmm.curve_tables.table import curve_table
    from mmm.curve_tables.text import curve_report

    _, _, own = case("national")
    table = curve_table(learnt("national")[3])
    rows = {row.name: row for row in table.rows}
    assert rows["search"].frequency is None
    assert rows["video"].frequency is None
    heads = own.spend[1, 0, -13:].mean() / reach_case.COST / reach_case.SIZE
    expected = heads / (1 - (1 + heads / reach_case.SHAPE) ** -reach_case.SHAPE)
    frequency = rows["video/one"].frequency
    assert frequency is not None
    assert frequency.mean == pytest.approx(expected, rel=1e-3)
    shown = StringIO()
    Console(file=shown, width=100).print(curve_report(table))
    assert "Times: average exposures a week" in shown.getvalue()
    assert all(len(line.rstrip()) <= 100 for line in shown.getvalue().splitlines())
