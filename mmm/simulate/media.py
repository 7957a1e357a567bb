"""How a line's money is spent, and what it brings: the same formulas as the model's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmm import adstock, saturation
from mmm.simulate.chance import stream
from mmm.simulate.recipe import Line, WorldSpec

GEO_TILT = 0.1  # standard deviation of the logarithm of a region's weekly share of a line's spend


def spend_of(line: Line, spec: WorldSpec, demand: np.ndarray, seed: int) -> np.ndarray:
    """Spend per region and week, rounded to the cent: (geo, week), currency."""
    rng = stream(seed, "spend", line.id)
    pace = np.exp(line.spread * rng.standard_normal(spec.weeks) - line.spread**2 / 2)
    national = line.spend * on_air(line, spec.weeks, rng) * demand**line.follows_demand * pace
    shares = np.array(list(spec.geos.values()))[:, None]
    if len(spec.geos) > 1:
        shares = shares * np.exp(GEO_TILT * rng.standard_normal((len(shares), spec.weeks)))
    return np.round(national * shares / shares.sum(axis=0), 2)


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
    level: (geo, week) g(u) · share of the region
    bend:  (geo, week) g'(u) · u · share: what one per cent more in every week adds, per 1 %
    """

    scale: float
    level: np.ndarray
    bend: np.ndarray


def works(line: Line, spec: WorldSpec, spend: np.ndarray) -> Works:
    """g(u) and g'(u)·u with u = Σ_l w_l spend_{t−l} / (scale · share of the region)."""
    national = spend.sum(axis=0)
    if not national.any():
        raise ValueError(f"{line.id} spends nothing: check starts, flight and spend")
    scale = float(national[national > 0].mean())
    shares = np.array(list(spec.geos.values()))[:, None]
    carry = {name: np.float64(value) for name, value in line.carry_over.items()}
    weights = adstock.by_name(line.adstock).weights(line.window, **carry)
    u = adstock.lagged(spend, line.window) @ weights / (scale * shares)
    family = saturation.by_name(line.saturation)
    with np.errstate(invalid="ignore"):
        bend = np.where(u > 0, family.slope(u, **line.shape) * u, 0.0)
    return Works(scale, family.value(u, **line.shape) * shares, bend * shares)
