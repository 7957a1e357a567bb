"""How far a line's spend is from the point where its next unit no longer pays.

With s(x) the mean over the draws of what the next unit brings at a total x, and h the hurdle:
beyond = x₀ − max{x ≤ x₀ : s(x) ≥ h} where s(x₀) < h, headroom = min{x ≥ x₀ : s(x) < h} − x₀ where
s(x₀) ≥ h. Curves may climb before they bend, so s is looked at on a grid, not assumed to fall; each
crossing is then found by bisection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocator.findings.assessment import State

POINTS = 201  # of the grid, to each side of the present spend
FAR = 4.0  # times the present spend (or the largest seen): where the search for room ends
HALVINGS = 60  # of a cell of the grid: to the last bit

Slope = Callable[[np.ndarray], np.ndarray]
"""totals (n,) ↦ what the next unit brings there, mean over the draws (n,)"""


@dataclass(frozen=True)
class Distance:
    """state, currency beyond the hurdle, currency of room; ``at_least``: the search ended first."""

    state: State
    beyond: float
    headroom: float | None
    at_least: bool


def distance(slope: Slope, now: float, hurdle: float, *, most: float) -> Distance:
    """How far ``now`` is from the hurdle; ``most``: the largest total to look at, above ``now``."""
    above = np.linspace(now, max(most, now), POINTS)
    clears = slope(above) >= hurdle
    if clears[0]:
        state: State = "off" if now <= 0 else "room"
        if clears.all():
            return Distance(state, 0.0, float(above[-1] - now), True)
        last = int(np.argmin(clears))
        end = _crossing(slope, hurdle, (above[last - 1], above[last]))
        return Distance(state, 0.0, end - now, False)
    if now <= 0:
        return Distance("off", 0.0, None, False)
    if clears.any():
        return Distance("climb", 0.0, None, False)
    below = np.linspace(0.0, now, POINTS)
    cleared = slope(below) >= hurdle
    if not cleared.any():
        return Distance("beyond", now, None, False)
    last = int(np.flatnonzero(cleared)[-1])
    end = _crossing(slope, hurdle, (below[last], below[last + 1]))
    return Distance("beyond", now - end, None, False)


def _crossing(slope: Slope, hurdle: float, cell: tuple[float, float]) -> float:
    """Where the slope falls below the hurdle within a cell that it clears at its left end."""
    low, high = float(cell[0]), float(cell[1])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if slope(np.array([middle]))[0] >= hurdle:
            low = middle
        else:
            high = middle
    return low
