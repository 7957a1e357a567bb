"""Hill saturation: concave for slope ≤ 1, S-shaped above."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.saturation._base import Array, Saturation

LARGEST = 690.0  # exponent: r^−s stays finite, where g is 0 to all digits


class Hill(Saturation):
    """g(u) = u^slope / (u^slope + half_saturation^slope) (Hill 1910; Jin et al. 2017, eq. 5).

    Half of the effect is reached at u = half_saturation. The inflection of slope > 1 is at
    half_saturation · ((slope − 1)/(slope + 1))^(1/slope), where g'' changes sign.
    """

    name: ClassVar[str] = "hill"
    parameters: ClassVar[tuple[str, ...]] = ("half_saturation", "slope")

    def value(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """1 / (1 + r^−s) with r = u / half_saturation, in logarithms: a third faster."""
        with np.errstate(divide="ignore", over="ignore"):  # u = 0 gives 1 / (1 + ∞) = 0
            fall = parameters["slope"] * (xp.log(parameters["half_saturation"]) - xp.log(u))
            if xp is not np or np.ndim(fall) == 0:
                return 1 / (1 + xp.exp(fall))
            np.exp(fall, out=fall)  # in place: new memory costs as much as the logarithm
            fall += 1
            value: Array = np.divide(1, fall, out=fall)
            return value

    def slope(self, u: Array, *, xp: Any = np, **parameters: Array) -> Array:
        """s · r^(s−1) / (half_saturation · (1 + r^s)²); infinite at 0 for s < 1.

        Away from 0 it is s · g · (g · r^−s) / u: one power, and no difference of near numbers.
        """
        half, steepness = parameters["half_saturation"], parameters["slope"]
        with np.errstate(divide="ignore", invalid="ignore"):
            fall = steepness * (xp.log(half) - xp.log(u))
            if xp is np and np.ndim(fall) > 0:
                return self._slope(u, fall, **parameters)
            power = xp.exp(xp.minimum(fall, LARGEST))
            value = 1 / (1 + power)
            slope = steepness * value * (value * power) / u
        return xp.where(u > 0, slope, self._at_zero(xp, **parameters))

    def _slope(self, u: Array, fall: np.ndarray, **parameters: Array) -> np.ndarray:
        """``slope`` in the memory of ``fall``, the logarithm of r^−s."""
        power = np.exp(np.minimum(fall, LARGEST, out=fall), out=fall)
        value = 1 + power
        np.divide(1, value, out=value)
        power *= value
        value *= parameters["slope"]
        value *= power
        value /= u
        reached = u > 0
        if np.all(reached):
            return value
        return np.where(reached, value, self._at_zero(np, **parameters))

    def value_and_slope(self, u: Array, **parameters: Array) -> tuple[Array, Array]:
        """The slope away from 0 is s · g · (1 − g) / u: one power serves both."""
        value = self.value(u, **parameters)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = parameters["slope"] * value * (1 - value) / u
        at_zero = u == 0
        if np.any(at_zero):
            slope = np.where(at_zero, self._at_zero(np, **parameters), slope)
        return value, slope

    @staticmethod
    def _at_zero(xp: Any, **parameters: Array) -> Array:
        """g'(0): 0 above slope 1, 1 / half_saturation at it, infinite below."""
        half, steepness = parameters["half_saturation"], parameters["slope"]
        return xp.where(steepness > 1, 0.0, xp.where(steepness < 1, np.inf, 1 / half))

    def inflection(self, **parameters: Array) -> Array:
        """half_saturation · ((s − 1)/(s + 1))^(1/s) for s > 1, else 0."""
        half, steepness = parameters["half_saturation"], parameters["slope"]
        above_one = np.maximum(steepness, 1)
        return half * ((above_one - 1) / (above_one + 1)) ** (1 / above_one)
