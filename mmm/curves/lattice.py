"""Totals on a lattice that all plans share, so that what a curve gave there is remembered.

A curve over 1,000 draws costs a thousand saturations a total; variants of a scenario ask for
nearly the same totals. Rounded to a few significant bits they ask for exactly the same ones, and
a curve that remembers what it gave answers at once. Between neighbours on the lattice the
polynomial through values and slopes of four of them (Hermite) is as good as the curve itself: its
error falls with the eighth power of their distance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

BITS = 6  # of the lattice polynomials are laid through: neighbours 1.6 to 3.1 % apart


def snapped(totals: np.ndarray, bits: int | np.ndarray) -> np.ndarray:
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


def beside(total: float, bits: int = BITS) -> tuple[float, ...]:
    """Four numbers of so many significant bits, rising, ``total`` between the second and third."""
    left, right = neighbours(total, bits)
    before, _ = neighbours(math.nextafter(left, 0.0), bits)
    return before, left, right, neighbours(right, bits)[1]


Height = TypeVar("Height", float, np.ndarray)


@dataclass(frozen=True)
class Through(Generic[Height]):
    """The polynomial of least degree with these values and slopes (Hermite's, as Newton wrote it).

    at: every place twice, rising; divided: the divided differences of the first, the first two, …
    Heights and slopes are numbers, or arrays of one shape: then it is one polynomial for each.
    """

    at: tuple[float, ...]
    divided: tuple[Height, ...]

    @staticmethod
    def of(
        places: Sequence[float], value: Sequence[Height], slope: Sequence[Height]
    ) -> Through[Height]:
        """From a value and a slope at every place."""
        at = [place for place in places for _ in range(2)]
        column = [height for height in value for _ in range(2)]
        divided = [column[0]]
        for order in range(1, len(at)):
            column = [
                slope[first // 2]
                if at[first + order] == at[first]
                else (column[first + 1] - column[first]) / (at[first + order] - at[first])
                for first in range(len(at) - order)
            ]
            divided.append(column[0])
        return Through(tuple(at), tuple(divided))

    def read(self, total: float) -> tuple[Height, Height]:
        """Value and slope at a total."""
        height = self.divided[-1]
        rise: Height = 0.0 * height
        for place, term in zip(self.at[-2::-1], self.divided[-2::-1], strict=True):
            along = total - place
            rise = rise * along + height
            height = height * along + term
        return height, rise
