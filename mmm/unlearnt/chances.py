"""Independent draws from what model.yaml believes. NumPy only."""

from __future__ import annotations

import numpy as np

from mmm.model.half_life import retention
from mmm.spec import BetaPrior, HalfLifePrior, LogNormalPrior

Belief = BetaPrior | LogNormalPrior


def sampled(prior: Belief, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Draws of a share, a positive number, or the retention of a half-life: ``shape``."""
    if isinstance(prior, BetaPrior):
        return rng.beta(prior.alpha, prior.beta, shape)
    draws = np.exp(prior.mu + prior.sigma * rng.standard_normal(shape))
    if isinstance(prior, HalfLifePrior):
        kept: np.ndarray = retention(draws, prior.decay, prior.window)
        return kept
    return draws
