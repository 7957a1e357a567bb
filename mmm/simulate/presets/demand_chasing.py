"""Worlds in which spend follows a demand that nobody measured."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from mmm.simulate.presets._base import Preset, Ranges, between, drawn_lines, market
from mmm.simulate.recipe import WorldSpec

RANGES = Ranges(in_flights=0.0, spread=(0.1, 0.3), season=(0.0, 0.1))
WALK = (0.04, 0.08)  # step of demand every ``WALK_WEEKS``
WALK_WEEKS = 6
FOLLOWS = (0.8, 2.0)  # spend is demand to this power


class DemandChasing(Preset):
    """Five channels, three of which spend more when demand is high; demand is not in the data."""

    name: ClassVar[str] = "demand_chasing"

    def recipe(self, seed: int, weeks: int) -> WorldSpec:
        """Demand steps by 4 to 8 % every six weeks; spend is demand to the power 0.8 to 2."""
        rng = self.chance(seed)
        lines = drawn_lines(rng, RANGES, 5)
        chasing = rng.permutation(5)[:3]
        lines = tuple(
            replace(line, follows_demand=between(rng, FOLLOWS)) if place in chasing else line
            for place, line in enumerate(lines)
        )
        spec = market(rng, RANGES, lines, weeks)
        demand = replace(spec.demand, walk=between(rng, WALK), walk_weeks=WALK_WEEKS)
        return replace(spec, demand=demand)
