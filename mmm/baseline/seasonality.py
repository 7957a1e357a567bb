"""What repeats every year and every month.

What repeats every week does not show: each week holds every day of the week once.
"""

from __future__ import annotations

import numpy as np

from mmm.spec import SeasonalitySpec

YEAR = 365.25


def season(spec: SeasonalitySpec, days: np.ndarray) -> dict[str, np.ndarray]:
    """Sine and cosine pairs over the year and over the month, for weeks that begin on ``days``.

    Over the year by the day of the week's middle; over the month by the mean of the week's seven
    days, as a week is a large part of a month and half of it may lie in the next.
    """
    middle = 2 * np.pi * ((days + 3).astype(float) / YEAR)
    columns = {}
    for order in range(1, spec.yearly + 1):
        columns[f"season sin {order}"] = np.sin(order * middle)
        columns[f"season cos {order}"] = np.cos(order * middle)
    turn = 2 * np.pi * month_share(days[:, None] + np.arange(7))
    for order in range(1, spec.monthly + 1):
        columns[f"season month sin {order}"] = np.sin(order * turn).mean(axis=1)
        columns[f"season month cos {order}"] = np.cos(order * turn).mean(axis=1)
    return columns


def month_share(days: np.ndarray) -> np.ndarray:
    """How much of its month has passed at noon of each day, 0 to 1: the shape of ``days``."""
    month = days.astype("datetime64[M]")
    first, following = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")
    passed: np.ndarray = ((days - first).astype(float) + 0.5) / (following - first).astype(float)
    return passed
