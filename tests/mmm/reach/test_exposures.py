"""Exposure distributions: printed values, sums, limits, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from mmm.reach import (
    ExposureDistribution,
    beta_binomial,
    binomial,
    check_duplication,
    independent,
    loyalty,
    negative_binomial,
    possible_reach,
    two_vehicles,
)

EVERY = {
    "independent": (independent([0.3, 0.4, 0.2]), 90.0),
    "one vehicle": (independent([0.25]), 25.0),
    "binomial": (binomial(0.3, 3), 90.0),
    "beta-binomial": (beta_binomial(0.5, 0.55, 5), 250.0),
    "polarised": (beta_binomial(0.4, 0.4, 7), 280.0),
    "nbd": (negative_binomial(2.5, 1.7), 250.0),
    "nbd, few see most": (negative_binomial(2.5, 0.02), 250.0),
    "nbd, as Poisson": (negative_binomial(0.5, 1e7), 50.0),
    "two vehicles": (two_vehicles(0.3, 0.4, 0.25), 70.0),
}


@pytest.mark.parametrize("name", EVERY)
def test_exposures_add_up(name: str) -> None:
    """Σ k·p_k = GRP / 100 of what was bought, and GRP = reach × average frequency."""
    found, grp = EVERY[name]
    assert found.grp == pytest.approx(grp, rel=1e-9)
    assert 100 * found.reach * found.average_frequency == pytest.approx(grp, rel=1e-9)
    assert found.reach == pytest.approx(1 - found.probabilities[0], abs=1e-12)
    assert found.at_least(1) == found.reach
    assert (found.probabilities >= 0).all()
    assert found.average_frequency >= 1 - 1e-12


def test_sainsbury_as_printed() -> None:
    found = independent([0.3, 0.4, 0.2])
    np.testing.assert_allclose(found.probabilities, [0.336, 0.452, 0.188, 0.024], atol=1e-12)
    assert found.average_frequency == pytest.approx(1.3554, abs=5e-5)


def test_binomial_as_printed() -> None:
    found = binomial(0.3, 3)
    assert found.reach == pytest.approx(0.657)
    np.testing.assert_allclose(found.probabilities[1:], [0.441, 0.189, 0.027], atol=1e-12)


def test_beta_binomial_as_printed() -> None:
    found = beta_binomial(0.5, 0.55, 5)
    assert found.reach == pytest.approx(0.6034, abs=5e-5)
    printed = [0.0601, 0.0433, 0.0433, 0.0601, 0.3966]
    np.testing.assert_allclose(found.probabilities[1:], printed, atol=5e-5)


@pytest.mark.parametrize(("once", "twice", "n"), [(0.5, 0.55, 5), (0.2, 0.3, 12), (0.8, 0.9, 3)])
def test_beta_binomial_is_metheringhams_alpha_and_beta(once: float, twice: float, n: int) -> None:
    alpha = once * (twice - once) / (2 * once - once**2 - twice)
    beta = alpha * (1 - once) / once
    k = np.arange(n + 1)
    there = special.comb(n, k) * special.beta(alpha + k, beta + n - k) / special.beta(alpha, beta)
    np.testing.assert_allclose(beta_binomial(once, twice, n).probabilities, there, rtol=1e-9)
    assert beta_binomial(once, twice, 2).reach == pytest.approx(twice)
    assert beta_binomial(once, twice, 1).reach == pytest.approx(once)
    assert 1 / (1 + alpha + beta) == pytest.approx(loyalty(once, twice))


def test_beta_binomial_at_its_ends() -> None:
    np.testing.assert_allclose(
        beta_binomial(0.4, 0.4, 4).probabilities, [0.6, 0, 0, 0, 0.4], rtol=1e-15
    )
    np.testing.assert_allclose(
        beta_binomial(0.3, 0.51, 3).probabilities, binomial(0.3, 3).probabilities, atol=1e-12
    )
    np.testing.assert_array_equal(beta_binomial(1.0, 1.0, 2).probabilities, [0, 0, 1])


def test_nbd_as_printed() -> None:
    found = negative_binomial(2.5, 1.7)
    assert found.reach == pytest.approx(0.7850985367, abs=5e-11)
    assert found.average_frequency == pytest.approx(3.1843136665, abs=5e-11)
    assert found.reach == pytest.approx(1 - (1 + 2.5 / 1.7) ** -1.7)


def test_two_vehicles_seen_independently_are_sainsburys() -> None:
    there = independent([0.3, 0.4]).probabilities
    np.testing.assert_allclose(two_vehicles(0.3, 0.4, 0.12).probabilities, there, atol=1e-12)


@pytest.mark.parametrize("both", [-0.1, 0.09, 0.41, float("nan")])
def test_a_duplication_outside_the_frechet_bounds_is_refused(both: float) -> None:
    with pytest.raises(ValueError, match=r"expected 0\.1 to 0\.4: no population can have it"):
        check_duplication(0.7, 0.4, both)


def test_duplications_possible_in_pairs_and_impossible_together() -> None:
    """Three audiences of one half, any two disjoint, would be one and a half populations."""
    halves = [0.5, 0.5, 0.5]
    apart = {(0, 1): 0.0, (0, 2): 0.0, (2, 1): 0.0}
    with pytest.raises(ValueError, match="each pair is possible, all of them are not"):
        possible_reach(halves, apart)
    assert possible_reach(halves, {(0, 1): 0.0}) == pytest.approx((1.0, 1.0))


def test_possible_reach_by_hand() -> None:
    assert possible_reach([0.3, 0.4], {}) == pytest.approx((0.4, 0.7))
    assert possible_reach([0.3, 0.4], {(0, 1): 0.1}) == pytest.approx((0.6, 0.6))
    # pairs known, the triple t free: reach = Σ a − Σ d + t, 0 ≤ t ≤ min d and no group below 0
    low, high = possible_reach([0.3] * 3, {(0, 1): 0.1, (0, 2): 0.1, (1, 2): 0.1})
    assert (low, high) == pytest.approx((0.6, 0.7))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: independent([0.3, 1.2]), "expected a share from 0 to 1"),
        (lambda: independent([0.0, 0.0]), "nobody reached"),
        (lambda: independent([]), "expected p_0 to p_n"),
        (lambda: binomial(float("nan"), 3), "expected a share from 0 to 1"),
        (lambda: binomial(0.3, 0), "expected a whole number"),
        (lambda: beta_binomial(0.5, 0.45, 5), r"expected 0\.5 to 1: no audience"),
        (lambda: beta_binomial(0.3, 0.65, 5), r"expected 0\.3 to 0\.6: no audience"),
        (lambda: beta_binomial(0.5, 0.8, 5), r"at most 0\.75, that of chance"),
        (lambda: negative_binomial(0.0, 1.0), "expected both above 0"),
        (lambda: negative_binomial(2.0, float("nan")), "expected both above 0"),
        (lambda: ExposureDistribution(np.array([0.5, 0.6])), "sum to 1"),
        (lambda: ExposureDistribution(np.array([-0.1, 1.1])), "sum to 1"),
        (lambda: possible_reach([0.1] * 13, {}), "expected 1 to 12"),
    ],
)
def test_what_cannot_be_is_refused(make: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()  # type: ignore[operator]


def test_a_distribution_is_frozen() -> None:
    found = binomial(0.3, 3)
    with pytest.raises(ValueError, match="read-only"):
        found.probabilities[0] = 1.0
