"""The response of a line on reach: people, weighted by how often, carried over and summed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mmm.curves.adstocked import tangent_gap
from mmm.curves.steady import Bracket, SteadyResponse, kept_draws

if TYPE_CHECKING:
    from mmm.reach import EffectiveReach

CELLS_AT_ONCE = 500_000  # draw × week × total cells held in memory at a time


@dataclass(frozen=True)
class Reached(SteadyResponse):
    """R_s(x) = effect_s / scale · Σ_t count_st · E_s(x · profile_t / cost).

    E is reach times what its frequency does (``EffectiveReach``) in each week by itself. Weeks do
    not mix before they are carried over, and all weights of a week sum to 1, so that neither the
    past nor adstock matter. s runs over draws, t over the weeks of the plan.

    weight:  (draw,) effect / scale, KPI units per person
    profile: (week,) impressions from one currency unit spent along the plan's weeks
    count:   (draw, week), 0 or more: how much of a week's outcome counts, wherever it falls;
             None: all of it
    """

    weight: np.ndarray
    profile: np.ndarray
    effective: EffectiveReach
    count: np.ndarray | None = None
    means: dict[float, float] = field(default_factory=dict, repr=False, compare=False)
    gaps: dict[tuple[float, float], tuple[float, float]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """what ``bracket`` found at a total and in a cell: bounds are refined in place"""

    def value(self, totals: np.ndarray) -> np.ndarray:
        """R_s at each total: (draw, n)."""
        return self._summed(totals, slope=False)

    def slope(self, totals: np.ndarray) -> np.ndarray:
        """Σ_t weight_s · profile_t · E'(x · profile_t): (draw, n)."""
        return self._summed(totals, slope=True)

    def by_week(self, total: float) -> np.ndarray:
        """weight_s · E_s(total · profile_t), uncounted, by the week of the exposure: (draw, t)."""
        return self.weight[:, None] * self.effective.value(total * self.profile)

    def bracket(self, totals: np.ndarray) -> Bracket:
        """Bounds from what is known of E'' in each week and draw.

        Where E is convex, or concave, over a whole cell its sum over weeks and mean over draws is
        too, and stays between its chord and its end tangents. Where the sign is not known, mean
        bounds L ≤ f'' ≤ U leave the chord upwards by at most −L·h²/8 and downwards by U·h²/8.
        """
        totals = np.asarray(totals, dtype=float)
        fresh = np.array([total for total in totals.tolist() if total not in self.means])
        if len(fresh):
            found = self.value(fresh).mean(axis=0).tolist()
            self.means.update(zip(fresh.tolist(), found, strict=True))
        cells = list(zip(totals[:-1].tolist(), totals[1:].tolist(), strict=True))
        new = [cell for cell in cells if cell not in self.gaps]
        for start in range(0, len(new), self._step):
            part = new[start : start + self._step]
            self.gaps.update(zip(part, self._gaps(np.array(part)), strict=True))
        above, below = np.array([self.gaps[cell] for cell in cells]).reshape(-1, 2).T
        return Bracket(totals, np.array([self.means[x] for x in totals.tolist()]), above, below)

    def knots(self) -> np.ndarray:
        """None: the curve is smooth."""
        return np.empty(0)

    def weighted(self, weights: np.ndarray) -> Reached:
        """Weights of people times weights of draws."""
        kept, share = kept_draws(weights, len(self.weight))
        return replace(
            self,
            weight=self.weight[kept] * share,
            effective=self.effective.of_draws(kept),
            count=None if self.count is None else self.count[kept],
            means={},
            gaps={},
        )

    def slope_bracket(self, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Σ_t weight · profile_t · bounds of E' in each week and draw (``EffectiveReach``)."""
        totals = np.asarray(totals, dtype=float)
        found = np.zeros((2, len(totals) - 1))
        for start in range(0, len(totals) - 1, self._step):
            part = slice(start, start + self._step)
            ends = totals[:-1][part], totals[1:][part]
            for week, count in self._weeks:
                share = self.weight[:, None] * count * week / len(self.weight)
                low, high = (week * end for end in ends)
                bounds = self.effective.slope_bounds(low, high, self._kinds(low, high))
                for side, bound in enumerate(bounds):
                    found[side, part] += (share * bound).sum(axis=0)
        return found[0], found[1]

    @cached_property
    def _weeks(self) -> list[tuple[float, int | np.ndarray]]:
        """Weeks that differ and how much there is of each: an even plan has one.

        A number where every week counts once, else (draw, 1).
        """
        reached = self.profile > 0
        if self.count is None:
            weeks, times = np.unique(self.profile[reached], return_counts=True)
            return list(zip(weeks.tolist(), times.tolist(), strict=True))
        weeks, place = np.unique(self.profile[reached], return_inverse=True)
        counted = self.count[:, reached]
        sums = [counted[:, place == n].sum(axis=1, keepdims=True) for n in range(len(weeks))]
        return [(week, own) for week, own in zip(weeks.tolist(), sums, strict=True) if own.any()]

    @property
    def _step(self) -> int:
        return max(1, CELLS_AT_ONCE // (len(self.weight) * max(1, len(self._weeks))))

    def _summed(self, totals: np.ndarray, *, slope: bool) -> np.ndarray:
        totals = np.asarray(totals, dtype=float)
        out = np.zeros((len(self.weight), len(totals)))
        for week, count in self._weeks:
            if slope:
                out += count * week * self.effective.marginal(week * totals)
            else:
                out += count * self.effective.value(week * totals)
        return self.weight[:, None] * out

    def _gaps(self, cells: np.ndarray) -> list[tuple[float, float]]:
        """(above, below) of each cell; cells: (n, 2) totals."""
        width = cells[:, 1] - cells[:, 0]
        parts = np.zeros((2, 2, 2, len(cells)))  # convex or concave; value, slope; start, end
        bend = np.zeros((2, len(cells)))  # of the rest: bounds of the second derivative
        for week, count in self._weeks:
            share = self.weight[:, None] * count / len(self.weight)
            low, high = week * cells.T
            kinds = self._kinds(low, high)
            for end, at in enumerate((low, high)):
                value = share * self.effective.value(at)
                rise = share * week * self.effective.marginal(at)
                for kind in (0, 1):
                    parts[kind, 0, end] += np.where(kinds[kind], value, 0.0).sum(axis=0)
                    parts[kind, 1, end] += np.where(kinds[kind], rise, 0.0).sum(axis=0)
            rest = ~(kinds[0] | kinds[1])
            if rest.any():
                for side, bound in enumerate(self.effective.curvature_bounds(low, high)):
                    own = np.where(rest, share * week**2 * bound, 0.0)
                    bend[side] += own.sum(axis=0)
        above = width**2 / 8 * np.maximum(-bend[0], 0.0)
        below = width**2 / 8 * np.maximum(bend[1], 0.0)
        for cell, ends in enumerate(cells):
            below[cell] += tangent_gap(ends, *parts[0, :, :, cell])[0]
            above[cell] += tangent_gap(ends, *parts[1, :, :, cell])[0]
        return list(zip(above.tolist(), below.tolist(), strict=True))

    def _kinds(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where E is convex between low and high, and where concave: (draw, n) each."""
        convex_to, concave_from = self._pieces
        concave = low >= concave_from[:, None]
        return (high <= convex_to[:, None]) & ~concave, concave

    @cached_property
    def _pieces(self) -> tuple[np.ndarray, np.ndarray]:
        return self.effective.pieces()
