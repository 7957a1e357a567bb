"""What a reach family is: which share of an audience so many exposures per head reach."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

Array = Any
"""A NumPy array of any shape; parameters broadcast against the exposures."""

HALVINGS = 80  # of an interval of a few exposures: below the last digit of a double


class ReachFamily(ABC):
    """share(x) for x ≥ 0 exposures per head of the audience: share(0) = 0, rising, at most 1.

    x is pooled impressions over the audience's size. Every family is concave, and its second
    derivative is negative and shrinks in size as x grows (up to ``most``): 1 − share is a mean of
    falling exponentials, or a product of falling straight lines. Bounds elsewhere rest on that.
    """

    name: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]] = ()
    """what is uncertain and has draws"""
    needs_chances: ClassVar[bool] = False
    """whether ``chances``, the most exposures one person can have in the window, is a parameter"""
    is_concave: ClassVar[bool] = True

    @abstractmethod
    def share(self, heads: Array, **parameters: Array) -> Array:
        """Share of the audience with at least one exposure; heads: exposures per head."""

    @abstractmethod
    def slope(self, heads: Array, **parameters: Array) -> Array:
        """d share / d heads."""

    @abstractmethod
    def bend(self, heads: Array, **parameters: Array) -> Array:
        """d² share / d heads², zero or less."""

    @abstractmethod
    def inverse(self, share: Array, **parameters: Array) -> Array:
        """Exposures per head that reach ``share``; infinite where no number does."""

    def most(self, **parameters: Array) -> Array:
        """Exposures per head at which everybody is reached; infinite where that never is."""
        return np.inf

    def first_frequency(self, **parameters: Array) -> Array:
        """Average frequency as exposures go to zero: 1 / slope(0); 1 unless the family says so."""
        return 1 / self.slope(np.zeros(()), **parameters)


def first_where(rising: Any, target: Array, top: Array) -> Array:
    """Smallest x in [0, top] with rising(x) ≥ target, by bisection; shapes broadcast."""
    shape = np.broadcast_shapes(np.shape(target), np.shape(top))
    low, high = np.zeros(shape), np.array(np.broadcast_to(top, shape), dtype=float)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = rising(middle) >= target
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    return high
