"""What a world is made of, before chance has its say. Frozen values; the defaults do nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Demand:
    """What people want to buy, as an index around 1: it moves the KPIs, and spend may follow it.

    demand_t = 1 + growth · t/52 + Σ_k [a_k sin(2πk t/52.18) + b_k cos(2πk t/52.18)] + walk_t
    + events.

    growth: share per year
    yearly: (a_k, b_k) for k = 1, 2, …
    walk:   standard deviation of each step of a random walk between knots ``walk_weeks`` apart,
            joined by straight lines
    """

    growth: float = 0.0
    yearly: tuple[tuple[float, float], ...] = ()
    walk: float = 0.0
    walk_weeks: int = 13


@dataclass(frozen=True)
class Kpi:
    """An outcome: ``level`` is its weekly baseline at demand 1, ``noise`` a share of the level."""

    name: str
    unit: str  # currency or count
    level: float
    noise: float = 0.0


@dataclass(frozen=True)
class Control:
    """Something measured that is no media: an AR(1) series around ``mean``.

    effects: KPI -> change per point above the mean, as a share of the KPI's level
    """

    name: str
    mean: float = 100.0
    sd: float = 1.0
    persistence: float = 0.8
    effects: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """Something on known days: at its full size in the week that has most of its days.

    demand:  what it adds to the demand index, which spend may follow
    effects: KPI -> what it adds to that KPI alone, as a share of the KPI's level
    """

    name: str
    dates: tuple[dt.date, ...]
    demand: float = 0.0
    effects: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Claims:
    """What a platform reports: conversions = own · its true ones + from_baseline · baseline ones.

    Above own = 1 it counts what others brought as well; ``from_baseline`` is the share of people
    who would have come anyway and clicked on the way. A conversion is an order of ``basket``.
    """

    own: float
    from_baseline: float
    basket: float = 120.0


@dataclass(frozen=True)
class Line:
    """A campaign: how it is bought, how it works, and what it brings.

    spend:          currency per week while on air
    returns:        KPI -> contribution over the data per currency unit spent (revenue: the ROAS)
    cost_per_mille: currency per thousand impressions
    carry_over:     parameters of the ``adstock`` family, over ``window`` weeks
    shape:          parameters of the ``saturation`` family; its unit is the line's mean weekly
                    spend while on air
    follows_demand: spend is multiplied by demand to this power; 0 does not follow
    spread:         standard deviation of the logarithm of weekly spend
    persistence:    correlation of that with the week before
    common:         share of its variance that all lines with a share have in common
    flight:         (weeks on air, weeks off), each give or take one; None is always on
    starts:         first week on air
    clicks:         clicks per impression; None where there is nothing to click
    claims:         what the platform reports; None where there is no platform
    geo_tilt:       standard deviation of the logarithm of a region's weekly share of the spend
    geo_spread:     the same of what the line brings per head in a region
    """

    channel: str
    campaign: str
    spend: float
    returns: Mapping[str, float]
    cost_per_mille: float = 10.0
    adstock: str = "geometric"
    carry_over: Mapping[str, float] = field(default_factory=lambda: {"retention": 0.4})
    window: int = 13
    saturation: str = "hill"
    shape: Mapping[str, float] = field(default_factory=lambda: {"half_saturation": 1.0, "slope": 1})
    follows_demand: float = 0.0
    spread: float = 0.2
    persistence: float = 0.0
    common: float = 0.0
    flight: tuple[int, int] | None = None
    starts: int = 0
    clicks: float | None = None
    claims: Claims | None = None
    geo_tilt: float = 0.1
    geo_spread: float = 0.0

    @property
    def id(self) -> str:
        """``channel`` or ``channel/campaign``."""
        return f"{self.channel}/{self.campaign}" if self.campaign else self.channel


@dataclass(frozen=True)
class WorldSpec:
    """A recipe: with a seed it makes one world.

    start: first day of the first week
    geos:  region -> share of the people; one region alone is a national world
    geo_spread: standard deviation of the logarithm of a region's baseline per head
    """

    lines: tuple[Line, ...]
    kpis: tuple[Kpi, ...]
    start: dt.date = dt.date(2023, 1, 2)
    weeks: int = 156
    currency: str = "EUR"
    demand: Demand = Demand()
    controls: tuple[Control, ...] = ()
    events: tuple[Event, ...] = ()
    geos: Mapping[str, float] = field(default_factory=lambda: {"national": 1.0})
    geo_spread: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a recipe that contradicts itself (ValueError)."""
        total = sum(self.geos.values())
        if abs(total - 1) > 1e-9 or min(self.geos.values()) <= 0:
            raise ValueError(f"geo shares must be positive and sum to 1; they sum to {total:.6g}")
        ids = [line.id for line in self.lines]
        if len(set(ids)) < len(ids):
            raise ValueError("two lines have the same channel and campaign")
        names = {kpi.name for kpi in self.kpis}
        for line in self.lines:
            if set(line.returns) != names:
                raise ValueError(f"{line.id}: returns must name each KPI once: {sorted(names)}")
