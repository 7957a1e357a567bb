"""What every line brought in every week, draw by draw. NumPy and xarray only.

    contribution_t = effect · g(Σ_l w_l m_{t−l})                order adstock_first
    contribution_t = effect · Σ_l w_l g(m_{t−l})                order saturation_first

with m = exposure / (scale · population of the geo) and Σ w = 1; on reach, m is weighted by
hill(average frequency). The effect is the line's average
contribution over the mean of g, as the model has it, so that no formula is written twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from mmm import adstock, saturation

DRAWS = 500  # quantiles to about a percentage point


@dataclass(frozen=True, eq=False)
class Contributions:
    """What was learnt about the past of one KPI.

    weekly:   (draw, line, geo, week) contribution, KPI units
    marginal: (draw, line, geo) what one per cent more exposure in every week adds, per 1 %
    spend:    (line, geo, week) currency
    """

    kpi: str
    lines: tuple[str, ...]
    channels: tuple[str, ...]
    geos: tuple[str, ...]
    weeks: np.ndarray
    weekly: np.ndarray
    marginal: np.ndarray
    spend: np.ndarray

    @property
    def totals(self) -> np.ndarray:
        """Over all weeks and geos: (draw, line), KPI units."""
        totals: np.ndarray = self.weekly.sum(axis=(2, 3), dtype=float)
        return totals

    @property
    def money(self) -> np.ndarray:
        """Spend of each line over all weeks and geos: (line,), currency."""
        money: np.ndarray = self.spend.sum(axis=(1, 2))
        return money


def contributions(
    posterior: xr.Dataset, constants: xr.Dataset, kpi: str, *, draws: int = DRAWS, times: float = 1
) -> Contributions:
    """Contributions of all lines to ``kpi`` over the data, of at most ``draws`` draws.

    posterior, constants: of a Fit. times: multiplies the exposure of every week first, so that 0.5
    says what half of the media would have brought.
    """
    own = thinned(posterior, kpi, draws)
    count, weeks = own.sizes["sample"], constants.sizes["week"]
    shape = (count, constants.sizes["line"], constants.sizes["geo"])
    weekly, marginal = np.empty((*shape, weeks), dtype=np.float32), np.empty(shape)
    for row, value, slope in _by_line(own, constants, times):
        weekly[:, row], marginal[:, row] = value, slope.sum(axis=-1)
    return Contributions(
        kpi,
        lines=tuple(map(str, constants["line"].to_numpy())),
        channels=tuple(map(str, constants["channel"].to_numpy())),
        geos=tuple(map(str, constants["geo"].to_numpy())),
        weeks=constants["week"].to_numpy(),
        weekly=weekly,
        marginal=marginal,
        spend=_along(constants["spend"], "line", "geo", "week"),
    )


def thinned(posterior: xr.Dataset, kpi: str, draws: int = DRAWS) -> xr.Dataset:
    """The draws of one KPI along ``sample``, at most ``draws`` of them, evenly spread.

    What has no element (a nation's terms of regions) is left out.
    """
    there = [name for name, values in posterior.data_vars.items() if values.size]
    own = posterior[there].sel(kpi=kpi, drop=True).stack(sample=("chain", "draw"))
    have = own.sizes["sample"]
    kept = (np.arange(min(have, draws)) * have) // min(have, draws)
    return own.isel(sample=kept)


def weekly_contributions(own: xr.Dataset, constants: xr.Dataset) -> list[np.ndarray]:
    """What each of these lines brought in every week of the data: (draw, geo, week) each.

    own: their draws of one KPI along ``sample``; constants: those of the same lines
    """
    return [value for _, value, _ in _by_line(own, constants, 1.0)]


def _by_line(
    own: xr.Dataset, constants: xr.Dataset, times: float
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """(position, contribution, one per cent more per 1 %) of each line: (draw, geo, week)."""
    people = constants["population"].to_numpy()
    for row in range(constants.sizes["line"]):
        at, drawn = constants.isel(line=row), own.isel(line=row)
        exposure = _along(at["exposure"], "geo", "week") * times
        one = float(at["scale"]) * people[:, None]
        effect = _along(drawn["effect"], "sample", "geo")[..., None]
        if "frequency" in at and not bool(at["frequency"].isnull().any()):
            from mmm.reach.response import weekly_reach  # SciPy takes a second

            weights = _weights(at, drawn)
            value, bend = (_carried(x / one, weights) for x in weekly_reach(at, drawn, times))
        else:
            value, bend = shapes(at, drawn, exposure / one)
        yield row, effect * value, effect * bend


def shapes(at: xr.Dataset, drawn: xr.Dataset, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """g and d g / d ln(exposure) of one line in every week: two of (draw, geo, week).

    at: the line's forms; drawn: its parameters along ``sample``; unit: (geo, week) exposure per
    head over scale
    """
    curve = saturation.by_name(str(at["saturation"].item()))
    weights, count = _weights(at, drawn), drawn.sizes["sample"]
    own = {name: drawn[f"saturation_{name}"].to_numpy()[:, None, None] for name in curve.parameters}
    if str(at["order"].item()) == "saturation_first":
        value, bend = (_carried(one, weights) for one in _flattened(curve, unit[None], own))
        return value, bend
    return _flattened(curve, _carried(np.broadcast_to(unit, (count, *unit.shape)), weights), own)


def _weights(at: xr.Dataset, drawn: xr.Dataset) -> np.ndarray:
    """Of the line's carry-over: (draw, lag)."""
    carry = adstock.by_name(str(at["adstock"].item()))
    lags = int(at["window"])
    rates = {name: drawn[f"adstock_{name}"].to_numpy() for name in carry.parameters}
    return np.broadcast_to(carry.weights(lags, **rates), (drawn.sizes["sample"], lags))


def _flattened(
    curve: saturation.Saturation, u: np.ndarray, own: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """g(u) and g'(u) · u, both 0 at 0."""
    reached = u > 0
    value, slope = curve.value_and_slope(np.where(reached, u, 1.0), **own)
    return np.where(reached, value, 0.0), np.where(reached, slope * u, 0.0)


def _carried(series: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Σ_l w_l · series_{t−l}: (draw, geo, week) with weights (draw, lag)."""
    out = np.zeros_like(series, dtype=float)
    weeks = series.shape[-1]
    for lag in range(min(weights.shape[-1], weeks)):
        out[..., lag:] += weights[:, lag, None, None] * series[..., : weeks - lag]
    return out


def _along(values: xr.DataArray, *dims: str) -> np.ndarray:
    array: np.ndarray = values.transpose(*dims).to_numpy().astype(float)
    return array
