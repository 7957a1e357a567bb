"""Worlds with more channels than the data can tell apart."""

from __future__ import annotations

from typing import ClassVar

from mmm.simulate.presets._base import Preset, Ranges, drawn_lines, market
from mmm.simulate.recipe import WorldSpec

RANGES = Ranges()


class ManyChannels(Preset):
    """Sixteen channels that share the budget of five."""

    name: ClassVar[str] = "many_channels"

    def recipe(self, seed: int, weeks: int) -> WorldSpec:
        """The usual ranges."""
        rng = self.chance(seed)
        return market(rng, RANGES, drawn_lines(rng, RANGES, 16), weeks)
