"""The weeks a plan is about, and the spend around them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
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
    def beside(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Line -> its weekly spend before and after, where both are known."""
        ahead, later = (
            dict(zip(each["line"].to_numpy().tolist(), each.to_numpy(), strict=True))
            for each in (spend.transpose("line", ...) for spend in (self.before, self.after))
        )
        return {str(line): (ahead[line], row) for line, row in later.items() if line in ahead}

    @cached_property
    def around(self) -> dict[str, tuple[bytes, bytes]]:
        """Line -> its spend before and after as bytes: windows alike to a line have the same."""
        return {
            line: (before.tobytes(), after.tobytes())
            for line, (before, after) in self.beside.items()
        }
