"""What campaigns of a channel, and geos of a line, have in common.

Adstock and the slope of saturation are the channel's. Effect size and the point of saturation are
the campaign's own, partially pooled towards the channel; a geo's effect is pooled towards the
line's (Gelman & Hill 2007, chapter 12):

    ln average_i  = μ_i + σ_i u_channel + ω z_i          u, z ~ N(0, 1), ω ~ HalfNormal(0.5)
    ln half_i     = ln half_channel + ψ v_i              v ~ N(0, 1),    ψ ~ HalfNormal(0.3)
    ln factor_ig  = η_i w_ig                             w ~ N(0, 1),    η ~ HalfNormal(0.5)

A campaign with little history keeps z near 0 and so leans on its siblings; ω, learnt from all
channels together, says how much campaigns differ. Deviations are sampled in standard units
(the non-centred form), which suits weak data (Betancourt & Girolami 2015).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""

CAMPAIGN_SPREAD = 0.5  # campaigns of one channel are likely to be within a factor e of each other
SATURATION_SPREAD = 0.3
GEO_SPREAD = 0.5

POOLED = ("saturation_half_saturation", "saturation_rate", "saturation_reach")
"""Parameters that say where a line saturates: a campaign has its own, near its channel's."""


@dataclass(frozen=True, eq=False)
class Parameter:
    """One parameter of adstock or saturation: whose values it has, and which line reads which.

    name: as in the curves, ``adstock_retention``; rows: (m,) positions of the lines that have it
    owners: channels it has a value for; index: (m,) the owner of each row; priors: one an owner
    """

    name: str
    rows: np.ndarray
    owners: tuple[str, ...]
    index: np.ndarray
    priors: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Pooling:
    """Who belongs to whom.

    channels: names; owner: (n,) position of each line's channel among them
    siblings: (m,) positions of the lines that share their channel with another
    geos: number of geos; local: (n,) whether a line's exposure was measured geo by geo
    """

    channels: tuple[str, ...]
    owner: np.ndarray
    siblings: np.ndarray
    geos: int
    local: np.ndarray

    @classmethod
    def of(cls, channels: tuple[str, ...], *, geos: int, local: np.ndarray) -> Pooling:
        """channels: the channel of every line."""
        names = tuple(dict.fromkeys(channels))
        owner = np.array([names.index(channel) for channel in channels])
        siblings = np.flatnonzero(np.bincount(owner)[owner] > 1)
        return cls(names, owner, siblings, geos, np.asarray(local, dtype=bool))

    def spread(self, parameter: Parameter) -> np.ndarray:
        """Places in ``parameter.rows`` of the campaigns that have a value of their own: (k,)."""
        if parameter.name not in POOLED:
            return np.empty(0, dtype=int)
        return np.flatnonzero(np.isin(parameter.rows, self.siblings))

    def log_average(
        self, mu: np.ndarray, sigma: np.ndarray, raw: Mapping[str, Array], *, xp: Any = np
    ) -> Array:
        """ln of every line's average contribution: (…, n).

        raw: ``channel_return`` (…, channels), and with siblings ``campaign_return`` (…, m) and
        ``campaign_spread`` (…), all in standard units.
        """
        channel = raw["channel_return"]
        alone = len(self.channels) == len(self.owner)  # picking all would cost compile time
        total = mu + sigma * (channel if alone else channel[..., self.owner])
        if not len(self.siblings):
            return total
        own = raw["campaign_spread"][..., None] * raw["campaign_return"]
        return total + _placed(own, self.siblings, len(self.owner), xp=xp)

    def parameter(self, parameter: Parameter, raw: Mapping[str, Array], *, xp: Any = np) -> Array:
        """Values of one parameter, line by line: (…, rows)."""
        value = raw[parameter.name]
        if len(parameter.owners) != len(parameter.rows):
            value = value[..., parameter.index]
        own = self.spread(parameter)
        if not len(own):
            return value
        off = raw["saturation_spread"][..., None] * raw[f"campaign_{parameter.name}"]
        return value * xp.exp(_placed(off, own, len(parameter.rows), xp=xp))

    def log_geo(self, raw: Mapping[str, Array], *, xp: Any = np) -> Array:
        """ln of the factor of every line in every geo: (…, n, G).

        raw: ``geo_return`` (…, lines measured by geo, G), ``geo_spread`` (…, the same lines). A
        line known only for the country has the same effect per head everywhere: nothing could
        tell its geos apart.
        """
        own = raw["geo_spread"][..., None] * raw["geo_return"]
        if self.local.all():
            return own
        place = np.eye(len(self.local))[:, self.local]
        return xp.matmul(place, own)


def _placed(values: Array, places: np.ndarray, size: int, *, xp: Any) -> Array:
    """(…, k) values at their places among ``size``, 0 elsewhere."""
    if len(places) == size:
        return values
    return xp.dot(values, np.eye(size)[places])
