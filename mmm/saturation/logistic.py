"""Logistic saturation: concave throughout."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.saturation._base import Array, Saturation


class Logistic(Saturation):
    """g(u) = (1 − e^(−rate·u)) / (1 + e^(−rate·u)) = tanh(rate·u / 2)."""

    name: ClassVar[str] = "logistic"
    parameters: ClassVar[tuple[str, ...]] = ("rate",)

    def value(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """tanh(rate·u / 2), the form that does not overflow."""
        return xp.tanh(parameters["rate"] * u / 2)

    def slope(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """rate/2 · (1 − tanh²(rate·u / 2))."""
        rate = parameters["rate"]
        return rate / 2 * (1 - xp.tanh(rate * u / 2) ** 2)

    def value_and_slope(self, u: Array, **parameters: Array) -> tuple[Array, Array]:
        """One tanh serves both."""
        value = self.value(u, **parameters)
        return value, parameters["rate"] / 2 * (1 - value**2)
