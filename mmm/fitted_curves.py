"""From a fit to the curves the allocator reads."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from mmm.card import HealthCard
from mmm.curves import ParametricCurves
from mmm.forecast import forecast_of
from mmm.worth import worth_by_week

CURVE_DRAWS = 500  # quantiles to about a percentage point, and 18 lines × 2 KPIs stay below 1 MB

FORECAST_NAMES = ("ahead", "term", "control")
"""Coordinates of what would be sold without media."""

FORMS = ("adstock", "window", "saturation", "order", "cost_per_unit", "prior_driven")


def curves_of(
    posterior: xr.Dataset,
    constants: xr.Dataset,
    *,
    card: HealthCard,
    source: Mapping[str, object],
    draws: int = CURVE_DRAWS,
) -> ParametricCurves:
    """Curves with at most ``draws`` draws, evenly thinned, paired across KPIs.

    With regions every line that was measured by region has a curve in each, ``search@DE``; a line
    known only for the country is one curve. Organic media have none: nobody buys them.

    KPIs fitted separately are independent, so any pairing of their draws is as good as another;
    each KPI's draws are put in an order of its own, from ``pairing_seed`` in ``source``, so that
    nothing the sampler does at the same step in two fits can look like a correlation.
    """
    seed = source["pairing_seed"]
    assert isinstance(seed, int)  # written by fit
    names = [str(name) for name in posterior if _is_of_a_curve(str(name))]
    kpis = [_paired(posterior, place, seed, draws) for place in range(posterior.sizes["kpi"])]
    numbers = _by_curve(xr.concat([own[names] for own in kpis], dim="kpi"), constants)
    forecast = forecast_of(kpis, constants, seed=seed)
    forms = _by_curve(constants, constants)
    return ParametricCurves(
        xr.Dataset(
            {
                **{
                    name: numbers[name].transpose("kpi", "draw", "line").astype(np.float32).variable
                    for name in names
                },
                **{name: forms[name].variable for name in FORMS},
                "spend": forms["spend"].transpose("line", "week").variable,
                "exposure": forms["exposure"].transpose("line", "week").variable,
                "scale": forms["scale"].variable,
                "unit": constants["unit"].variable,
                **{name: values.variable for name, values in worth_by_week(constants).items()},
                **_reach(forms, numbers.sizes["draw"]),
                **{name: own for name, own in forecast.items() if name not in FORECAST_NAMES},
            },
            coords={
                "kpi": constants["kpi"].variable,
                "week": constants["week"].variable,
                **{name: own for name, own in forecast.items() if name in FORECAST_NAMES},
                **{name: forms[name].variable for name in forms.coords if _is_label(str(name))},
            },
            attrs={
                "currency": constants.attrs["currency"],
                # weeks are named by their first day
                "week_start": pd.Timestamp(constants["week"].to_numpy()[0]).day_name().lower(),
                "health": card.to_json(),
                "source": json.dumps(
                    {**source, "curve_draws": numbers.sizes["draw"]}, sort_keys=True
                ),
            },
        )
    )


def _paired(posterior: xr.Dataset, place: int, seed: int, draws: int) -> xr.Dataset:
    """All of one KPI along ``draw``, thinned and in the order of the curves' draws."""
    there = [name for name, values in posterior.data_vars.items() if values.size]
    own = posterior[there].isel(kpi=place, drop=True).stack(sample=("chain", "draw"))
    own = own.drop_vars(("sample", "chain", "draw")).rename(sample="draw")
    kept = _evenly(own.sizes["draw"], draws)
    order = np.random.default_rng([seed, place]).permutation(len(kept))
    return own.isel(draw=kept[order])


def _by_curve(numbers: xr.Dataset, constants: xr.Dataset) -> xr.Dataset:
    """The same numbers line by line of the curves: ``line`` or ``line@geo``, without geo.

    Spend, exposure and effect of a line known for the country are sums over its geos; scale is
    per head, so in one geo it is worth the heads there.
    """
    heads = constants["population"]
    if "scale" in numbers:
        numbers = numbers.assign(scale=numbers["scale"] * heads)
    by_line = [name for name in numbers.data_vars if "line" in numbers[name].dims]
    numbers = numbers[by_line]  # what only geos have differs from curve to curve
    geos = [str(geo) for geo in constants["geo"].to_numpy()]
    parts = []
    for line in constants["line"].to_numpy()[~constants["organic"].to_numpy()]:
        own = numbers.sel(line=[line])
        if len(geos) == 1 or not bool(constants["local"].sel(line=line)):
            # without skipna a line that does not run on reach would reach 0 people
            whole = own.sum("geo", skipna=False) if len(geos) > 1 else own.isel(geo=0, drop=True)
            plain = {name: own[name] for name in own.data_vars if "geo" not in own[name].dims}
            part = whole.assign(plain)
            if "reach_shape" in own and len(geos) > 1:  # people add up, their habits do not
                part = part.assign(reach_shape=own["reach_shape"].mean("geo"))
            parts.append(part.assign_coords(geo=("line", [""])) if len(geos) > 1 else part)
            continue
        for geo in geos:
            part = own.sel(geo=geo, drop=True).assign_coords(geo=("line", [geo]))
            parts.append(part.assign_coords(line=[f"{line}@{geo}"]))
    return xr.concat(parts, dim="line", data_vars="minimal", coords="minimal", join="override")


def _reach(forms: xr.Dataset, draws: int) -> dict[str, xr.Variable]:
    """(draw, line) of every line's own reach curve, where there are any; taken in turn."""
    return {
        name: forms[name]
        .transpose("reach_draw", "line")
        .isel(reach_draw=np.arange(draws) % forms.sizes["reach_draw"])
        .rename(reach_draw="draw")
        .variable
        for name in REACH
        if name in forms
    }


def _is_of_a_curve(name: str) -> bool:
    return name == "effect" or (name.startswith(OF_A_CURVE) and name != SPREAD)


OF_A_CURVE = ("adstock_", "saturation_", "frequency_")
SPREAD = "saturation_spread"
REACH = ("reach_audience", "reach_shape")


def _is_label(name: str) -> bool:
    return name in ("line", "channel", "campaign", "geo") or name.startswith("label_")


def _evenly(have: int, want: int) -> np.ndarray:
    """At most ``want`` positions, evenly spread over ``have``."""
    count = min(have, want)
    return (np.arange(count) * have) // count
