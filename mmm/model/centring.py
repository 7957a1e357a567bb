"""How far each region's or campaign's effect is sampled as it is, and how far as a deviation.

Where its data say much about an effect, NUTS moves best in the effect itself;
where they say little, in its deviation in standard units (Betancourt & Girolami 2015). In between
lies a continuum (Gorinova, Moore & Hoffman 2020):

    w ~ N(λ μ, η^λ),   ln average = μ + η^(1−λ) (w − λ μ)

is the same prior N(μ, η) for every λ from 0 to 1; λ only changes how fast the sampler is.
"""

from __future__ import annotations

import numpy as np

WINDOW = 13  # weeks; slower movements are the baseline's to explain


def information(exposure: np.ndarray, average: np.ndarray, kpi: np.ndarray) -> np.ndarray:
    """What the data say about ln average of every line and region: (n, G), as a precision.

    With contributions about proportional to exposure, a line that brings c_t in week t informs its
    logarithm by Σ (c_t − slow c_t)² / Var(KPI − slow KPI).

    exposure: (n, G, T) per head; average: (n,) expected weekly contribution per head, and kpi:
    (G, T) KPI per head, in the same unit
    """
    mean = exposure.mean(axis=(1, 2), keepdims=True)
    brought = average[:, None, None] * exposure / np.where(mean > 0, mean, 1.0)
    noise = _fast(kpi).var(axis=-1)
    found: np.ndarray = (_fast(brought) ** 2).sum(axis=-1) / np.where(noise > 0, noise, 1.0)
    return found


def centring(information: np.ndarray, spread: float) -> np.ndarray:
    """λ = I / (I + 1 / spread²): the share of what is known that the data say."""
    share: np.ndarray = information / (information + 1 / spread**2)
    return share


def _fast(values: np.ndarray) -> np.ndarray:
    """Values less their running mean: (…, T)."""
    window = min(WINDOW, values.shape[-1])
    edges = [(0, 0)] * (values.ndim - 1) + [(window // 2, window - 1 - window // 2)]
    padded = np.pad(values, edges, mode="edge")
    slow = np.lib.stride_tricks.sliding_window_view(padded, window, axis=-1).mean(axis=-1)
    fast: np.ndarray = values - slow
    return fast
