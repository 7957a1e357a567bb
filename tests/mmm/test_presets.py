"""Presets: each is the trouble it says it is, and no default of the model is its source."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmm.errors import InputError
from mmm.simulate import simulate, true_curves
from mmm.simulate.files import write_preset
from mmm.simulate.lift_tests import ERROR, lift_tests, true_lift
from mmm.simulate.presets import PRESETS, by_name
from mmm.simulate.response import responses
from mmm.simulate.world import World
from mmm.spec import load_spec

NAMES = [
    "easy", "collinear", "demand_chasing", "s_shaped", "short_history", "many_channels", "geo",
    "campaign",
]  # fmt: skip


def world_of(name: str, seed: int = 1, weeks: int | None = None) -> World:
    preset = by_name(name)
    return simulate(preset.recipe(seed, weeks or preset.weeks), seed)


def correlations(world: World, *, with_demand: bool = False) -> np.ndarray:
    spend = np.log(world.truth["spend"].sum("geo").to_numpy())
    rows = np.concatenate([spend, np.log(world.truth["demand"].to_numpy())[None]])
    table = np.corrcoef(rows if with_demand else spend)
    return table[-1, :-1] if with_demand else table[np.triu_indices(len(spend), 1)]


def test_the_names_a_person_may_write() -> None:
    assert [preset.name for preset in PRESETS] == NAMES
    assert by_name("demand-chasing") is by_name("demand_chasing")
    with pytest.raises(InputError, match="did you mean 'collinear'"):
        by_name("colinear")


@pytest.mark.parametrize("name", NAMES)
def test_a_world_is_written_whole_and_the_same_again(name: str, tmp_path: Path) -> None:
    first = write_preset(world_of(name, 5), tmp_path / "one", experiments=1)
    again = write_preset(world_of(name, 5), tmp_path / "two", experiments=1)
    other = write_preset(world_of(name, 6), tmp_path / "three", experiments=1)
    for path, twin, stranger in zip(first, again, other, strict=True):
        assert path.read_bytes() == twin.read_bytes()
        assert path.name == "model.yaml" or path.read_bytes() != stranger.read_bytes()
    truth = json.loads((tmp_path / "one" / "truth.json").read_text("utf-8"))
    table = pd.read_csv(tmp_path / "one" / "kpis.csv")
    parts = np.sum([own["kpis"]["revenue"]["contribution"] for own in truth["lines"].values()], 0)
    baseline, noise = (truth["kpis"]["revenue"][part] for part in ("baseline", "noise"))
    total = parts + baseline + noise
    np.testing.assert_allclose(table.groupby("date")["revenue"].sum(), total, atol=0.2)


@pytest.mark.parametrize("name", NAMES)
def test_returns_differ_from_the_default_prior_in_shape(name: str) -> None:
    """Flat in the logarithm between two ends: none outside, and both halves visited."""
    drawn = [
        line.returns["revenue"]
        for seed in range(30)
        for line in by_name(name).recipe(seed, 60).lines
    ]
    assert 0.36 - 1e-9 <= min(drawn) < 1.5  # the campaigns' 0.6 of the least channel, 0.6
    assert 2.2 < max(drawn) <= 7.2 + 1e-9  # the campaigns' 1.6 of the largest, 4.5


def test_collinear_lines_move_together_and_easy_ones_do_not() -> None:
    assert correlations(world_of("collinear")).mean() > 0.7
    easy = simulate(by_name("many_channels").recipe(1, 520), 1)
    always = [row for row, line in enumerate(easy.spec.lines) if line.flight is None]
    spend = np.log(easy.truth["spend"].sum("geo").to_numpy()[always])
    between = np.corrcoef(spend)[np.triu_indices(len(always), 1)]
    assert abs(between.mean()) < 0.05


def test_spend_chases_a_demand_that_is_not_in_the_tables() -> None:
    world = world_of("demand_chasing")
    follows = np.array([line.follows_demand for line in world.spec.lines])
    to_demand = correlations(world, with_demand=True)
    assert (follows > 0).sum() == 3
    assert to_demand[follows > 0].mean() > to_demand[follows == 0].mean() + 0.2
    assert set(world.tables["controls"]) == {"date", "price_index"}


def test_s_shaped_curves_bend_upwards_first() -> None:
    assert all(line.shape["slope"] >= 1.6 for line in world_of("s_shaped").spec.lines)


def test_sizes() -> None:
    assert len(world_of("many_channels").spec.lines) == 16
    assert len(world_of("short_history").truth["week"]) == 52
    assert len(world_of("easy", weeks=60).truth["week"]) == 60


def test_campaigns_share_the_carry_over_of_their_channel_and_one_is_new() -> None:
    lines = world_of("campaign").spec.lines
    assert [line.starts > 0 for line in lines] == [False] * 8 + [True]
    for channel in {line.channel for line in lines}:
        own = [line for line in lines if line.channel == channel]
        assert len({line.carry_over["retention"] for line in own}) == 1
        assert len({line.returns["revenue"] for line in own}) == 3


def test_regions_differ_and_add_up() -> None:
    world = world_of("geo")
    truth = world.truth
    np.testing.assert_allclose(truth["heads"].sum("geo"), 1.0)
    share = np.array(list(world.spec.geos.values()))[:, None]
    per_head = truth["heads"].to_numpy() / share
    assert np.log(per_head).std(axis=0).min() > 0.01
    by_geo = truth["baseline"].isel(kpi=0).mean("week").to_numpy() / share[:, 0]
    assert np.log(by_geo).std() > 0.05
    np.testing.assert_allclose(
        truth["roas"][0], [line.returns["revenue"] for line in world.spec.lines]
    )


def test_every_region_has_its_true_curve() -> None:
    """Replayed on the curve: contribution of a region in the truth, week by week."""
    world = world_of("geo")
    curves = true_curves(world)
    assert curves.lines[:2] == ("tv@north", "tv@south")
    at = curves.data.sel(line="search@west", kpi="revenue").isel(draw=0)
    kept = float(at["adstock_retention"])
    spend = at["spend"].to_numpy()
    weights = kept ** np.arange(13) / (kept ** np.arange(13)).sum()
    u = np.convolve(spend, weights)[: len(spend)] / float(at["scale"])
    steep, half = float(at["saturation_slope"]), float(at["saturation_half_saturation"])
    true = world.truth["contribution"].sel(kpi="revenue", geo="west", line="search")
    np.testing.assert_allclose(
        float(at["effect"]) * u**steep / (u**steep + half**steep), true, rtol=1e-9
    )


def test_responses_are_those_of_the_curves() -> None:
    curves = true_curves(world_of("easy"))
    for line, own in responses(curves, "revenue").items():
        last = curves.data["spend"].sel(line=line)[-13:]
        assert own.spend == pytest.approx(float(last.sum()))
        assert own.multipliers[20] == 1.0
        assert own.outcome[0] == pytest.approx(0.0, abs=1e-6)
        assert (np.diff(own.outcome) > 0).all()


def test_a_lift_is_the_difference_of_two_worlds() -> None:
    """Written out for one line: geometric carry-over, Hill curve, sums over the test's weeks."""
    world = world_of("easy")
    line, spend = world.spec.lines[1], world.truth["spend"][0, 1].to_numpy()
    kept, steep, half = line.carry_over["retention"], line.shape["slope"], None
    half = line.shape["half_saturation"]
    scale = spend[spend > 0].mean()

    def outcome(money: np.ndarray) -> float:
        weights = [kept**lag for lag in range(13)]
        total = 0.0
        for week in range(60, 68):
            u = sum(w * money[week - lag] for lag, w in enumerate(weights)) / sum(weights) / scale
            total += u**steep / (u**steep + half**steep)
        return total * float(world.truth["effect"][0, 1])

    without = spend.copy()
    without[60:68] /= 2
    expected = outcome(spend) - outcome(without)
    assert true_lift(world, 1, slice(60, 68), 0.5) == pytest.approx(expected, rel=1e-9)


