"""What a saturation is: a rising curve from 0 towards 1 with at most one inflection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""


class Saturation(ABC):
    """g(u) for u ≥ 0: g(0) = 0, rising; convex before its inflection, concave after.

    Every family but ``none`` is bounded by 1, so that a line's effect is its full saturation.
    u is adstocked exposure divided by the line's scale, so parameters carry no units.
    The allocator's bounds rest on the inflection being right: the tests check the curvature on
    both sides of it for every family.
    """

    name: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]]
    bounded: ClassVar[bool] = True
    """whether there is a full saturation, 1, for a line to be near or far from"""

    @abstractmethod
    def value(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """g(u); parameters broadcast against u."""

    @abstractmethod
    def slope(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """dg/du; may be infinite at u = 0, never NaN."""

    def value_and_slope(self, u: Array, **parameters: Array) -> tuple[Array, Array]:
        """g(u) and dg/du in NumPy; a family may share the work between them."""
        return self.value(u, **parameters), self.slope(u, **parameters)

    def inflection(self, **parameters: Array) -> Array:
        """u at which the curve turns from convex to concave; 0 where it is concave throughout."""
        return np.zeros(np.broadcast_shapes(*(np.shape(value) for value in parameters.values())))

    def is_concave(self, **parameters: Array) -> Array:
        """True where the curve has no convex stretch."""
        return self.inflection(**parameters) == 0
