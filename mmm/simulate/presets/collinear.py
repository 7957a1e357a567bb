"""Worlds in which channels go up and down together."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from mmm.simulate.presets._base import Preset, Ranges, drawn_lines, market
from mmm.simulate.recipe import WorldSpec

RANGES = Ranges(in_flights=0.0)
COMMON = 0.85  # of the variance of log spend: correlations between channels of about 0.8


class Collinear(Preset):
    """Five channels whose weekly spend follows one media plan, so that they move together."""

    name: ClassVar[str] = "collinear"

    def recipe(self, seed: int, weeks: int) -> WorldSpec:
        """Always on, 85 % of the variance of log spend in common."""
        rng = self.chance(seed)
        lines = tuple(replace(line, common=COMMON) for line in drawn_lines(rng, RANGES, 5))
        return market(rng, RANGES, lines, weeks)
