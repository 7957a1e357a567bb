"""Facts of the health card, on arrays whose answers are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from model_case import WEEKS, data, evidence, random_raw, spec
from scipy.stats import norm

from mmm.backtest import origins
from mmm.card import Verdict
from mmm.errors import InputError
from mmm.health import health_card
from mmm.health_facts import Coverage, Forecast, averaged, facts_of, forecast, placebo_of
from mmm.health_facts.alike import alike
from mmm.health_facts.beliefs import beliefs, effective_draws, moved
from mmm.health_facts.demand import followed
from mmm.health_facts.lines import bands, leaning
from mmm.health_facts.predictive import coverage, crps, in_sample, outlier, tails
from mmm.judge import Trials
from mmm.model.derived import Derived, derive, explained
from mmm.model.evidence import Evidence
from mmm.model.gather import gather
from mmm.model.pooling import SPREADS
from mmm.placebo import BLOCK, shuffled, with_placebo
from mmm.posterior import Diagnostics, Worst
from mmm.simulate import simulate
from mmm.simulate.presets import by_name
from real_sets import folder, needs_datasets

GOOD = Diagnostics(Worst(1.0, "x"), Worst(999.0, "x"), Worst(999.0, "x"), 1.0, 0, 999)


def derived(own: Evidence, rng: np.random.Generator, **known: np.ndarray) -> Derived:
    """Arbitrary draws, and those of its parts that are given."""
    return replace(derive(own, random_raw(own, rng, 60), rng), **known)


def test_facts_of_a_posterior_that_is_the_prior() -> None:
    own, rng = evidence(), np.random.default_rng(6)
    u = rng.normal(size=(4000, 3))
    u[:, 1] = 1 + 0.5 * u[:, 1]
    logs = own.effect_mu + own.effect_sigma * u
    seen = derived(own, rng, average=np.exp(logs)[..., None])
    facts = facts_of(own, {"channel_return": u}, seen, GOOD, money=True)
    assert facts.shift["search"] == pytest.approx(1, abs=0.05)
    assert facts.narrowing["search"] == pytest.approx(0.5, abs=0.03)
    assert abs(facts.shift["tv"]) < 0.1
    assert abs(facts.narrowing["tv"]) < 0.05
    # the default ROAS belief has median 1.2, so that is what the prior returns
    assert facts.returns["tv"] == pytest.approx(1.2, rel=0.1)
    assert facts.smallest == own.kpi_values.mean()
    checks = {check.name: check for check in health_card([facts]).checks}
    silent = checks["revenue: lines that follow the prior"]
    assert (silent.verdict, silent.value) == (Verdict.REVIEW, 2)
    assert "tv and social" in silent.sentence
    assert "tv and social" in checks["revenue: sensitivity to beliefs"].sentence


def test_share_of_variance_explained() -> None:
    actual = np.array([1.0, 2.0, 3.0, 4.0])
    assert explained(actual, actual) == 1
    assert explained(actual, np.full(4, 2.5)) == 0
    assert explained(actual, actual[::-1]) == -3


def test_a_series_among_its_own_kind_is_not_extreme_and_another_is() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(500, 120))
    assert all(0.02 < p < 0.98 for p in tails(rng.normal(size=120), noise).values())
    wild = tails(2 * rng.normal(size=120), noise)
    assert wild["standard deviation"] == 0
    walk = np.cumsum(rng.normal(size=120))
    assert tails(walk / walk.std(), noise)["likeness of neighbouring weeks"] == 0
    peak = rng.normal(size=120)
    peak[40] = 9
    assert tails(peak, noise)["largest week"] == 0
    same = np.tile(peak, (10, 1))
    assert set(tails(peak, same).values()) == {0.5}  # ties count half


def test_crps_against_its_closed_form() -> None:
    """Of N(0, 1) at x: x (2 Φ(x) − 1) + 2 φ(x) − 1 / √π (Gneiting & Raftery 2007)."""
    rng = np.random.default_rng(2)
    x = np.array([-1.5, 0.0, 0.7, 3.0])
    draws = rng.normal(size=(4000, 4))
    exact = x * (2 * norm.cdf(x) - 1) + 2 * norm.pdf(x) - 1 / np.sqrt(np.pi)
    assert crps(x, draws) == pytest.approx(exact.mean(), abs=0.02)
    # every pair written out
    few = draws[:7]
    pairs = np.abs(few[:, None] - few[None]).sum(axis=(0, 1)) / (7 * 6)
    assert crps(x, few) == pytest.approx((np.abs(few - x).mean(axis=0) - pairs / 2).mean())
    assert crps(x, np.tile(x + 2, (5, 1))) == pytest.approx(2)  # a point forecast: its error


def test_coverage_counts_cells_and_weeks() -> None:
    draws = np.broadcast_to(np.linspace(0, 1, 101)[:, None, None], (101, 2, 3))
    values = np.array([[0.5, 0.04, 0.96], [0.05, 0.951, 0.2]])
    assert coverage(values, draws) == Coverage(3 / 6, 3)


def test_a_forecast_is_scored_on_the_weeks_it_had_not_seen() -> None:
    own, rng = evidence(holdout=20), np.random.default_rng(3)
    actual = own.kpi_values
    error = np.where(np.arange(WEEKS) < WEEKS - 20 + 13, 1.1, 2.0)
    draws = np.tile(actual * error, (50, 1, 1))
    found = forecast(own, derived(own, rng, replicates=draws, expected=actual * error), 13)
    ahead = slice(WEEKS - 20, WEEKS - 7)
    total = actual[0]
    assert found.weeks == 13
    assert found.mape == pytest.approx(0.1)
    assert found.crps == pytest.approx(0.1 * total[ahead].mean())
    before = slice(WEEKS - 20 - 52, WEEKS - 7 - 52)
    assert found.naive == pytest.approx(np.abs(total[ahead] - total[before]).mean())
    assert found.inside == Coverage(0.0, 13)
    assert found.explained == pytest.approx(explained(actual[:, ahead], 1.1 * actual[:, ahead]))
    young = evidence(holdout=30)
    assert forecast(young, derived(young, rng), 13).naive is None  # no such week last year


def test_several_origins_are_averaged() -> None:
    assert origins(3) == (13, 26, 39)
    one = Forecast(13, 0.5, 0.1, 10.0, 20.0, Coverage(1.0, 13))
    two = Forecast(13, 0.1, 0.3, 30.0, None, Coverage(0.5, 13))
    both = averaged([one, two])
    assert (both.weeks, both.origins, both.naive) == (26, 2, None)
    assert (both.mape, both.crps) == (pytest.approx(0.2), 20.0)
    assert both.inside == Coverage(0.75, 26)
    assert averaged([one, one]).naive == 20


def test_the_week_that_is_farthest_off_is_named() -> None:
    own, rng = evidence(), np.random.default_rng(4)
    noise = rng.normal(0, 100.0, size=(4000, 1, WEEKS))
    expected = own.kpi_values.copy()
    expected[0, 30] -= 700
    seen = derived(own, rng, expected=expected, replicates=own.kpi_values + noise)
    found = outlier(own, seen)
    assert (found.week, found.geo, found.cells) == ("2023-07-31", "", WEEKS)
    assert found.size == pytest.approx(7, rel=0.05)
    chances, inside = in_sample(own, seen)
    assert inside.share == 1.0
    assert set(chances) == {"standard deviation", "likeness of neighbouring weeks", "largest week"}


def test_lines_that_run_together_or_trade_are_found() -> None:
    own, rng = evidence(), np.random.default_rng(5)
    free = np.exp(rng.normal(size=(3000, 3)))
    assert alike(own, free) == ()
    common = 5 + 0.3 * rng.normal(size=3000)
    share = rng.uniform(0.2, 0.8, size=3000)
    trading = np.stack([common * share, common * (1 - share), free[:, 2]], axis=1)
    (group,) = alike(own, trading)
    assert group.lines == ("tv", "search")
    assert group.posterior < -0.7
    weekly = own.spend.sum(axis=1).mean(axis=1)
    middle = np.median(common) / (weekly[0] + weekly[1])
    assert group.together[1] == pytest.approx(middle)
    assert group.alone[0][1] == pytest.approx(np.median(trading[:, 0]) / weekly[0])
    exposure = own.exposure.copy()
    exposure[2] = 20 * exposure[1]
    exposure[0] = exposure[2] * rng.uniform(0.95, 1.05, size=WEEKS)
    (three,) = alike(replace(own, exposure=exposure), free)
    assert three.lines == own.lines  # tv like social, social like search
    assert three.exposure == pytest.approx(1)


def test_a_line_that_cost_nothing_is_told_in_units_of_the_kpi() -> None:
    own, rng = evidence(), np.random.default_rng(5)
    spend, exposure = own.spend.copy(), own.exposure.copy()
    spend[0], exposure[1] = 0.0, exposure[0]
    free = np.exp(rng.normal(size=(300, 3)))
    (group,) = alike(replace(own, spend=spend, exposure=exposure), free)
    assert not group.per_spend
    assert group.together[1] == pytest.approx(np.median(free[:, 0] + free[:, 1]))


def test_spend_that_follows_the_kpi_is_found_beside_season_and_trend() -> None:
    own, rng = evidence(), np.random.default_rng(7)
    exposure = own.exposure.copy()
    kpi = own.kpi_values[0]
    exposure[0, 0] = 0.2 * kpi
    exposure[1, 0] = 5000 + 30 * np.arange(WEEKS) + rng.normal(0, 1, WEEKS)
    exposure[2, 0] = 7.0
    found = followed(replace(own, exposure=exposure))
    assert found["tv"].share == pytest.approx(1)
    assert found["tv"].slope == pytest.approx(0.2)
    assert found["tv"].p < 1e-20
    assert found["search"].calendar > 0.999  # a trend is no demand
    assert found["search"].p > 1e-3
    assert "social" not in found  # it never moves
    level = replace(own, exposure=exposure + 3)
    assert followed(level)["tv"].share == pytest.approx(found["tv"].share)


def test_regression_by_hand() -> None:
    own = evidence()
    days = np.arange(WEEKS) * 7.0
    angle = 2 * np.pi * days / 365.25
    columns = [np.ones(WEEKS), days, np.sin(angle), np.cos(angle), np.sin(2 * angle),
               np.cos(2 * angle), own.kpi_values[0]]  # fmt: skip
    design = np.column_stack([column / np.abs(column).max() for column in columns])
    for row, line in enumerate(own.lines):
        x = own.exposure[row, 0]
        rest = x - design @ np.linalg.lstsq(design, x, rcond=None)[0]
        assert followed(own)[line].share == pytest.approx(1 - rest.var() / x.var(), abs=1e-9)


def one_line(weeks: np.ndarray, spend: np.ndarray, kpi: np.ndarray) -> Evidence:
    own = evidence()
    return replace(
        own, lines=("facebook",), weeks=weeks, observed=len(weeks),
        exposure=spend[None, None], spend=spend[None, None], kpi_values=kpi[None],
    )  # fmt: skip


@needs_datasets
@pytest.mark.parametrize("name", ["positive", "negative"])
def test_geolift_s_national_series_asks_for_review(name: str) -> None:
    """Facebook's spend follows sales; a plain regression says 8.6 where the truth is 1.6."""
    file = folder() / "geolift" / f"mmm_calibration_{name}_national_daily.csv"
    days = pd.read_csv(file, parse_dates=["date"]).iloc[:-1]  # the last row is faulty at source
    weeks = days.resample("W-SUN", on="date", label="left", closed="right").sum().iloc[1:-1]
    seen = one_line(
        weeks.index.to_numpy(), weeks["facebook_investment"].to_numpy(), weeks["sales"].to_numpy()
    )
    found = followed(seen)["facebook"]
    assert found.share > 0.9
    assert found.calendar < 0.4
    facts = facts_of(evidence(), random_raw(evidence(), np.random.default_rng(1), 60),
                     derived(evidence(), np.random.default_rng(1)), GOOD, money=True)  # fmt: skip
    card = health_card([replace(facts, followed={"facebook": found})])
    check = next(c for c in card.checks if c.name.endswith("spend that follows the KPI"))
    assert check.verdict is Verdict.REVIEW
    assert "facebook (9" in check.sentence


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_easy_world_does_not_follow(seed: int) -> None:
    world = simulate(by_name("easy").recipe(seed, 130), seed).truth
    kpi = world["kpi_value"].isel(kpi=0).sum("geo").to_numpy()
    for line in world["line"].to_numpy():
        spend = world["spend"].sum("geo").sel(line=line).to_numpy()
        found = followed(one_line(world["week"].to_numpy(), spend, kpi))["facebook"]
        assert found.share < 0.8


