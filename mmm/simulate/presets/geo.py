"""Worlds of several regions."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from mmm.simulate.presets._base import Preset, Ranges, between, drawn_lines, market
from mmm.simulate.recipe import WorldSpec

RANGES = Ranges(noise=(0.015, 0.03))  # of the nation; a region of a fifth has √5 times as much
SHARES = {"north": 0.30, "south": 0.25, "east": 0.20, "west": 0.15, "capital": 0.10}
TILT = 0.4  # of the logarithm of a region's weekly share of a line's spend
EFFECT_SPREAD = (0.1, 0.3)  # of the logarithm of what a line brings per head
BASELINE_SPREAD = 0.2  # of the logarithm of the baseline per head


class Geo(Preset):
    """Four channels in five regions that differ in size, level and response."""

    name: ClassVar[str] = "geo"
    weeks: ClassVar[int] = 104

    def recipe(self, seed: int, weeks: int) -> WorldSpec:
        """Spend is shared out anew each week; effects per head differ by 10 to 30 %."""
        rng = self.chance(seed)
        lines = tuple(
            replace(line, geo_tilt=TILT, geo_spread=between(rng, EFFECT_SPREAD))
            for line in drawn_lines(rng, RANGES, 4)
        )
        spec = market(rng, RANGES, lines, weeks)
        return replace(spec, geos=SHARES, geo_spread=BASELINE_SPREAD, controls=())
