"""Worlds in which channels have campaigns."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np

from mmm.simulate.presets._base import KPI, Preset, Ranges, between, drawn_lines, market
from mmm.simulate.recipe import Line, WorldSpec

RANGES = Ranges(budget=(0.12, 0.20), in_flights=0.0)
CAMPAIGNS = ("brand", "product", "offer")
APART = (0.6, 1.6)  # a campaign's return and half-saturation over its channel's; uniform
LATE = 0.7  # of the weeks have passed when the last campaign of the last channel starts


class Campaign(Preset):
    """Three channels of three campaigns that share the carry-over; one campaign is new."""

    name: ClassVar[str] = "campaign"

    def recipe(self, seed: int, weeks: int) -> WorldSpec:
        """A campaign returns 0.6 to 1.6 times what its channel was drawn to return."""
        rng = self.chance(seed)
        lines = tuple(
            _campaign(rng, channel, name)
            for channel in drawn_lines(rng, RANGES, 3)
            for name in CAMPAIGNS
        )
        late = replace(lines[-1], starts=round(LATE * weeks))
        return market(rng, RANGES, (*lines[:-1], late), weeks)


def _campaign(rng: np.random.Generator, channel: Line, name: str) -> Line:
    half = channel.shape["half_saturation"] * between(rng, APART)
    return replace(
        channel,
        campaign=name,
        spend=channel.spend / len(CAMPAIGNS) * between(rng, (0.6, 1.4)),
        returns={KPI: channel.returns[KPI] * between(rng, APART)},
        shape={**channel.shape, "half_saturation": half},
    )