def test_how_much_of_a_curve_was_seen() -> None:
    own = evidence()
    exposure = own.exposure.copy()
    exposure[0, 0] = np.where(np.arange(WEEKS) % 2, 90.0, 110.0)
    exposure[1, 0] = 0
    exposure[1, 0, :39] = 10
    found = bands(replace(own, exposure=exposure))
    assert (found["tv"].top, found["tv"].variation) == (pytest.approx(1.1), pytest.approx(0.1))
    assert (found["search"].top, found["search"].variation) == (2, 1)


def test_reweighing_moves_a_normal_posterior_as_the_closed_form_says() -> None:
    """Prior N(0, 1) in u, likelihood N(u; m, s²): the posterior mean moves by δ · variance."""
    own, rng = evidence(), np.random.default_rng(8)
    sd = np.array([0.3, 0.6, 0.9])
    u = np.array([0.5, -0.4, 0.0]) + sd * rng.normal(size=(40_000, 3))
    logs = own.effect_mu + own.effect_sigma * u
    found = beliefs(own, {"channel_return": u}, logs)
    expected = np.log(2) / own.effect_sigma * sd
    np.testing.assert_allclose(list(found.moves.values()), expected, atol=0.03)
    largest = expected.max()
    assert found.effective == pytest.approx(40_000 * np.exp(-(largest**2)), rel=0.1)
    assert found.together is not None
    np.testing.assert_allclose(list(found.together.values()), expected, atol=0.06)


