"""Gamma-gamma: how much an order brings (Fader, Hardie & Lee 2005b; Fader & Hardie 2013).

An order of a customer is Gamma(p, rate ν) with ν ~ Gamma(q, rate v), independent of how often the
customer orders. Only repeat orders are read, as the value asked of it is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

NAMES = ("p", "q", "v")


@dataclass(frozen=True)
class Spend:
    """Customers who paid for repeat orders, (customer,) both."""

    x: np.ndarray
    """repeat orders"""
    mean: np.ndarray
    """average revenue of them, above 0"""


def log_likelihood(points: np.ndarray, seen: Spend) -> np.ndarray:
    """(point, 3) of p, q, v -> (point,) log-likelihood, equation (1a) of the 2013 note.

    ln L = ln Γ(px+q) − ln Γ(px) − ln Γ(q) + q ln v + (px−1) ln z + px ln x − (px+q) ln(v + xz).
    """
    x, z = seen.x, seen.mean
    log_x, log_z = np.log(x), np.log(z)
    repeats, place = np.unique(x, return_inverse=True)

    def one(point: np.ndarray) -> float:
        p, q, v = point
        by_repeats = gammaln(p * repeats + q) - gammaln(p * repeats) - gammaln(q) + q * np.log(v)
        px = p * x
        rest = (px - 1) * log_z + px * log_x - (px + q) * np.log(v + x * z)
        return float(np.sum(by_repeats[place] + rest))

    return np.array([one(point) for point in points])


def mean_order(points: np.ndarray) -> np.ndarray:
    """Expected revenue of an order of a customer not known yet: p v / (q − 1), (point,)."""
    p, q, v = points.T
    return p * v / (q - 1)
