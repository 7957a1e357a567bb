"""What the next 1 % of a line's spend brings, times 100: x ↦ x · dR/dx, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmm.curves.steady import Bracket, SteadyResponse

PARTS = 16  # of a cell: bounds of first order are as good as second ones on a grid as coarse
STEP = 1e-4  # of the total: its square, the error of the difference, is below what a search needs


@dataclass(frozen=True, eq=False)
class Elasticity(SteadyResponse):
    """E_s(x) = x · dR_s/dx of a curve R, KPI units; 0 at spend 0.

    Σ E / Σ x is the return on the next unit of money spent in the proportions of a plan. Where R
    has a kink E jumps, so its bounds are those of R's slope on a cell, times the cell's ends.
    """

    curve: SteadyResponse

    def value(self, totals: np.ndarray) -> np.ndarray:
        """x · R'(x): (draw, n)."""
        totals = np.asarray(totals, dtype=float)
        slope = self.curve.slope(totals)
        return np.where(totals > 0, slope, 0.0) * totals

    def slope(self, totals: np.ndarray) -> np.ndarray:
        """A difference over three points up to x, (3 E(x) − 4 E(x−h) + E(x−2h)) / 2h.

        h is STEP · x, so nothing beyond x is asked. At 0 it is R'(0), its limit.
        """
        totals = np.asarray(totals, dtype=float)
        step = STEP * np.where(totals > 0, totals, 1.0)
        here, before, earlier = (self.value(totals - n * step * (totals > 0)) for n in range(3))
        difference = (3 * here - 4 * before + earlier) / (2 * step)
        return np.where(totals > 0, difference, self.curve.slope(totals))

    def bracket(self, totals: np.ndarray) -> Bracket:
        """x · low ≤ E(x) ≤ x · high in every PARTS-th of a cell, low and high the slope's bounds.

        Both are straight lines, so they are farthest from the chord at an end of the part. What
        they add to the true distance shrinks as the part's width. Where the slope at 0 is
        infinite, ``SteadyResponse.most_elastic`` bounds E instead.
        """
        totals = np.asarray(totals, dtype=float)
        value = self.value(totals).mean(axis=0)
        share = np.linspace(0, 1, PARTS + 1)
        fine = totals[:-1, None] + np.diff(totals)[:, None] * share
        fine[:, -1] = totals[1:]
        chord = value[:-1, None] + np.diff(value)[:, None] * share
        points = np.append(fine[:, :-1].ravel(), totals[-1])
        low, high = (side.reshape(-1, PARTS) for side in self.curve.slope_bracket(points))
        finite = np.isfinite(high)
        steep = np.where(finite, high, 0.0)
        above, below = np.zeros(fine[:, 1:].shape), np.zeros(fine[:, 1:].shape)
        for end in (slice(None, -1), slice(1, None)):
            above = np.maximum(above, steep * fine[:, end] - chord[:, end])
            below = np.maximum(below, chord[:, end] - low * fine[:, end])
        for cell, part in np.argwhere(~finite).tolist():
            most = self.curve.most_elastic(float(fine[cell, part + 1]))
            above[cell, part] = most - chord[cell, part : part + 2].min()
        return Bracket(totals, value, above.max(axis=1), below.max(axis=1))

    def knots(self) -> np.ndarray:
        """The curve's."""
        return self.curve.knots()

    def weighted(self, weights: np.ndarray) -> Elasticity:
        """Of the curve with these weights."""
        return Elasticity(self.curve.weighted(weights))

    def slope_bracket(self, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Nothing is known of a second derivative: −∞ and ∞."""
        cells = len(totals) - 1
        return np.full(cells, -np.inf), np.full(cells, np.inf)
