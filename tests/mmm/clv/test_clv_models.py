"""BG/NBD, gamma-gamma and the posterior, against closed forms and other integrals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta, gamma

from mmm.clv import bg_nbd, gamma_gamma
from mmm.clv.bg_nbd import Histories, expected_orders, order_rate
from mmm.clv.gamma_gamma import Spend
from mmm.clv.laplace import Belief, mode_of, posterior

POINTS = [(0.243, 4.414, 0.793, 2.426), (1.5, 20.0, 1.4, 3.0), (0.6, 9.0, 0.2, 0.5)]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("weeks", [1.0, 39.0, 400.0])
def test_expected_orders_are_equation_9(point: tuple[float, ...], weeks: float) -> None:
    """The paper's form: (a+b−1)/(a−1) · [1 − (α/(α+t))^r ₂F₁(r, b; a+b−1; t/(α+t))]."""
    r, alpha, a, b = point
    ratio = weeks / (alpha + weeks)
    inner = (alpha / (alpha + weeks)) ** r * hyp2f1(r, b, a + b - 1, ratio)
    wanted = (a + b - 1) / (a - 1) * (1 - inner)
    assert expected_orders(np.array([point]), weeks)[0] == pytest.approx(wanted, rel=1e-7)


def test_at_the_pole_of_equation_9_nothing_happens() -> None:
    """a = 1: E[X(t)] = E[(1 − (α/(α+pt))^r) / p] over p ~ Beta(1, b)."""
    r, alpha, b, t = 0.7, 5.0, 2.0, 60.0

    def part(p: float) -> float:
        return (1 - (alpha / (alpha + p * t)) ** r) / p * beta.pdf(p, 1, b)

    wanted = quad(part, 0, 1)[0]
    assert expected_orders(np.array([[r, alpha, 1.0, b]]), t)[0] == pytest.approx(wanted, rel=1e-7)


def test_discounting_is_the_integral_of_the_rate() -> None:
    point = np.array([POINTS[0]])

    def part(t: float) -> float:
        return order_rate(point, np.array([[t]]))[0, 0] * 1.1 ** (-t * 7 / 365.25)

    wanted = quad(part, 0, 104, epsabs=1e-10)[0]
    assert expected_orders(point, 104, discount_rate=0.1)[0] == pytest.approx(wanted, rel=1e-7)
    assert wanted < expected_orders(point, 104)[0]


def test_the_likelihood_of_a_history_is_its_integral_over_customers() -> None:
    """x = 1, t_x, T given λ, p: λ e^(−λ t_x) · [p + (1 − p) e^(−λ(T − t_x))], averaged."""
    r, alpha, a, b = 0.8, 6.0, 0.9, 2.0
    t_x, T = 3.0, 20.0

    def given(rate: float) -> float:
        p = a / (a + b)
        chance = rate * np.exp(-rate * t_x) * (p + (1 - p) * np.exp(-rate * (T - t_x)))
        return chance * gamma.pdf(rate, r, scale=1 / alpha)

    seen = Histories.of(np.array([1.0]), np.array([t_x]), np.array([T]))
    found = bg_nbd.log_likelihood(np.array([[r, alpha, a, b]]), seen)[0]
    assert found == pytest.approx(np.log(quad(given, 0, np.inf)[0]), rel=1e-7)


def test_the_likelihood_of_spend_is_its_integral_over_customers() -> None:
    """The average of x orders is Gamma(px, rate xν), ν ~ Gamma(q, rate v)."""
    p, q, v, x, z = 3.0, 2.5, 20.0, 4.0, 31.0

    def given(nu: float) -> float:
        return gamma.pdf(z, p * x, scale=1 / (x * nu)) * gamma.pdf(nu, q, scale=1 / v)

    found = gamma_gamma.log_likelihood(np.array([[p, q, v]]), Spend(np.array([x]), np.array([z])))
    assert found[0] == pytest.approx(np.log(quad(given, 0, 5)[0]), rel=1e-6)
    assert gamma_gamma.mean_order(np.array([[p, q, v]]))[0] == pytest.approx(40.0)


def test_equal_histories_count_together() -> None:
    x, t_x, T = np.array([0.0, 2, 0, 2]), np.array([0.0, 5, 0, 5]), np.array([9.0, 9, 9, 9])
    seen = Histories.of(x, t_x, T)
    assert seen.count.tolist() == [2, 2]
    each = Histories(x, t_x, T, np.ones(4))
    point = np.array([POINTS[0]])
    assert bg_nbd.log_likelihood(point, seen) == pytest.approx(bg_nbd.log_likelihood(point, each))


def test_the_posterior_of_a_rate_is_its_gamma() -> None:
    """Five events in 10 weeks, flat in ln(rate): Gamma(5, 10). Skewed, so that weights matter."""

    def density(logs: np.ndarray) -> np.ndarray:
        return (5 * logs - 10 * np.exp(logs))[:, 0]

    mode = mode_of(density, np.array([0.0]))
    assert np.exp(mode[0]) == pytest.approx(0.5, rel=1e-4)
    rng = np.random.default_rng(1)
    made = posterior(density, mode, rng, draws=1000, weighted=True)
    quantiles = np.quantile(np.exp(made.draws[:, 0]), [0.05, 0.5, 0.95])
    assert quantiles == pytest.approx(gamma.ppf([0.05, 0.5, 0.95], 5, scale=0.1), rel=0.06)
    plain = posterior(density, mode, rng, draws=1000, weighted=False)
    assert plain.draws.std() == pytest.approx(1 / np.sqrt(5), rel=0.1)  # curvature is 5 there


def test_the_belief_is_normal() -> None:
    belief = Belief(np.array([1.0, 2.0]), np.array([0.5, np.inf]))
    assert belief(np.array([[2.0, 9.0]]))[0] == pytest.approx(-2.0)
