"""The panel's likelihood against dense linear algebra, and regions that are the nation."""

from __future__ import annotations

import numpy as np
import pytest
from model_case import REGIONS, random_raw, regions, spec
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm

from mmm import adstock, saturation
from mmm.baseline import Baseline
from mmm.data import MediaData
from mmm.model.derived import derive
from mmm.model.gather import gather
from mmm.model.panel import Own, Panel, log_prior, own_terms

WEEKS, GEOS, SIGMA = 14, 3, 0.7
RNG = np.random.default_rng(5)


def case() -> tuple[Baseline, Own, Panel]:
    names = ("intercept", "trend a", "season sin 1", "holiday x", "control price")
    baseline = Baseline(
        columns=names,
        design=RNG.normal(size=(WEEKS, len(names))),
        scales=RNG.uniform(0.3, 2, size=(2, len(names))),
        weight=np.array([0.3, 0.7]),
    )
    own = own_terms(baseline, GEOS, level=1.5)
    return baseline, own, Panel.of(baseline, own, GEOS, WEEKS)


def dense(baseline: Baseline, own: Own) -> list[np.ndarray]:
    """Covariance of all regions' residuals, one after the other, at every τ."""
    found = []
    for shared, local in zip(baseline.scales, own.scales, strict=True):
        common = (baseline.design * shared**2) @ baseline.design.T
        each = (own.design * local**2) @ own.design.T
        cov = np.kron(np.ones((GEOS, GEOS)), common) + np.kron(np.eye(GEOS), each)
        found.append(cov + SIGMA**2 * np.eye(GEOS * WEEKS))
    return found


def test_what_a_region_has_of_its_own() -> None:
    baseline, own, _ = case()
    assert own.columns == ("intercept", "trend a", "season sin 1")
    assert (own.scales[:, 0] == 1.5).all()
    np.testing.assert_allclose(own.scales[:, 1:], 0.5 * baseline.scales[:, 1:3])
    assert own_terms(baseline, 1, level=1.0).columns == ()


def test_likelihood_is_the_dense_mixture() -> None:
    baseline, own, panel = case()
    residual = RNG.normal(size=(4, GEOS, WEEKS))
    found = panel.log_likelihood(residual, np.full(4, SIGMA))
    for row, value in zip(residual, found, strict=True):
        each = [
            np.log(weight) + multivariate_normal.logpdf(row.ravel(), cov=cov)
            for weight, cov in zip(baseline.weight, dense(baseline, own), strict=True)
        ]
        assert value == pytest.approx(logsumexp(each), rel=1e-9)


def test_conditional_times_likelihood_is_the_joint_density() -> None:
    baseline, own, panel = case()
    residual = RNG.normal(size=(GEOS, WEEKS))
    for _ in range(5):
        b, c = RNG.normal(size=len(baseline.columns)), RNG.normal(size=(GEOS, len(own.columns)))
        level = baseline.design @ b + c @ own.design.T
        joint = norm.logpdf(residual, level, SIGMA).sum() + log_prior(b, c, baseline, own)
        given = panel.log_conditional(b, c, residual, SIGMA)
        assert float(panel.log_likelihood(residual, np.array(SIGMA))) == pytest.approx(
            float(joint) - given, rel=1e-9
        )


def test_drawn_back_coefficients_have_the_dense_conditional_mean() -> None:
    baseline, own, panel = case()
    residual, many = RNG.normal(size=(GEOS, WEEKS)), 20_000
    b, c = panel.draw(
        np.repeat(residual[None], many, axis=0), np.full(many, SIGMA), np.random.default_rng(1)
    )
    logs, means = [], []
    for k, cov in enumerate(dense(baseline, own)):
        solved = np.linalg.solve(cov, residual.ravel()).reshape(GEOS, WEEKS)
        shared = baseline.scales[k] ** 2 * (baseline.design.T @ solved.sum(axis=0))
        local = own.scales[k] ** 2 * (solved @ own.design)
        means.append(np.concatenate([shared, local.ravel()]))
        logs.append(
            np.log(baseline.weight[k]) + multivariate_normal.logpdf(residual.ravel(), cov=cov)
        )
    expected = np.exp(np.array(logs) - logsumexp(logs)) @ np.array(means)
    drawn = np.concatenate([b, c.reshape(many, -1)], axis=1)
    assert (np.abs(drawn.mean(0) - expected) < 5 * drawn.std(0) / np.sqrt(many)).all()


def test_log_prior_of_one_region_is_the_mixture() -> None:
    baseline, *_ = case()
    alone = own_terms(baseline, 1, level=1.0)
    b = RNG.normal(size=len(baseline.columns))
    each = [norm.logpdf(b, 0, scale).sum() for scale in baseline.scales]
    expected = logsumexp(np.log(baseline.weight) + each)
    assert float(log_prior(b, None, baseline, alone)) == pytest.approx(expected)


