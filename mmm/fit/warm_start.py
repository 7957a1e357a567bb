"""Draws of an earlier fit to start the sampler from, where the model has the same parameters.

A sampler that starts where the posterior lay last time needs fewer steps to find it. Its draws are
those of the same posterior: only the way there is shorter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from mmm.model.evidence import Evidence

KEPT = 32
"""Draws to start from: more than anybody runs chains."""


@dataclass(frozen=True, eq=False)
class Start:
    """draws: what was sampled, name -> (start, …); layout: what its axes stand for."""

    draws: Mapping[str, np.ndarray]
    layout: str

    def fits(self, evidence: Evidence) -> bool:
        """Whether a model of ``evidence`` has the same parameters."""
        return self.layout == layout_of(evidence)


def layout_of(evidence: Evidence) -> str:
    """What the axes of all that is sampled stand for."""
    pooling = evidence.pooling
    axes: dict[str, object] = {
        "lines": evidence.lines,
        "geos": evidence.geos,
        "channels": pooling.channels,
        "local": pooling.local.tolist(),
        # a half-life is sampled under another name than a retention
        "parameters": {one.name: [one.owners, _kinds(one.priors)] for one in evidence.parameters},
        "columns": [evidence.columns.names, _kinds(evidence.columns.priors)],
        "pairs": evidence.synergy.names if evidence.synergy.pairs else (),
        "likelihood": evidence.likelihood,
    }
    if evidence.likelihood != "normal":  # then the baseline is sampled, too
        axes["baseline"] = evidence.baseline.columns, evidence.own.columns
    return json.dumps(axes)


def _kinds(priors: Sequence[object]) -> list[str]:
    return [type(prior).__name__ for prior in priors]


def thinned(raw: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A few of the draws, evenly spread: (start, …) of (chain, draw, …)."""
    found = {}
    for name, values in raw.items():
        flat = values.reshape(-1, *values.shape[2:])
        found[name] = flat[np.linspace(0, len(flat) - 1, min(KEPT, len(flat))).astype(int)]
    return found


def start_group(
    starts: Mapping[str, Mapping[str, np.ndarray]], evidence: Mapping[str, Evidence]
) -> xr.Dataset:
    """As a group of fit.nc: one variable a KPI and parameter, with dimensions of its own."""
    variables: dict[str, Any] = {}
    for place, draws in enumerate(starts.values()):
        for name, values in draws.items():
            own = f"{place}_{name}"
            dims = (f"start_{place}", *(f"{own}_{axis}" for axis in range(values.ndim - 1)))
            variables[own] = (dims, values)
    layouts = {kpi: layout_of(evidence[kpi]) for kpi in starts}
    return xr.Dataset(variables, attrs={"layouts": json.dumps(layouts)})


def starts_of(group: xr.Dataset) -> dict[str, Start]:
    """KPI -> where to start; nothing for a fit that was kept without."""
    found = {}
    for place, (kpi, layout) in enumerate(json.loads(group.attrs.get("layouts", "{}")).items()):
        mark = f"{place}_"
        draws = {
            str(name).removeprefix(mark): values.to_numpy()
            for name, values in group.data_vars.items()
            if str(name).startswith(mark)
        }
        found[kpi] = Start(draws, layout)
    return found
