"""The table of curves: what each line and channel spends, brings, and would bring with more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from mmm.curve_tables.basis import Basis, basis_of
from mmm.curve_tables.saturation import saturation_reached
from mmm.curves import ResponseCurves
from mmm.errors import Fault, InputError


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
    """One line, or the sum of some (a channel, a campaign of regions, a region), for one KPI.

    ``name`` is what the row is called; ``whole`` is true where rows of its parts follow. ``line``
    is empty in the row of several lines. ROAS for money, CAC for counts, neither where nothing is
    spent or media have no currency. ``marginal_…`` is about the next unit of money, spent in the
    present proportions. ``saturation`` is the share of full saturation reached in the long run;
    ``half_saturation_spend`` the total over the window at which half of it is. ``frequency``:
    average exposures a week of a person reached, at this spend, of one line that runs on reach.
    """

    name: str
    whole: bool
    channel: str
    campaign: str
    geo: str
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
    frequency: Estimate | None
    prior_driven: bool


@dataclass(frozen=True)
class CurveTable:
    """All rows, KPI by KPI; each whole (a channel, or a region) stands before its parts.

    ``imported`` curves are read at their last point, where the next unit of money is unknown:
    their marginal figures are about the last one.
    """

    currency: str
    by: str
    weeks: int
    draws: int
    imported: bool
    meaning: str
    health: str
    rows: tuple[CurveRow, ...]


def curve_table(
    curves: ResponseCurves, *, weeks: int | None = None, by: str = "channel"
) -> CurveTable:
    """Read the curves at their basis (see ``basis_of``), grouped as ``by`` says (see GROUPS).

    A whole with one part has one row. Raises InputError for wrong ``weeks``, for a ``by`` that
    does not exist, and for regions of curves that know none.
    """
    grouped = _grouping(curves, by)
    basis = basis_of(curves, weeks)
    weekly = np.repeat(basis.spend[:, None] / basis.weeks, basis.weeks, axis=1)
    steady = xr.DataArray(weekly, dims=("line", "week"), coords={"line": list(curves.lines)})
    response = curves.response(steady, basis.window)
    gradient = curves.gradient(steady, basis.window)
    rows = [
        _row(curves, basis, response, gradient, group)
        for kpi in curves.kpis
        for group in grouped(kpi)
    ]
    verdict = str(curves.health.verdict)
    return CurveTable(
        currency=curves.currency,
        by=by,
        weeks=basis.weeks,
        draws=curves.draws,
        imported=basis.observed is None,
        meaning=basis.meaning,
        health=verdict,
        rows=tuple(rows),
    )


def lines_by(curves: ResponseCurves, *keys: str) -> dict[str, tuple[str, ...]]:
    """Name -> its lines, in the order of the curves; keys are of ``ResponseCurves.labels``.

    Lines without any of the keys stand together: by region, what is bought for all regions.
    """
    members: dict[tuple[str, ...], list[str]] = {}
    for line, own in curves.labels.items():
        members.setdefault(tuple(own.get(key, "") for key in keys), []).append(line)
    return {
        "/".join(part for part in called if part) or EVERYWHERE: tuple(lines)
        for called, lines in members.items()
    }


EVERYWHERE = "all regions together"

GROUPS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "channel": (("channel",), ("channel", "campaign")),
    "geo": (("geo",), ("channel", "campaign", "geo")),
}
"""``--by`` -> what the rows of wholes are, and of their parts"""


@dataclass(frozen=True)
class _Group:
    kpi: str
    name: str
    lines: tuple[str, ...]
    whole: bool


def _grouping(curves: ResponseCurves, by: str) -> Callable[[str], list[_Group]]:
    """KPI -> its groups, each whole before its parts."""
    if by not in GROUPS:
        raise InputError([Fault("--by", 0, 0, "", repr(by), " or ".join(GROUPS))])
    if by == "geo" and not any("geo" in own for own in curves.labels.values()):
        found, expected = "geo, of curves that know no regions", "curves of a model by region"
        raise InputError([Fault("--by", 0, 0, "", found, expected, "leave --by out")])
    wholes, parts = (lines_by(curves, *keys) for keys in GROUPS[by])

    def groups(kpi: str) -> list[_Group]:
        made: list[_Group] = []
        for name, lines in wholes.items():
            inside = {key: own for key, own in parts.items() if set(own) <= set(lines)}
            if len(inside) > 1 or by == "geo":
                made.append(_Group(kpi, name, lines, whole=True))
            made += [_Group(kpi, key, own, whole=False) for key, own in inside.items()]
        return made

    return groups


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
    called = {
        key: _same(curves.labels[line].get(key, "") for line in lines)
        for key in ("channel", "campaign", "geo")
    }
    reached, half = saturation_reached(curves, group.kpi, lines, basis)
    return CurveRow(
        name=group.name if group.whole else own or group.name,
        whole=group.whole,
        **called,
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
        frequency=_frequency(curves, own, spend / basis.weeks),
        prior_driven=any(line in curves.prior_driven for line in lines),
    )


def _frequency(curves: ResponseCurves, line: str, weekly: float) -> Estimate | None:
    """None for several lines, for a line that is off, and where reach is not known."""
    found = curves.frequency(line, np.array([weekly])) if line and weekly > 0 else None
    return None if found is None else estimate(found[:, 0])


def _same(values: Iterable[str]) -> str:
    """What all lines of a row have in common; empty where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else ""


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
