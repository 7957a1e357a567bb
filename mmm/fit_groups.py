"""A fit's numbers as labelled groups: what was sampled, how, and from what."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from mmm.data import MediaData
from mmm.derived import Derived
from mmm.evidence import Evidence
from mmm.gather import channels
from mmm.spec import ModelSpec


def posterior_group(
    evidence: Mapping[str, Evidence],
    draws: Mapping[str, Mapping[str, np.ndarray]],
    derived: Mapping[str, Derived],
) -> xr.Dataset:
    """(kpi, chain, draw, line) parameters, NaN where a line has none, and b by column.

    average, effect and sigma are turned into KPI units.
    """
    kpis = []
    for kpi, own in evidence.items():
        shape = draws[kpi]["sigma"].shape
        by_line = {
            "average": draws[kpi]["average"] * own.unit,
            "effect": derived[kpi].effect.reshape(*shape, -1),
        }
        for parameter in own.parameters:
            values = np.full((*shape, len(own.lines)), np.nan)
            values[..., parameter.rows] = draws[kpi][parameter.name]
            by_line[parameter.name] = values
        dims = ("chain", "draw")
        kpis.append(
            xr.Dataset(
                {
                    **{name: ((*dims, "line"), values) for name, values in by_line.items()},
                    "b": ((*dims, "column"), derived[kpi].b.reshape(*shape, -1)),
                    "sigma": (dims, draws[kpi]["sigma"] * own.unit),
                },
                coords={"line": list(own.lines), "column": list(own.baseline.columns)},
            )
        )
    return _by_kpi(kpis, list(evidence))


def stats_group(stats: Mapping[str, Mapping[str, np.ndarray]]) -> xr.Dataset:
    """(kpi, chain, draw) the sampler's own figures."""
    kpis = [
        xr.Dataset({name: (("chain", "draw"), values) for name, values in own.items()})
        for own in stats.values()
    ]
    return _by_kpi(kpis, list(stats))


def constants_group(
    spec: ModelSpec, data: MediaData, evidence: Mapping[str, Evidence]
) -> xr.Dataset:
    """What the draws were made from, so that curves need nothing else.

    cost_per_unit is Σ spend / Σ exposure, and 1 where a line runs on spend itself.
    """
    own = list(evidence.values())
    first, owners = own[0], channels(data)
    on_spend = np.array([spec.channels[channel].media == "spend" for channel in owners])
    cost = np.where(on_spend, 1.0, first.spend.sum(axis=1) / first.exposure.sum(axis=1))
    return xr.Dataset(
        {
            "spend": (("line", "week"), first.spend),
            "exposure": (("line", "week"), first.exposure),
            "cost_per_unit": ("line", cost),
            "scale": ("line", first.scale),
            "adstock": ("line", [spec.adstock(channel).kind for channel in owners]),
            "window": ("line", [spec.adstock(channel).window for channel in owners]),
            "saturation": ("line", [spec.saturation(channel).kind for channel in owners]),
            "design": (("week", "column"), first.baseline.design),
            "kpi_values": (("kpi", "week"), np.stack([one.kpi_values for one in own])),
            "centre": ("kpi", [one.centre for one in own]),
            "standard_deviation": ("kpi", [one.unit for one in own]),
            "effect_mu": (("kpi", "line"), np.stack([one.effect_mu for one in own])),
            "effect_sigma": (("kpi", "line"), np.stack([one.effect_sigma for one in own])),
            "unit": ("kpi", [spec.kpis[kpi].unit for kpi in evidence]),
        },
        coords={
            "kpi": list(evidence),
            "line": list(data.lines),
            "channel": ("line", list(owners)),
            "campaign": ("line", [str(name) for name in data.dataset["campaign"].to_numpy()]),
            "week": data.dates,
            "column": list(first.baseline.columns),
        },
        attrs={"currency": data.currency or ""},
    )


def _by_kpi(kpis: list[xr.Dataset], names: list[str]) -> xr.Dataset:
    stacked = xr.concat(kpis, dim="kpi").assign_coords(kpi=names)
    return stacked.transpose("kpi", "chain", "draw", ...)
