"""Negative binomial exposures: people differ in how much they watch, as a gamma does."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from mmm.reach.families._base import Array, ReachFamily


class NegativeBinomial(ReachFamily):
    """share = 1 − (1 + x/k)^(−k) with k = shape (NBD; Goodhardt & Ehrenberg).

    Exposures are Poisson, their rate gamma over people with shape k and mean x. A large shape is
    independence; a small one, few people who see most. For people of steady habits the shape does
    not depend on the length of the window.
    """

    name: ClassVar[str] = "nbd"
    parameters: ClassVar[tuple[str, ...]] = ("shape",)

    def share(self, heads: Array, **parameters: Array) -> Array:
        """In logarithms: no digits are lost near 0 or for a large shape."""
        shape = parameters["shape"]
        return -np.expm1(-shape * np.log1p(heads / shape))

    def slope(self, heads: Array, **parameters: Array) -> Array:
        """(1 + x/k)^(−k − 1)."""
        shape = parameters["shape"]
        return np.exp(-(shape + 1) * np.log1p(heads / shape))

    def bend(self, heads: Array, **parameters: Array) -> Array:
        """−(k + 1)/k · (1 + x/k)^(−k − 2)."""
        shape = parameters["shape"]
        return -(shape + 1) / shape * np.exp(-(shape + 2) * np.log1p(heads / shape))

    def inverse(self, share: Array, **parameters: Array) -> Array:
        """k · ((1 − share)^(−1/k) − 1); infinite from 1 on."""
        shape = parameters["shape"]
        with np.errstate(divide="ignore", over="ignore"):
            return shape * np.expm1(-np.log1p(-np.minimum(share, 1.0)) / shape)
