"""Independent exposures: everybody is as likely as anybody else to see the next one."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from mmm.reach.families._base import Array, ReachFamily


class Independence(ReachFamily):
    """share = 1 − e^(−x): every impression falls on a person drawn anew (Poisson exposures).

    The limit of Sainsbury's independence for many vehicles of small audience each, of binomial
    for many chances, and of NBD for a large shape.
    """

    name: ClassVar[str] = "independence"

    def share(self, heads: Array, **parameters: Array) -> Array:
        """1 − e^(−x)."""
        return -np.expm1(-np.asarray(heads, dtype=float))

    def slope(self, heads: Array, **parameters: Array) -> Array:
        """e^(−x)."""
        return np.exp(-np.asarray(heads, dtype=float))

    def bend(self, heads: Array, **parameters: Array) -> Array:
        """−e^(−x)."""
        return -np.exp(-np.asarray(heads, dtype=float))

    def inverse(self, share: Array, **parameters: Array) -> Array:
        """−ln(1 − share); infinite from 1 on."""
        with np.errstate(divide="ignore"):
            return -np.log1p(-np.minimum(share, 1.0))
