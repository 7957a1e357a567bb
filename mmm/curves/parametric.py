"""Curves of a fitted model: adstock and saturation parameters per draw, with the history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import xarray as xr

from mmm import adstock, saturation
from mmm.curves._base import ResponseCurves
from mmm.curves.adstocked import Adstocked
from mmm.curves.reached import Reached
from mmm.curves.steady import SteadyResponse
from mmm.curves.window import Window
from mmm.saturation import Saturation

if TYPE_CHECKING:
    from mmm.reach import EffectiveReach


@dataclass(frozen=True, eq=False)
class ParametricCurves(ResponseCurves):
    """contribution_t = effect · g(Σ_l w_l m_{t−l} / scale), m = spend / cost_per_unit.

    Where ``order`` is ``saturation_first``: effect · Σ_l w_l g(m_{t−l} / scale). On reach:
    effect · Σ_l w_l E(m_{t−l}) / scale, where m impressions reach R(m) people and
    E(m) = R(m) · hill(m / R(m)).

    ``data`` holds, besides what every kind has (coordinates draw, kpi, line, channel(line),
    campaign(line), geo(line) in a model by region, label_<name>(line); unit(kpi);
    prior_driven(line)):

    week                              first day of each week of the history
    spend(line, week)                 currency
    exposure(line, week)              what the curve runs on: spend, impressions or reach
    cost_per_unit(line)               currency per unit of exposure; 1 where it runs on spend; per
                                      impression where it runs on reach
    scale(line)                       units of exposure per unit of u
    adstock(line), window(line)       family, number of weights
    saturation(line)                  family
    order(line)                       adstock_first (also where there is no order) or
                                      saturation_first
    effect(kpi, draw, line)           weekly contribution at full saturation, KPI units, ≥ 0
    value_per_unit(kpi, week)         currency per unit of a count, margin(kpi, week) share of the
                                      money left before media are paid for; each only where a KPI
                                      states it, NaN for those that do not
    adstock_<parameter>(kpi, draw, line), saturation_<parameter>(kpi, draw, line)
                                      NaN where the line's family has no such parameter
    frequency_half(kpi, draw, line), frequency_slope(kpi, draw, line)
                                      of the effect of average frequency; absent, or NaN, where
                                      lines do not run on reach
    reach_audience(draw, line), reach_shape(draw, line)
                                      likewise: the line's own weekly reach curve, NBD
    """

    kind: ClassVar[str] = "parametric"

    @property
    def history(self) -> xr.DataArray:
        """(line, week) weekly spend the model saw, currency."""
        return self.data["spend"]

    @property
    def week_start(self) -> int:
        """Weekday of the history's weeks."""
        first: dt.date = self.data["week"].to_numpy()[0].astype("datetime64[D]").astype(dt.date)
        return first.weekday()

    def largest_total(self, line: str) -> float:
        """No bound: the formula holds for any spend (the plan warns beyond the observed range)."""
        return np.inf

    def frequency(self, line: str, weekly_spend: np.ndarray) -> np.ndarray | None:
        """impressions / R(impressions) at the line's cost per impression: (draw, n)."""
        known = self._known(self.kpis[0], line)
        if known.effective is None:
            return None
        counts = np.asarray(weekly_spend, dtype=float) / known.cost
        return known.effective.curve.frequency(counts)

    def steady(self, kpi: str, line: str, profile: np.ndarray, window: Window) -> SteadyResponse:
        """The line's response along ``profile``, with carry-in from history and carry-out."""
        known = self._known(kpi, line)
        if known.effective is not None:
            weight = known.effect / known.scale
            return Reached(weight, profile / known.cost, known.effective)
        if known.saturation_first:
            # weeks do not mix before they are flattened, and all weights of a week sum to 1
            alone = np.broadcast_to(
                profile / (known.cost * known.scale), (self.draws, len(profile))
            )
            return Adstocked(
                effect=known.effect,
                carried=np.zeros_like(alone),
                unit=alone,
                saturation=known.saturation,
                parameters=known.parameters,
            )
        idle = np.zeros(known.lags - 1)
        plan = np.concatenate([idle, profile, idle])
        around = self._around(known, line, window)
        return Adstocked(
            effect=known.effect,
            carried=_carry(around, known.weights) / known.scale,
            unit=_carry(plan, known.weights) / (known.cost * known.scale),
            saturation=known.saturation,
            parameters=known.parameters,
        )

    def _around(self, known: _Line, line: str, window: Window) -> np.ndarray:
        """Exposure outside the plan: lags − 1 weeks, the window empty, lags − 1 weeks after it."""
        before = window.before.sel(line=line).to_numpy() / known.cost
        after = window.after.sel(line=line).to_numpy() / known.cost
        idle = np.zeros(known.lags - 1)
        past = np.concatenate([idle, known.exposure, before])
        tail = np.concatenate([after, idle])
        return np.concatenate(
            [past[len(past) - len(idle) :], np.zeros(window.weeks), tail[: len(idle)]]
        )

    def _known(self, kpi: str, line: str) -> _Line:
        """What the dataset holds of one line and KPI, looked up by label once."""
        if (kpi, line) not in self._lines:
            at = self.data.sel(kpi=kpi, line=line)
            carry = adstock.by_name(str(at["adstock"].item()))
            curve = saturation.by_name(str(at["saturation"].item()))
            lags = int(at["window"])
            rates = {name: _draws(at, f"adstock_{name}") for name in carry.parameters}
            effect = _draws(at, "effect")
            self._lines[kpi, line] = _Line(
                effect=effect,
                weights=np.broadcast_to(carry.weights(lags, **rates), (len(effect), lags)),
                saturation=curve,
                parameters={
                    name: _draws(at, f"saturation_{name}")[:, None] for name in curve.parameters
                },
                exposure=at["exposure"].to_numpy(),
                cost=float(at["cost_per_unit"]),
                scale=float(at["scale"]),
                saturation_first="order" in at and str(at["order"].item()) == "saturation_first",
                effective=_effective(at),
            )
        return self._lines[kpi, line]

    @cached_property
    def _lines(self) -> dict[tuple[str, str], _Line]:
        return {}


@dataclass(frozen=True, eq=False)
class _Line:
    """One line and KPI in NumPy: effect (draw,), weights (draw, lag), parameters (draw, 1)."""

    effect: np.ndarray
    weights: np.ndarray
    saturation: Saturation
    parameters: dict[str, np.ndarray]
    exposure: np.ndarray
    cost: float
    scale: float
    saturation_first: bool
    effective: EffectiveReach | None

    @property
    def lags(self) -> int:
        return int(self.weights.shape[-1])


def _effective(at: xr.Dataset) -> EffectiveReach | None:
    """What impressions do in a week, of a line on reach."""
    if "reach_audience" not in at or bool(at["reach_audience"].isnull().any()):
        return None
    from mmm.reach_response import effective_of  # SciPy takes a second: only for lines on reach

    names = ("reach_audience", "reach_shape", "frequency_half", "frequency_slope")
    return effective_of(*(_draws(at, name) for name in names))


def _draws(at: xr.Dataset, name: str) -> np.ndarray:
    values: np.ndarray = at[name].to_numpy().astype(float)
    return values


def _carry(exposure: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Adstock a series whose first window − 1 values only feed the rest: (draw, time)."""
    lags = weights.shape[-1]
    return weights @ adstock.lagged(exposure, lags)[lags - 1 :].T
