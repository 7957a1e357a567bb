"""How a line's money is spent, and what it brings: the same formulas as the model's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmm import adstock, saturation
from mmm.simulate.chance import stream
from mmm.simulate.recipe import Line, WorldSpec


def spend_of(line: Line, spec: WorldSpec, demand: np.ndarray, seed: int) -> np.ndarray:
    """Spend per region and week, rounded to the cent: (geo, week), currency."""
    rng = stream(seed, "spend", line.id)
    pace = np.exp(line.spread * _pace(line, spec, seed, rng) - line.spread**2 / 2)
    national = line.spend * on_air(line, spec.weeks, rng) * demand**line.follows_demand * pace
    shares = np.array(list(spec.geos.values()))[:, None]
    if len(spec.geos) > 1:
        shares = shares * np.exp(line.geo_tilt * rng.standard_normal((len(shares), spec.weeks)))
    return np.round(national * shares / shares.sum(axis=0), 2)


def _pace(line: Line, spec: WorldSpec, seed: int, rng: np.random.Generator) -> np.ndarray:
    """How busy each week is, mean 0 and variance 1: own chance, common chance, persistence."""
    steps = rng.standard_normal(spec.weeks)
    if line.common:
        shared = stream(seed, "spend").standard_normal(spec.weeks)
        steps = np.sqrt(1 - line.common) * steps + np.sqrt(line.common) * shared
    for week in range(1, spec.weeks if line.persistence else 0):
        fresh = np.sqrt(1 - line.persistence**2) * steps[week]
        steps[week] = line.persistence * steps[week - 1] + fresh
    return steps


def on_air(line: Line, weeks: int, rng: np.random.Generator) -> np.ndarray:
    """1 in weeks on air, 0 in the others: (week,)."""
    mask = np.ones(weeks)
    if line.flight is not None:
        on, off = line.flight
        mask[:] = 0.0
        week = int(rng.integers(0, off + 1))
        while week < weeks:
            length = max(1, on + int(rng.integers(-1, 2)))
            mask[week : week + length] = 1.0
            week += length + max(1, off + int(rng.integers(-1, 2)))
    mask[: line.starts] = 0.0
    return mask


@dataclass(frozen=True)
class Works:
    """How a line works, given its spend.

    scale: mean weekly spend while on air, currency
    heads: (geo,) share of the region's people times what the line brings per head there, over
           the national mean
    level: (geo, week) g(u) · heads
    bend:  (geo, week) g'(u) · u · heads: what one per cent more in every week adds, per 1 %
    """

    scale: float
    heads: np.ndarray
    level: np.ndarray
    bend: np.ndarray


def works(line: Line, spec: WorldSpec, spend: np.ndarray, seed: int) -> Works:
    """g(u) and g'(u)·u with u = Σ_l w_l spend_{t−l} / (scale · share of the region)."""
    national = spend.sum(axis=0)
    if not national.any():
        raise ValueError(f"{line.id} spends nothing: check starts, flight and spend")
    scale = float(national[national > 0].mean())
    shares = np.array(list(spec.geos.values()))[:, None]
    u = reached(line, spec, spend, scale)
    family = saturation.by_name(line.saturation)
    with np.errstate(invalid="ignore"):
        bend = np.where(u > 0, family.slope(u, **line.shape) * u, 0.0)
    heads = shares * per_head(spec, line.geo_spread, seed, "effect", line.id)
    return Works(scale, heads[:, 0], family.value(u, **line.shape) * heads, bend * heads)


def reached(line: Line, spec: WorldSpec, spend: np.ndarray, scale: float) -> np.ndarray:
    """u = Σ_l w_l spend_{t−l} / (scale · share of the region): (geo, week)."""
    shares = np.array(list(spec.geos.values()))[:, None]
    carry = {name: np.float64(value) for name, value in line.carry_over.items()}
    weights = adstock.by_name(line.adstock).weights(line.window, **carry)
    u: np.ndarray = adstock.lagged(spend, line.window) @ weights / (scale * shares)
    return u


def per_head(spec: WorldSpec, spread: float, seed: int, *names: str) -> np.ndarray:
    """LogNormal factors of the regions whose mean over all people is 1: (geo, 1)."""
    factor = np.exp(spread * stream(seed, "geo", *names).standard_normal(len(spec.geos)))
    shares = np.array(list(spec.geos.values()))
    return (factor / (shares @ factor))[:, None]
