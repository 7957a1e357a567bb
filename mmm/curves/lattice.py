"""Totals on a lattice that all plans share, so that what a curve gave there is remembered.

A curve over 1,000 draws costs a thousand saturations a total; variants of a scenario ask for
nearly the same totals. Rounded to a few significant bits they ask for exactly the same ones, and
a curve that remembers what it gave answers at once. Between neighbours on the lattice a cubic
through values and slopes (Hermite) is as good as the curve itself: its error falls with the
fourth power of their distance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

BITS = 8  # of the lattice a cubic is laid through: neighbours 0.4 to 0.8 % apart


def snapped(totals: np.ndarray, bits: int) -> np.ndarray:
    """The nearest numbers with that many significant bits: within 2^−bits of what they were."""
    mantissa, exponent = np.frexp(np.asarray(totals, dtype=float))
    rounded: np.ndarray = np.ldexp(np.round(np.ldexp(mantissa, bits)), exponent - bits)
    return rounded


def bits_for(step: float, total: float) -> int:
    """Significant bits that tell totals of about this size and this far apart from one another."""
    if step <= 0 or total <= 0:
        return 52
    return int(np.clip(np.ceil(np.log2(total / step)) + 1, 4, 52))


def neighbours(total: float, bits: int = BITS) -> tuple[float, float]:
    """The numbers of so many significant bits at or below ``total``, and above it."""
    mantissa, exponent = math.frexp(total)
    whole = math.floor(math.ldexp(mantissa, bits))
    return math.ldexp(whole, exponent - bits), math.ldexp(whole + 1, exponent - bits)


def cubic(
    total: float, ends: tuple[float, float], value: Sequence[float], slope: Sequence[float]
) -> tuple[float, float]:
    """Value and slope at ``total`` of the cubic with these two values and slopes at ends."""
    a, b = ends
    h, s = b - a, (total - a) / (b - a)
    height = (
        (1 + 2 * s) * (1 - s) ** 2 * value[0] + s * (1 - s) ** 2 * h * slope[0]
        + s * s * (3 - 2 * s) * value[1] + s * s * (s - 1) * h * slope[1]
    )  # fmt: skip
    rise = (
        6 * s * (s - 1) / h * (value[0] - value[1])
        + (1 - s) * (1 - 3 * s) * slope[0] + s * (3 * s - 2) * slope[1]
    )  # fmt: skip
    return float(height), float(rise)
