"""Kinds of worlds with known truth: easy ones, and each way in which data mislead a model."""

from mmm.errors import Fault, InputError, nearest
from mmm.simulate.presets._base import Preset, Ranges
from mmm.simulate.presets.campaign import Campaign
from mmm.simulate.presets.collinear import Collinear
from mmm.simulate.presets.demand_chasing import DemandChasing
from mmm.simulate.presets.easy import Easy
from mmm.simulate.presets.geo import Geo
from mmm.simulate.presets.many_channels import ManyChannels
from mmm.simulate.presets.s_shaped import SShaped
from mmm.simulate.presets.short_history import ShortHistory

PRESETS: tuple[Preset, ...] = (
    Easy(),
    Collinear(),
    DemandChasing(),
    SShaped(),
    ShortHistory(),
    ManyChannels(),
    Geo(),
    Campaign(),
)
"""Every kind there is."""


def by_name(name: str) -> Preset:
    """The kind called ``name``, hyphens as good as underscores. Raises InputError otherwise."""
    known = {preset.name: preset for preset in PRESETS}
    found = known.get(name.replace("-", "_"))
    if found is None:
        expected = f"one of {', '.join(known)}"
        raise InputError([Fault("PRESET", 0, 0, "", repr(name), expected, nearest(name, known))])
    return found


__all__ = [
    "PRESETS",
    "Campaign",
    "Collinear",
    "DemandChasing",
    "Easy",
    "Geo",
    "ManyChannels",
    "Preset",
    "Ranges",
    "SShaped",
    "ShortHistory",
    "by_name",
]
