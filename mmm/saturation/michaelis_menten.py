"""Michaelis–Menten saturation: concave throughout, a Hill curve of slope 1."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.saturation._base import Array, Saturation


class MichaelisMenten(Saturation):
    """g(u) = u / (u + half_saturation) (Michaelis & Menten 1913)."""

    name: ClassVar[str] = "michaelis_menten"
    parameters: ClassVar[tuple[str, ...]] = ("half_saturation",)

    def value(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """u / (u + half_saturation)."""
        return u / (u + parameters["half_saturation"])

    def slope(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """half_saturation / (u + half_saturation)²."""
        half = parameters["half_saturation"]
        return half / (u + half) ** 2
