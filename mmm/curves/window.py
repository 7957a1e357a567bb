"""The weeks a plan is about, and the spend around them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import xarray as xr


@dataclass(frozen=True, eq=False)
class Window:
    """Where a plan stands in time.

    start:  first day of the first planned week
    weeks:  number of planned weeks
    before: (line, gap week) spend between the end of the history and ``start``, currency
    after:  (line, week) spend after the window, in both terms of "incremental", currency

    Spend before and after is given, not decided; it moves a line along its saturation curve.
    """

    start: dt.date
    weeks: int
    before: xr.DataArray
    after: xr.DataArray