def test_media_of_regions_by_hand() -> None:
    """Contribution of one campaign in one region, from its own exposure per head."""
    own = gather(spec(REGIONS), regions(), "revenue")
    values = own.resolved(random_raw(own, np.random.default_rng(2), 2))
    line, geo, draw = 1, 2, 1
    retention = values["adstock_retention"][draw, 1]
    weights = adstock.by_name("geometric").weights(3, retention=retention)
    half = values["saturation_half_saturation"][draw, line]
    slope = values["saturation_slope"][draw, line]
    shapes = []
    for place in range(3):
        per_head = own.exposure[line, place] / own.population[place] / own.scale[line]
        carried = np.convolve(per_head, weights)[: len(per_head)]
        shapes.append(saturation.by_name("hill").value(carried, half_saturation=half, slope=slope))
    mean = sum(part * shape.mean() for part, shape in zip(own.share, shapes, strict=True))
    expected = values["average"][draw, line] * values["geo"][draw, line, geo] * shapes[geo] / mean
    (family,) = (one for one in own.families if line in one.rows)
    shape = own.shapes(family, values)
    found = own.contribution(family, shape, values)[draw, list(family.rows).index(line), geo]
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    assert (values["geo"][:, 0] == 1).all()  # tv is known for the country only
    assert own.columns.names == ("control price", "control promotion")


def test_convergence_is_judged_on_what_is_free() -> None:
    """Factors that are 1 in every draw have no R-hat."""
    own = gather(spec(REGIONS), regions(), "revenue")
    values = own.resolved(random_raw(own, np.random.default_rng(2), 2))
    np.testing.assert_array_equal(own.free(values)["geo"], values["geo"][:, 1:])
    assert own.free(values).keys() == values.keys()


def test_regions_whose_media_are_all_national() -> None:
    """Nothing is sampled of their effects in regions, and nothing is looked for."""
    whole = MediaData.of(regions().dataset.assign(local=("line", [False] * 3)))
    own = gather(spec(REGIONS), whole, "revenue")
    raw = random_raw(own, np.random.default_rng(2), 2)
    raw = {name: value for name, value in raw.items() if not name.startswith("geo_")}
    values = own.resolved(raw)
    np.testing.assert_array_equal(values["geo"], np.ones((2, 3, 3)))
    assert "geo" not in own.free(values)
    assert own.media(values).shape == (2, 3, len(own.weeks))


def test_campaigns_share_carry_over_and_lean_on_their_channel() -> None:
    own = gather(spec(REGIONS), regions(), "revenue")
    raw = random_raw(own, np.random.default_rng(3), 4)
    values = own.resolved(raw)
    retention, slope = values["adstock_retention"], values["saturation_slope"]
    assert (retention[:, 1] == retention[:, 2]).all()
    assert (slope[:, 1] == slope[:, 2]).all()
    half = values["saturation_half_saturation"]
    spread = raw["saturation_spread"][:, None] * raw["campaign_saturation_half_saturation"]
    np.testing.assert_allclose(
        half[:, 1:], raw["saturation_half_saturation"][:, 1:] * np.exp(spread), rtol=1e-12
    )
    z = own.pooling.deviations(own.log_average, own.effect_sigma, raw)
    alike = own.pooling.log_channel(own.log_average, own.effect_sigma, raw)
    expected = alike[:, 1:] + raw["campaign_spread"][:, None] * z
    np.testing.assert_allclose(np.log(values["average"][:, 1:]), expected, rtol=1e-10)
    spend = own.spend.sum(axis=(1, 2))
    money = np.exp(alike) / spend  # like their channel, both campaigns have one return
    np.testing.assert_allclose(money[:, 1], money[:, 2], rtol=1e-10)
    assert ((own.pooling.by_campaign > 0) & (own.pooling.by_campaign < 1)).all()


@pytest.mark.slow
def test_marginal_is_plain_minus_conditional_in_a_panel() -> None:
    """design.md's identity with regions, campaigns, a control by region and one with carry-over."""
    from mmm.model.build import build

    own = gather(spec(REGIONS), regions(), "revenue")
    marginal, plain = build(own), build(own, plain=True)
    logp, logp_plain = (one.compile_logp(mode="FAST_COMPILE") for one in (marginal, plain))
    rng = np.random.default_rng(4)
    start = marginal.initial_point()
    point = {name: value + 0.3 * rng.normal(size=np.shape(value)) for name, value in start.items()}
    raw = {}
    for variable in marginal.free_RVs:
        value = point[marginal.rvs_to_values[variable].name]
        name = marginal.rvs_to_values[variable].name
        if name.endswith("_logodds__"):
            value = 1 / (1 + np.exp(-value))
        elif name.endswith("_log__"):
            value = np.exp(value)
        raw[variable.name] = np.asarray(value)[None]
    known = (own.media(own.resolved(raw)) + own.columns.total(raw))[0]
    residual, sigma = own.standard - known, float(raw["sigma"][0])
    for _ in range(2):
        b = rng.normal(size=len(own.baseline.columns))
        c = rng.normal(size=(3, len(own.own.columns)))
        given = own.marginal.log_conditional(b, c, residual, sigma)
        both = float(logp_plain({**point, "b": b, "own": c}))
        assert float(logp(point)) == pytest.approx(both - given, rel=1e-7)
    drawn = derive(own, raw, rng)
    assert drawn.effect.shape == (1, 3, 3)
    assert drawn.own.shape == (1, 3, len(own.own.columns))
