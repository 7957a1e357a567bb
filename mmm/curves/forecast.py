"""Forecast: what would be sold without media, where curves carry it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from mmm.adstock import by_name, lagged

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, eq=False)
class Forecast:
    """baseline_t = Σ_j coefficient_j · design_jt + rest_t, draw by draw, KPI units.

    ``data`` is that of the curves, with

    ahead                                    first day of every week after the data
    forecast_coefficient(kpi, draw, term), forecast_design(term, ahead)
    forecast_rest(kpi, draw, ahead)          what is no such product; absent where there is none
    forecast_noise(kpi, draw)                standard deviation of a week around its expectation
    control_path(control, ahead)             what each control is taken to be, in its unit
    control_coefficient(kpi, draw, control)  KPI units for one unit of it
    control_lag(control), control_window(control)  weeks it comes later, weeks over which it acts
    control_retention(kpi, draw, control)    NaN of those that do not carry over; absent where none
                                             does
    """

    data: xr.Dataset

    @cached_property
    def controls(self) -> tuple[str, ...]:
        """Controls whose future values can be given."""
        return tuple(map(str, self.data["control"].to_numpy())) if "control" in self.data else ()

    @cached_property
    def weeks(self) -> tuple[dt.date, ...]:
        """First day of every week that is known."""
        days: list[dt.date] = self.data["ahead"].to_numpy().astype("datetime64[D]").tolist()
        return tuple(days)

    def path(self, control: str) -> np.ndarray:
        """(ahead,) what the control is taken to be where nothing is given."""
        path: np.ndarray = self.data["control_path"].sel(control=control).to_numpy()
        return path

    def baseline(
        self,
        kpi: str,
        start: dt.date,
        weeks: int,
        given: Mapping[str, Mapping[dt.date, float]] | None = None,
    ) -> np.ndarray:
        """What would be sold without media in ``weeks`` weeks from ``start``: (draw, week).

        given: control -> week's first day -> its value, in place of what it is taken to be:
        coefficient · (given − path), carried over and late as the control is. Raises ValueError
        for weeks that are not known, KeyError for an unknown control.
        """
        if start not in self.weeks or len(self.weeks) - self.weeks.index(start) < weeks:
            raise ValueError(f"{weeks} weeks from {start} are not all known")
        first = self.weeks.index(start)
        own = self.data.sel(kpi=kpi)
        coefficient = own["forecast_coefficient"].transpose("draw", "term").to_numpy()
        level = coefficient.astype(float) @ own["forecast_design"].to_numpy()
        if "forecast_rest" in own:
            level = level + own["forecast_rest"].transpose("draw", "ahead").to_numpy()
        for control, values in (given or {}).items():
            level = level + self._shift(own.sel(control=control), values)
        inside: np.ndarray = level[:, first : first + weeks]
        return inside

    def noise(self, kpi: str) -> np.ndarray:
        """(draw,) standard deviation of one week's KPI around what is expected, KPI units."""
        noise: np.ndarray = self.data["forecast_noise"].sel(kpi=kpi).to_numpy().astype(float)
        return noise

    def _shift(self, own: xr.Dataset, values: Mapping[dt.date, float]) -> np.ndarray:
        """(draw or 1, ahead) what other values of a control change."""
        path = own["control_path"].to_numpy()
        more = np.array(
            [
                values[day] - usual if day in values else 0.0
                for day, usual in zip(self.weeks, path.tolist(), strict=True)
            ]
        )
        late = int(own["control_lag"])
        more = np.concatenate([np.zeros(late), more])[: len(path)]
        window = int(own["control_window"])
        strength = own["control_coefficient"].to_numpy().astype(float)[:, None]
        if window == 1:
            alone: np.ndarray = strength * more
            return alone
        retention = own["control_retention"].to_numpy().astype(float)
        weights = by_name("geometric").weights(window, retention=retention)
        carried: np.ndarray = strength * (weights @ lagged(more, window).T)
        return carried