def test_where_too_few_draws_are_left_the_move_is_linear() -> None:
    rng = np.random.default_rng(9)
    logs = rng.normal(size=(2000, 1))
    weight = 5.0 * logs[:, 0]
    assert effective_draws(weight) < 100
    assert moved(logs, weight) == pytest.approx(5, rel=0.1)
    assert moved(logs, np.zeros(2000)) == pytest.approx(0, abs=1e-3)


def test_spreads_are_reweighed_too() -> None:
    """ln ω ~ N(ln m, w²), its median doubled: ln ω moves by ln 2, a line without it does not."""
    own, rng = evidence(), np.random.default_rng(10)
    u = 1e-6 * rng.normal(size=(20_000, 3))
    for name, belief in SPREADS.items():
        spread = belief.median * np.exp(belief.width * rng.normal(size=20_000))
        logs = np.stack([np.log(spread), *rng.normal(size=(2, 20_000))], axis=1)
        found = beliefs(own, {"channel_return": u, name: spread}, logs).moves
        assert found["tv"] == pytest.approx(np.log(2) / belief.width, rel=0.15)
        assert found["search"] < 0.1


def test_campaigns_that_know_nothing_of_themselves() -> None:
    own, rng = evidence(), np.random.default_rng(11)
    assert leaning(own, {}) == {}
    part = np.array([0.0, 0.4])
    pooling = replace(own.pooling, siblings=np.array([0, 2]), by_campaign=part)
    pooled = replace(own, pooling=pooling)
    u, spread = rng.normal(size=(20_000, 3)), np.exp(rng.normal(size=20_000))
    middle = (own.log_average + own.effect_sigma * u)[:, [0, 2]]
    z = rng.normal(size=(20_000, 2)) * [0.5, 1.0]
    raw = {
        "channel_return": u,
        "campaign_spread": spread,
        "campaign_return": part * middle + z * spread[:, None] ** part,
    }
    found = leaning(pooled, raw)
    assert found == {"tv": pytest.approx(0.25, abs=0.01), "social": pytest.approx(1, abs=0.02)}


