"""Binomial adstock: carry-over that reaches zero at the end of its window."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.adstock._base import Adstock, Array


class Binomial(Adstock):
    """w_l ∝ (1 − l/window)^(1/retention − 1), 0 < retention ≤ 1 (Meridian's binomial decay).

    Flatter at first and finite at the end, where a geometric one has a long thin tail.
    """

    name: ClassVar[str] = "binomial"
    parameters: ClassVar[tuple[str, ...]] = ("retention",)

    def raw_weights(self, window: int, *, xp: Any = np, **parameters: Array) -> Array:
        """(1 − l/window)^(1/retention − 1) for l = 0 … window − 1."""
        return (1 - xp.arange(window) / window) ** (1 / parameters["retention"][..., None] - 1)
