"""Weibull adstock by density: the effect may rise slowly and peak late."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mmm.adstock._base import Adstock, Array


class WeibullPdf(Adstock):
    """w_l ∝ f(l + 1), f the Weibull density: the peak may come late and the rise be slow.

    f(t) ∝ (t/scale)^(shape − 1) · exp(−(t/scale)^shape); ``scale`` in weeks. shape ≤ 1 falls from
    the start, shape > 1 peaks near scale · (1 − 1/shape)^(1/shape).
    """

    name: ClassVar[str] = "weibull_pdf"
    parameters: ClassVar[tuple[str, ...]] = ("shape", "scale")

    def raw_weights(self, window: int, *, xp: Any = np, **parameters: Array) -> Array:
        """(t/scale)^(shape − 1) · exp(−(t/scale)^shape) for t = 1 … window."""
        shape, scale = parameters["shape"][..., None], parameters["scale"][..., None]
        time = xp.arange(1, window + 1) / scale
        return time ** (shape - 1) * xp.exp(-(time**shape))
