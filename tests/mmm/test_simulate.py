"""Worlds: the truth adds up to the data, and every knob turns what it says."""

from __future__ import annotations

import dataclasses
import datetime as dt
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from mmm.curves import Window
from mmm.simulate import (
    Claims,
    Control,
    Demand,
    Event,
    Kpi,
    Line,
    WorldSpec,
    sample,
    simulate,
    true_curves,
)

KPIS = (
    Kpi("revenue", "currency", level=200_000, noise=0.03),
    Kpi("new_customers", "count", level=2_000, noise=0.03),
)


def world_of(**changes: object) -> WorldSpec:
    line = Line("tv", "brand", 9_000, {"revenue": 2.0, "new_customers": 0.02}, flight=(4, 5))
    search = dataclasses.replace(
        line, channel="search", campaign="", flight=None, clicks=0.02,
        claims=Claims(own=1.5, from_baseline=0.0),
    )  # fmt: skip
    s_shaped = dataclasses.replace(
        line, channel="ooh", shape={"half_saturation": 1.0, "slope": 2.5}, starts=30, flight=None
    )
    spec = WorldSpec(
        lines=(line, search, s_shaped),
        kpis=KPIS,
        demand=Demand(growth=0.05, yearly=((0.1, -0.05),), walk=0.02),
        controls=(Control("price", 100, 3.0, 0.9, {"revenue": -0.01}),),
        events=(Event("fair", (dt.date(2024, 5, 6),), demand=0.3, effects={"revenue": 0.1}),),
    )
    return dataclasses.replace(spec, **changes)  # type: ignore[arg-type]


GEOS = {"north": 0.5, "south": 0.3, "west": 0.2}


@pytest.mark.parametrize("geos", [{"national": 1.0}, GEOS], ids=["national", "geos"])
def test_kpi_is_baseline_plus_contributions_plus_noise(geos: dict[str, float]) -> None:
    world = simulate(world_of(geos=geos), seed=3)
    truth, table = world.truth, world.tables["kpis"]
    for kpi in ("revenue", "new_customers"):
        at = truth.sel(kpi=kpi)
        parts = at["baseline"] + at["contribution"].sum("line") + at["noise"]
        in_table = table[kpi].to_numpy(dtype=float).reshape(156, len(geos))
        np.testing.assert_allclose(parts.transpose("week", "geo"), in_table, rtol=1e-12)
        noise = at["noise"].sum("geo").std() / {k.name: k.level for k in KPIS}[kpi]
        assert 0.02 < float(noise) < 0.04  # 0.03 asked for; 156 weeks know it to 6 %
    assert ("geo" in table) == (len(geos) > 1)


def test_spend_in_the_truth_is_spend_in_the_table() -> None:
    world = simulate(world_of(geos=GEOS), seed=3)
    media = world.tables["media"]
    for line in world.spec.lines:
        rows = media[(media["channel"] == line.channel) & (media["campaign"] == line.campaign)]
        assert len(rows) == (156 - line.starts) * 3
        for geo in GEOS:
            in_truth = world.truth["spend"].sel(line=line.id, geo=geo).to_numpy()[line.starts :]
            np.testing.assert_array_equal(rows[rows["geo"] == geo]["spend"], in_truth)


def test_contribution_recomputed_by_hand() -> None:
    """Geometric carry-over and a Hill curve, written out week by week."""
    spec = world_of()
    world = simulate(spec, seed=8)
    line = spec.lines[2]
    spend = world.truth["spend"].sel(line=line.id, geo="national").to_numpy()
    weights = [0.4**lag for lag in range(13)]
    scale = spend[spend > 0].mean()
    level = []
    for week in range(156):
        carried = sum(
            w / sum(weights) * spend[week - lag] for lag, w in enumerate(weights) if lag <= week
        )
        u = carried / scale
        level.append(u**2.5 / (1 + u**2.5))
    effect = 2.0 * spend.sum() / sum(level)
    got = world.truth["contribution"].sel(line=line.id, geo="national", kpi="revenue")
    np.testing.assert_allclose(got, effect * np.array(level), rtol=1e-9)