def test_a_placebo_is_the_largest_line_in_another_order() -> None:
    tried, moved_data = with_placebo(spec(), data(), seed=3)
    assert tried.channels["placebo"] == tried.channels[largest()]
    assert moved_data.lines == ("tv", "search", "social", "placebo")
    spend = moved_data.panel("spend")[:, 0]
    row = data().lines.index(largest())
    assert not np.array_equal(spend[3], spend[row])
    assert sorted(spend[3]) == sorted(spend[row])
    np.testing.assert_array_equal(spend[:3], data().panel("spend")[:, 0])
    np.testing.assert_array_equal(moved_data.panel("kpis"), data().panel("kpis"))
    own = gather(tried, moved_data, "revenue")
    assert own.effect_mu[3] == pytest.approx(own.effect_mu[row])
    assert own.effect_mu[:3] == pytest.approx(evidence().effect_mu)


def largest() -> str:
    return data().lines[int(data().panel("spend").sum(axis=(1, 2)).argmax())]


def test_blocks_stay_whole() -> None:
    order = shuffled(WEEKS, 3)
    assert sorted(order) == list(range(WEEKS))
    starts = [place for place, week in enumerate(order) if week % BLOCK == 0]
    assert all((np.diff(order[a:b]) == 1).all() for a, b in zip(starts, starts[1:], strict=False))
    np.testing.assert_array_equal(order, shuffled(WEEKS, 3))
    assert not np.array_equal(order, shuffled(WEEKS, 4))


