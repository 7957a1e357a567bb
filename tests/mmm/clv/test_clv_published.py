"""Published fits of CDNOW, from the raw orders and from the summary.

BG/NBD: r 0.243, α 4.414, a 0.793, b 2.426, log-likelihood −9,582.4 (Fader, Hardie & Lee 2005,
Marketing Science 24(2), table 1). Gamma-gamma: p 6.25, q 3.74, v 15.44 (Fader & Hardie 2013);
PyMC-Marketing 0.19.2 finds 6.249, 3.745 and 15.448 on the same summary.
"""

from __future__ import annotations

import cdnow
import numpy as np
import pytest

from mmm.clv import bg_nbd, gamma_gamma
from mmm.clv.bg_nbd import Histories
from mmm.clv.estimate import fit, spending_points
from mmm.clv.gamma_gamma import Spend
from mmm.clv.holdout import held_out
from mmm.clv.laplace import mode_of
from mmm.clv.summary import Customers, summarise
from real_sets import needs_datasets


def from_orders() -> Customers:
    return summarise(cdnow.transactions().until(cdnow.CALIBRATED))


@needs_datasets
def test_orders_give_the_published_summary() -> None:
    mine, theirs = from_orders(), cdnow.summary()
    np.testing.assert_array_equal(mine.x, theirs.x)
    np.testing.assert_allclose(mine.t_x, theirs.t_x, atol=0.0051)
    np.testing.assert_allclose(mine.T, theirs.T, atol=0.0051)
    np.testing.assert_allclose(mine.mean_repeat, theirs.mean_repeat, atol=0.0051)


@needs_datasets
@pytest.mark.parametrize("read", [from_orders, cdnow.summary], ids=["orders", "summary"])
def test_maximum_likelihood_is_the_published_bg_nbd(read) -> None:
    customers = read()
    seen = Histories.of(customers.x, customers.t_x, customers.T)

    def density(logs: np.ndarray) -> np.ndarray:
        return bg_nbd.log_likelihood(np.exp(logs), seen)

    mode = mode_of(density, np.array([0.0, 2.0, 0.0, 0.0]))
    assert np.exp(mode) == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=6e-4)
    assert density(mode[None])[0] == pytest.approx(-9582.4, abs=0.05)


@needs_datasets
def test_maximum_likelihood_is_the_published_gamma_gamma() -> None:
    customers = cdnow.summary()
    paid = customers.mean_repeat > 0
    seen = Spend(customers.x[paid], customers.mean_repeat[paid])

    def density(logs: np.ndarray) -> np.ndarray:
        return gamma_gamma.log_likelihood(spending_points(logs), seen)

    p, q, v = spending_points(mode_of(density, np.array([0.0, 0.0, 3.0])))
    assert (p, q, v) == pytest.approx((6.249, 3.745, 15.448), rel=1e-3)
    assert (round(p, 2), round(q, 1)) == (6.25, 3.7)
    assert v == pytest.approx(15.44, abs=0.02)


@needs_datasets
def test_the_interval_is_that_of_pymc_marketing() -> None:
    """NUTS of PyMC-Marketing 0.19.2, 2 × 500 draws: r 0.244 ± 0.012, α 4.48 ± 0.37.

    Its priors on a and b are others than ours, so those two are not compared.
    """
    fitted = fit(from_orders(), "total", seed=1)
    draws = fitted.ordering_draws
    assert draws[:, 0].mean() == pytest.approx(0.244, abs=0.003)
    assert draws[:, 1].mean() == pytest.approx(4.477, abs=0.1)
    assert draws[:, 0].std() == pytest.approx(0.012, rel=0.15)
    assert draws[:, 1].std() == pytest.approx(0.370, rel=0.15)
    assert fitted.ordering.efficiency > 0.7


@needs_datasets
def test_orders_after_week_39_are_predicted() -> None:
    """The paper's own check: repeat orders up to week 78, fitted to the first 39."""
    orders = cdnow.transactions()
    customers = summarise(orders)
    held = held_out(orders, customers)
    assert held is not None
    assert held.weeks == pytest.approx(0.25 * customers.T.max(), abs=0.1)
    assert abs(held.error or 0) < 0.1
    points = np.array([[0.243, 4.414, 0.793, 2.426]])
    ages = summarise(orders.until(cdnow.CALIBRATED)).T
    total = sum(bg_nbd.expected_orders(points, age + 39)[0] for age in ages)
    assert total == pytest.approx(customers.x.sum(), rel=0.05)
