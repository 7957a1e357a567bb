"""The truth as response curves of a single draw, so that a plan can be scored against it."""

from __future__ import annotations

import json

import numpy as np
import xarray as xr

from mmm import adstock, saturation
from mmm.card import HealthCard
from mmm.curves import ParametricCurves
from mmm.simulate.recipe import Line, WorldSpec
from mmm.simulate.world import World


def true_curves(world: World) -> ParametricCurves:
    """What the lines of ``world`` really do.

    With several regions every line and region has a curve of its own, ``line@region``: the sum
    of the regions' curves is not a curve of the national spend.
    """
    spec, truth = world.spec, world.truth
    lines = [line for line in spec.lines for _ in spec.geos]
    shares = np.tile(list(spec.geos.values()), len(spec.lines))
    spend = truth["spend"].transpose("line", "geo", "week").to_numpy().reshape(len(lines), -1)
    effect = truth["effect"] * truth["heads"]
    weekly = effect.transpose("kpi", "line", "geo").to_numpy().reshape(len(spec.kpis), 1, -1)
    data = xr.Dataset(
        {
            "spend": (("line", "week"), spend),
            "exposure": (("line", "week"), spend),
            "cost_per_unit": ("line", np.ones(len(lines))),
            "scale": ("line", np.repeat(truth["scale"].to_numpy(), len(spec.geos)) * shares),
            "adstock": ("line", [line.adstock for line in lines]),
            "window": ("line", [line.window for line in lines]),
            "saturation": ("line", [line.saturation for line in lines]),
            "effect": (("kpi", "draw", "line"), weekly),
            "unit": ("kpi", [kpi.unit for kpi in spec.kpis]),
            "prior_driven": ("line", np.zeros(len(lines), dtype=bool)),
            **_parameters(lines, len(spec.kpis)),
        },
        coords={
            "kpi": [kpi.name for kpi in spec.kpis],
            "draw": [0],
            "line": curve_lines(spec),
            "channel": ("line", [line.channel for line in lines]),
            "campaign": ("line", [line.campaign for line in lines]),
            **_regions(spec),
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


def curve_lines(spec: WorldSpec) -> list[str]:
    """Names of the curves: the lines, or ``line@region`` region by region."""
    if len(spec.geos) == 1:
        return [line.id for line in spec.lines]
    return [f"{line.id}@{geo}" for line in spec.lines for geo in spec.geos]


def _regions(spec: WorldSpec) -> dict[str, tuple[str, list[str]]]:
    """The region of every curve, where there are several."""
    if len(spec.geos) == 1:
        return {}
    return {"geo": ("line", [geo for _ in spec.lines for geo in spec.geos])}


def _parameters(lines: list[Line], kpis: int) -> dict[str, tuple[tuple[str, str, str], np.ndarray]]:
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
