"""Binomial exposures: a number of chances, each taken by everybody with one probability."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from mmm.reach.families._base import Array, ReachFamily


class Binomial(ReachFamily):
    """share = 1 − (1 − x/n)^n with n = chances: n insertions, each seen by a share x/n.

    From x = n on everybody is reached, and more impressions only raise the frequency.
    """

    name: ClassVar[str] = "binomial"
    needs_chances: ClassVar[bool] = True

    def share(self, heads: Array, **parameters: Array) -> Array:
        """1 − (1 − x/n)^n, in logarithms: no digits are lost near 0."""
        chances = parameters["chances"]
        with np.errstate(divide="ignore"):
            return -np.expm1(chances * np.log1p(-np.minimum(heads / chances, 1.0)))

    def slope(self, heads: Array, **parameters: Array) -> Array:
        """(1 − x/n)^(n − 1); 0 from x = n on."""
        chances = parameters["chances"]
        left = np.maximum(1 - heads / chances, 0.0)
        return np.where(left > 0, left ** (chances - 1), 0.0)

    def bend(self, heads: Array, **parameters: Array) -> Array:
        """−(n − 1)/n · (1 − x/n)^(n − 2); 0 from x = n on."""
        chances = parameters["chances"]
        left = np.maximum(1 - heads / chances, 0.0)
        power = np.where(left > 0, left, 1.0) ** (chances - 2.0)  # 0^(−1) is not wanted
        return -np.where(left > 0, (chances - 1) / chances * power, 0.0)

    def inverse(self, share: Array, **parameters: Array) -> Array:
        """n · (1 − (1 − share)^(1/n)); infinite above 1."""
        chances = parameters["chances"]
        with np.errstate(divide="ignore"):
            heads = -chances * np.expm1(np.log1p(-np.minimum(share, 1.0)) / chances)
        return np.where(np.asarray(share) > 1, np.inf, heads)

    def most(self, **parameters: Array) -> Array:
        """n."""
        return parameters["chances"]
