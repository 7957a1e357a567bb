"""simulate(recipe, seed) -> a world: the tables a planner would have, and the truth behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from mmm.simulate.baseline import baseline, control_series, demand_index
from mmm.simulate.chance import stream
from mmm.simulate.media import per_head, spend_of, works
from mmm.simulate.recipe import WorldSpec
from mmm.simulate.tables import tables_of


@dataclass(frozen=True, eq=False)
class World:
    """One simulated market.

    tables: ``media`` (date, [geo,] channel, campaign, spend, impressions, clicks,
            platform_conversions), ``kpis`` (date, [geo,] one column per KPI), ``controls``
    truth:  what no model may see, for scoring only:

    spend(geo, line, week)               currency, as in the table
    demand(week)                         index around 1
    control_value(control, week)         as in the table
    baseline(kpi, geo, week), noise(kpi, geo, week), kpi_value(kpi, geo, week)
                                         kpi_value = baseline + Σ_line contribution + noise
    contribution(kpi, geo, line, week)   KPI units
    effect(kpi, line), scale(line)       weekly contribution at full saturation; currency per u
    heads(geo, line)                     a region's part of the effect; sums to 1 over regions
    roas(kpi, line)                      Σ contribution / Σ spend over the data; KPI units per
                                         currency unit, so customers per euro for a count
    marginal_roas(kpi, line)             the same for one per cent more in every week, per one
                                         per cent of spend
    """

    spec: WorldSpec
    seed: int
    tables: Mapping[str, pd.DataFrame]
    truth: xr.Dataset


def simulate(spec: WorldSpec, seed: int) -> World:
    """The world of this recipe and seed; the same arguments give the same world."""
    demand = demand_index(spec, seed)
    controls = np.array([control_series(c, spec, seed) for c in spec.controls])
    controls = controls.reshape(len(spec.controls), spec.weeks)
    spend = np.stack([spend_of(line, spec, demand, seed) for line in spec.lines], axis=1)
    truth = _truth(spec, seed, demand, controls, spend)
    return World(spec, seed, tables_of(spec, seed, truth), truth)


def _truth(
    spec: WorldSpec, seed: int, demand: np.ndarray, controls: np.ndarray, spend: np.ndarray
) -> xr.Dataset:
    """Every part of every KPI. spend: (geo, line, week); controls: (control, week)."""
    lines = [works(line, spec, spend[:, i], seed) for i, line in enumerate(spec.lines)]
    level = np.stack([line.level for line in lines], axis=1)  # geo, line, week
    bend = np.stack([line.bend for line in lines], axis=1)
    money = spend.sum(axis=(0, 2))  # line
    returns = np.array([[line.returns[kpi.name] for line in spec.lines] for kpi in spec.kpis])
    effect = returns * money / level.sum(axis=(0, 2))  # kpi, line
    contribution = effect[:, None, :, None] * level
    base = _by_geo(spec, seed, [baseline(kpi, spec, demand, controls) for kpi in spec.kpis])
    value = _measured(spec, seed, base + contribution.sum(axis=2))
    return xr.Dataset(
        {
            "spend": (("geo", "line", "week"), spend),
            "demand": ("week", demand),
            "control_value": (("control", "week"), controls),
            "baseline": (("kpi", "geo", "week"), base),
            "contribution": (("kpi", "geo", "line", "week"), contribution),
            "noise": (("kpi", "geo", "week"), value - base - contribution.sum(axis=2)),
            "kpi_value": (("kpi", "geo", "week"), value),
            "effect": (("kpi", "line"), effect),
            "scale": ("line", np.array([line.scale for line in lines])),
            "heads": (("geo", "line"), np.stack([line.heads for line in lines], axis=1)),
            "roas": (("kpi", "line"), contribution.sum(axis=(1, 3)) / money),
            "marginal_roas": (("kpi", "line"), effect * bend.sum(axis=(0, 2)) / money),
        },
        coords={
            "kpi": [kpi.name for kpi in spec.kpis],
            "geo": list(spec.geos),
            "line": [line.id for line in spec.lines],
            "control": [control.name for control in spec.controls],
            "week": np.datetime64(spec.start, "ns")
            + np.arange(spec.weeks) * np.timedelta64(7, "D"),
        },
    )


def _by_geo(spec: WorldSpec, seed: int, national: list[np.ndarray]) -> np.ndarray:
    """Baselines (week,) of each KPI, shared out among the regions: (kpi, geo, week)."""
    shares = np.array(list(spec.geos.values()))[:, None]
    heads = [shares * per_head(spec, spec.geo_spread, seed, kpi.name) for kpi in spec.kpis]
    return np.stack(national)[:, None, :] * np.stack(heads)


def _measured(spec: WorldSpec, seed: int, mean: np.ndarray) -> np.ndarray:
    """What is counted: mean plus noise, money to the cent, counts whole, never below zero.

    National noise has the standard deviation noise · level, whatever the number of regions.
    """
    shares = np.array(list(spec.geos.values()))[:, None]
    out = np.empty_like(mean)
    for row, kpi in enumerate(spec.kpis):
        draws = stream(seed, "noise", kpi.name).standard_normal(mean.shape[1:])
        noisy = mean[row] + kpi.noise * kpi.level * np.sqrt(shares) * draws
        out[row] = np.maximum(np.round(noisy, 2 if kpi.unit == "currency" else 0), 0)
    return out
