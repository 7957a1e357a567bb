"""The table of curves: what each line and channel spends, brings, and would bring with more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from mmm.curve_basis import Basis, basis_of
from mmm.curve_saturation import saturation_reached
from mmm.curves import ResponseCurves


@dataclass(frozen=True)
class Estimate:
    """An expected value and the 90 % range of its draws.

    The mean of a ratio is a ratio of means; its range is that of the per-draw ratios. An end is
    None where it has no bound (draws that bring nothing cost without limit); both are None where
    there is one draw only, which states no uncertainty.
    """

    mean: float
    p05: float | None
    p95: float | None


@dataclass(frozen=True)
class CurveRow:
    """One line, or one channel (the sum of its lines), for one KPI.

    ``line`` is empty in a channel's row. ROAS for money, CAC for counts, neither where nothing is
    spent or media have no currency. ``marginal_…`` is about the next unit of money, spent in the
    present proportions. ``saturation`` is the share of full saturation reached in the long run;
    ``half_saturation_spend`` the total over the window at which half of it is.
    """

    channel: str
    campaign: str
    line: str
    kpi: str
    unit: str
    spend: float
    contribution: Estimate
    roas: Estimate | None
    marginal_roas: Estimate | None
    cac: Estimate | None
    marginal_cac: Estimate | None
    saturation: float | None
    half_saturation_spend: float | None
    prior_driven: bool


@dataclass(frozen=True)
class CurveTable:
    """All rows, KPI by KPI; each channel's row stands before those of its lines.

    ``imported`` curves are read at their last point, where the next unit of money is unknown:
    their marginal figures are about the last one.
    """

    currency: str
    weeks: int
    draws: int
    imported: bool
    meaning: str
    health: str
    rows: tuple[CurveRow, ...]


def curve_table(curves: ResponseCurves, *, weeks: int | None = None) -> CurveTable:
    """Read the curves at their basis (see ``basis_of``). Raises InputError for wrong ``weeks``.

    A channel that is one line has one row, its own.
    """
    basis = basis_of(curves, weeks)
    weekly = np.repeat(basis.spend[:, None] / basis.weeks, basis.weeks, axis=1)
    steady = xr.DataArray(weekly, dims=("line", "week"), coords={"line": list(curves.lines)})
    response = curves.response(steady, basis.window)
    gradient = curves.gradient(steady, basis.window)
    rows = [
        _row(curves, basis, response, gradient, _Group(kpi, channel, lines))
        for kpi in curves.kpis
        for channel, members in channels_of(curves).items()
        for lines in groups_of(curves, members)
    ]
    verdict = str(curves.health.verdict)
    return CurveTable(
        currency=curves.currency,
        weeks=basis.weeks,
        draws=curves.draws,
        imported=basis.observed is None,
        meaning=basis.meaning,
        health=verdict,
        rows=tuple(rows),
    )


def channels_of(curves: ResponseCurves) -> dict[str, tuple[str, ...]]:
    """Channel -> its lines, both in the order of the curves."""
    members: dict[str, list[str]] = {}
    for line, channel in zip(curves.lines, curves.data["channel"].to_numpy(), strict=True):
        members.setdefault(str(channel), []).append(line)
    return {channel: tuple(lines) for channel, lines in members.items()}


def groups_of(curves: ResponseCurves, lines: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All lines of a channel together, then each by itself; a single line only once."""
    each: list[tuple[str, ...]] = [(line,) for line in lines]
    return each if len(lines) == 1 else [lines, *each]


def campaign_of(curves: ResponseCurves, line: str) -> str:
    """The campaign of a line, empty where the line is a channel."""
    return str(curves.data["campaign"].sel(line=line).item())


@dataclass(frozen=True)
class _Group:
    kpi: str
    channel: str
    lines: tuple[str, ...]


def _row(
    curves: ResponseCurves,
    basis: Basis,
    response: xr.DataArray,
    gradient: xr.DataArray,
    group: _Group,
) -> CurveRow:
    lines, unit = list(group.lines), curves.units[group.kpi]
    spends = np.array([basis.spend[curves.lines.index(line)] for line in lines])
    spend = float(spends.sum())
    brought = response.sel(kpi=group.kpi, line=lines).sum("line").to_numpy()
    marginal = marginal_of(gradient.sel(kpi=group.kpi, line=lines).to_numpy(), spends)
    money = bool(curves.currency)
    roas, cac = money and unit == "currency", money and unit == "count"
    own = lines[0] if len(lines) == 1 else ""
    reached, half = saturation_reached(curves, group.kpi, lines, basis)
    return CurveRow(
        channel=group.channel,
        campaign=campaign_of(curves, own) if own else "",
        line=own,
        kpi=group.kpi,
        unit=unit,
        spend=spend,
        contribution=estimate(brought),
        roas=estimate(brought / spend) if roas and spend > 0 else None,
        marginal_roas=None if not roas or marginal is None else estimate(marginal),
        cac=inverse(brought / spend) if cac and spend > 0 else None,
        marginal_cac=None if not cac or marginal is None else inverse(marginal),
        saturation=reached,
        half_saturation_spend=half,
        prior_driven=any(line in curves.prior_driven for line in lines),
    )


def marginal_of(gradient: np.ndarray, spends: np.ndarray) -> np.ndarray | None:
    """Response to the next unit of money in the present proportions: (draw,).

    None where there is no proportion (several lines, none spends) or where it is infinite (a
    Hill curve with slope below 1 at zero).
    """
    total = spends.sum()
    if total == 0 and len(spends) > 1:
        return None
    shares = spends / total if total > 0 else np.ones(1)
    used = shares > 0
    marginal: np.ndarray = gradient[:, used] @ shares[used]
    return marginal if np.isfinite(marginal).all() else None


def estimate(draws: np.ndarray) -> Estimate:
    """Mean and 90 % range of draws: (draw,)."""
    if len(draws) == 1:
        return Estimate(float(draws[0]), None, None)
    low, high = np.quantile(draws, [0.05, 0.95])
    return Estimate(float(draws.mean()), float(low), float(high))


def inverse(per_money: np.ndarray) -> Estimate | None:
    """Cost per unit from units per money. Quantiles turn over; a draw that brings none costs ∞."""
    mean = float(per_money.mean())
    if mean <= 0:
        return None
    if len(per_money) == 1:
        return Estimate(1 / mean, None, None)
    with np.errstate(divide="ignore"):
        cost = 1 / np.maximum(per_money, 0.0)
    low, high = np.quantile(cost, [0.05, 0.95], method="inverted_cdf")  # never mixes with ∞
    return Estimate(1 / mean, _finite(low), _finite(high))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
