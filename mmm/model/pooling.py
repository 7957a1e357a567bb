"""What campaigns of a channel, and geos of a line, have in common.

Adstock and the slope of saturation are the channel's. Effect size and the point of saturation are
the campaign's own, partially pooled towards the channel; a geo's effect is pooled towards the
line's (Gelman & Hill 2007, chapter 12):

    ln average_i  ~ N(ln average_channel, ω²)            ln ω ~ N(ln 0.4, 0.5²)
    ln half_i     ~ N(ln half_channel, ψ²)               ln ψ ~ N(ln 0.25, 0.5²)
    ln average_ig ~ N(ln average_i, η²)                  ln η ~ N(ln 0.3, 0.5²)

with ln average_channel = μ + σ u, u ~ N(0, 1). A campaign with little history stays near its
channel and so leans on its siblings; ω, learnt from all channels together, says how much campaigns
differ. The spreads stay away from 0, where such models are hard to explore. Half-saturations are
sampled as deviations in standard units, which suits weak data; effects lie between that form and
their own values, each as its data allow (``mmm.model.centring``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmm.model.centring import centring

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""


@dataclass(frozen=True)
class Spread:
    """LogNormal belief about a spread: its median, and the standard deviation of its logarithm."""

    median: float
    width: float

    @property
    def square(self) -> float:
        """Mean of the spread's square."""
        return self.median**2 * float(np.exp(2 * self.width**2))


SPREADS = {
    "campaign_spread": Spread(0.4, 0.5),  # two campaigns are likely to be within a factor 2
    "saturation_spread": Spread(0.25, 0.5),
    "geo_spread": Spread(0.3, 0.5),
}
"""Sampled spread -> belief about it."""

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
    by_campaign: (m,) and by_geo: (local lines, G): λ of ``mmm.model.centring``
    """

    channels: tuple[str, ...]
    owner: np.ndarray
    siblings: np.ndarray
    geos: int
    local: np.ndarray
    by_campaign: np.ndarray
    by_geo: np.ndarray

    @classmethod
    def of(
        cls, channels: tuple[str, ...], *, local: np.ndarray, information: np.ndarray
    ) -> Pooling:
        """channels: the channel of every line; information: (n, G) of ``mmm.model.centring``."""
        names = tuple(dict.fromkeys(channels))
        owner = np.array([names.index(channel) for channel in channels])
        siblings = np.flatnonzero(np.bincount(owner)[owner] > 1)
        local = np.asarray(local, dtype=bool)
        campaigns = centring(information.sum(axis=1)[siblings], SPREADS["campaign_spread"].median)
        geos = centring(information[local], SPREADS["geo_spread"].median)
        return cls(names, owner, siblings, information.shape[1], local, campaigns, geos)

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
        ``campaign_spread`` (…).
        """
        total = self.log_channel(mu, sigma, raw)
        if not len(self.siblings):
            return total
        spread = raw["campaign_spread"][..., None] ** (1 - self.by_campaign)
        own = spread * (raw["campaign_return"] - self.by_campaign * total[..., self.siblings])
        return total + _placed(own, self.siblings, len(self.owner), xp=xp)

    def log_channel(self, mu: np.ndarray, sigma: np.ndarray, raw: Mapping[str, Array]) -> Array:
        """ln of what every line would contribute if it were like its channel: (…, n)."""
        channel = raw["channel_return"]
        alone = len(self.channels) == len(self.owner)  # picking all would cost compile time
        return mu + sigma * (channel if alone else channel[..., self.owner])

    def deviations(
        self, mu: np.ndarray, sigma: np.ndarray, raw: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        """How far each sibling lies from its channel, in spreads: (…, m), N(0, 1) beforehand."""
        middle = self.log_channel(mu, sigma, raw)[..., self.siblings]
        off: np.ndarray = raw["campaign_return"] - self.by_campaign * middle
        return off / raw["campaign_spread"][..., None] ** self.by_campaign

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
        geos apart. Where all lines are, nothing of ``raw`` is read.
        """
        if not self.local.any():
            return log_average[..., None] * np.zeros(self.geos)
        spread = raw["geo_spread"][..., None, None] ** (1 - self.by_geo)
        own = spread * (raw["geo_return"] - self.by_geo * self.middle(log_average))
        if self.local.all():
            return own
        return xp.matmul(np.eye(len(self.local))[:, self.local], own)


def _placed(values: Array, places: np.ndarray, size: int, *, xp: Any) -> Array:
    """(…, k) values at their places among ``size``, 0 elsewhere."""
    if len(places) == size:
        return values
    return xp.dot(values, np.eye(size)[places])
