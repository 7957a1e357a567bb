"""A fit that knows the truth of its world, up to a factor: what scores must come out on it."""

from __future__ import annotations

import json

import numpy as np
import xarray as xr

from mmm.card import HealthCard
from mmm.fit.conduct import Fit
from mmm.simulate import simulate
from mmm.simulate.files import truth_json
from mmm.simulate.presets import by_name
from mmm.simulate.world import World


def world(name: str = "campaign", seed: int = 3, weeks: int = 60) -> World:
    return simulate(by_name(name).recipe(seed, weeks), seed)


def truth(of: World) -> dict:
    return json.loads(truth_json(of))


def knowing_fit(of: World, factors: np.ndarray) -> Fit:
    """Draws that are the true effects times ``factors`` (draw,), everything else exact."""
    spec, true = of.spec, of.truth
    shape = (1, 1, len(factors), len(spec.lines))  # kpi, chain, draw, line
    people = 1e6 * np.array(list(spec.geos.values()))
    effect = (true["effect"] * true["heads"]).isel(kpi=0).transpose("line", "geo").to_numpy()
    by_line = ("kpi", "chain", "draw", "line")
    posterior = xr.Dataset(
        {
            "effect": ((*by_line, "geo"), effect * factors[None, None, :, None, None]),
            "own": ((*by_line[:3], "geo", "own_column"), np.empty((*shape[:3], len(people), 0))),
            "adstock_retention": (
                by_line,
                np.broadcast_to([line.carry_over["retention"] for line in spec.lines], shape),
            ),
            **{
                f"saturation_{name}": (
                    by_line, np.broadcast_to([line.shape[name] for line in spec.lines], shape)
                )
                for name in ("half_saturation", "slope")
            },
        },
        coords={
            "kpi": ["revenue"],
            "line": [line.id for line in spec.lines],
            "geo": list(spec.geos),
        },
    )  # fmt: skip
    spend = true["spend"].transpose("line", "geo", "week").to_numpy()
    count = len(spec.lines)
    constants = xr.Dataset(
        {
            "spend": (("line", "geo", "week"), spend),
            "exposure": (("line", "geo", "week"), spend),
            "population": ("geo", people),
            "scale": ("line", true["scale"].to_numpy() / 1e6),
            "adstock": ("line", ["geometric"] * count),
            "window": ("line", [13] * count),
            "saturation": ("line", ["hill"] * count),
            "order": ("line", ["adstock_first"] * count),
            "cost_per_unit": ("line", np.ones(count)),
            "organic": ("line", [False] * count),
            "local": ("line", [len(spec.geos) > 1] * count),
            "prior_driven": ("line", [False] * count),
            "unit": ("kpi", ["currency"]),
            "kpi_values": true["kpi_value"].transpose("kpi", "geo", "week").variable,
        },
        coords={
            "kpi": ["revenue"],
            "line": [line.id for line in spec.lines],
            "channel": ("line", [line.channel for line in spec.lines]),
            "campaign": ("line", [line.campaign for line in spec.lines]),
            "geo": list(spec.geos),
            "week": true["week"].to_numpy(),
        },
        attrs={"currency": spec.currency},
    )
    return Fit(posterior, xr.Dataset(), constants, {"pairing_seed": 1}, HealthCard())
