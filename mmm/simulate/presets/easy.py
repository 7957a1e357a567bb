"""Worlds in which the data say a lot."""

from __future__ import annotations

from typing import ClassVar

from mmm.simulate.presets._base import Preset, Ranges, drawn_lines, market
from mmm.simulate.recipe import WorldSpec

RANGES = Ranges(
    budget=(0.12, 0.18), roas=(1.0, 4.0), retention=(0.1, 0.6), spread=(0.5, 0.8),
    in_flights=0.5, noise=(0.01, 0.02), walk=(0.0, 0.01),
)  # fmt: skip


class Easy(Preset):
    """Four channels that vary a lot and independently, little noise, three years."""

    name: ClassVar[str] = "easy"
    weeks: ClassVar[int] = 156

    def recipe(self, seed: int, weeks: int) -> WorldSpec:
        """Media are 12 to 18 % of the baseline; noise is 1 to 2 %."""
        rng = self.chance(seed)
        return market(rng, RANGES, drawn_lines(rng, RANGES, 4), weeks)
