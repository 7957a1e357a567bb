"""A fit's numbers as labelled groups: what was sampled, how, and from what."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from mmm.baseline import column_name, standard_base
from mmm.data import MediaData
from mmm.fit.ahead import ahead_group
from mmm.model.derived import Derived
from mmm.model.evidence import Evidence
from mmm.model.gather import channels
from mmm.model.synergy import coefficient
from mmm.spec import ModelSpec
from mmm.worth import worth

BY_KPI = ("campaign_spread", "saturation_spread", "geo_spread", "degrees")
"""Sampled figures that a KPI has one of, if it has any."""


def posterior_group(
    evidence: Mapping[str, Evidence],
    draws: Mapping[str, Mapping[str, np.ndarray]],
    derived: Mapping[str, Derived],
) -> xr.Dataset:
    """(kpi, chain, draw, …): see mmm.fit.conduct.Fit.

    draws: kpi -> what was sampled and what it resolves to, name -> (chain, draw, …).
    """
    kpis = [_of_kpi(own, draws[kpi], derived[kpi]) for kpi, own in evidence.items()]
    return _by_kpi(kpis, list(evidence))


def _of_kpi(own: Evidence, draws: Mapping[str, np.ndarray], derived: Derived) -> xr.Dataset:
    shape = draws["sigma"].shape
    dims = ("chain", "draw")
    by_line = {}
    for parameter in own.parameters:
        values = np.full((*shape, len(own.lines)), np.nan)
        values[..., parameter.rows] = draws[parameter.name]
        by_line[parameter.name] = ((*dims, "line"), values)
    by_geo = {
        name: ((*dims, "line", "geo"), getattr(derived, name).reshape(*shape, *rest))
        for name in ("average", "effect")
        if (rest := getattr(derived, name).shape[1:])
    }
    columns = {}
    if own.columns.names:
        columns["column_effect"] = ((*dims, "sampled_column"), draws["column"])
    if own.columns.lagged:
        rates = np.full(draws["column"].shape, np.nan)
        rates[..., len(own.columns.plain) :] = draws["column_retention"]
        columns["column_retention"] = ((*dims, "sampled_column"), rates)
    if own.synergy.pairs:
        columns["synergy_effect"] = ((*dims, "pair"), coefficient(draws))
    return xr.Dataset(
        {
            **by_line,
            **by_geo,
            **columns,
            **{name: (dims, draws[name]) for name in BY_KPI if name in draws},
            "b": ((*dims, "column"), derived.b.reshape(*shape, -1)),
            "own": (
                (*dims, "geo", "own_column"),
                derived.own.reshape(*shape, *derived.own.shape[1:]),
            ),
            "sigma": (dims, draws["sigma"] * own.unit),
        },
        coords={
            "line": list(own.lines),
            "geo": list(own.geos),
            "column": list(own.baseline.columns),
            "own_column": list(own.own.columns),
            **({"sampled_column": list(own.columns.names)} if own.columns.names else {}),
            **({"pair": list(own.synergy.names)} if own.synergy.pairs else {}),
        },
    )


def stats_group(stats: Mapping[str, Mapping[str, np.ndarray]]) -> xr.Dataset:
    """(kpi, chain, draw) the sampler's own figures."""
    kpis = [
        xr.Dataset({name: (("chain", "draw"), values) for name, values in own.items()})
        for own in stats.values()
    ]
    return _by_kpi(kpis, list(stats))


def constants_group(
    spec: ModelSpec,
    data: MediaData,
    evidence: Mapping[str, Evidence],
    derived: Mapping[str, Derived],
) -> xr.Dataset:
    """What the draws were made from, so that curves need nothing else.

    cost_per_unit is Σ spend / Σ exposure, and 1 where a line runs on spend itself; of a line on
    reach it is that of an impression.
    """
    own = list(evidence.values())
    first, owners = own[0], channels(data)
    by_cell = ("line", "geo", "week")
    return xr.Dataset(
        {
            "spend": (by_cell, first.spend),
            "exposure": (by_cell, first.exposure),
            "population": ("geo", first.population),
            "local": ("line", first.pooling.local),
            "cost_per_unit": ("line", _costs(spec, first, owners)),
            "scale": ("line", first.scale),
            "adstock": ("line", [spec.adstock(channel).kind for channel in owners]),
            "window": ("line", [spec.adstock(channel).window for channel in owners]),
            "saturation": ("line", [spec.saturation(channel).kind for channel in owners]),
            "order": ("line", [spec.order(channel) for channel in owners]),
            "prior_driven": ("line", np.zeros(len(data.lines), dtype=bool)),
            "organic": ("line", [spec.channels[channel].organic for channel in owners]),
            "design": (("week", "column"), first.baseline.design),
            "own_design": (("week", "own_column"), first.own.design),
            "kpi_values": (("kpi", "geo", "week"), np.stack([one.kpi_values for one in own])),
            "expected": (
                ("kpi", "geo", "week"),
                np.stack([derived[kpi].expected for kpi in evidence]),
            ),
            "centre": ("kpi", [one.centre for one in own]),
            "standard_deviation": ("kpi", [one.unit for one in own]),
            "effect_mu": (("kpi", "line"), np.stack([one.effect_mu for one in own])),
            "effect_sigma": (("kpi", "line"), np.stack([one.effect_sigma for one in own])),
            "unit": ("kpi", [spec.kpis[kpi].unit for kpi in evidence]),
            "likelihood": ("kpi", [one.likelihood for one in own]),
            **_reach(first),
            **_columns(spec, data, first),
            **_pairs(first),
            **worth(spec, data),
            **ahead_group(spec, data, first),
        },
        coords={
            "kpi": list(evidence),
            "line": list(data.lines),
            "geo": list(data.geos),
            "channel": ("line", list(owners)),
            "campaign": ("line", [str(name) for name in data.dataset["campaign"].to_numpy()]),
            "week": data.dates,
            "column": list(first.baseline.columns),
            "own_column": list(first.own.columns),
            **_labels(spec, data),
        },
        attrs={"currency": data.currency or ""},
    )


