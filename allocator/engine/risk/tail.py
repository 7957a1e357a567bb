"""The bad draws of a quantity: which they are, how much each counts, and their mean.

The conditional value at risk of z at a share α of S draws is the mean of its worst α·S draws,

    CVaR_α(z) = min { Σ_s q_s z_s : 0 ≤ q_s ≤ 1/(α S), Σ_s q_s = 1 },

the draw at the edge counting in part. Any q of that set gives at least CVaR: weights found at one
plan bound what every other plan is worth. Rockafellar and Uryasev, Optimization of conditional
value-at-risk, Journal of Risk 2 (2000).
"""

from __future__ import annotations

import numpy as np


def tail_weights(z: np.ndarray, share: float) -> np.ndarray:
    """q that attains CVaR: (draw,), sums to 1. ``share`` is in (0, 1]; ties go to earlier draws."""
    whole = share * len(z)
    q = np.zeros(len(z))
    order = np.argsort(z, kind="stable")
    q[order] = np.clip(whole - np.arange(len(z)), 0.0, 1.0) / whole
    return q / q.sum()


def cvar(z: np.ndarray, share: float) -> float:
    """The mean of the worst ``share`` of the draws (draw,), in the unit of z."""
    return float(tail_weights(z, share) @ z)


def soft_tail_weights(z: np.ndarray, share: float, width: float) -> tuple[np.ndarray, float]:
    """(q, value) of min { q·z + width·α·S/2 · Σ q² } over the same q: a smooth CVaR.

    Draws fade out over ``width`` (unit of z) instead of at an edge, so q moves smoothly with the
    plan, and a plan that is best for the smooth value is best for its own q: that one q then
    bounds every plan to within about ``width``. CVaR ≤ value ≤ CVaR + width/2.
    """
    whole = share * len(z)
    edge = _edge(z, whole, width)
    q = np.clip((edge - z) / width, 0.0, 1.0) / whole
    room = 1 / whole - q
    short = 1 - q.sum()  # rounding alone; none may count for more than its share
    q = q + short * room / (room.sum() or 1.0) if short > 0 else q / q.sum()
    return q, float(q @ z + width * whole / 2 * (q @ q))


def _edge(z: np.ndarray, whole: float, width: float) -> float:
    """η with Σ_s clip((η − z_s)/width, 0, 1) = whole: a rising piecewise linear function of η."""
    if whole >= len(z):
        return float(z.max() + width)
    low = np.sort(z)
    ends = np.sort(np.concatenate([low, low + width]))
    sums = np.concatenate([[0.0], np.cumsum(low - low[0])])  # from low[0]: sums of small numbers

    def risen(start: float) -> np.ndarray:
        """Σ_s max(0, η − start − z_s) at every end."""
        count = np.searchsorted(low, ends - start, side="right")
        return count * (ends - start - low[0]) - sums[count]

    filled = np.maximum.accumulate((risen(0.0) - risen(width)) / width)
    return float(np.interp(whole, filled, ends))