def test_roas_over_the_window_is_the_one_asked_for() -> None:
    truth = simulate(world_of(geos=GEOS), seed=5).truth
    np.testing.assert_allclose(truth["roas"].sel(kpi="revenue"), 2.0)
    np.testing.assert_allclose(truth["roas"].sel(kpi="new_customers"), 0.02)


def test_marginal_roas_is_the_derivative_of_all_spend() -> None:
    """One per cent more and less in every week, on the true curves' own formula."""
    world = simulate(world_of(), seed=5)
    curves = true_curves(world)
    spend = curves.data["spend"]
    week, lines = spend["week"], list(curves.lines)
    nothing = xr.DataArray(np.zeros((3, 0)), dims=("line", "week"), coords={"line": lines})
    # the whole history replayed as a plan long after itself: no carry-in, and no weeks after
    # whose carry-out counts, as the truth counts none
    gap = xr.DataArray(np.zeros((3, 20)), dims=("line", "week"), coords={"line": lines})
    window = Window(dt.date(2030, 1, 7), len(week), gap, nothing)

    def outcome(factor: float) -> np.ndarray:
        total = spend.sum("week").to_numpy()
        out = []
        for line, money in zip(lines, total, strict=True):
            profile = spend.sel(line=line).to_numpy() / money
            curve = curves.steady("revenue", line, profile, window)
            weeks = slice(0, len(week))
            level = curve.unit[:, weeks] * money * factor
            parameters = {name: value[:, :1] for name, value in curve.parameters.items()}
            g = curve.saturation.value(level, **parameters)
            out.append(float(curve.effect[0] * g.sum()) / money)
        return np.array(out)

    np.testing.assert_allclose(outcome(1.0), world.truth["roas"].sel(kpi="revenue"), rtol=1e-9)
    derivative = (outcome(1.0001) - outcome(0.9999)) / 0.0002
    np.testing.assert_allclose(
        derivative, world.truth["marginal_roas"].sel(kpi="revenue"), rtol=1e-6
    )


def test_an_s_shape_below_its_bend_returns_more_on_the_next_euro_than_on_average() -> None:
    steep = Line(
        "tv", "", 5_000, {"revenue": 1.0, "new_customers": 0.01}, spread=0.05,
        shape={"half_saturation": 3.0, "slope": 2.0},
    )  # fmt: skip
    truth = simulate(world_of(lines=(steep,)), seed=1).truth
    # at u = 1 a Hill curve's elasticity is slope · (1 − g) = 2 · (1 − 1/(1 + 3²)) = 1.8
    assert truth["marginal_roas"].sel(kpi="revenue").item() == pytest.approx(1.8, rel=0.01)


def test_spend_follows_demand_by_its_strength() -> None:
    """Elasticity by regression of logarithms: it is what the recipe says, and 0 is none."""
    estimates = []
    for strength in (0.0, 1.0, 2.0):
        line = Line(
            "search", "", 9_000, {"revenue": 1.0, "new_customers": 0.01}, spread=0.01,
            follows_demand=strength,
        )  # fmt: skip
        truth = simulate(world_of(lines=(line,)), seed=1).truth
        demand, spend = np.log(truth["demand"]), np.log(truth["spend"][0, 0])
        estimates.append(np.polyfit(demand, spend, 1)[0])
    np.testing.assert_allclose(estimates, [0.0, 1.0, 2.0], atol=0.05)


def test_flights_alternate_and_starts_hold() -> None:
    truth = simulate(world_of(), seed=2).truth
    on = truth["spend"].sel(line="tv/brand", geo="national").to_numpy() > 0
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate([[0], on, [0]]))))
    assert set(runs[2:-1:2]) <= {3, 4, 5}  # whole flights on air: 4, give or take 1
    assert set(runs[1:-1:2]) <= {4, 5, 6}  # off: 5, give or take 1
    late = truth["spend"].sel(line="ooh/brand", geo="national").to_numpy()
    assert not late[:30].any()
    assert late[30:].all()


