"""A plan's weekly spend with its response, draw by draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from mmm.curves import ResponseCurves, Window


@dataclass(frozen=True, eq=False)
class Evaluated:
    """Weekly spend (line, week), currency, with its response (draw, kpi, line), KPI units."""

    spend: xr.DataArray
    response: xr.DataArray

    def money(self, lines: Sequence[str] | None = None) -> float:
        """What these lines (all of them by default) spend: cents added up as cents."""
        rows = self._weekly if lines is None else self._weekly[self._rows(lines)]
        return float(np.rint(rows * 100).sum()) / 100

    def draws(self, kpi: str, lines: Sequence[str] | None = None) -> np.ndarray:
        """(draw,) the KPI of these lines together."""
        of_kpi = self._response[:, self._kpi[kpi]]
        chosen = of_kpi if lines is None else of_kpi[:, self._rows(lines)]
        total: np.ndarray = chosen.sum(axis=1)
        return total

    def weekly(self, line: str) -> np.ndarray:
        """(week,) the line's spend, currency."""
        row: np.ndarray = self._weekly[self._line[line]]
        return row

    def timed(self, curves: ResponseCurves, window: Window) -> xr.DataArray:
        """(draw, kpi, line, week) the response by the week in which it falls, the last after."""
        if "timed" not in self._kept:
            self._kept["timed"] = curves.timed(self.spend, window)
        return self._kept["timed"]

    @cached_property
    def _kept(self) -> dict[str, xr.DataArray]:
        return {}

    def _rows(self, lines: Sequence[str]) -> list[int]:
        return [self._line[line] for line in lines]

    @cached_property
    def _weekly(self) -> np.ndarray:
        return self.spend.transpose("line", "week").to_numpy()

    @cached_property
    def _response(self) -> np.ndarray:
        return self.response.transpose("draw", "kpi", "line").to_numpy()

    @cached_property
    def _line(self) -> dict[str, int]:
        return {str(line): row for row, line in enumerate(self.spend["line"].to_numpy())}

    @cached_property
    def _kpi(self) -> dict[str, int]:
        return {str(kpi): row for row, kpi in enumerate(self.response["kpi"].to_numpy())}
