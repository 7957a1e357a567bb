"""Geometric adstock: each week keeps a fixed share of what was there the week before."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.adstock._base import Adstock, Array


class Geometric(Adstock):
    """w_l ∝ retention^l, 0 ≤ retention < 1 (Broadbent 1979; Jin et al. 2017, eq. 1)."""

    name: ClassVar[str] = "geometric"
    parameters: ClassVar[tuple[str, ...]] = ("retention",)

    def raw_weights(self, window: int, *, xp: Any = np, **parameters: Array) -> Array:
        """retention^l for l = 0 … window − 1."""
        return parameters["retention"][..., None] ** xp.arange(window)
