"""BG/NBD: how often customers order and when they stop (Fader, Hardie & Lee 2005).

While active a customer orders at rate λ ~ Gamma(r, rate α); after each repeat order it stops for
good with probability p ~ Beta(a, b). Time counts in weeks from the first order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, gammaln, hyp2f1

NAMES = ("r", "alpha", "a", "b")
NODES, WEIGHTS = np.polynomial.legendre.leggauss(48)  # the integrand is smooth: 1e-9 with 48
WEEKS_A_YEAR = 365.25 / 7


@dataclass(frozen=True)
class Histories:
    """Distinct histories and how many customers have each, (history,) all.

    x repeat orders, the last of them t_x weeks after the first order, T weeks observed.
    """

    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray
    count: np.ndarray

    @staticmethod
    def of(x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> Histories:
        """Customers (customer,) with the same history counted together."""
        rows, count = np.unique(np.column_stack([x, t_x, T]), axis=0, return_counts=True)
        return Histories(rows[:, 0], rows[:, 1], rows[:, 2], count)


def log_likelihood(points: np.ndarray, seen: Histories) -> np.ndarray:
    """(point, 4) of r, α, a, b -> (point,) log-likelihood, equation (6) of the paper.

    L = B(a, b+x)/B(a, b) · Γ(r+x) α^r / Γ(r) · {(α+T)^−(r+x) + 1[x>0] a/(b+x−1) (α+t_x)^−(r+x)}.
    """
    repeats, place = np.unique(seen.x, return_inverse=True)
    return np.array([_one(point, seen, repeats, place) for point in points])


def _one(point: np.ndarray, seen: Histories, repeats: np.ndarray, place: np.ndarray) -> float:
    r, alpha, a, b = point
    with np.errstate(divide="ignore", invalid="ignore"):
        stop = np.where(repeats > 0, np.log(a) - np.log(b + repeats - 1), -np.inf)
    by_repeats = (
        betaln(a, b + repeats) - betaln(a, b) + gammaln(r + repeats) - gammaln(r)
        + r * np.log(alpha)
    )  # fmt: skip
    power = (r + repeats)[place]
    active = -power * np.log(alpha + seen.T)
    stopped = stop[place] - power * np.log(alpha + seen.t_x)
    return float(np.sum(seen.count * (by_repeats[place] + np.logaddexp(active, stopped))))


def order_rate(points: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """Expected repeat orders a week of a new customer, (point, time) at ``weeks`` (point, time).

    E[λ e^(−λpt)] = r/α · ₂F₁(r+1, a; a+b; −t/α), here by Pfaff's transformation, whose argument
    stays in [0, 1). Its integral is E[X(t)], equation (9) of the paper, without that one's poles
    at a = 1 and a + b = 1.
    """
    r, alpha, a, b = (points[:, [column]] for column in range(4))
    ratio = weeks / (alpha + weeks)
    scale = r / alpha * (alpha / (alpha + weeks)) ** a
    return scale * hyp2f1(a + b - r - 1, a, a + b, ratio)


def expected_orders(
    points: np.ndarray, weeks: float | np.ndarray, *, discount_rate: float = 0.0
) -> np.ndarray:
    """Expected repeat orders of a new customer within ``weeks``, (point,).

    Each order is discounted to the first one: ∫ rate(t) (1 + d)^(−t / 52.18) dt from 0 to
    ``weeks``, by Gauss-Legendre in ln(1 + t/α), where the integrand has no steep start.
    """
    alpha = points[:, [1]]
    half = np.log1p(np.asarray(weeks, float).reshape(-1, 1) / alpha) / 2
    stretch = np.exp(half * (NODES + 1))
    t = alpha * (stretch - 1)
    integrand = order_rate(points, t) * (1 + discount_rate) ** (-t / WEEKS_A_YEAR)
    return np.sum(half * WEIGHTS * alpha * stretch * integrand, axis=1)
