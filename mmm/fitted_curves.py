"""From a fit to the curves the allocator reads."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from mmm.card import HealthCard
from mmm.curves import ParametricCurves

CURVE_DRAWS = 500  # quantiles to about a percentage point, and 18 lines × 2 KPIs stay below 1 MB

FORMS = ("spend", "exposure", "cost_per_unit", "scale", "adstock", "window", "saturation", "unit")


def curves_of(
    posterior: xr.Dataset,
    constants: xr.Dataset,
    *,
    card: HealthCard,
    source: Mapping[str, object],
    draws: int = CURVE_DRAWS,
) -> ParametricCurves:
    """Curves with at most ``draws`` draws, evenly thinned, paired across KPIs.

    KPIs fitted separately are independent, so any pairing of their draws is as good as another;
    each KPI's draws are put in an order of its own, from ``pairing_seed`` in ``source``, so that
    nothing the sampler does at the same step in two fits can look like a correlation.
    """
    seed = source["pairing_seed"]
    assert isinstance(seed, int)  # written by fit
    names = [str(name) for name in posterior if _is_of_a_curve(str(name))]
    kpis = []
    for place, kpi in enumerate(posterior["kpi"].to_numpy()):
        own = posterior[names].sel(kpi=kpi, drop=True).stack(sample=("chain", "draw"))
        own = own.drop_vars(("sample", "chain", "draw")).rename(sample="draw")
        kept = _evenly(own.sizes["draw"], draws)
        order = np.random.default_rng([seed, place]).permutation(len(kept))
        kpis.append(own.isel(draw=kept[order]))
    numbers = xr.concat(kpis, dim="kpi").transpose("kpi", "draw", "line").astype(np.float32)
    lines = {name: constants[name].variable for name in FORMS}
    return ParametricCurves(
        xr.Dataset(
            {
                **{name: numbers[name].variable for name in names},
                **lines,
                "prior_driven": ("line", np.zeros(constants.sizes["line"], dtype=bool)),
            },
            coords={
                name: constants[name].variable
                for name in ("kpi", "line", "channel", "campaign", "week")
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


def _is_of_a_curve(name: str) -> bool:
    return name == "effect" or name.startswith(("adstock_", "saturation_"))


def _evenly(have: int, want: int) -> np.ndarray:
    """At most ``want`` positions, evenly spread over ``have``."""
    count = min(have, want)
    return (np.arange(count) * have) // count
