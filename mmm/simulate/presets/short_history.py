"""Worlds with little to learn from."""

from __future__ import annotations

from typing import ClassVar

from mmm.simulate.presets._base import Preset, Ranges, drawn_lines, market
from mmm.simulate.recipe import WorldSpec

RANGES = Ranges()


class ShortHistory(Preset):
    """Five channels and one year: season and trend are seen once."""

    name: ClassVar[str] = "short_history"
    weeks: ClassVar[int] = 52

    def recipe(self, seed: int, weeks: int) -> WorldSpec:
        """The usual ranges."""
        rng = self.chance(seed)
        return market(rng, RANGES, drawn_lines(rng, RANGES, 5), weeks)
