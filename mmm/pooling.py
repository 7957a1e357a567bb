"""What campaigns of a channel, and geos of a line, have in common.

Adstock and the slope of saturation are the channel's. Effect size and the point of saturation are
the campaign's own, partially pooled towards the channel; a geo's effect is pooled towards the
line's (Gelman & Hill 2007, chapter 12):

    ln average_i  = μ_i + σ_i u_channel + ω z_i          u, z ~ N(0, 1), ω ~ HalfNormal(0.5)
    ln half_i     = ln half_channel + ψ v_i              v ~ N(0, 1),    ψ ~ HalfNormal(0.3)
    ln average_ig ~ N(ln average_i, η²)                  ln η ~ N(ln 0.3, 0.5²)

A campaign with little history keeps z near 0 and so leans on its siblings; ω, learnt from all
channels together, says how much campaigns differ. Campaigns' deviations are sampled in standard
units (the non-centred form), which suits weak data (Betancourt & Girolami 2015); geos lie between
that and the other form, each as its data allow (``mmm.centring``), with one η for all lines.
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
GEO_SPREAD = (0.3, 0.5)  # median of η, and the standard deviation of its logarithm

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
    centred: (local lines, G) λ of ``mmm.centring``; empty where there is one geo
    """

    channels: tuple[str, ...]
    owner: np.ndarray
    siblings: np.ndarray
    geos: int
    local: np.ndarray
    centred: np.ndarray

    @classmethod
    def of(cls, channels: tuple[str, ...], *, local: np.ndarray, centred: np.ndarray) -> Pooling:
        """channels: the channel of every line; centred: (n, G)."""
        names = tuple(dict.fromkeys(channels))
        owner = np.array([names.index(channel) for channel in channels])
        siblings = np.flatnonzero(np.bincount(owner)[owner] > 1)
        local = np.asarray(local, dtype=bool)
        return cls(names, owner, siblings, centred.shape[1], local, centred[local])

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

    def middle(self, log_average: Array) -> Array:
        """(…, local lines, 1) ln average of the lines that were measured by geo."""
        return (log_average if self.local.all() else log_average[..., self.local])[..., None]

    def log_geo(self, log_average: Array, raw: Mapping[str, Array], *, xp: Any = np) -> Array:
        """ln of the factor of every line in every geo: (…, n, G).

        log_average: (…, n); raw: ``geo_return`` (…, local lines, G), ``geo_spread`` (…). A line
        known only for the country has the same effect per head everywhere: nothing could tell its
        geos apart.
        """
        spread = raw["geo_spread"][..., None, None] ** (1 - self.centred)
        own = spread * (raw["geo_return"] - self.centred * self.middle(log_average))
        if self.local.all():
            return own
        return xp.matmul(np.eye(len(self.local))[:, self.local], own)


def _placed(values: Array, places: np.ndarray, size: int, *, xp: Any) -> Array:
    """(…, k) values at their places among ``size``, 0 elsewhere."""
    if len(places) == size:
        return values
    return xp.dot(values, np.eye(size)[places])