def _columns(spec: ModelSpec, data: MediaData, first: Evidence) -> dict[str, xr.DataArray]:
    """What sampled columns and treatments are rebuilt from, where there are any.

    sampled_values (sampled_column, geo, week) before carry-over, sampled_window its weeks;
    treatment_base (treatment): the level that counts as none, on the scale of its column.
    """
    found = {}
    sampled = first.columns
    if sampled.names:
        names = {"sampled_column": list(sampled.names)}
        values = [*sampled.plain, *(lags[..., 0] for lags in sampled.lagged)]
        windows = [1] * len(sampled.plain) + [lags.shape[-1] for lags in sampled.lagged]
        cells = ("sampled_column", "geo", "week")
        found["sampled_values"] = xr.DataArray(np.stack(values), dims=cells, coords=names)
        found["sampled_window"] = xr.DataArray(windows, dims=("sampled_column",), coords=names)
    raw = dict(
        zip(map(str, data.dataset["control"].to_numpy()), data.panel("controls"), strict=True)
    )
    bases = {
        column_name(one): standard_base(one, raw[one.label])
        for one in spec.controls
        if one.kind == "treatment" and np.ptp(raw[one.label]) > 0
    }
    if bases:
        found["treatment_base"] = xr.DataArray(
            list(bases.values()), dims=("treatment",), coords={"treatment": list(bases)}
        )
    return found


def _pairs(first: Evidence) -> dict[str, xr.DataArray]:
    """synergy_sides (pair, side): the two channels or lines of every pair, where there are any."""
    if not first.synergy.pairs:
        return {}
    sides = np.array(first.synergy.pairs, dtype=object)
    names = {"pair": list(first.synergy.names)}
    return {"synergy_sides": xr.DataArray(sides, dims=("pair", "side"), coords=names)}


def _costs(spec: ModelSpec, first: Evidence, owners: tuple[str, ...]) -> np.ndarray:
    bought = [
        spec.runs_on(channel) != "spend" and not spec.channels[channel].organic
        for channel in owners
    ]
    units = first.exposure if first.reach is None else first.reach.impressions(first.exposure)
    ratio = first.spend.sum(axis=(1, 2)) / units.sum(axis=(1, 2))
    costs: np.ndarray = np.where(bought, ratio, 1.0)
    return costs


def _reach(first: Evidence) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
    """What lines on reach are rebuilt from, where there are any; NaN for the others.

    frequency (line, geo, week) average; reach_audience, reach_shape (line, geo, reach_draw).
    """
    if first.reach is None:
        return {}
    found: dict[str, tuple[tuple[str, ...], np.ndarray]] = {}
    for name, last, values in (
        ("frequency", "week", first.reach.frequency),
        ("reach_audience", "reach_draw", first.reach.audience),
        ("reach_shape", "reach_draw", first.reach.shape),
    ):
        every = np.full((len(first.lines), *values.shape[1:]), np.nan)
        every[first.reach.rows] = values
        found[name] = ("line", "geo", last), every
    return found


def _labels(spec: ModelSpec, data: MediaData) -> dict[str, tuple[str, list[str]]]:
    """``label_<name>`` of every line; the empty text where a line has no such label."""
    own = []
    for line in data.lines:
        channel, _, campaign = line.partition("/")
        body = spec.channels[channel]
        listed = (body.campaigns or {}).get(campaign)
        own.append({**body.labels, **(listed.labels if listed else {})})
    names = dict.fromkeys(name for labels in own for name in labels)
    return {f"label_{name}": ("line", [labels.get(name, "") for labels in own]) for name in names}


def _by_kpi(kpis: list[xr.Dataset], names: list[str]) -> xr.Dataset:
    stacked = xr.concat(kpis, dim="kpi").assign_coords(kpi=names)
    return stacked.transpose("kpi", "chain", "draw", ...)
