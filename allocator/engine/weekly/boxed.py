"""A line's response where its weekly amounts lie between bounds: estimates that hold there.

    above:  value_mj + Σ_l slope_mjl · (y_{j−l} − x_{j−l})  ≥  Σ_s w_ms f_sj(y)
    below:  at_m + Σ_t rate_mt · (y_t − lower_t)            ≤  Σ_sj w_ms f_sj(y)

for every y with lower ≤ y ≤ upper. Where a response is concave the first are its tangents;
elsewhere those of the concave majorant of every draw and week over the levels that such y reach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mmm.adstock import lagged
from mmm.curves import FlightedResponse


@dataclass(frozen=True, eq=False)
class Boxed:
    """A response under weights on draws, within a box.

    weights: (m, draw); lower, upper: (week,) currency
    """

    response: FlightedResponse
    weights: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    def above(self, spend: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Planes above every term, touching at ``spend``: value (m, term), slope (m, term, lag)."""
        if self.response.concave:
            return self.response.cuts(spend, self.weights)
        value, slope = self._majorant.cuts(np.maximum(spend - self._origin, 0.0), self.weights)
        return value + self._at_origin, slope

    @cached_property
    def tops(self) -> np.ndarray:
        """The most every term can be: (m, term). Responses rise, so it is at ``upper``."""
        return self.response.cuts(self.upper, self.weights)[0]

    @cached_property
    def exact(self) -> bool:
        """Whether planes above touch the response itself."""
        return self.response.concave or self._majorant.until is None

    def below(self) -> tuple[np.ndarray, np.ndarray]:
        """A plane below the whole response: at (m,), rate (m, week).

        A term that is concave, convex, or convex and then concave lies above the line through its
        lower end with the smaller of its slope there and of its chord to the upper end.
        """
        own = self.response
        start, end = own.base + self._levels(self.lower), own.base + self._levels(self.upper)
        low, rise = own.flattened.value_and_slope(start)
        high, _ = own.flattened.value_and_slope(end)
        wide = end > start
        chord = np.divide(high - low, end - start, out=np.zeros_like(start), where=wide)
        slope = np.where(wide, np.minimum(rise, chord), 0.0) * own.height
        rate = np.zeros((len(self.weights), own.weeks + own.lags - 1))
        for lag in range(own.lags):
            pull = self.weights @ (slope * own.kernel[:, [lag]])
            weeks = own.counted - lag
            inside = (weeks >= 0) & (weeks < own.weeks)
            rate[:, weeks[inside]] += pull[:, inside]
        return self.weights @ own.value(self.lower), rate[:, : own.weeks]

    def over(self, spend: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """For every m by how much the estimates above and below miss the response at ``spend``,
        shared out over the amounts that could be cut: (week,) each."""
        own = self.response
        value, _ = own.cuts(spend, self.weights)
        above = np.zeros_like(value) if self.exact else self.above(spend)[0] - value
        pull = (self.weights @ own.kernel)[:, None, :] * np.ones((1, own.terms, 1))
        week = np.arange(own.terms)[:, None] - np.arange(own.lags)
        inside = (week >= 0) & (week < own.weeks)
        shown = np.clip(week, 0, own.weeks - 1)
        reach = pull * np.where(inside, (self.upper - self.lower)[shown], 0.0)
        at, rate = self.below()
        missed = value.sum(axis=1) - at - rate @ (spend - self.lower)
        width = self.upper - self.lower
        return [
            (
                _shared(np.maximum(above[m], 0.0), reach[m], inside)[: own.weeks],
                max(0.0, float(missed[m])) * width / (width.sum() or 1.0),
            )
            for m in range(len(self.weights))
        ]

    @cached_property
    def _origin(self) -> np.ndarray:
        """Where the majorant starts: below it nothing is asked of it. (week,)"""
        return self.lower if self._shifted is not None else np.zeros_like(self.lower)

    @cached_property
    def _shifted(self) -> FlightedResponse | None:
        """The majorant of what is spent beyond ``lower``; None where there is none to be had."""
        if not self.lower.any():
            return None
        base = self.response.base + self._levels(self.lower)
        try:
            return replace(self.response, base=base).hulled(self.upper - self.lower)
        except ValueError:  # reach is known from no impressions on
            return None

    @cached_property
    def _majorant(self) -> FlightedResponse:
        return self._shifted if self._shifted is not None else self.response.hulled(self.upper)

    @cached_property
    def _at_origin(self) -> np.ndarray:
        """(m, term)"""
        return self.response.cuts(self._origin, self.weights)[0]

    def _levels(self, spend: np.ndarray) -> np.ndarray:
        """What ``spend`` adds to the level of every term that counts: (draw, n)."""
        padded = np.concatenate([spend, np.zeros(self.response.lags - 1)])
        added: np.ndarray = (
            self.response.kernel @ lagged(padded, self.response.lags)[self.response.counted].T
        )
        return added


def _shared(loose: np.ndarray, reach: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """What each term misses, given to the amounts it looks at by how far they move it: (term,)."""
    whole = reach.sum(axis=1, keepdims=True)
    parts = np.divide(reach, whole, out=np.zeros_like(reach), where=whole > 0) * loose[:, None]
    out = np.zeros(len(loose))
    for lag in range(reach.shape[1]):
        out[: len(loose) - lag] += np.where(inside, parts, 0.0)[lag:, lag]
    return out
