"""Hyperbolic tangent saturation: nearly straight at first, then soon flat."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.saturation._base import Array, Saturation


class Tanh(Saturation):
    """g(u) = tanh(u / reach): concave throughout.

    PyMC-Marketing writes b·tanh(x / (b·c)): its b is the effect, its b·c our reach.
    """

    name: ClassVar[str] = "tanh"
    parameters: ClassVar[tuple[str, ...]] = ("reach",)

    def value(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """tanh(u / reach)."""
        return xp.tanh(u / parameters["reach"])

    def slope(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """(1 − tanh²(u / reach)) / reach."""
        reach = parameters["reach"]
        return (1 - xp.tanh(u / reach) ** 2) / reach
