"""What the next unit of money brings, read from the curves at the present spend."""

from __future__ import annotations

import numpy as np
import xarray as xr

from mmm.curve_tables.basis import basis_of
from mmm.curve_tables.table import marginal_of
from mmm.curves import ParametricCurves

Name = tuple[str, str]
"""(line or channel, region); the region is empty where regions are added up."""


def marginal_returns(curves: ParametricCurves, kpi: str, by: str) -> dict[Name, np.ndarray]:
    """KPI units per unit of money, (draw,), of every line or channel that ``by`` asks for.

    At the spend of the last quarter, or of all weeks where there are fewer, repeated evenly and
    increased in its present proportions. Left out where nothing is spent now, and where a slope
    has no bound.
    """
    weeks = min(13, curves.history.sizes["week"])
    basis = basis_of(curves, weeks)
    flat = np.repeat(basis.spend[:, None] / basis.weeks, basis.weeks, axis=1)
    spend = xr.DataArray(flat, dims=("line", "week"), coords={"line": list(curves.lines)})
    slopes = curves.gradient(spend, basis.window).sel(kpi=kpi).to_numpy()
    together: dict[Name, list[int]] = {}
    now = curves.history.isel(week=slice(-weeks, None)).sum("week").to_numpy()
    for row, line in enumerate(curves.lines):
        if now[row] == 0:  # the basis has a line without history at the spend that is planned
            continue
        at = curves.data.isel(line=row)
        channel = str(at["channel"].item())
        geo = str(at["geo"].item()) if "geo" in at.coords else ""
        own = line.partition("@")[0] if geo else line
        name = own if by == "line" else channel
        together.setdefault((name, geo if by == "geo" else ""), []).append(row)
    found = {}
    for called, rows in together.items():
        each = marginal_of(slopes[:, rows], basis.spend[rows])
        if each is not None and basis.spend[rows].sum() > 0:
            found[called] = each
    return found
