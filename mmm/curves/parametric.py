"""Curves of a fitted model: adstock and saturation parameters per draw, with the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import xarray as xr

from mmm import adstock, saturation
from mmm.curves._base import ResponseCurves
from mmm.curves.adstocked import Adstocked
from mmm.curves.window import Window


@dataclass(frozen=True, eq=False)
class ParametricCurves(ResponseCurves):
    """contribution_t = effect · g(Σ_l w_l m_{t−l} / scale), m = spend / cost_per_unit.

    ``data`` holds, besides what every kind has (coordinates draw, kpi, line, channel(line),
    campaign(line); unit(kpi); prior_driven(line)):

    week                              first day of each week of the history
    spend(line, week)                 currency
    exposure(line, week)              what the curve runs on: spend or impressions
    cost_per_unit(line)               currency per unit of exposure; 1 where it runs on spend
    scale(line)                       units of exposure per unit of u
    adstock(line), window(line)       family, number of weights
    saturation(line)                  family
    effect(kpi, draw, line)           weekly contribution at full saturation, KPI units, ≥ 0
    adstock_<parameter>(kpi, draw, line), saturation_<parameter>(kpi, draw, line)
                                      NaN where the line's family has no such parameter
    """

    kind: ClassVar[str] = "parametric"

    @property
    def history(self) -> xr.DataArray:
        """(line, week) weekly spend the model saw, currency."""
        return self.data["spend"]

    def largest_total(self, line: str) -> float:
        """No bound: the formula holds for any spend (the plan warns beyond the observed range)."""
        return np.inf

    def steady(self, kpi: str, line: str, profile: np.ndarray, window: Window) -> Adstocked:
        """The line's response along ``profile``, with carry-in from history and carry-out."""
        at = self.data.sel(line=line)
        lags = int(at["window"])
        cost = float(at["cost_per_unit"]) * float(at["scale"])
        around = self._around(line, lags, window)
        weights = self._weights(kpi, line, lags)
        plan = np.concatenate([np.zeros(lags - 1), profile, np.zeros(lags - 1)])
        family = saturation.by_name(str(at["saturation"].item()))
        return Adstocked(
            effect=self._draws_of("effect", kpi, line),
            carried=_carry(around, weights) / float(at["scale"]),
            unit=_carry(plan, weights) / cost,
            saturation=family,
            parameters={
                name: self._draws_of(f"saturation_{name}", kpi, line)[:, None]
                for name in family.parameters
            },
        )

    def _around(self, line: str, lags: int, window: Window) -> np.ndarray:
        """Exposure outside the plan: lags − 1 weeks, the window empty, lags − 1 weeks after it."""
        at = self.data.sel(line=line)
        cost = float(at["cost_per_unit"])
        before = window.before.sel(line=line).to_numpy() / cost
        after = window.after.sel(line=line).to_numpy() / cost
        past = np.concatenate([np.zeros(lags - 1), at["exposure"].to_numpy(), before])
        tail = np.concatenate([after, np.zeros(lags - 1)])
        return np.concatenate(
            [past[len(past) - (lags - 1) :], np.zeros(window.weeks), tail[: lags - 1]]
        )

    def _weights(self, kpi: str, line: str, lags: int) -> np.ndarray:
        family = adstock.by_name(str(self.data["adstock"].sel(line=line).item()))
        parameters = {
            name: self._draws_of(f"adstock_{name}", kpi, line) for name in family.parameters
        }
        weights: np.ndarray = family.weights(lags, **parameters)
        return weights

    def _draws_of(self, name: str, kpi: str, line: str) -> np.ndarray:
        values: np.ndarray = self.data[name].sel(kpi=kpi, line=line).to_numpy()
        return values.astype(float)


def _carry(exposure: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Adstock a series whose first window − 1 values only feed the rest: (draw, time)."""
    lags = weights.shape[-1]
    return weights @ adstock.lagged(exposure, lags)[lags - 1 :].T
