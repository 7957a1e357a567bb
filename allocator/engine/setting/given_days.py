"""The weeks between the end of the data and the start of a plan."""

from __future__ import annotations

import datetime as dt

import xarray as xr

from allocator.scenario import PlanWeeks
from mmm.curves import ResponseCurves

WEEK = dt.timedelta(days=7)


def history_days(history: xr.DataArray) -> tuple[dt.date, dt.date]:
    """First day of the first and of the last week of the history."""
    days = history["week"].to_numpy().astype("datetime64[D]").astype(dt.date)
    return days[0], days[-1]


def gap_days(curves: ResponseCurves, weeks: PlanWeeks) -> tuple[dt.date, ...]:
    """First day of each of them; none where the curves carry no history."""
    if curves.history is None:
        return ()
    _, last = history_days(curves.history)
    count = (weeks.start - last).days // 7 - 1
    return tuple(last + (n + 1) * WEEK for n in range(count))