def test_a_placebo_without_any_spend_is_refused() -> None:
    dataset = data().dataset.copy()
    dataset["spend"] = dataset["spend"] * 0
    with pytest.raises(InputError, match="found no spend at all"):
        with_placebo(spec(), type(data()).of(dataset), seed=1)


def test_what_a_placebo_earned() -> None:
    both = with_placebo(spec(), data(), seed=3)
    own = gather(*both, "revenue")
    weekly = own.spend.sum(axis=1).mean(axis=1)
    rng = np.random.default_rng(12)
    raw = derive(own, random_raw(own, rng, 40), rng)
    average = np.tile(weekly * [2.0, 3.0, 4.0, 0.3], (400, 1))
    average[:, 3] *= np.linspace(0, 2, 400)
    found = placebo_of(own, replace(raw, average=average[..., None]))
    assert found.of == largest()
    assert found.share == pytest.approx(0.3 / 1.2, rel=1e-3)
    assert found.low == pytest.approx(0.3 * 0.1 / 3, rel=1e-2)


def test_trials_are_gathered_once_each() -> None:
    names = set(Trials(holdout=13, backtest=2, placebo=True).of(spec(), data(), "revenue"))
    assert names == {
        "revenue, without the last 13 weeks", "revenue, without the last 26 weeks",
        "revenue, with a placebo",
    }  # fmt: skip
    assert Trials().of(spec(), data(), "revenue") == {}
    with pytest.raises(InputError, match="weeks to learn from"):
        Trials(backtest=5).of(spec(), data(), "revenue")
