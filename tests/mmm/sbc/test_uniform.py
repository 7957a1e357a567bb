"""Uniform ranks pass and others do not; figures against hand counts and against chance itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, chi2

from mmm.sbc.uniform import chi_square, envelope, least_probability, uniformity

HIGHEST = 99


def test_counts_in_bins_by_hand() -> None:
    """Ten ranks, two bins of five: 8 below and 2 above; (3² + 3²) / 5 = 3.6 on one degree."""
    ranks = np.array([0, 1, 2, 3, 4, 10, 20, 49, 50, 99])
    assert chi_square(ranks, HIGHEST) == pytest.approx(chi2.sf(3.6, 1))


def test_the_least_probability_by_hand() -> None:
    """Three ranks of 0 … 3, all 0: F is 1 at every whole rank; P(B = 3) at z = 1/4 is 1/64."""
    found = least_probability(np.array([[0, 0, 0], [0, 1, 3]]), 3)
    assert found[0] == pytest.approx(2 / 64)
    expected = min(
        min(binom.cdf(n, 3, z), binom.sf(n - 1, 3, z)) for n, z in ((1, 0.25), (2, 0.5), (2, 0.75))
    )
    assert found[1] == pytest.approx(2 * expected)


def test_p_values_of_uniform_ranks_are_as_often_small_as_they_say() -> None:
    rng = np.random.default_rng(3)
    found = [
        uniformity(rng.integers(0, HIGHEST + 1, size=200), HIGHEST, seed=1) for _ in range(300)
    ]
    for kind in ("chi_square", "envelope"):
        small = np.mean([getattr(one, kind) < 0.1 for one in found])
        assert 0.05 < small < 0.16, kind  # 0.1 give or take three binomial errors


@pytest.mark.parametrize(
    "shape", [(2.0, 2.0), (0.6, 0.6), (1.5, 1.0)], ids=["too wide", "too narrow", "shifted"]
)
def test_a_wrong_posterior_is_found(shape: tuple[float, float]) -> None:
    ranks = np.floor(np.random.default_rng(5).beta(*shape, size=200) * 100).astype(int)
    assert chi_square(ranks, HIGHEST) < 0.01
    assert envelope(ranks, HIGHEST, seed=1) < 0.01
