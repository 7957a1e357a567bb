"""Are ranks uniform? Two answers: counts in bins, and the whole distribution function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.stats import binom, chi2

MOST_BINS = 20
PER_BIN = 5  # ranks expected in a bin, below which counts are not near enough to normal (Cochran)
ROUNDS = 4000  # simulated data sets of uniform ranks: a p-value of 0.05 is known to 0.003


@dataclass(frozen=True)
class Uniformity:
    """p-values of a set of ranks; small ones speak against the sampler or the model's code.

    chi_square: counts in equal bins against equal counts
    envelope:   share of uniform rank sets that leave the pointwise bands of their distribution
                function at least as far (Säilynoja, Bürkner & Vehtari 2022, section 2.2)
    """

    chi_square: float
    envelope: float


def uniformity(ranks: np.ndarray, highest: int, *, seed: int) -> Uniformity:
    """ranks: (n,) whole numbers from 0 to ``highest``."""
    return Uniformity(chi_square(ranks, highest), envelope(ranks, highest, seed=seed))


def chi_square(ranks: np.ndarray, highest: int) -> float:
    """Σ (count − expected)² / expected against χ² with bins − 1 degrees of freedom.

    At most 20 bins, fewer for few ranks; each is expected to hold ranks in proportion to how many
    whole ranks lie in it.
    """
    bins = max(2, min(MOST_BINS, len(ranks) // PER_BIN))
    edges = np.linspace(0, highest + 1, bins + 1)
    whole = np.histogram(np.arange(highest + 1), edges)[0]
    expected = len(ranks) * whole / whole.sum()
    counts = np.histogram(ranks, edges)[0]
    return float(chi2.sf(((counts - expected) ** 2 / expected).sum(), bins - 1))


def envelope(ranks: np.ndarray, highest: int, *, seed: int) -> float:
    """p-value of the least pointwise probability along the empirical distribution function."""
    own = least_probability(ranks[None], highest)[0]
    return float((1 + (_fair(len(ranks), highest, seed) <= own).sum()) / (1 + ROUNDS))


@cache
def _fair(count: int, highest: int, seed: int) -> np.ndarray:
    """The least probability of uniform rank sets: (ROUNDS,)."""
    rng = np.random.default_rng(seed)
    return least_probability(rng.integers(0, highest + 1, size=(ROUNDS, count)), highest)


def least_probability(ranks: np.ndarray, highest: int) -> np.ndarray:
    """2 · min over z of min(P(B ≤ n F(z)), P(B ≥ n F(z))), B ~ Binomial(n, z): (sets,).

    ranks: (sets, n); F is the share of ranks below z · (highest + 1), at every whole rank.
    """
    count = ranks.shape[1]
    below = np.stack([np.bincount(row, minlength=highest + 1) for row in ranks]).cumsum(axis=1)
    at, z = below[:, :-1], np.arange(1, highest + 1) / (highest + 1)
    less, more = binom.cdf(at, count, z), binom.sf(at - 1, count, z)
    smallest: np.ndarray = 2 * np.minimum(less, more).min(axis=1)
    return smallest
