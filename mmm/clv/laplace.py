"""Posterior of a few positive parameters: the mode, a Gaussian around it, weighted to be exact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

LogDensity = Callable[[np.ndarray], np.ndarray]
"""(point, parameter) of logarithms -> (point,)"""
STEP = 1e-4  # of a logarithm: differences of a sum over thousands of rows lose half the digits
PROPOSALS = 1500  # three quarters or more of them count: an end of an interval to 0.06 of its sd
DEGREES = 6  # a Student-t has heavier tails than the posterior, so that no weight explodes


@dataclass(frozen=True)
class Belief:
    """Normal prior of each logarithm, (parameter,) both; ``sd`` inf says nothing beforehand."""

    centre: np.ndarray
    sd: np.ndarray

    def __call__(self, logs: np.ndarray) -> np.ndarray:
        """(point,) log-density without its constant."""
        return -0.5 * np.sum(((logs - self.centre) / self.sd) ** 2, axis=1)


@dataclass(frozen=True)
class Posterior:
    """``mode`` (parameter,) and ``draws`` (draw, parameter), both of the logarithms."""

    mode: np.ndarray
    draws: np.ndarray
    efficiency: float
    """effective share of the proposals: 1 where the posterior of the logarithms is Gaussian"""


def mode_of(density: LogDensity, start: np.ndarray) -> np.ndarray:
    """Where ``density`` is largest. Raises ArithmeticError where no maximum is found."""

    def fall(point: np.ndarray) -> tuple[float, np.ndarray]:
        value = density(point[None])[0]
        return -value, -gradient(density, point)

    # BFGS: L-BFGS-B starts threads for matrices of four rows, which costs more than the rows
    found = minimize(fall, start, jac=True, method="BFGS", options={"gtol": 1e-3})
    if not np.isfinite(found.fun) or not np.all(np.isfinite(found.x)):
        raise ArithmeticError("the likelihood has no maximum")
    return np.asarray(found.x, float)


def gradient(density: LogDensity, point: np.ndarray) -> np.ndarray:
    """Central differences, (parameter,)."""
    step = np.eye(len(point)) * STEP
    return (density(point + step) - density(point - step)) / (2 * STEP)


def curvature(density: LogDensity, point: np.ndarray) -> np.ndarray:
    """Negative second derivatives, (parameter, parameter), positive definite at a mode."""
    step = np.eye(len(point)) * 1e-3
    rows = [gradient(density, point + one) - gradient(density, point - one) for one in step]
    slopes = -np.array(rows) / 2e-3
    values, vectors = np.linalg.eigh((slopes + slopes.T) / 2)
    return (vectors * np.maximum(values, 1e-2)) @ vectors.T  # a flat direction: sd 10 at most


def posterior(
    density: LogDensity, mode: np.ndarray, rng: np.random.Generator, *, draws: int, weighted: bool
) -> Posterior:
    """Importance resampling: Student-t proposals around the mode, drawn again by their weights.

    Without ``weighted`` the Gaussian itself is drawn from: for so many rows that weighting would
    take minutes, where the posterior of the logarithms is Gaussian.
    """
    size = len(mode)
    spread = np.linalg.cholesky(np.linalg.inv(curvature(density, mode)))
    if not weighted:
        return Posterior(mode, mode + rng.standard_normal((draws, size)) @ spread.T, 1.0)
    normal = rng.standard_normal((PROPOSALS, size))
    chi = np.sqrt(rng.chisquare(DEGREES, (PROPOSALS, 1)) / DEGREES)
    standard = normal / chi
    proposals = mode + standard @ spread.T
    log_t = -0.5 * (DEGREES + size) * np.log1p(np.sum(standard**2, axis=1) / DEGREES)
    log_weight = density(proposals) - log_t
    log_weight[~np.isfinite(log_weight)] = -np.inf
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    # systematic resampling: the least chance beyond that of the proposals
    places = (np.arange(draws) + rng.random()) / draws
    chosen = np.minimum(np.searchsorted(np.cumsum(weight), places), PROPOSALS - 1)
    efficiency = float(1 / np.sum(weight**2) / PROPOSALS)
    return Posterior(mode, proposals[rng.permutation(chosen)], efficiency)
