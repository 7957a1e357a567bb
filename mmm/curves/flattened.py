"""What flattens a week: the curve of carried-over exposure, and of people reached."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mmm.saturation import Saturation

if TYPE_CHECKING:
    from mmm.reach import EffectiveReach

HALVINGS = 40  # of a stretch of levels; wherever they end, the hull is a bound


class Flattened(ABC):
    """φ_s(level) for levels of 0 or more: rising, and concave from ``turn`` on; s over draws."""

    @property
    @abstractmethod
    def turn(self) -> np.ndarray:
        """Level from which φ is concave, 0 where it is throughout: (draw, 1) or (1, 1)."""

    @abstractmethod
    def value_and_slope(self, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """φ and φ' at levels (draw, n): (draw, n) each; φ' may be infinite at 0."""

    @abstractmethod
    def of_draws(self, kept: np.ndarray | slice) -> Flattened:
        """The same for some of the draws."""

    @abstractmethod
    def steepest(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The straight part of a concave majorant of φ on [low, high]: (slope, until), (draw, n).

        φ(low) + slope · (level − low) up to the level ``until`` and φ above it. ``until`` is
        infinite where the line holds to the end, −infinite where φ is concave from low on.
        """


@dataclass(frozen=True, eq=False)
class Saturated(Flattened):
    """A saturation curve with its parameters, (draw, 1) or (1, 1) each."""

    saturation: Saturation
    parameters: Mapping[str, np.ndarray]

    @cached_property
    def turn(self) -> np.ndarray:
        """The inflection."""
        return np.atleast_2d(self.saturation.inflection(**self.parameters))

    def value_and_slope(self, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """g and g'."""
        return self.saturation.value_and_slope(level, **self.parameters)

    def of_draws(self, kept: np.ndarray | slice) -> Saturated:
        """Rows of the parameters."""
        rows = {k: v[kept] if len(v) > 1 else v for k, v in self.parameters.items()}
        return Saturated(self.saturation, rows)

    def steepest(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The tangent through φ(low), by bisection for its point between the inflection and high.

        t(p) = φ'(p)·(p − low) − (φ(p) − φ(low)) falls from the inflection on and is 0 at the point
        sought. The p kept has t(p) ≥ 0: the line through φ(low) with slope φ'(p) then lies on or
        above the tangent at p, so above φ from the inflection on, and before it above the chord of
        a convex stretch. Where t(high) ≥ 0 the chord to φ(high) is the majorant.
        """
        slope, until = np.zeros(low.shape), np.full(low.shape, -np.inf)
        bent = low < self.turn
        if not bent.any():
            return slope, until

        def own(values: np.ndarray) -> np.ndarray:
            return np.broadcast_to(values, low.shape)[bent]

        parameters = {name: own(values) for name, values in self.parameters.items()}
        start, end = low[bent], high[bent]
        floor = self.saturation.value(start, **parameters)

        def at(level: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            value, rise = self.saturation.value_and_slope(level, **parameters)
            return value, rise, rise * (level - start) >= value - floor

        top, rise, whole = at(end)
        width = np.where(end > start, end - start, 1.0)
        chord = np.where(end > start, (top - floor) / width, rise)
        left, right = np.clip(own(self.turn), start, end), end
        for _ in range(HALVINGS):
            middle = (left + right) / 2
            before = at(middle)[2]
            left, right = np.where(before, middle, left), np.where(before, right, middle)
        slope[bent] = np.where(whole, chord, at(left)[1])
        until[bent] = np.where(whole, np.inf, left)
        return slope, until


@dataclass(frozen=True, eq=False)
class OnReach(Flattened):
    """Effective reach of impressions."""

    effective: EffectiveReach

    @cached_property
    def turn(self) -> np.ndarray:
        """Impressions at the frequency at which h(F)/F is largest."""
        return self.effective.pieces()[1][:, None]

    def value_and_slope(self, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """E and E'."""
        return self.effective.value_and_marginal(level)

    def of_draws(self, kept: np.ndarray | slice) -> OnReach:
        """Of the effective reach."""
        return OnReach(self.effective.of_draws(kept))

    def steepest(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """From 0, where every week on reach starts: E(m)/m = h(F)/F, which rises up to ``turn``.

        So no point up to there lies above the line from 0 through it, and none of [0, high] above
        the line to E(high) where high comes first. Raises ValueError for another low.
        """
        if low.any():
            raise ValueError("a week on reach starts from no impressions")
        bent = np.broadcast_to(self.turn > 0, high.shape)
        top = np.where(bent, np.minimum(high, self.turn), 0.0)
        value, rise = self.value_and_slope(top)
        slope = np.divide(value, top, out=rise, where=top > 0)  # E'(0) where nothing is allowed
        until = np.where(high <= self.turn, np.inf, self.turn)
        return np.where(bent, slope, 0.0), np.where(bent, until, -np.inf)
