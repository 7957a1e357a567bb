"""The incremental fraction of media paid by result, given experiments: exact, in one dimension.

Such media respond in a straight line and at once, so that a test which changed spend by Δ measured

    ŷ ~ N(x · Δ / price, s),    x = 1 / (1 + exp(−(μ + σ z))),    z ~ N(0, 1)

and the density of z given all tests is known up to a constant. It is put on a grid, twice: the
second one covers what the first found likely, however narrow the tests make it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmm.commission import incremental_of
from mmm.experiments import Experiment
from mmm.spec import FractionPrior

WIDEST = 9.0  # standard deviations; less than 1e-18 of the belief lies beyond
POINTS = 20_001
LEAST = 40.0  # places whose log density is this much below the best hold less than 1e-15


@dataclass(frozen=True, eq=False)
class Incremental:
    """The fraction as a distribution.

    places: (n,) in standard deviations of the belief's log-odds; density: (n,) sums to 1 by the
    trapezium rule; tests: number of experiments in it
    """

    belief: FractionPrior
    places: np.ndarray
    density: np.ndarray
    tests: int

    @property
    def mean(self) -> float:
        """Expected fraction."""
        return float(np.trapezoid(incremental_of(self.belief, self.places) * self.density,
                                  self.places))  # fmt: skip

    def draws(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
        """Independent draws, by the inverse of the distribution function."""
        steps = np.diff(self.places) * (self.density[1:] + self.density[:-1]) / 2
        below = np.concatenate([[0.0], np.cumsum(steps)])
        fractions: np.ndarray = incremental_of(
            self.belief, np.interp(rng.random(shape) * below[-1], below, self.places)
        )
        return fractions


def incremental_given(
    belief: FractionPrior, tests: Sequence[tuple[Experiment, float]] = ()
) -> Incremental:
    """The belief after tests. tests: each with the price of a unit of its KPI, currency."""

    def log_density(z: np.ndarray) -> np.ndarray:
        total: np.ndarray = -0.5 * z**2
        for test, price in tests:
            lift = incremental_of(belief, z) * test.spend_change / price
            total = total - 0.5 * ((lift - test.incremental_outcome) / test.standard_error) ** 2
        return total

    places = np.linspace(-WIDEST, WIDEST, POINTS)
    for _ in range(2):
        found = log_density(places)
        likely = np.flatnonzero(found > found.max() - LEAST)
        first, last = max(likely[0] - 1, 0), min(likely[-1] + 1, POINTS - 1)
        places = np.linspace(places[first], places[last], POINTS)
    found = log_density(places)
    density = np.exp(found - found.max())
    return Incremental(belief, places, density / np.trapezoid(density, places), len(tests))
