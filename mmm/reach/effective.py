"""Reach weighted by what its frequency does: responses that run on reach and frequency."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mmm.reach.curve import ReachCurve
from mmm.saturation import Hill

Array = Any
"""A NumPy array or a PyTensor variable: the formula is written once for both."""

HILL = Hill()


def effective_reach(
    reach: Array, frequency: Array, half_saturation: Array, slope: Array, xp: Any = np
) -> Array:
    """reach · hill(frequency): the people reached, each weighted by how often (Zhang et al. 2023).

    The media term of their model is adstock(reach_t · hill(frequency_t)), linear in reach.
    half_saturation: the average frequency at which a person is half convinced. A week without
    reach may have frequency 0; it gives 0, and finite derivatives.
    """
    seen = xp.where(frequency > 0, frequency, 1.0)  # log(0) · 0 would be NaN in a gradient
    return reach * HILL.value(seen, xp=xp, half_saturation=half_saturation, slope=slope)


@dataclass(frozen=True, eq=False)
class EffectiveReach:
    """E(m) = R(m) · h(m / R(m)) of m impressions: saturation first, then carry-over.

    R is the reach curve, h the Hill curve of the average frequency F = m / R. All per draw;
    half_saturation and slope: (draw,). With F' = (1 − F·R') / R the derivatives are

    - E'  = R'·h(F) + h'(F)·(1 − F·R')
    - E'' = R''·(h(F) − F·h'(F)) + h''(F)·(1 − F·R')² / R

    For slope ≤ 1, h is concave and E is concave (E is the perspective of h along R). For
    slope > 1, E is convex while F is below the inflection of h (both terms are positive), and
    concave from where F is above the frequency at which h(F)/F is largest (both are negative). In
    between the sign may change more than once; ``curvature_bounds`` holds there as well.
    """

    curve: ReachCurve
    half_saturation: np.ndarray
    slope: np.ndarray

    def value(self, impressions: np.ndarray) -> np.ndarray:
        """E, (draw, n), people weighted by h."""
        reach, frequency = self._at(impressions)
        return effective_reach(reach, frequency, *self._hill)

    def marginal(self, impressions: np.ndarray) -> np.ndarray:
        """dE / dm, (draw, n)."""
        _, frequency = self._at(impressions)
        rise = self.curve.slope(impressions)
        value, slope, _ = self._shape(frequency)
        return rise * value + slope * (1 - frequency * rise)

    def value_and_marginal(self, impressions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """E and dE / dm, (draw, n) each, from one look at the reach."""
        reach, frequency = self._at(impressions)
        rise = self.curve.slope(impressions)
        value, slope, _ = self._shape(frequency)
        return reach * value, rise * value + slope * (1 - frequency * rise)

    def of_draws(self, kept: np.ndarray | slice) -> EffectiveReach:
        """The same for some of the draws."""
        curve = replace(
            self.curve,
            audience=self.curve.audience[kept],
            parameters={name: draws[kept] for name, draws in self.curve.parameters.items()},
        )
        return EffectiveReach(curve, self.half_saturation[kept], self.slope[kept])

    def curvature(self, impressions: np.ndarray) -> np.ndarray:
        """d²E / dm², (draw, n), for impressions above 0."""
        reach, frequency = self._at(impressions)
        value, slope, bend = self._shape(frequency)
        lag = 1 - frequency * self.curve.slope(impressions)
        lift = self.curve.bend(impressions) * (value - frequency * slope)
        return lift + bend * lag**2 / reach

    def pieces(self) -> tuple[np.ndarray, np.ndarray]:
        """Impressions up to which E is convex, and from which it is concave; both (draw,).

        Both 0 where it is concave throughout. Between the two, the curvature is not known.
        """
        half, slope = self.half_saturation, self.slope
        inflection = HILL.inflection(half_saturation=half, slope=slope)
        best = half * np.maximum(slope - 1, 0.0) ** (1 / slope)
        ends = self.curve.impressions_at(np.stack([inflection, best], axis=1))
        return ends[:, 0], ends[:, 1]

    def curvature_bounds(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Numbers below and above every E'' on [low, high], (draw, n) each; high above 0.

        Interval arithmetic on the formula of E'': every part of it moves one way between the ends
        (reach and frequency rise, R' falls, |R''| shrinks), or is bounded by its own parts. Near 0,
        where (1 − F·R')² / R is 0 / 0, it is at most (R''(0)/2)² · m · F³, since R − m·R' is the
        integral of −s·R''(s).
        """
        reach_a, seen_a = self._at(low)
        _, seen_b = self._at(high)
        weight = _span(
            *(self._excess(seen) for seen in (seen_a, seen_b)),
            self._excess(np.clip(self._inflection, seen_a, seen_b)),
        )
        lift = _times((self.curve.bend(low), self.curve.bend(high)), weight)
        lag = (
            np.maximum(1 - seen_b * self.curve.slope(low), 0.0),
            1 - seen_a * self.curve.slope(high),
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            most = np.where(reach_a > 0, lag[1] ** 2 / reach_a, np.inf)
        near = (self.curve.bend(np.zeros(1)) / 2) ** 2 * high * seen_b**3
        spread = (lag[0] ** 2 / self.curve.value(high), np.minimum(most, near))
        turn = _times(spread, self._bends(seen_a, seen_b))
        return lift[0] + turn[0], lift[1] + turn[1]

    def slope_bounds(
        self, low: np.ndarray, high: np.ndarray, kinds: tuple[np.ndarray, np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Numbers below and above every E' on [low, high], (draw, n) each; high above 0.

        kinds: where E is known to be convex and concave there, (draw, n) each; E' is then between
        its ends. Elsewhere by interval arithmetic on the formula of E', all of whose parts are 0
        or more, and from the ends with the bounds of E''.
        """
        start, end = self.marginal(low), self.marginal(high)
        if np.all(kinds[0] | kinds[1]):
            return np.minimum(start, end), np.maximum(start, end)
        seen_a, seen_b = self._at(low)[1], self._at(high)[1]
        most, least = self.curve.slope(low), self.curve.slope(high)
        rises = _span(
            *(self._shape(seen)[1] for seen in (seen_a, seen_b)),
            self._shape(np.clip(self._inflection, seen_a, seen_b))[1],
        )
        value_a, value_b = self._shape(seen_a)[0], self._shape(seen_b)[0]
        floor = least * value_a + rises[0] * np.maximum(1 - seen_b * most, 0.0)
        top = most * value_b + rises[1] * (1 - seen_a * least)
        fall, lift = (bound * (high - low) for bound in self.curvature_bounds(low, high))
        fall, lift = np.minimum(fall, 0.0), np.maximum(lift, 0.0)
        floor = np.maximum.reduce([floor, start + fall, end - lift])
        top = np.minimum.reduce([top, start + lift, end - fall])
        known = kinds[0] | kinds[1]
        return (
            np.where(known, np.minimum(start, end), np.minimum(floor, np.minimum(start, end))),
            np.where(known, np.maximum(start, end), np.maximum(top, np.maximum(start, end))),
        )

    @property
    def _hill(self) -> tuple[np.ndarray, np.ndarray]:
        return self.half_saturation[:, None], self.slope[:, None]

    @property
    def _inflection(self) -> np.ndarray:
        half, slope = self._hill
        return HILL.inflection(half_saturation=half, slope=slope)

    def _at(self, impressions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.curve.value(impressions), self.curve.frequency(impressions)

    def _shape(self, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """h, h' and h'' = s·r^(s−2)·((s−1) − (s+1)·r^s) / (half²·(1 + r^s)³), r = F / half."""
        half, steep = self._hill
        value, slope = HILL.value_and_slope(seen, half_saturation=half, slope=steep)
        bend = slope / seen * ((steep - 1) * (1 - value) - (steep + 1) * value)
        return value, slope, bend

    def _excess(self, seen: np.ndarray) -> np.ndarray:
        """h − F·h', falling below the inflection of h and rising above it."""
        value, slope, _ = self._shape(seen)
        return value - seen * slope

    def _bends(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of h'' = (h'/F)·(s − 1 − 2s·h): h rises, and h' is largest at the inflection."""
        _, steep = self._hill
        slopes = _span(
            *(self._shape(seen)[1] for seen in (low, high)),
            self._shape(np.clip(self._inflection, low, high))[1],
        )
        lead = (slopes[0] / high, slopes[1] / low)
        value = [self._shape(seen)[0] for seen in (low, high)]
        return _times(lead, (steep - 1 - 2 * steep * value[1], steep - 1 - 2 * steep * value[0]))


def _span(*parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.minimum.reduce(parts), np.maximum.reduce(parts)


def _times(
    one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The product of two intervals."""
    return _span(*(a * b for a in one for b in other))
