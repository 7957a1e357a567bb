"""The panel's likelihood against dense linear algebra, and regions that are the nation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm

from mmm.baseline import Baseline
from mmm.panel import Own, Panel, log_prior, own_terms

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
