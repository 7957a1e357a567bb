"""What a fit keeps for forecasts: the baseline's design after the data, and its controls."""

from __future__ import annotations

import numpy as np
import xarray as xr

from mmm.baseline import column_name, control_ahead, design_ahead, knots_ahead, same_weeks
from mmm.data import MediaData
from mmm.model.evidence import Evidence
from mmm.model.gather import controls_of, events_of
from mmm.spec import ModelSpec

AHEAD = 104
"""Weeks after the data: as far as anybody plans, and further than a baseline can be known."""


def ahead_group(spec: ModelSpec, data: MediaData, first: Evidence) -> dict[str, xr.DataArray]:
    """Constants of a fit over the weeks after its data, ``ahead`` named by their first days.

    ahead_design (ahead, column) the columns of ``design``; ahead_knots (knot, ahead) what later
    bends of the trend would add; ahead_sampled (sampled_column, ahead) columns that are sampled,
    before carry-over, geos weighted by their people. Of every control with a coefficient:
    control_path (control, ahead) its value in the same weeks of the last year of data, in its own
    unit, control_column its column, control_sd its standard deviation in the data, control_lag
    and control_window weeks.
    """
    days = data.dates.astype("datetime64[D]")
    values = controls_of(data)
    columns, sampled = first.baseline.columns, first.columns.names
    used = [one for one in spec.controls if column_name(one) in (*columns, *sampled)]
    moved = {column_name(one): one for one in used if column_name(one) in sampled}
    design = design_ahead(
        spec,
        days,
        AHEAD,
        columns,
        events=events_of(data),
        controls={one.label: values[one.label][0] for one in used if column_name(one) in columns},
    )
    paths = {one.label: same_weeks(values[one.label], AHEAD) for one in used}
    after = (days[-1] + 7 * np.arange(1, AHEAD + 1)).astype("datetime64[ns]")
    week = {"ahead": after}
    found = {
        "ahead_design": xr.DataArray(
            design, dims=("ahead", "column"), coords={**week, "column": list(columns)}
        ),
        "ahead_knots": xr.DataArray(
            knots_ahead(spec.trend, days, AHEAD), dims=("knot", "ahead"), coords=week
        ),
    }
    if moved:
        rows = [
            first.share @ control_ahead(one.lag, values[one.label], paths[one.label])
            for one in (moved[name] for name in sampled)
        ]
        found["ahead_sampled"] = xr.DataArray(
            np.stack(rows),
            dims=("sampled_column", "ahead"),
            coords={"sampled_column": list(sampled), **week},
        )
    if used:
        named = {"control": [one.label for one in used]}
        path = np.stack([first.share @ paths[one.label] for one in used])
        windows = [one.adstock.window if one.adstock else 1 for one in used]
        found["control_path"] = xr.DataArray(
            path, dims=("control", "ahead"), coords={**named, **week}
        )
        for name, own in (
            ("control_column", [column_name(one) for one in used]),
            ("control_sd", [float(values[one.label].std()) for one in used]),
            ("control_lag", [one.lag for one in used]),
            ("control_window", windows),
        ):
            found[name] = xr.DataArray(own, dims=("control",), coords=named)
    return found
