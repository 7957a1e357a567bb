"""ResponseCurves: everything the allocator may see of a model."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import xarray as xr

from mmm.card import HealthCard
from mmm.curves.flighted import FlightedResponse
from mmm.curves.forecast import Forecast
from mmm.curves.steady import SteadyResponse
from mmm.curves.window import Window

SCHEMA_VERSION = 1
NAMED = ("channel", "campaign", "geo")
LABEL = "label_"
AFTER = "after"  # what falls once the window is over, in ``timed``


@dataclass(frozen=True, eq=False)
class Along:
    """One line and KPI at a total that is spent along a weekly profile; marginal: its slope."""

    kpi: str
    line: str
    total: float
    profile: np.ndarray
    window: Window
    marginal: bool


@dataclass(frozen=True, eq=False)
class ResponseCurves(ABC):
    """Incremental outcome of media spend, draw by draw, for every KPI and media line.

    All KPIs are read at the same draw index. Spend is in ``currency``; a KPI is in its ``unit``,
    ``currency`` or ``count``. ``data`` holds labelled numbers only; build one with
    ``parametric_curves`` or ``tabulated_curves`` and read one with ``load``.
    """

    kind: ClassVar[str]
    data: xr.Dataset
    given: ResponseCurves | None = None
    """the curves these come from, where something is assumed of them; None for curves as fitted or
    imported"""

    @abstractmethod
    def steady(
        self,
        kpi: str,
        line: str,
        profile: np.ndarray,
        window: Window,
        count: np.ndarray | None = None,
    ) -> SteadyResponse:
        """The line's response when its total is spread over the window's weeks by ``profile``.

        profile: (week,) shares that sum to 1. count: (week + 1,) how much the outcome counts by
        the week in which it falls, 0 or more, last all that falls after the window; None: all of
        it, once. Raises ValueError for a count that does not fit, or that the curves cannot tell.
        """

    @abstractmethod
    def flighted(
        self, kpi: str, line: str, window: Window, count: np.ndarray | None = None
    ) -> FlightedResponse:
        """The line's response to free weekly amounts; count as in ``steady``.

        Raises ValueError for a count that does not fit, and for curves that know no weeks.
        """

    @abstractmethod
    def largest_total(self, line: str) -> float:
        """The largest total over the window for which the response is known, currency."""

    def frequency(self, line: str, weekly_spend: np.ndarray) -> np.ndarray | None:
        """Average weekly frequency at these amounts a week: (draw, n); the first one's at 0.

        None for a line whose response does not run on reach, of which nothing is known.
        """
        return None

    @abstractmethod
    def changed(self, price: xr.DataArray, outcome: xr.DataArray) -> xr.Dataset:
        """``data`` with R(x) become outcome · R(x / price): price (line), outcome (kpi, line)."""

    @property
    @abstractmethod
    def history(self) -> xr.DataArray | None:
        """(line, week) weekly spend the model saw, currency; None where curves carry none."""

    @property
    @abstractmethod
    def week_start(self) -> int:
        """Weekday on which the model's weeks begin, 0 = Monday."""

    @cached_property
    def spent(self) -> np.ndarray | None:
        """(line, week) the history's numbers, lines in the order of ``lines``; None without one."""
        return None if self.history is None else rows(self.history, self.lines)

    def response(self, spend: xr.DataArray, window: Window) -> xr.DataArray:
        """Incremental outcome of a plan: (draw, kpi, line), KPI units.

        outcome(history, plan, after) − outcome(history, no plan, after), summed over the window
        and the carry-out weeks after it. spend: (line, week), currency; every line of the curves
        must be there. Raises KeyError for a line that is missing, ValueError beyond a table.
        """
        return self._along(spend, window, marginal=False)

    def gradient(self, spend: xr.DataArray, window: Window) -> xr.DataArray:
        """Response to the next unit of a line's total, spent as the line is: (draw, kpi, line).

        KPI units per currency unit. A line that spends nothing is taken at a flat profile.
        """
        return self._along(spend, window, marginal=True)

    def marginal(
        self, kpi: str, line: str, total: float, *, profile: np.ndarray, window: Window
    ) -> np.ndarray:
        """What ``gradient`` says of one KPI and line at a total spent along a profile: (draw,)."""
        return self._draws_of(Along(kpi, line, total, profile, window, marginal=True))

    def timed(self, spend: xr.DataArray, window: Window) -> xr.DataArray:
        """Incremental outcome by the week in which it falls: (draw, kpi, line, week), KPI units.

        Its weeks are ISO weeks of the window and, last, ``after``: all that comes once the window
        is over. They sum to ``response``. Raises what ``response`` raises, and ValueError for
        curves that know no weeks.
        """
        out = np.empty((self.draws, len(self.kpis), len(self.lines), window.weeks + 1))
        for column, (line, total, profile) in enumerate(self._totals(spend, window)):
            for row, kpi in enumerate(self.kpis):
                out[:, row, column] = self._by_week(kpi, line, profile, window, total)
        days = [window.start + dt.timedelta(weeks=week) for week in range(window.weeks)]
        return xr.DataArray(
            out,
            dims=("draw", "kpi", "line", "week"),
            coords={
                "kpi": list(self.kpis),
                "line": list(self.lines),
                "week": [*map(week_label, days), AFTER],
            },
        )

    @abstractmethod
    def _by_week(
        self, kpi: str, line: str, profile: np.ndarray, window: Window, total: float
    ) -> np.ndarray:
        """Outcome of a total along a profile by week, the last after the window: (draw, week)."""

    def _totals(self, spend: xr.DataArray, window: Window) -> list[tuple[str, float, np.ndarray]]:
        """Each line's total and weekly profile, flat where it spends nothing."""
        weekly = rows(spend, self.lines)
        flat = np.full(window.weeks, 1 / window.weeks)
        found = []
        for line, own in zip(self.lines, weekly, strict=True):
            total = own.sum()
            found.append((line, total, own / total if total > 0 else flat))
        return found

    def _along(self, spend: xr.DataArray, window: Window, *, marginal: bool) -> xr.DataArray:
        out = np.empty((self.draws, len(self.kpis), len(self.lines)))
        for column, (line, total, profile) in enumerate(self._totals(spend, window)):
            for row, kpi in enumerate(self.kpis):
                at = Along(kpi, line, float(total), profile, window, marginal)
                out[:, row, column] = self._draws_of(at)
        return self._labelled.copy(deep=False, data=out)

    @cached_property
    def _labelled(self) -> xr.DataArray:
        """(draw, kpi, line) with labels, for what is made again and again."""
        return xr.DataArray(
            np.empty((self.draws, len(self.kpis), len(self.lines))),
            dims=("draw", "kpi", "line"),
            coords={"kpi": list(self.kpis), "line": list(self.lines)},
        )

    def _draws_of(self, at: Along) -> np.ndarray:
        """(draw,) the response, or its slope."""
        curve, total = self.steady(at.kpi, at.line, at.profile, at.window), np.array([at.total])
        found: np.ndarray = (curve.slope(total) if at.marginal else curve.value(total))[:, 0]
        return found

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Line ids: ``channel`` or ``channel/campaign``, with ``@geo`` in a model by region."""
        return tuple(str(line) for line in self.data["line"].to_numpy())

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """Line -> what it is called by: channel, campaign, geo and labels such as audience.

        Only what is said: a line without a campaign, bought for the whole country, or without a
        label has no such key. Every line has a channel.
        """
        said: dict[str, dict[str, str]] = {line: {} for line in self.lines}
        own = sorted(str(name) for name in self.data.coords if str(name).startswith(LABEL))
        for name in (*NAMED, *own):
            values = self.data[name].to_numpy() if name in self.data.coords else ()
            for line, value in zip(self.lines, values, strict=False):  # none where there are none
                if str(value):
                    said[line][name.removeprefix(LABEL)] = str(value)
        return said

    @cached_property
    def kpis(self) -> tuple[str, ...]:
        """KPI names."""
        return tuple(str(kpi) for kpi in self.data["kpi"].to_numpy())

    @cached_property
    def draws(self) -> int:
        """Number of posterior draws."""
        return int(self.data.sizes["draw"])

    @cached_property
    def units(self) -> dict[str, str]:
        """KPI -> ``currency`` or ``count``."""
        return dict(zip(self.kpis, map(str, self.data["unit"].to_numpy()), strict=True))

    @property
    def currency(self) -> str:
        """ISO 4217 code of every money value; empty for media measured without a currency."""
        return str(self.data.attrs["currency"])

    @property
    def health(self) -> HealthCard:
        """The health card of the fit; without checks if the curves were imported."""
        return HealthCard.from_json(self.data.attrs["health"])

    @property
    def source(self) -> dict[str, object]:
        """Where the curves come from: digests, seed, versions, or the imported table."""
        source: dict[str, object] = json.loads(self.data.attrs["source"])
        return source

    @cached_property
    def prior_driven(self) -> tuple[str, ...]:
        """Lines whose curve is their prior: without history, or paid by result."""
        flags = self.data["prior_driven"].to_numpy()
        return tuple(line for line, flag in zip(self.lines, flags, strict=True) if flag)

    @cached_property
    def observed_weekly(self) -> dict[str, float]:
        """Line -> the largest weekly spend in the history, at the prices of the plan; empty where
        there is none."""
        history = self.history
        if history is None:
            return {}
        most = history.max("week").to_numpy() * self.price
        return dict(zip(self.lines, most.tolist(), strict=True))

    @cached_property
    def forecast(self) -> Forecast | None:
        """What would be sold without media; None where the curves do not say."""
        return Forecast(self.data) if "forecast_coefficient" in self.data else None

    @cached_property
    def under(self) -> dict[bytes, ResponseCurves]:
        """What was assumed of these curves -> the curves under it, remembered by ``assumed``."""
        return {}

    @property
    def price(self) -> np.ndarray:
        """(line,) what a unit of exposure is assumed to cost, over what the model knows: 1."""
        if "cost_before" not in self.data:
            return np.ones(len(self.lines))
        ratio: np.ndarray = (self.data["cost_per_unit"] / self.data["cost_before"]).to_numpy()
        return ratio

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the content (names, dimensions, values, attributes), not over file bytes.

        Of the curves as given: what is assumed of them is said by the scenario.
        """
        return content_digest((self.given or self).data)


