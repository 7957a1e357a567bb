"""The response of a fitted line: carry-over into a saturation curve, summed over weeks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from mmm.curves.blocks import blocks, rows_of, summed, summed_reached
from mmm.curves.lattice import Height, Through, beside, neighbours
from mmm.curves.remembered import Remembered
from mmm.curves.steady import Bracket, SteadyResponse, kept_draws
from mmm.saturation import Saturation

KEPT = 10_000  # totals remembered of a curve: 2 MB; then it begins anew
DRAWN, FEW = 2_000_000, 8  # bytes of polynomials remembered draw by draw; so many at least
BRACKETS = 16  # remembered of a curve
NEAR = 1e-6  # of a cell: a corner this near to its end is put there


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
    split_at: dict[float, tuple[float, ...]] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )
    """total -> what ``_means`` found there: remembered, because bounds are refined in place"""
    means_at: dict[float, tuple[float, float]] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )
    """total -> what ``mean_at`` found there: a plan is looked at more than once"""
    near_at: dict[float, Through[float] | None] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )
    """place on the lattice -> the polynomial through the curve around it"""
    drawn_at: dict[float, Through[np.ndarray] | None] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )
    """place on the lattice -> the polynomials through every draw around it"""
    brackets: Remembered[Bracket] = field(
        init=False, default_factory=lambda: Remembered(BRACKETS), repr=False, compare=False
    )
    """totals -> their bounds: every scenario asks how a curve bends over the same range"""
    alike: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """what it has in common with curves that differ from it in ``unit`` alone, once it is known"""

    def value(self, totals: np.ndarray) -> np.ndarray:
        """R_s at each total: (draw, n)."""
        totals = np.asarray(totals, dtype=float)
        out = np.empty((len(self.effect), len(totals)))
        for draws, part in self._blocks(len(totals)):
            level = self._level(draws, totals[part])
            rise = self._counted(self.saturation.value(level, **self._of(draws)), draws)
            out[draws, part] = (self.effect[draws] * (rise - self._start[draws])).T
        return out

    def slope(self, totals: np.ndarray) -> np.ndarray:
        """Σ_t effect_s · g'(level_st) · unit_st: (draw, n); infinite only where g' is."""
        totals = np.asarray(totals, dtype=float)
        out = np.empty((len(self.effect), len(totals)))
        for draws, part in self._blocks(len(totals)):
            slope = self.saturation.slope(self._level(draws, totals[part]), **self._of(draws))
            pull = rows_of(self._pull, draws)
            rise = np.where(pull > 0, slope, 0.0)  # a week not reached counts nothing
            rise = np.multiply(rise, pull, out=rise)
            out[draws, part] = (self.effect[draws] * rise.sum(axis=-1)).T
        return out

    def mean_at(self, total: float) -> tuple[float, float]:
        """Mean response and slope at one total, in one pass."""
        if total not in self.means_at:
            if len(self.means_at) >= KEPT:
                self.means_at.clear()
            value, slope = self._means(np.array([total]), split=False)[:, 0].tolist()
            self.means_at[total] = value, slope
        return self.means_at[total]

    def mean_near(self, total: float) -> tuple[float, float]:
        """Mean response and slope off the polynomial through the total's place on the lattice."""
        if total <= 0:
            return self.mean_at(total)
        through = _around(total, self.near_at, KEPT, self._through)
        return self.mean_at(total) if through is None else through.read(total)

    def near(self, total: float) -> tuple[np.ndarray, np.ndarray]:
        """Response and slope in every draw off the polynomials through its place: (draw,) each."""
        if total <= 0:
            return super().near(total)
        most = max(FEW, DRAWN // (64 * len(self.effect)))
        through = _around(total, self.drawn_at, most, self._through_draws)
        return super().near(total) if through is None else through.read(total)

    def _through(self, places: tuple[float, ...]) -> Through[float] | None:
        """The polynomial through the curve at these totals; None where a slope is infinite."""
        value, _, rising, _, falling = self._splits(np.array(places))
        slope = rising + falling
        if not np.all(np.isfinite(slope)):
            return None
        return Through.of(places, value.tolist(), slope.tolist())

    def _through_draws(self, places: tuple[float, ...]) -> Through[np.ndarray] | None:
        """The same through every draw."""
        totals = np.array(places)
        value, slope = self.value(totals), self.slope(totals)
        if not np.all(np.isfinite(slope)):
            return None
        return Through.of(places, list(value.T), list(slope.T))

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
        chord upwards by at most the tangent gap of C and downwards by at most that of V. It lies
        below the chord of V plus the lower of C's end tangents: the peak is where these meet.
        """
        totals = np.asarray(totals, dtype=float)
        return self.brackets.get(totals.tobytes(), lambda: self._bracket(totals))

    def _bracket(self, totals: np.ndarray) -> Bracket:
        value, convex, convex_slope, concave, concave_slope = self._splits(totals)
        peak_at, over = tangents_meet(totals, concave, concave_slope)
        share = (peak_at - totals[:-1]) / np.diff(totals)
        return Bracket(
            totals,
            value,
            above=tangent_gap(totals, concave, concave_slope),
            below=tangent_gap(totals, convex, convex_slope),
            peak_at=peak_at,
            # value − concave is the convex part with the constant that makes the two add up
            peak=over + (value - concave)[:-1] * (1 - share) + (value - concave)[1:] * share,
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
            alike={},
        )

    def _blocks(self, totals: int) -> list[tuple[slice, slice]]:
        return blocks(len(self.effect), self.carried.shape[1], totals)

    def _level(self, draws: slice, totals: np.ndarray) -> np.ndarray:
        """carried + unit · total: (n, draw, t)."""
        level: np.ndarray = rows_of(self.unit, draws) * totals[:, None, None]
        carried = rows_of(self.carried, draws)
        if len(carried) > level.shape[1]:  # one row of units for all draws
            return level + carried
        level += carried
        return level

    def _of(self, draws: slice) -> dict[str, np.ndarray]:
        return {name: rows_of(values, draws) for name, values in self.parameters.items()}

    def _counted(self, values: np.ndarray, draws: slice) -> np.ndarray:
        """Σ_t count · values over the weeks of (n, draw, t)."""
        if self.count is not None:
            values = values * rows_of(self.count, draws)
        total: np.ndarray = values.sum(axis=-1)
        return total

    @cached_property
    def _start(self) -> np.ndarray:
        """Σ_t count · g(carried): (draw,), what there is without the plan."""
        if "start" not in self.alike:
            start, none = np.empty(len(self.effect)), np.zeros(1)
            for draws, _ in self._blocks(1):
                level = self._level(draws, none)
                height = self.saturation.value(level, **self._of(draws))
                start[draws] = self._counted(height, draws)[0]
            self.alike["start"] = start
        known: np.ndarray = self.alike["start"]
        return known

    @cached_property
    def _pull(self) -> np.ndarray:
        """count · unit: 0 in a week that the plan does not reach, or that does not count."""
        return self.unit if self.count is None else self.unit * self.count

    @cached_property
    def _weights(self) -> tuple[np.ndarray, np.ndarray]:
        """effect · count and effect · count · unit over the number of draws: (draw, t) each."""
        share = self.effect[:, None] / len(self.effect)
        full = len(self.effect), self.carried.shape[1]
        counted = share if self.count is None else share * self.count
        return np.array(np.broadcast_to(counted, full)), np.array(
            np.broadcast_to(share * self._pull, full)
        )

    @cached_property
    def _bend(self) -> tuple[np.ndarray, ...] | None:
        """Inflection, and the tangent there (slope, height at 0): (draw, 1) each, or one row.

        A draw without a convex part has inflection 0 and the tangent 1, which g never exceeds;
        None where no draw has a convex part.
        """
        curve = self.saturation
        bend = np.atleast_2d(curve.inflection(**self.parameters))
        bent = bend > 0
        if not bent.any():
            return None
        at = np.where(bent, bend, 1.0)  # any point will do where there is no convex part
        tangent = np.where(bent, curve.slope(at, **self.parameters), 0.0)
        base = np.where(bent, curve.value(at, **self.parameters) - tangent * at, 1.0)
        return bend, tangent, base

    @cached_property
    def _nothing(self) -> float:
        """Σ_st effect · count · g(carried) over the number of draws."""
        return float(self._sums(np.zeros(1), split=False)[0, 0])

    def _splits(self, totals: np.ndarray) -> np.ndarray:
        """``_means`` at all totals: (5, n); each is computed once."""
        wanted = totals.tolist()
        if len(self.split_at) >= KEPT:
            self.split_at.clear()
        new = [total for total in wanted if total not in self.split_at]
        if new:
            self.split_at.update(
                zip(new, map(tuple, self._means(np.array(new)).T.tolist()), strict=True)
            )
        return np.array([self.split_at[total] for total in wanted]).reshape(-1, 5).T

    def _means(self, totals: np.ndarray, *, split: bool = True) -> np.ndarray:
        """Means over draws: response; convex part, its slope; concave part, its slope: (5, n).

        The parts are known up to a constant, which no chord or tangent sees. Not split: response
        and its slope, (2, n).
        """
        out = self._sums(totals, split=split)
        out[0] -= self._nothing
        return out

    def _sums(self, totals: np.ndarray, *, split: bool) -> np.ndarray:
        """``_means`` with what there is without the plan."""
        value, slope, v, v_slope = np.zeros((4, len(totals)))
        earned, pulled = self._weights
        for draws, part in self._blocks(len(totals)):
            level = self._level(draws, totals[part])
            height, rise = self.saturation.value_and_slope(level, **self._of(draws))
            value[part] += summed(height, earned[draws])
            slope[part] += summed_reached(rise, pulled[draws])
            if split and self._bend is not None:
                bend, tangent, base = (rows_of(own, draws) for own in self._bend)
                v_rise = np.where(level < bend, rise, tangent)
                level = level * tangent  # where one row stands for all draws it becomes many
                level += base
                # up to the inflection g lies above its tangent there, beyond it below
                v[part] += summed(np.maximum(height, level, out=level), earned[draws])
                v_slope[part] += summed_reached(v_rise, pulled[draws])
        return np.stack(
            [value, v, v_slope, value - v, slope - v_slope] if split else [value, slope]
        )


def _around(
    total: float,
    known: dict[float, Through[Height] | None],
    most: int,
    made: Callable[[tuple[float, ...]], Through[Height] | None],
) -> Through[Height] | None:
    """What is known at the total's place on the lattice, made where it is not; ``most`` are."""
    left = neighbours(total)[0]
    if left not in known:
        if len(known) >= most:
            known.clear()
        known[left] = made(beside(total))
    return known[left]


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


def tangents_meet(
    totals: np.ndarray, value: np.ndarray, slope: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where the end tangents of a concave curve's cells meet, and how high: (n−1,) each.

    The higher of the two tangents at any total of the cell, joined to the cell's ends, lies above
    the curve; where they meet it is lowest. So rounding of the meeting point costs nothing. An
    infinite slope leaves the other end's tangent alone.
    """
    width = np.diff(totals)
    left, right = slope[:-1], slope[1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        meet = (np.diff(value) - right * width) / (left - right)
    meet = np.where(np.isinf(left), 0.0, np.where(np.isfinite(meet), meet, width / 2))
    meet = np.clip(meet, 0.0, width)
    meet = np.where(meet < NEAR * width, 0.0, np.where(meet > (1 - NEAR) * width, width, meet))
    at = np.where(meet < width, totals[:-1] + meet, totals[1:])
    along = at - totals[:-1]
    with np.errstate(invalid="ignore"):
        from_left = np.where(np.isinf(left), -np.inf, value[:-1] + left * along)
    from_right = value[1:] - right * (totals[1:] - at)
    return at, np.maximum(from_left, from_right)
