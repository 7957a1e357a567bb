"""One line's response to one KPI along a fixed weekly profile: a curve of one variable."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Bracket:
    """The mean response at some totals, and how far it can leave the chords between them.

    totals: (n,) rising; value: (n,) mean over draws of the response at each total
    above:  (n−1,) within cell j, response ≤ chord + above[j]
    below:  (n−1,) within cell j, response ≥ chord − below[j]
    peak_at, peak: (n−1,) where known: within cell j the response lies on or below the two
        straight lines that join the cell's ends at the height peak[j] over the total peak_at[j].
        At an end of the cell the height stands for the end's own.
    """

    totals: np.ndarray
    value: np.ndarray
    above: np.ndarray
    below: np.ndarray
    peak_at: np.ndarray | None = None
    peak: np.ndarray | None = None

    def roof(self) -> tuple[np.ndarray, np.ndarray]:
        """Corners (total, height), totals not falling, of lines no lower than the response.

        Through the peaks where they are known, which is exact at every total, else through both
        ends of a cell raised by what it may rise above its chord. Of several heights over one
        total the first ends the cell before it, the last begins the one after it.
        """
        if self.peak_at is None or self.peak is None:
            at = np.repeat(self.totals, 2)[1:-1]
            height = np.repeat(self.value, 2)[1:-1] + np.repeat(self.above, 2)
            return at, height
        at = np.insert(self.totals, np.arange(1, len(self.totals)), self.peak_at)
        return at, np.insert(self.value, np.arange(1, len(self.value)), self.peak)


class SteadyResponse(ABC):
    """x ↦ incremental outcome when the line spends x in total over the window, draw by draw."""

    @abstractmethod
    def value(self, totals: np.ndarray) -> np.ndarray:
        """Response at each total: (draw, n), KPI units. Zero at total 0."""

    @abstractmethod
    def slope(self, totals: np.ndarray) -> np.ndarray:
        """Response to the next unit of currency: (draw, n), KPI units per currency unit."""

    def mean_at(self, total: float) -> tuple[float, float]:
        """Mean over draws of the response and of its slope at one total."""
        at = np.array([total])
        return float(self.value(at).mean()), float(self.slope(at).mean())

    def mean_near(self, total: float) -> tuple[float, float]:
        """``mean_at`` to about one part in 10⁹ of the response, read off what is remembered."""
        return self.mean_at(total)

    def near(self, total: float) -> tuple[np.ndarray, np.ndarray]:
        """Response and slope in every draw, to about one part in 10⁹: (draw,) each."""
        at = np.array([total])
        return self.value(at)[:, 0], self.slope(at)[:, 0]

    @abstractmethod
    def bracket(self, totals: np.ndarray) -> Bracket:
        """Rigorous bounds on the mean response between rising ``totals``."""

    @abstractmethod
    def knots(self) -> np.ndarray:
        """Totals at which the curve has a kink; empty where it is smooth."""

    @abstractmethod
    def weighted(self, weights: np.ndarray) -> SteadyResponse:
        """The same curve with weights on its draws: the mean of what it gives is Σ_s w_s · R_s.

        weights: (draw,), 0 or more, of any sum. Draws of weight 0 are dropped, so that a curve of
        the worst twentieth of the draws takes a twentieth of the time. Raises ValueError for
        weights that are negative, not finite or not one per draw.
        """

    @abstractmethod
    def slope_bracket(self, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rigorous bounds on the mean slope between rising ``totals``: (low, high), (n−1,) each.

        low[j] ≤ d/dx mean R ≤ high[j] everywhere within cell j; high is infinite where the slope
        is.
        """

    def most_elastic(self, total: float) -> float:
        """A rigorous bound on x · d/dx mean R for x up to ``total``; infinite if nothing better."""
        return total * float(self.slope_bracket(np.array([0.0, total]))[1][0])


def kept_draws(weights: np.ndarray, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Draws of positive weight, and their weights times how many they are.

    A mean over the kept draws is then the weighted sum over all. Where no weight is positive the
    first draw stays, at weight 0. Raises ValueError for weights that do not fit.
    """
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (draws,) or not np.all((weights >= 0) & np.isfinite(weights)):
        raise ValueError(f"weights on draws: expected {draws} finite numbers, 0 or more")
    kept = np.flatnonzero(weights > 0)
    if not len(kept):
        kept = np.array([0])
    return kept, weights[kept] * len(kept)


@dataclass(frozen=True)
class StraightLines(SteadyResponse):
    """Straight lines between given points (imported curves).

    points: (k,) rising totals, the first 0; response: (draw, k), the first column 0.
    """

    points: np.ndarray
    response: np.ndarray

    def value(self, totals: np.ndarray) -> np.ndarray:
        """Linear interpolation. Raises ValueError beyond the last point: nothing is known there."""
        cell, share = self._position(totals)
        left, right = self.response[:, cell], self.response[:, cell + 1]
        return left + (right - left) * share

    def slope(self, totals: np.ndarray) -> np.ndarray:
        """Slope of the segment to the right; at the last point, of the one to the left."""
        cell, _ = self._position(totals)
        rise = self.response[:, cell + 1] - self.response[:, cell]
        return rise / (self.points[cell + 1] - self.points[cell])

    def bracket(self, totals: np.ndarray) -> Bracket:
        """Exact: a piecewise linear curve is farthest from a chord at one of its points."""
        value = self.value(totals).mean(axis=0)
        inside = self.points[(self.points > totals[0]) & (self.points < totals[-1])]
        off = self.value(inside).mean(axis=0) - np.interp(inside, totals, value)
        cell = np.searchsorted(totals, inside, side="right") - 1
        above, below = np.zeros(len(totals) - 1), np.zeros(len(totals) - 1)
        np.maximum.at(above, cell, off)
        np.maximum.at(below, cell, -off)
        return Bracket(totals, value, above, below)

    def knots(self) -> np.ndarray:
        """The given points."""
        return self.points

    def weighted(self, weights: np.ndarray) -> StraightLines:
        """Responses times weights."""
        kept, share = kept_draws(weights, len(self.response))
        return replace(self, response=self.response[kept] * share[:, None])

    def slope_bracket(self, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Exact: the least and the largest slope of the segments that a cell meets."""
        totals = np.asarray(totals, dtype=float)
        slope = np.diff(self.response.mean(axis=0)) / np.diff(self.points)
        first = self._position(totals)[0][:-1]
        last = np.maximum(np.searchsorted(self.points, totals[1:], side="left") - 1, first)
        last = np.minimum(last, len(slope) - 1)
        met = [slope[a : b + 1] for a, b in zip(first, last, strict=True)]
        return np.array([part.min() for part in met]), np.array([part.max() for part in met])

    def _position(self, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        totals = np.asarray(totals, dtype=float)
        last = self.points[-1]
        if totals.size and totals.max() > last * (1 + 1e-12):  # one rounding of the last point
            raise ValueError(
                f"a total of {totals.max():,.2f} lies beyond the last point {last:,.2f}"
            )
        cell = np.clip(
            np.searchsorted(self.points, totals, side="right") - 1, 0, len(self.points) - 2
        )
        width = self.points[cell + 1] - self.points[cell]
        return cell, np.clip((totals - self.points[cell]) / width, 0, 1)