def content_digest(data: xr.Dataset) -> str:
    """SHA-256 of a dataset's meaning: the same content gives the same digest in any file layout."""
    sha = hashlib.sha256()
    for name in sorted(map(str, data.variables)):
        variable = data[name]
        values = variable.to_numpy()
        head = [name, list(variable.dims), list(values.shape)]
        if values.dtype.kind in "OUT":
            body = json.dumps([str(value) for value in values.ravel()]).encode()
            head.append("text")
        elif values.dtype.kind == "M":
            body = values.astype("datetime64[D]").astype("<i8").tobytes()
            head.append("date")
        else:
            little = values.dtype.newbyteorder("<")
            body = np.ascontiguousarray(values).astype(little).tobytes()
            head.append(little.str)
        sha.update(json.dumps(head).encode() + b"\0" + body + b"\0")
    attributes = {key: _plain(data.attrs[key]) for key in sorted(data.attrs) if key != "digest"}
    sha.update(json.dumps(attributes).encode())
    return sha.hexdigest()


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def rows(spend: xr.DataArray, lines: tuple[str, ...]) -> np.ndarray:
    """(line, week) of spend, its lines in this order. Raises KeyError for one that is missing."""
    ordered = spend if spend.dims == ("line", "week") else spend.transpose("line", "week")
    if spend.coords.variables["line"].to_numpy().tolist() != list(lines):
        ordered = ordered.sel(line=list(lines))
    weekly: np.ndarray = ordered.to_numpy()
    return weekly


def week_label(day: dt.date) -> str:
    """ISO week of a day: ``2027-W01``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
