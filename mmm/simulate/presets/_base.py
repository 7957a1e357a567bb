"""What a kind of world is: ranges that chance draws a recipe from.

Every range is stated from what advertisers see, without a look at the model's priors, and most
are flat (uniform, or uniform in the logarithm) where the priors are bell-shaped.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mmm.simulate.chance import stream
from mmm.simulate.recipe import Control, Demand, Kpi, Line, WorldSpec

KPI = "revenue"
LEVEL = 1_000_000.0  # weekly baseline, currency
CHANNELS = (
    "tv", "search", "social", "video", "ooh", "radio", "display", "affiliate",
    "audio", "print", "cinema", "shopping", "influencer", "mail", "retail_media", "connected_tv",
)  # fmt: skip
Range = tuple[float, float]


@dataclass(frozen=True)
class Ranges:
    """From where to where chance draws.

    budget:          all media spend as a share of the baseline; uniform
    roas:            of a line over the data; uniform in the logarithm
    retention:       carry-over from week to week, geometric; uniform
    half_saturation: in units of mean weekly spend while on air; uniform in the logarithm
    slope:           of the Hill curve; uniform
    spread:          standard deviation of the logarithm of weekly spend; uniform
    in_flights:      chance that a line is bought in flights of 3 to 6 weeks with 2 to 6 between
    noise:           weekly standard deviation of the KPI as a share of the baseline; uniform
    season:          size of each of two yearly harmonics; uniform
    walk:            step of demand from quarter to quarter; uniform
    """

    budget: Range = (0.08, 0.14)
    roas: Range = (0.6, 4.5)
    retention: Range = (0.1, 0.7)
    half_saturation: Range = (0.6, 2.0)
    slope: Range = (0.8, 1.2)
    spread: Range = (0.3, 0.6)
    in_flights: float = 0.3
    noise: Range = (0.02, 0.04)
    season: Range = (0.0, 0.06)
    walk: Range = (0.005, 0.02)


class Preset(ABC):
    """A kind of world. ``recipe`` draws one of the kind; the same seed draws the same."""

    name: ClassVar[str]
    weeks: ClassVar[int] = 130

    @abstractmethod
    def recipe(self, seed: int, weeks: int) -> WorldSpec:
        """A world of this kind, ``weeks`` weeks long."""

    def chance(self, seed: int, *names: str) -> np.random.Generator:
        """The random numbers of this kind of world, apart from those of the world itself."""
        return stream(seed, "preset", self.name, *names)


def between(rng: np.random.Generator, ends: Range) -> float:
    """Uniform."""
    return float(rng.uniform(*ends))


def ratio_between(rng: np.random.Generator, ends: Range) -> float:
    """Uniform in the logarithm."""
    return float(np.exp(rng.uniform(*np.log(ends))))


def drawn_lines(rng: np.random.Generator, ranges: Ranges, count: int) -> tuple[Line, ...]:
    """The first ``count`` channels; the largest gets at most about four times the smallest."""
    parts = rng.uniform(0.5, 2.0, size=count)
    budget = between(rng, ranges.budget) * LEVEL
    return tuple(
        drawn_line(rng, ranges, channel, budget * part / parts.sum())
        for channel, part in zip(CHANNELS[:count], parts, strict=True)
    )


def drawn_line(rng: np.random.Generator, ranges: Ranges, channel: str, weekly: float) -> Line:
    """A channel that spends ``weekly`` on average, whether always on or in flights."""
    flight = (int(rng.integers(3, 7)), int(rng.integers(2, 7)))
    bursts = rng.uniform() < ranges.in_flights
    return Line(
        channel,
        "",
        spend=weekly * (sum(flight) / flight[0] if bursts else 1.0),
        returns={KPI: ratio_between(rng, ranges.roas)},
        carry_over={"retention": between(rng, ranges.retention)},
        shape={
            "half_saturation": ratio_between(rng, ranges.half_saturation),
            "slope": between(rng, ranges.slope),
        },
        spread=between(rng, ranges.spread),
        persistence=0.4,  # next week's booking looks a little like this week's
        flight=flight if bursts else None,
    )


def market(
    rng: np.random.Generator, ranges: Ranges, lines: tuple[Line, ...], weeks: int
) -> WorldSpec:
    """Baseline, season, demand and one measured control around the lines."""
    ends = (-ranges.season[1], ranges.season[1])
    return WorldSpec(
        lines=lines,
        kpis=(Kpi(KPI, "currency", LEVEL, between(rng, ranges.noise)),),
        weeks=weeks,
        demand=Demand(
            growth=between(rng, (-0.03, 0.08)),
            yearly=tuple((between(rng, ends), between(rng, ends)) for _ in range(2)),
            walk=between(rng, ranges.walk),
        ),
        controls=(Control("price_index", 100, 3.0, 0.8, {KPI: between(rng, (-0.012, -0.004))}),),
    )