def test_events_and_controls_move_the_baseline_by_what_they_say() -> None:
    spec = world_of()
    plain = dataclasses.replace(spec, events=(), controls=())
    with_all, without = simulate(spec, 4).truth, simulate(plain, 4).truth
    moved = (with_all["baseline"] - without["baseline"]).isel(geo=0)
    price = with_all["control_value"].sel(control="price").to_numpy() - 100
    expected = 200_000 * -0.01 * price
    expected[70] += 200_000 * (0.3 + 0.1)  # the week of 2024-05-06 is the 71st
    np.testing.assert_allclose(moved.sel(kpi="revenue"), expected, atol=1e-6)
    only_demand = np.zeros(156)
    only_demand[70] = 2_000 * 0.3
    np.testing.assert_allclose(moved.sel(kpi="new_customers"), only_demand, atol=1e-9)


def test_platform_reports_its_share_and_nothing_where_there_is_no_platform() -> None:
    world = simulate(world_of(), seed=6)
    media = world.tables["media"]
    search = media[media["channel"] == "search"]
    reported = search["platform_conversions"].sum() * 120.0
    own = float(world.truth["contribution"].sel(kpi="revenue", line="search").sum())
    assert reported / own == pytest.approx(1.5, rel=0.02)
    assert media[media["channel"] == "tv"][["clicks", "platform_conversions"]].isna().all(axis=None)


def test_same_seed_same_world_and_a_line_added_leaves_the_others_alone() -> None:
    spec = world_of()
    first, again, other = simulate(spec, 1), simulate(spec, 1), simulate(spec, 2)
    xr.testing.assert_identical(first.truth, again.truth)
    for name, table in first.tables.items():
        assert table.equals(again.tables[name])
    assert not first.truth["noise"].equals(other.truth["noise"])
    fewer = simulate(world_of(lines=spec.lines[:2]), 1)
    np.testing.assert_array_equal(fewer.truth["spend"], first.truth["spend"].isel(line=slice(0, 2)))


def test_true_curves_replay_history() -> None:
    """The contribution of the last week's spend alone, against the formula in the truth."""
    world = simulate(sample(), seed=7)
    curves = true_curves(world)
    assert (curves.draws, curves.units["new_customers"]) == (1, "count")
    assert curves.prior_driven == ()
    spend = curves.data["spend"]
    early = curves.data.isel(week=slice(0, 143)).assign_attrs(curves.data.attrs)
    lines = list(curves.lines)
    nothing = xr.DataArray(np.zeros((18, 0)), dims=("line", "week"), coords={"line": lines})
    after = xr.DataArray(np.zeros((18, 12)), dims=("line", "week"), coords={"line": lines})
    window = Window(dt.date(2026, 8, 24), 13, nothing, after)
    curve = type(curves)(early).steady(
        "revenue", "tv/brand",
        (spend.sel(line="tv/brand")[-13:] / spend.sel(line="tv/brand")[-13:].sum()).to_numpy(),
        window,
    )  # fmt: skip
    total = float(spend.sel(line="tv/brand")[-13:].sum())
    levels = curve.carried + curve.unit * total
    wide = {name: value[:, :1] for name, value in curve.parameters.items()}
    replayed = curve.effect[0] * curve.saturation.value(levels, **wide)[0, :13]
    true = world.truth["contribution"].sel(kpi="revenue", line="tv/brand", geo="national")[-13:]
    np.testing.assert_allclose(replayed, true, rtol=1e-9)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"geos": {"a": 0.5, "b": 0.4}}, "sum to 0.9"),
        ({"kpis": KPIS[:1]}, "returns must name each KPI once"),
    ],
)
def test_a_contradictory_recipe_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        world_of(**changes)


def test_a_line_without_spend_is_refused() -> None:
    silent = Line("tv", "", 1_000, {"revenue": 1.0, "new_customers": 0.01}, starts=156)
    with pytest.raises(ValueError, match="tv spends nothing"):
        simulate(world_of(lines=(silent,)), seed=1)


def test_simulating_loads_no_sampler() -> None:
    code = "import sys, mmm.simulate; print([m for m in ('pymc', 'arviz') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
