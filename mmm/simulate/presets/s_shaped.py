"""Worlds in which a little media does next to nothing."""

from __future__ import annotations

from typing import ClassVar

from mmm.simulate.presets._base import Preset, Ranges, drawn_lines, market
from mmm.simulate.recipe import WorldSpec

RANGES = Ranges(slope=(1.6, 3.0), half_saturation=(0.7, 1.6), in_flights=0.5)


class SShaped(Preset):
    """Five channels with S-shaped curves: Hill slopes from 1.6 to 3."""

    name: ClassVar[str] = "s_shaped"

    def recipe(self, seed: int, weeks: int) -> WorldSpec:
        """Half of them in flights, so that the foot of the curve is seen."""
        rng = self.chance(seed)
        return market(rng, RANGES, drawn_lines(rng, RANGES, 5), weeks)
