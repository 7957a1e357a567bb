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

    def of(self, kpi: str, line: str) -> np.ndarray:
        """(draw,) the KPI of one line."""
        alone: np.ndarray = self._response[:, self._kpi[kpi], self._of_line[line]]
        return alone

    def by_line(self, kpi: str) -> np.ndarray:
        """(draw, line) the KPI, lines in the order of ``response``."""
        of_kpi: np.ndarray = self._response[:, self._kpi[kpi]]
        return of_kpi

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
        return in_order(self.spend, ("line", "week"))

    @cached_property
    def _response(self) -> np.ndarray:
        return in_order(self.response, ("draw", "kpi", "line"))

    @cached_property
    def _line(self) -> dict[str, int]:
        return {str(line): row for row, line in enumerate(_labels(self.spend, "line"))}

    @cached_property
    def _of_line(self) -> dict[str, int]:
        return {str(line): row for row, line in enumerate(_labels(self.response, "line"))}

    @cached_property
    def _kpi(self) -> dict[str, int]:
        return {str(kpi): row for row, kpi in enumerate(_labels(self.response, "kpi"))}


def in_order(values: xr.DataArray, dims: tuple[str, ...]) -> np.ndarray:
    """The numbers, their dimensions in this order."""
    found: np.ndarray = (values if values.dims == dims else values.transpose(*dims)).to_numpy()
    return found


def _labels(values: xr.DataArray, dim: str) -> list[str]:
    names: list[str] = values.coords.variables[dim].to_numpy().tolist()
    return names
