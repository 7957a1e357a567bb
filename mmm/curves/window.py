"""The weeks a plan is about, and the spend around them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

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

    @cached_property
    def around(self) -> dict[str, tuple[bytes, bytes]]:
        """Line -> its spend before and after as bytes: windows alike to a line have the same."""
        before, after = (
            spend.transpose("line", "week").to_numpy() for spend in (self.before, self.after)
        )
        rows = {str(line): row for row, line in enumerate(self.after["line"].to_numpy())}
        ahead = {str(line): row for row, line in enumerate(self.before["line"].to_numpy())}
        return {
            line: (before[ahead[line]].tobytes(), after[row].tobytes())
            for line, row in rows.items()
            if line in ahead
        }
