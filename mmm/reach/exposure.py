"""How many people see something how often: the value every exposure model gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SLACK = 1e-9  # of probabilities that are sums of many doubles


@dataclass(frozen=True, eq=False)
class ExposureDistribution:
    """Shares p_k of the population with k = 0 … n exposures.

    probabilities: (n + 1,), zero or more, summing to 1. Σ k·p_k = GRP / 100, and
    GRP = 100 · reach · average frequency. Raises ValueError for shares that are none, and where
    nobody is reached, as nobody has no average frequency.
    """

    probabilities: np.ndarray

    def __post_init__(self) -> None:
        shares = np.array(self.probabilities, dtype=float)
        if shares.ndim != 1 or len(shares) < 2 or not np.isfinite(shares).all():
            raise ValueError("found no list of shares, expected p_0 to p_n with n of at least 1")
        if (shares < -SLACK).any() or abs(shares.sum() - 1) > SLACK:
            raise ValueError(
                f"found shares from {shares.min():.6g} that sum to {shares.sum():.9g}, "
                "expected shares of 0 or more that sum to 1"
            )
        shares = np.maximum(shares, 0.0)
        if not shares[1:].any():
            raise ValueError("found nobody reached, expected an audience above 0")
        shares.flags.writeable = False
        object.__setattr__(self, "probabilities", shares)

    @property
    def reach(self) -> float:
        """Share of the population with at least one exposure: Σ_{k ≥ 1} p_k."""
        return float(self.probabilities[1:].sum())

    @property
    def mean(self) -> float:
        """Exposures per head: Σ k·p_k."""
        return float(np.arange(len(self.probabilities)) @ self.probabilities)

    @property
    def grp(self) -> float:
        """Gross rating points: exposures per hundred heads."""
        return 100 * self.mean

    @property
    def average_frequency(self) -> float:
        """Exposures per person reached, 1 or more."""
        return self.mean / self.reach

    def at_least(self, exposures: int) -> float:
        """Share of the population with ``exposures`` or more (effective reach at a threshold)."""
        return float(self.probabilities[exposures:].sum())
