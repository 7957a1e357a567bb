"""Retention from half-life: what half of the effect after so many weeks means for each carry-over.

Solved for the retention r, with h the half-life and W the window:

    geometric: r^h = 1/2                          r = 2^(−1/h)
    delayed:   r^(h²) = 1/2, h from the peak      r = 2^(−1/h²)
    binomial:  (1 − h/W)^(1/r − 1) = 1/2          r = 1 / (1 + ln 2 / −ln(1 − h/W))
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""

LEAST = 1e-9  # a retention of exactly 0 has no gradient
INSIDE = 0.999  # a binomial effect is over at the end of its window: none is later


def retention(half_life: Array, decay: str, window: int, *, xp: Any = np) -> Array:
    """The retention at which a carry-over of kind ``decay`` has this half-life in weeks: (…)."""
    return xp.maximum(RETENTIONS[decay](half_life, window, xp), LEAST)


def _geometric(half_life: Array, window: int, xp: Any) -> Array:
    return xp.exp(-math.log(2) / half_life)


def _delayed(half_life: Array, window: int, xp: Any) -> Array:
    return xp.exp(-math.log(2) / half_life**2)


def _binomial(half_life: Array, window: int, xp: Any) -> Array:
    kept = -xp.log1p(-xp.minimum(half_life / window, INSIDE))
    return 1 / (1 + math.log(2) / kept)


RETENTIONS: dict[str, Callable[[Array, int, Any], Array]] = {
    "geometric": _geometric,
    "delayed": _delayed,
    "binomial": _binomial,
}
"""kind of carry-over -> its retention at a half-life"""
