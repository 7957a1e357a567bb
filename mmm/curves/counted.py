"""Which weeks' outcome counts, and how much: weekly limits on a KPI, discounted value."""

from __future__ import annotations

import numpy as np


def checked_count(count: np.ndarray | None, weeks: int) -> np.ndarray | None:
    """Weights of the outcome by week: (weeks + 1,), the last of all that comes after the window.

    None where every week counts once. Raises ValueError for weights that are negative, not finite
    or not one per planned week and one for the rest: bounds on responses rest on weights of 0 or
    more.
    """
    if count is None:
        return None
    count = np.asarray(count, dtype=float)
    if count.shape != (weeks + 1,):
        raise ValueError(
            f"count has shape {count.shape}: expected one weight for each of the {weeks} weeks and "
            "one for all that comes after them"
        )
    if not np.all((count >= 0) & np.isfinite(count)):
        raise ValueError("count: expected finite weights, 0 or more")
    return None if np.all(count == 1) else count


def count_by_week(count: np.ndarray, lags: int) -> np.ndarray:
    """The weight of each week of the window and of the lags − 1 carry-out weeks: (t,)."""
    return np.concatenate([count[:-1], np.full(lags - 1, count[-1])])


def count_of_exposure(count: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Σ_l w_sl · count_{t+l}: what an exposure in week t counts where it falls, (draw, week).

    weights: (draw, lag), of carry-over after saturation.
    """
    lags = weights.shape[-1]
    falls = np.lib.stride_tricks.sliding_window_view(count_by_week(count, lags), lags)
    return weights @ falls.T


def spread_of_exposure(weekly: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Outcome by the week in which it falls, (draw, week + lags − 1), from that by exposure.

    weekly: (draw, week) outcome of each week's exposure, all of it; weights: (draw, lag).
    """
    weeks, lags = weekly.shape[1], weights.shape[1]
    out = np.zeros((len(weekly), weeks + lags - 1))
    for lag in range(lags):
        out[:, lag : lag + weeks] += weights[:, lag, None] * weekly
    return out
