"""The truth as response curves of a single draw, so that a plan can be scored against it."""

from __future__ import annotations

import json

import numpy as np
import xarray as xr

from mmm import adstock, saturation
from mmm.card import HealthCard
from mmm.curves import ParametricCurves
from mmm.simulate.recipe import Line
from mmm.simulate.world import World


def true_curves(world: World) -> ParametricCurves:
    """What the lines of ``world`` really do. Raises ValueError for a world of several regions.

    With several regions the sum of the regions' curves is not a curve of the national spend.
    """
    spec, truth = world.spec, world.truth
    if len(spec.geos) > 1:
        raise ValueError("curves are national: simulate a world with one geo")
    spend = truth["spend"].isel(geo=0).to_numpy()
    count = len(spec.lines)
    data = xr.Dataset(
        {
            "spend": (("line", "week"), spend),
            "exposure": (("line", "week"), spend),
            "cost_per_unit": ("line", np.ones(count)),
            "scale": ("line", truth["scale"].to_numpy()),
            "adstock": ("line", [line.adstock for line in spec.lines]),
            "window": ("line", [line.window for line in spec.lines]),
            "saturation": ("line", [line.saturation for line in spec.lines]),
            "effect": (("kpi", "draw", "line"), truth["effect"].to_numpy()[:, None, :]),
            "unit": ("kpi", [kpi.unit for kpi in spec.kpis]),
            "prior_driven": ("line", np.zeros(count, dtype=bool)),
            **_parameters(spec.lines, len(spec.kpis)),
        },
        coords={
            "kpi": [kpi.name for kpi in spec.kpis],
            "draw": [0],
            "line": [line.id for line in spec.lines],
            "channel": ("line", [line.channel for line in spec.lines]),
            "campaign": ("line", [line.campaign for line in spec.lines]),
            "week": truth["week"].to_numpy(),
        },
        attrs={
            "currency": spec.currency,
            "week_start": f"{spec.start:%A}".lower(),
            "health": HealthCard().to_json(),
            "source": json.dumps({"simulated": True, "seed": world.seed}, sort_keys=True),
        },
    )
    return ParametricCurves(data)


def _parameters(
    lines: tuple[Line, ...], kpis: int
) -> dict[str, tuple[tuple[str, str, str], np.ndarray]]:
    """adstock_… and saturation_… of every family used; NaN where a line's family has none."""
    values: dict[str, list[float]] = {}
    for column, line in enumerate(lines):
        carry, shape = adstock.by_name(line.adstock), saturation.by_name(line.saturation)
        own = {f"adstock_{name}": line.carry_over[name] for name in carry.parameters}
        own |= {f"saturation_{name}": line.shape[name] for name in shape.parameters}
        for name, value in own.items():
            values.setdefault(name, [np.nan] * len(lines))[column] = value
    return {
        name: (("kpi", "draw", "line"), np.tile(np.array(row, dtype=float), (kpis, 1, 1)))
        for name, row in values.items()
    }
