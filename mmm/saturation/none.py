"""No saturation: a straight line."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.saturation._base import Array, Saturation


class NoSaturation(Saturation):
    """g(u) = u: each exposure brings as much as the one before, without end."""

    name: ClassVar[str] = "none"
    parameters: ClassVar[tuple[str, ...]] = ()
    bounded: ClassVar[bool] = False

    def value(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """u."""
        return u

    def slope(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """1 everywhere."""
        return xp.ones_like(u)
