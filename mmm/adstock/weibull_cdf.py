"""Weibull adstock by survival: decay that slows down or speeds up."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.adstock._base import Adstock, Array


class WeibullCdf(Adstock):
    """w_l = Π_{j=1..l} (1 − F(j)), F the Weibull distribution: decay that changes its pace.

    1 − F(j) = exp(−(j/scale)^shape), so w_l = exp(−Σ_{j≤l} (j/scale)^shape). ``scale`` is in
    weeks; Robyn derives it from a quantile of the window, which makes it move with the data.
    """

    name: ClassVar[str] = "weibull_cdf"
    parameters: ClassVar[tuple[str, ...]] = ("shape", "scale")

    def raw_weights(self, window: int, *, xp: Any = np, **parameters: Array) -> Array:
        """exp(−Σ_{j=1..l} (j/scale)^shape) for l = 0 … window − 1; 1 at lag 0."""
        shape, scale = parameters["shape"][..., None], parameters["scale"][..., None]
        since = xp.arange(1, window)
        lost = xp.cumsum((since / scale) ** shape, axis=-1)
        kept = xp.exp(-lost)
        return xp.concatenate([xp.ones_like(shape), kept], axis=-1)
