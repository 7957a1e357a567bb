"""Pay-per-performance media: what tracked sales bring, in money and in orders."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from mmm.commission import (
    contribution,
    expected_incremental,
    incremental_of,
    price,
    return_on_spend,
)
from mmm.spec import CommissionSpec, FractionPrior

BELIEF = FractionPrior(median=0.3, low90=0.1, high90=0.7)
SPEND = np.array([800.0, 0.0, 400.0])


def test_a_fraction_of_tracked_revenue() -> None:
    """8 % of 10,000 is 800; three tenths of it would not have been sold otherwise."""
    paid = CommissionSpec(rate=0.08, incremental=BELIEF)
    rate = price(paid, "currency")
    np.testing.assert_allclose(contribution(SPEND, rate, 0.3), [3000, 0, 1500])
    assert return_on_spend(rate, 0.3) == pytest.approx(3.75)


def test_a_fraction_of_tracked_orders() -> None:
    paid = CommissionSpec(rate=0.08, fee=20.0, incremental=BELIEF)
    each = np.array([[0.25], [1.0]])
    np.testing.assert_allclose(
        contribution(SPEND, price(paid, "count"), each), [[10, 0, 5], [40, 0, 20]]
    )


def test_no_price_for_a_unit() -> None:
    with pytest.raises(ValueError, match="no fee"):
        price(CommissionSpec(rate=0.08, incremental=BELIEF), "count")


def test_draws_of_the_fraction_are_its_belief() -> None:
    places = norm.ppf([0.05, 0.5, 0.95])
    one_sided = FractionPrior(median=0.3, low90=0.1)
    found = incremental_of(one_sided, places)
    np.testing.assert_allclose(found[:2], [0.1, 0.3])
    assert found[2] < 1


def test_the_mean_of_the_fraction() -> None:
    def part(z: float) -> float:
        return float(expit(BELIEF.mu + BELIEF.sigma * z) * norm.pdf(z))

    assert expected_incremental(BELIEF) == pytest.approx(quad(part, -9, 9)[0], rel=1e-9)
