"""Forecasts from several points in time (rolling origin; Tashman 2000).

The model is fitted to all but the last 13, 26, … weeks, and each time foresees the next 13: one
quarter is one draw of luck, several tell what the next plan's quarter may bring.
"""

from __future__ import annotations

AHEAD = 13
"""Weeks foreseen from each origin: the quarter that a plan is made for."""


def origins(count: int) -> tuple[int, ...]:
    """Weeks held out by each of ``count`` further fits, the shortest first."""
    return tuple(AHEAD * step for step in range(1, count + 1))