def test_lift_tests_cover_the_truth_as_their_error_says() -> None:
    """(measured − true) / standard error over many worlds: mean 0, variance 1."""
    off = []
    for seed in range(25):
        world = world_of("easy", seed)
        rows = lift_tests(world, 2)
        places = {line.id: place for place, line in enumerate(world.spec.lines)}
        weeks = world.truth["week"].to_numpy().astype("datetime64[D]")
        for number, row in enumerate(rows.itertuples()):
            start = int(np.searchsorted(weeks, np.datetime64(row.start)))
            true = true_lift(
                world, places[row.lines], slice(start, start + 8), (1, 0.5)[number % 2]
            )
            off.append((row.incremental_outcome - true) / (ERROR * true))
            assert np.datetime64(row.end) == weeks[start + 7] + 6
    assert len(off) == 200
    assert abs(np.mean(off)) < 0.25  # standard error of the mean: 0.07
    assert 0.8 < np.std(off) < 1.2


def test_model_yaml_holds_no_belief(tmp_path: Path) -> None:
    write_preset(world_of("campaign"), tmp_path)
    spec = load_spec(tmp_path / "model.yaml")
    assert spec.kpis["revenue"].prior is None
    for channel in spec.channels.values():
        assert channel.model_fields_set == set()
    assert spec.answers.missing_weeks == "zero_spend"
