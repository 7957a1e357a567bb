"""What a unit of a KPI is worth in every week: its value, and the margin on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

if TYPE_CHECKING:
    from mmm.data import MediaData
    from mmm.spec import ModelSpec

STATED = {"value_per_unit": "values", "margin": "margins"}
"""key of a KPI in model.yaml -> the panel of MediaData with its column"""


def worth(spec: ModelSpec, data: MediaData) -> dict[str, xr.DataArray]:
    """``value_per_unit`` and ``margin`` (kpi, geo, week), each where any KPI states it.

    value_per_unit: currency per unit of the KPI; margin: share of the money that is left before
    media are paid for. A number holds in every week; NaN for a KPI that states none.
    """
    found = {}
    shape = (len(data.geos), len(data.dates))
    for key, panel in STATED.items():
        stated = {kpi: getattr(spec.kpis[kpi], key) for kpi in data.kpi_names}
        if all(value is None for value in stated.values()):
            continue
        rows = [
            data.panel(panel)[row]
            if isinstance(value, str)
            else np.full(shape, np.nan if value is None else value)
            for row, value in enumerate(stated.values())
        ]
        found[key] = xr.DataArray(np.stack(rows), dims=("kpi", "geo", "week"))
    return found


def money_of(constants: xr.Dataset, kpi: str) -> xr.DataArray | None:
    """Money per unit of a KPI: (geo, week); 1 for money itself, None for a count without value."""
    own = constants.sel(kpi=kpi)
    if str(own["unit"].item()) == "currency":
        return xr.ones_like(own["kpi_values"], dtype=float)
    return _stated(own, "value_per_unit")


def margin_of(constants: xr.Dataset, kpi: str) -> xr.DataArray | None:
    """Share of the money that is left: (geo, week); None where it is not stated."""
    return _stated(constants.sel(kpi=kpi), "margin")


def worth_by_week(constants: xr.Dataset) -> dict[str, xr.DataArray]:
    """``value_per_unit`` and ``margin`` (kpi, week), for curves, where a fit has them."""
    return {
        name: by_week(constants[name], constants["kpi_values"]).transpose("kpi", "week")
        for name in STATED
        if name in constants
    }


def by_week(series: xr.DataArray, weight: xr.DataArray) -> xr.DataArray:
    """(…, week) of (…, geo, week): the mean over geos, weighted by what they sell.

    A week in which nothing is sold anywhere takes the plain mean.
    """
    total = weight.sum("geo")
    mean = (series * weight).sum("geo", skipna=False) / total.where(total > 0)
    return mean.where(total > 0, series.mean("geo"))


def _stated(own: xr.Dataset, name: str) -> xr.DataArray | None:
    if name not in own or bool(own[name].isnull().any()):
        return None
    return own[name]
