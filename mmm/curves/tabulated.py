"""Curves brought from another tool: totals over the plan's window, straight lines between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import xarray as xr

from mmm.curves._base import ResponseCurves
from mmm.curves.counted import checked_count
from mmm.curves.flighted import FlightedResponse
from mmm.curves.steady import StraightLines
from mmm.curves.window import Window

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KNOW_NO_WEEKS = (
    "imported curves know no weeks: they hold totals over the window, not when the outcome falls"
)


@dataclass(frozen=True, eq=False)
class TabulatedCurves(ResponseCurves):
    """Response at given totals, for one window length and steady flighting.

    ``data`` holds, besides what every kind has:

    points(line, point)               totals over the window, currency, from 0, rising; a line
                                      with fewer points than the others ends in NaN
    response(kpi, draw, line, point)  incremental outcome over the window, KPI units
    attrs["weeks"]                    length of the window
    attrs["week_start"]               weekday in small letters
    """

    kind: ClassVar[str] = "tabulated"

    @property
    def history(self) -> None:
        """None: a table carries no history."""
        return None

    @property
    def week_start(self) -> int:
        """As the import stated it."""
        return WEEKDAYS.index(str(self.data.attrs["week_start"]))

    def largest_total(self, line: str) -> float:
        """The table's last point: nothing is known beyond it."""
        return float(np.nanmax(self.data["points"].sel(line=line).to_numpy()))

    def changed(self, price: xr.DataArray, outcome: xr.DataArray) -> xr.Dataset:
        """Points and responses times the factors."""
        return self.data.assign(
            points=(self.data["points"] * price).transpose("line", "point"),
            response=(self.data["response"] * outcome).transpose("kpi", "draw", "line", "point"),
        )

    def steady(
        self,
        kpi: str,
        line: str,
        profile: np.ndarray,
        window: Window,
        count: np.ndarray | None = None,
    ) -> StraightLines:
        """The line's table; the weekly profile does not matter.

        Raises ValueError when the window is not as long as the table's, and for a count other
        than 1 throughout: a table does not say when its outcome falls.
        """
        if checked_count(count, window.weeks) is not None:
            raise ValueError(KNOW_NO_WEEKS)
        if window.weeks != int(self.data.attrs["weeks"]):
            raise ValueError(
                f"the table holds totals over {self.data.attrs['weeks']} weeks, "
                f"the window has {window.weeks}"
            )
        points = self.data["points"].sel(line=line).to_numpy()
        known = np.isfinite(points)
        response = self.data["response"].sel(kpi=kpi, line=line).to_numpy()
        return StraightLines(points[known], response[:, known])

    def flighted(
        self, kpi: str, line: str, window: Window, count: np.ndarray | None = None
    ) -> FlightedResponse:
        """Never: raises ValueError."""
        raise ValueError(KNOW_NO_WEEKS)

    def _by_week(
        self, kpi: str, line: str, profile: np.ndarray, window: Window, total: float
    ) -> np.ndarray:
        raise ValueError(KNOW_NO_WEEKS)
