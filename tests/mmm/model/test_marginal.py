"""The integrated-out baseline against dense linear algebra that shares nothing with it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from mmm.baseline import Baseline
from mmm.model.marginal import Marginal

RNG = np.random.default_rng(7)


def toy(weeks: int, columns: int, *, taus: int = 3, repeat: bool = False) -> Baseline:
    design = RNG.normal(size=(weeks, columns))
    if repeat:
        design[:, -1] = design[:, 0]  # two columns that cannot be told apart
    weight = RNG.uniform(0.1, 1, size=taus)
    flexible = np.arange(columns) >= columns // 2
    tau = np.where(flexible, np.geomspace(0.1, 2, taus)[:, None], 1.0)
    return Baseline(
        columns=tuple(f"c{i}" for i in range(columns)),
        design=design,
        scales=RNG.uniform(0.3, 3, size=columns) * tau,
        weight=weight / weight.sum(),
    )


def dense(baseline: Baseline, sigma: float) -> list[np.ndarray]:
    """Covariance of the residual at every τ, written out."""
    design = baseline.design
    return [
        sigma**2 * np.eye(len(design)) + design @ np.diag(scale**2) @ design.T
        for scale in baseline.scales
    ]


CASES = [
    (30, 5, 3, False),
    (30, 5, 1, False),
    (12, 12, 2, False),
    (9, 14, 2, False),
    (25, 6, 3, True),
]
by_case = pytest.mark.parametrize(("weeks", "columns", "taus", "repeat"), CASES)


@by_case
def test_likelihood_is_the_dense_mixture(weeks, columns, taus, repeat) -> None:
    baseline = toy(weeks, columns, taus=taus, repeat=repeat)
    marginal = Marginal.of(baseline, weeks)
    residual, sigma = RNG.normal(size=(4, weeks)), np.array([0.05, 0.3, 1.0, 4.0])
    expected = [
        logsumexp(
            [
                np.log(weight) + multivariate_normal.logpdf(row, cov=cov)
                for weight, cov in zip(baseline.weight, dense(baseline, one), strict=True)
            ]
        )
        for row, one in zip(residual, sigma, strict=True)
    ]
    np.testing.assert_allclose(marginal.log_likelihood(residual, sigma), expected, rtol=1e-9)


def conditional(baseline: Baseline, residual: np.ndarray, sigma: float, k: int):
    """Mean and covariance of b at one τ, by the normal equations."""
    design, scale = baseline.design, baseline.scales[k]
    precision = np.diag(1 / scale**2) + design.T @ design / sigma**2
    cov = np.linalg.inv(precision)
    return cov @ design.T @ residual / sigma**2, cov


@pytest.mark.parametrize(("weeks", "columns"), [(30, 5), (8, 12)])
def test_drawn_back_coefficients_have_the_right_moments(weeks, columns) -> None:
    baseline = toy(weeks, columns, taus=1)
    marginal = Marginal.of(baseline, weeks)
    residual, sigma, many = RNG.normal(size=weeks), 0.8, 40_000
    b = marginal.draw(
        np.repeat(residual[None], many, axis=0), np.full(many, sigma), np.random.default_rng(1)
    )
    mean, cov = conditional(baseline, residual, sigma, 0)
    deviation = np.sqrt(np.diag(cov))
    # five standard errors of a mean, and of a covariance of normals (at most √2 times σᵢσⱼ / √n)
    assert (np.abs(b.mean(axis=0) - mean) < 5 * deviation / np.sqrt(many)).all()
    allowed = 5 * np.sqrt(2 / many) * np.outer(deviation, deviation)
    assert (np.abs(np.cov(b.T) - cov) < allowed).all()


def test_the_draw_mixes_over_tau() -> None:
    baseline = toy(20, 4, taus=3)
    marginal = Marginal.of(baseline, 20)
    residual, sigma, many = RNG.normal(size=20), 1.5, 40_000
    rows = np.repeat(residual[None], many, axis=0)
    b = marginal.draw(rows, np.full(many, sigma), np.random.default_rng(2))
    each = marginal.log_each(residual, np.array(sigma))
    means = [conditional(baseline, residual, sigma, k)[0] for k in range(3)]
    expected = np.exp(each - logsumexp(each)) @ means
    assert (np.abs(b.mean(axis=0) - expected) < 5 * b.std(axis=0) / np.sqrt(many)).all()


@pytest.mark.parametrize("taus", [1, 3])
def test_log_conditional_is_the_dense_density(taus: int) -> None:
    baseline = toy(25, 6, taus=taus)
    marginal = Marginal.of(baseline, 25)
    residual, sigma, b = RNG.normal(size=25), 0.6, RNG.normal(size=6)
    logs = []
    covariances = dense(baseline, sigma)
    for k in range(taus):
        mean, cov = conditional(baseline, residual, sigma, k)
        weight = np.log(baseline.weight[k])
        likelihood = multivariate_normal.logpdf(residual, cov=covariances[k])
        logs.append([weight + likelihood, multivariate_normal.logpdf(b, mean, cov)])
    total, density = np.array(logs).T
    expected = logsumexp(total - logsumexp(total) + density)
    assert marginal.log_conditional(b, residual, sigma) == pytest.approx(expected, rel=1e-9)
