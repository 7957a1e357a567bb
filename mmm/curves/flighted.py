"""One line's response to one KPI for free weekly amounts: a sum of terms, one a week."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mmm.adstock import lagged
from mmm.curves.flattened import Flattened

CELLS_AT_ONCE = 30_000  # draw × term cells at a time: 0.2 MB an array stay in a processor's cache
LEAST = 1e-9
"""Level, in units of u or impressions, below which a tangent is taken there instead."""


@dataclass(frozen=True, eq=False)
class FlightedResponse:
    """R_s(x) = Σ_j f_sj(x), f_sj = height_sj · [φ_s(base_sj + u_sj) − φ_s(base_sj)].

    u_sj = Σ_l kernel_sl · x_{j−l}: what the plan adds to the level of week j.

    x: (week,) spend, currency, 0 or more; x outside the window is 0. One term j for each week in
    which exposure is flattened: the window's weeks and lags − 1 after it. s runs over draws.

    height: (draw, n) KPI units at φ = 1, with what the outcome counts
    base:   (draw, n) level from everything that is not this plan
    kernel: (draw, lag) levels per currency unit, lag 0 first
    counted: (n,) the terms j that count at all, rising; the others are 0
    slope, until: (draw, n) each, of a concave majorant: straight with this slope up to this
        level (``Flattened.steepest``); None for the response itself
    """

    weeks: int
    height: np.ndarray
    base: np.ndarray
    kernel: np.ndarray
    flattened: Flattened
    counted: np.ndarray
    slope: np.ndarray | None = None
    until: np.ndarray | None = None

    @property
    def lags(self) -> int:
        """How many weeks a term looks at: its own and those before it."""
        return self.kernel.shape[1]

    @property
    def terms(self) -> int:
        """weeks + lags − 1."""
        return self.weeks + self.lags - 1

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.kernel)

    @cached_property
    def concave(self) -> bool:
        """Whether every term of every draw is known to be concave in x.

        True of a majorant, and where no draw's φ has its turn above the level without the plan:
        spend only adds to that level.
        """
        if self.until is not None:
            return True
        return bool(np.all((self.flattened.turn <= self.base) | (self.height == 0)))

    def value(self, spend: np.ndarray) -> np.ndarray:
        """R_s(x): (draw,), KPI units. Raises ValueError for amounts that do not fit."""
        behind = self._behind(spend)
        out = np.zeros(self.draws)
        for part in self._parts(np.arange(self.draws)):
            out[part] = self._at(part, behind, least=0.0)[0].sum(axis=1)
        return out

    def cuts(self, spend: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Tangents of each term under weights on draws: value (m, term), slope (m, term, lag).

        weights: (m, draw), 0 or more. value_mj = Σ_s w_ms f_sj(x); slope_mjl is its derivative to
        x_{j−l}, 0 where that week is outside the window. Where the response is concave,
        value_mj + Σ_l slope_mjl · (y_{j−l} − x_{j−l}) is at least Σ_s w_ms f_sj(y) for every y.

        A Hill curve of slope < 1 is infinitely steep at level 0. In draws that are concave
        throughout, the tangent below level ``LEAST`` is therefore the one at ``LEAST``: its value
        here and its slope. It bounds as well, but its value lies a little above f_sj(x).

        Raises ValueError for amounts or weights that do not fit.
        """
        weights = np.asarray(weights, dtype=float)
        fits = weights.ndim == 2 and weights.shape[1] == self.draws
        if not fits or not np.all((weights >= 0) & np.isfinite(weights)):
            raise ValueError(f"weights: expected rows of {self.draws} finite numbers, 0 or more")
        behind = self._behind(spend)
        value = np.zeros((len(weights), len(self.counted)))
        slope = np.zeros((len(weights), len(self.counted), self.lags))
        for part in self._parts(np.flatnonzero(weights.any(axis=0))):
            own, kernel = weights[:, part], self.kernel[part]
            rise, pull = self._at(part, behind, least=LEAST)
            value += own @ rise
            for row, weight in enumerate(own):
                slope[row] += (pull * weight[:, None]).T @ kernel
        values, slopes = (np.zeros((len(weights), self.terms, *s)) for s in ((), (self.lags,)))
        values[:, self.counted], slopes[:, self.counted] = value, slope
        return values, np.where(self._inside, slopes, 0.0)

    def hulled(self, upper: np.ndarray) -> FlightedResponse:
        """The same with each term's concave majorant over the levels of 0 ≤ x ≤ upper.

        upper: (week,), finite. What it gives there is the response or more, and its cuts bound the
        response from above for all such x. The response itself where that is concave. Raises
        ValueError for bounds that do not fit.
        """
        plain = replace(self, slope=None, until=None)
        if plain.concave:
            return plain
        top = self.base + self.kernel @ self._behind(upper).T
        slope, until = self.flattened.steepest(self.base, top)
        return replace(self, slope=slope, until=until)

    def _at(
        self, part: np.ndarray | slice, behind: np.ndarray, *, least: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """f_sj and height_sj · φ' of some draws: (draw, n) each."""
        flattened, base = self.flattened.of_draws(part), self.base[part]
        added = self.kernel[part] @ behind.T
        level = base + added
        low = (level < least) & self._throughout[part]
        if low.any():
            value, slope = flattened.value_and_slope(np.where(low, least, level))
            value = np.where(low, value - slope * (least - level), value)
        else:
            value, slope = flattened.value_and_slope(level)
        rise = value - self._start[part]
        if self.slope is not None and self.until is not None:
            straight, line = level < self.until[part], self.slope[part]
            rise, slope = np.where(straight, line * added, rise), np.where(straight, line, slope)
        height = self.height[part]
        with np.errstate(invalid="ignore"):  # 0 · ∞ where ``value`` asks for no slope
            return height * rise, height * slope

    def _behind(self, spend: np.ndarray) -> np.ndarray:
        """x_{j−l} of the terms that count: (n, lag)."""
        spend = np.asarray(spend, dtype=float)
        if spend.shape != (self.weeks,) or not np.all((spend >= 0) & np.isfinite(spend)):
            raise ValueError(f"expected {self.weeks} finite weekly amounts, 0 or more")
        padded = np.concatenate([spend, np.zeros(self.lags - 1)])
        behind: np.ndarray = lagged(padded, self.lags)[self.counted]
        return behind

    @cached_property
    def _throughout(self) -> np.ndarray:
        """Draws whose φ is concave throughout: (draw, 1)."""
        return np.broadcast_to(self.flattened.turn <= 0, (self.draws, 1))

    @cached_property
    def _start(self) -> np.ndarray:
        """φ(base): (draw, n)."""
        return self.flattened.value_and_slope(self.base)[0]

    @cached_property
    def _inside(self) -> np.ndarray:
        """Where week j − l is one of the window: (term, lag)."""
        week = np.arange(self.terms)[:, None] - np.arange(self.lags)
        return (week >= 0) & (week < self.weeks)

    def _parts(self, kept: np.ndarray) -> Iterator[np.ndarray | slice]:
        """The kept draws, some at a time."""
        step = max(1, CELLS_AT_ONCE // max(1, len(self.counted)))
        for start in range(0, len(kept), step):
            part = kept[start : start + step]
            whole = part[-1] - part[0] + 1 == len(part)  # draws side by side need no copy
            yield slice(part[0], part[-1] + 1) if whole else part
