"""Delayed adstock: the effect of one week's media peaks some weeks later."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.adstock._base import Adstock, Array


class Delayed(Adstock):
    """w_l ∝ retention^((l − delay)²): highest at lag ``delay`` (Jin et al. 2017, eq. 3)."""

    name: ClassVar[str] = "delayed"
    parameters: ClassVar[tuple[str, ...]] = ("retention", "delay")

    def raw_weights(self, window: int, *, xp: Any = np, **parameters: Array) -> Array:
        """retention^((l − delay)²) for l = 0 … window − 1."""
        off = xp.arange(window) - parameters["delay"][..., None]
        return parameters["retention"][..., None] ** (off**2)
