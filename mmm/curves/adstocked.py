"""The response of a fitted line: carry-over into a saturation curve, summed over weeks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from mmm.curves.lattice import cubic, neighbours
from mmm.curves.steady import Bracket, SteadyResponse, kept_draws
from mmm.saturation import Saturation

CELLS_AT_ONCE = 4_000_000  # draw × week × total cells held in memory at a time: about 32 MB each


@dataclass(frozen=True)
class Adstocked(SteadyResponse):
    """R_s(x) = Σ_t count_st · effect_s · [g(carried_st + unit_st · x) − g(carried_st)].

    t runs over the window and its carry-out weeks; s over draws.

    effect:  (draw,) weekly contribution at full saturation, KPI units
    carried: (draw, t) adstocked exposure over scale from everything that is not this plan
    unit:    (draw, t) the same from one currency unit spent along the weekly profile
    parameters: name -> (draw, 1), of the saturation curve
    count:   (draw, t) or (1, t), 0 or more: how much the outcome counts; None: 1 throughout

    carried, unit and parameters may have one row for all draws.
    """

    effect: np.ndarray
    carried: np.ndarray
    unit: np.ndarray
    saturation: Saturation
    parameters: Mapping[str, np.ndarray]
    count: np.ndarray | None = None
    split_at: dict[float, np.ndarray] = field(default_factory=dict, repr=False, compare=False)
    """total -> what ``_split`` found there: remembered, because bounds are refined in place"""

    def value(self, totals: np.ndarray) -> np.ndarray:
        """R_s at each total: (draw, n)."""
        out = np.empty((len(self.effect), len(totals)))
        for part in self._parts(totals):
            level = self.saturation.value(self._level(totals[part]), **self._wide)
            out[:, part] = self.effect[:, None] * (self._summed(level) - self._start[:, None])
        return out

    def slope(self, totals: np.ndarray) -> np.ndarray:
        """Σ_t effect_s · g'(level_st) · unit_st: (draw, n); infinite only where g' is."""
        out = np.empty((len(self.effect), len(totals)))
        for part in self._parts(totals):
            out[:, part] = self._weighted(
                self.saturation.slope(self._level(totals[part]), **self._wide)
            )
        return out

    def mean_at(self, total: float) -> tuple[float, float]:
        """Mean response and slope at one total, in one pass."""
        level = self.carried + self.unit * total
        value, slope = self.saturation.value_and_slope(level, **self.parameters)
        rise = np.where(self._pull > 0, slope, 0.0) * self._pull
        earned = self.effect * (self._summed(value) - self._start)
        return float(earned.mean()), float((self.effect * rise.sum(axis=1)).mean())

    def mean_near(self, total: float) -> tuple[float, float]:
        """Mean response and slope off the cubic between the total's neighbours on the lattice."""
        if total <= 0:
            return self.mean_at(total)
        ends = neighbours(total)
        value, _, convex_slope, _, concave_slope = self._splits(np.array(ends))
        slope = convex_slope + concave_slope
        return (
            cubic(total, ends, value, slope)
            if np.all(np.isfinite(slope))
            else (self.mean_at(total))
        )

    def by_week(self, total: float) -> np.ndarray:
        """effect_s · [g(carried_st + unit_st · total) − g(carried_st)], uncounted: (draw, t)."""
        level = self.saturation.value(self.carried + self.unit * total, **self.parameters)
        start = self.saturation.value(self.carried, **self.parameters)
        weekly: np.ndarray = self.effect[:, None] * (level - start)
        return weekly

    def bracket(self, totals: np.ndarray) -> Bracket:
        """Bounds from an exact split of the mean curve into a convex and a concave part.

        With w the inflection, g = v + c: v is g up to w and its tangent beyond, c the rest.
        Sums over weeks and means over draws keep V convex and C concave. Over a cell V lies below
        its chord and above its end tangents, C the other way round, so the response leaves the
        chord upwards by at most the tangent gap of C and downwards by at most that of V.
        """
        totals = np.asarray(totals, dtype=float)
        value, convex, convex_slope, concave, concave_slope = self._splits(totals)
        return Bracket(
            totals,
            value,
            above=tangent_gap(totals, concave, concave_slope),
            below=tangent_gap(totals, convex, convex_slope),
        )

    def slope_bracket(self, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """V'(a) + C'(b) and V'(b) + C'(a) of a cell [a, b]: V' rises and C' falls (``bracket``)."""
        _, _, rising, _, falling = self._splits(np.asarray(totals, dtype=float))
        one, other = rising[:-1] + falling[1:], rising[1:] + falling[:-1]
        return np.minimum(one, other), np.maximum(one, other)  # in a tiny cell they are equal

    def most_elastic(self, total: float) -> float:
        """total · V'(total) + C(total) − C(0): V' rises, and x · C'(x) ≤ C(x) − C(0)."""
        _, _, rising, concave, _ = self._splits(np.array([0.0, total]))
        return total * float(rising.max()) + float(concave[1] - concave[0])

    def knots(self) -> np.ndarray:
        """None: the curve is smooth."""
        return np.empty(0)

    def weighted(self, weights: np.ndarray) -> Adstocked:
        """Effects times weights. Where no draw has any, no week is reached."""
        kept, share = kept_draws(weights, len(self.effect))

        def own(values: np.ndarray) -> np.ndarray:
            return values[kept] if len(values) > 1 else values

        return replace(
            self,
            effect=self.effect[kept] * share,
            carried=own(self.carried),
            unit=own(self.unit) * (share > 0)[:, None],
            parameters={name: own(values) for name, values in self.parameters.items()},
            count=None if self.count is None else own(self.count),
            split_at={},
        )

    def _level(self, totals: np.ndarray) -> np.ndarray:
        return self.carried[:, :, None] + self.unit[:, :, None] * np.asarray(totals, dtype=float)

    @cached_property
    def _start(self) -> np.ndarray:
        """Σ_t g(carried): (draw,), what there is without the plan."""
        return self._summed(self.saturation.value(self.carried, **self.parameters))

    def _summed(self, values: np.ndarray) -> np.ndarray:
        """Σ_t count · values over the weeks of (draw, t) or (draw, t, n)."""
        if self.count is not None:
            values = values * (self.count if values.ndim == 2 else self.count[:, :, None])
        summed: np.ndarray = values.sum(axis=1)
        return summed

    @cached_property
    def _pull(self) -> np.ndarray:
        """count · unit: 0 in a week that the plan does not reach, or that does not count."""
        return self.unit if self.count is None else self.unit * self.count

    @property
    def _wide(self) -> dict[str, np.ndarray]:
        return {name: value[:, :, None] for name, value in self.parameters.items()}

    def _weighted(self, slope: np.ndarray) -> np.ndarray:
        """Σ_t count · effect · slope · unit: (draw, n). A week not reached counts nothing."""
        pull = self._pull[:, :, None]
        product = np.where(pull > 0, slope, 0.0) * pull
        return self.effect[:, None] * product.sum(axis=1)

    def _splits(self, totals: np.ndarray) -> np.ndarray:
        """``_split`` at all totals: (5, n); each is computed once."""
        new = np.array([total for total in totals.tolist() if total not in self.split_at])
        for part in self._parts(new):
            split = self._split(new[part])
            self.split_at.update(zip(new[part].tolist(), split.T, strict=True))
        return np.array([self.split_at[total] for total in totals.tolist()]).T

    def _split(self, totals: np.ndarray) -> np.ndarray:
        """Means over draws: response; convex part, its slope; concave part, its slope: (5, n).

        The parts are known up to a constant, which no chord or tangent sees.
        """
        curve, wide = self.saturation, self._wide
        level = self._level(totals)
        bend = curve.inflection(**wide)
        has_bend = bend > 0
        at = np.where(has_bend, bend, 1.0)  # any point will do where there is no convex part
        tangent = np.where(has_bend, curve.slope(at, **wide), 0.0)
        base = np.where(has_bend, curve.value(at, **wide) - tangent * at, 0.0)
        value, slope = curve.value_and_slope(level, **wide)
        before = level < bend
        v = np.where(before, value, base + tangent * level)
        v_slope = np.where(before, slope, tangent)
        effect = self.effect[:, None]
        rows = (
            effect * (self._summed(value) - self._start[:, None]),
            effect * self._summed(v),
            self._weighted(v_slope),
            effect * self._summed(value - v),
            self._weighted(np.where(before, 0.0, slope - tangent)),
        )
        return np.stack([row.mean(axis=0) for row in rows])

    def _parts(self, totals: np.ndarray) -> list[slice]:
        step = max(1, CELLS_AT_ONCE // max(1, self.carried.size))
        return [slice(i, i + step) for i in range(0, len(totals), step)]


def tangent_gap(totals: np.ndarray, value: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Largest distance between chord and end tangents in each cell of a convex or concave curve.

    With chord slope m and end slopes a, b the tangents meet at distance
    h · |(a − m)(m − b)/(a − b)| from the chord; an infinite end slope gives the limit h · |m − b|.
    """
    width = np.diff(totals)
    chord = np.diff(value) / width
    left, right = slope[:-1], slope[1:]
    # between the end slopes by convexity; in a tiny cell rounding could say otherwise
    chord = np.clip(chord, np.minimum(left, right), np.maximum(left, right))
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = width * np.abs((left - chord) * (chord - right) / (left - right))
    gap = np.where(np.isinf(left), width * np.abs(chord - right), gap)
    gap = np.where(np.isinf(right), width * np.abs(chord - left), gap)
    return np.where(np.isfinite(gap), gap, 0.0)  # equal end slopes: a straight line
