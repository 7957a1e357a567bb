"""Curves of a fitted model: adstock and saturation parameters per draw, with the history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import xarray as xr

from mmm.curves._base import Along, ResponseCurves
from mmm.curves.adstocked import Adstocked
from mmm.curves.counted import (
    checked_count,
    count_by_week,
    count_of_exposure,
    spread_of_exposure,
)
from mmm.curves.flattened import Flattened, OnReach, Saturated
from mmm.curves.flighted import FlightedResponse
from mmm.curves.line import Line, carry, line_of
from mmm.curves.reached import Reached
from mmm.curves.remembered import Remembered
from mmm.curves.steady import SteadyResponse
from mmm.curves.window import Window

MEMORY = 300_000_000  # bytes of curves remembered along their profiles
COLUMNS = 50_000_000  # bytes of responses remembered, draw by draw
QUARTER = 13  # weeks: about the length of a plan


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
    cost_before(line)                 the same of what is spent before and after the window; absent
                                      where it is cost_per_unit
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

    def changed(self, price: xr.DataArray, outcome: xr.DataArray) -> xr.Dataset:
        """Costs and effects times the factors; costs outside of the window stay what they were."""
        cost = self.data["cost_per_unit"]
        before = self.data.get("cost_before", cost)
        return self.data.assign(
            cost_per_unit=cost * price,
            cost_before=before,
            effect=(self.data["effect"] * outcome).transpose("kpi", "draw", "line"),
        )

    def frequency(self, line: str, weekly_spend: np.ndarray) -> np.ndarray | None:
        """impressions / R(impressions) at the line's cost per impression: (draw, n)."""
        known = self._known(self.kpis[0], line)
        if known.effective is None:
            return None
        counts = np.asarray(weekly_spend, dtype=float) / known.cost
        return known.effective.curve.frequency(counts)

    def steady(
        self,
        kpi: str,
        line: str,
        profile: np.ndarray,
        window: Window,
        count: np.ndarray | None = None,
    ) -> SteadyResponse:
        """The line's response along ``profile``, with carry-in from history and carry-out.

        Asked for again it is the same object, which remembers what it gave.
        """
        counts = None if count is None else tuple(count)
        key = (kpi, line, profile.tobytes(), window.weeks, counts, window.around[line])
        return self._steady.get(key, lambda: self._along_profile(kpi, line, profile, window, count))

    def _draws_of(self, at: Along) -> np.ndarray:
        """As of every kind of curves; plans of one reference ask for it again and again."""
        spent = at.total, at.profile.tobytes(), at.window.weeks, at.window.around[at.line]
        key = (at.kpi, at.line, at.marginal, spent)
        return self._columns.get(key, lambda: super(ParametricCurves, self)._draws_of(at))

    def _along_profile(
        self, kpi: str, line: str, profile: np.ndarray, window: Window, count: np.ndarray | None
    ) -> SteadyResponse:
        known = self._known(kpi, line)
        count = checked_count(count, window.weeks)
        if known.effective is not None:
            weight = known.effect / known.scale
            counted = None if count is None else count_of_exposure(count, known.weights)
            return Reached(weight, profile / known.cost, known.effective, counted)
        if known.saturation_first:
            # weeks do not mix before they are flattened, and all weights of a week sum to 1
            unit = np.broadcast_to(profile / (known.cost * known.scale), (self.draws, len(profile)))
            carried = np.zeros_like(unit)
            counted = None if count is None else count_of_exposure(count, known.weights)
        else:
            idle = np.zeros(known.lags - 1)
            plan = np.concatenate([idle, profile, idle])
            carried = self._carried.get(
                (kpi, line, window.weeks, window.around[line]),
                lambda: known.carried(line, window),
            )
            unit = carry(plan, known.weights) / (known.cost * known.scale)
            counted = None if count is None else count_by_week(count, known.lags)[None]
        alike = {}
        if counted is not None:
            some = counted.any(axis=0)
            carried, unit, counted = carried[:, some], unit[:, some], counted[:, some]
        else:
            alike = self._alike.get((kpi, line, window.weeks, window.around[line]), dict)
        return Adstocked(
            effect=known.effect,
            carried=carried,
            unit=unit,
            saturation=known.saturation,
            parameters=known.parameters,
            count=counted,
            alike=alike,
        )

    def flighted(
        self, kpi: str, line: str, window: Window, count: np.ndarray | None = None
    ) -> FlightedResponse:
        """Terms over lags where carry-over comes first; else one a week, by itself."""
        known = self._known(kpi, line)
        count = checked_count(count, window.weeks)
        flattened: Flattened = Saturated(known.saturation, known.parameters)
        height, unit = known.effect, 1 / (known.cost * known.scale)
        if known.effective is not None:
            flattened = OnReach(known.effective)
            height, unit = known.effect / known.scale, 1 / known.cost
        if known.weeks_alone:
            kernel = np.full((self.draws, 1), unit)
            base = np.zeros((self.draws, window.weeks))
            counts = None if count is None else count_of_exposure(count, known.weights)
        else:
            kernel = known.weights * unit
            base = known.carried(line, window)
            counts = None if count is None else count_by_week(count, known.lags)[None]
        heights = height[:, None] * (np.ones((1, base.shape[1])) if counts is None else counts)
        counted = np.flatnonzero(heights.any(axis=0))
        return FlightedResponse(
            window.weeks, heights[:, counted], base[:, counted], kernel, flattened, counted
        )

    def _by_week(
        self, kpi: str, line: str, profile: np.ndarray, window: Window, total: float
    ) -> np.ndarray:
        known = self._known(kpi, line)
        curve = self.steady(kpi, line, profile, window)
        assert isinstance(curve, Adstocked | Reached)
        weekly = curve.by_week(total)
        if known.weeks_alone:
            weekly = spread_of_exposure(weekly, known.weights)
        inside, after = weekly[:, : window.weeks], weekly[:, window.weeks :]
        return np.concatenate([inside, after.sum(axis=1, keepdims=True)], axis=1)

    def _known(self, kpi: str, line: str) -> Line:
        """What the dataset holds of one line and KPI, looked up by label once."""
        if (kpi, line) not in self._lines:
            self._lines[kpi, line] = line_of(self.data, kpi, line)
        return self._lines[kpi, line]

    @cached_property
    def _steady(self) -> Remembered[SteadyResponse]:
        return Remembered(self._remembered)

    @cached_property
    def _columns(self) -> Remembered[np.ndarray]:
        return Remembered(COLUMNS // (8 * self.draws))

    @cached_property
    def _carried(self) -> Remembered[np.ndarray]:
        """Of windows: what reaches its weeks from outside it."""
        return Remembered(self._remembered)

    @cached_property
    def _alike(self) -> Remembered[dict[str, Any]]:
        """What curves have in common that differ in their profile alone."""
        return Remembered(self._remembered)

    @cached_property
    def _remembered(self) -> int:
        """How many curves fit in MEMORY bytes: each holds four numbers a draw and week."""
        weeks = int(self.data["window"].max()) + QUARTER
        return max(1, MEMORY // (32 * self.draws * weeks))

    @cached_property
    def _lines(self) -> dict[tuple[str, str], Line]:
        return {}
