"""Exponential saturation: every further exposure wins the same share of what is left."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.saturation._base import Array, Saturation


class Exponential(Saturation):
    """g(u) = 1 − e^(−rate·u): concave throughout."""

    name: ClassVar[str] = "exponential"
    parameters: ClassVar[tuple[str, ...]] = ("rate",)

    def value(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """1 − e^(−rate·u), without losing digits near 0."""
        return -xp.expm1(-parameters["rate"] * u)

    def slope(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """rate · e^(−rate·u)."""
        rate = parameters["rate"]
        return rate * xp.exp(-rate * u)
