"""What would be sold without media after the data, draw by draw, as curves keep it.

    baseline_t = Σ_j coefficient_j · design_jt + rest_t

in KPI units, all geos together. The trend goes on where it ended, with bends as large as those the
draw has within the data; season and holidays go on; events come again only where model.yaml says
when; controls and organic media are what they were in the same weeks of the last year of data.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from mmm.baseline import carried, held, same_weeks
from mmm.contributions import weekly_contributions

BENDS = ("trend 1", "trend 2", "trend bend")
"""How the columns begin that are a step of the trend: a date, or a bend."""

LEAST_DEGREES = 3.0
"""Of Student-t noise whose standard deviation is asked for: below 2 it has none."""

FLAT = 1e-12


def forecast_of(
    kpis: Sequence[xr.Dataset], constants: xr.Dataset, *, seed: int
) -> dict[str, xr.Variable]:
    """Variables and coordinates of ``mmm.curves.Forecast``; nothing for fits without the weeks
    after their data.

    kpis: the posterior of each KPI along ``draw``, in the order and thinned as the curves'; seed:
    of the trend's bends that are still to come
    """
    if "ahead_design" not in constants:
        return {}
    names = list(map(str, constants["kpi"].to_numpy()))
    parts = [
        _of_kpi(own, constants.sel(kpi=kpi), np.random.default_rng([seed, place, 1]))
        for place, (kpi, own) in enumerate(zip(names, kpis, strict=True))
    ]
    whole = xr.concat(parts, dim="kpi").assign_coords(kpi=names)
    design = _design(constants)
    moving = (np.ptp(design.to_numpy(), axis=1) > FLAT) | (design["term"] == "intercept").to_numpy()
    still = design.isel(term=~moving, ahead=0, drop=True)
    level = (whole["forecast_coefficient"] * still).sum("term")  # what never moves is level
    kept = whole["forecast_coefficient"].isel(term=moving).copy()
    kept.loc[{"term": "intercept"}] += level
    whole = whole.drop_vars(("forecast_coefficient", "term")).assign(forecast_coefficient=kept)
    found = {
        str(name): values.transpose("kpi", "draw", ...).astype(np.float32).variable
        for name, values in whole.data_vars.items()
    }
    found |= {
        "forecast_design": design.isel(term=moving).variable,
        "term": kept["term"].variable,
        "ahead": constants["ahead"].variable,
    }
    for name in ("control_path", "control_lag", "control_window", "control"):
        if name in constants:
            found[name] = constants[name].variable
    return found


def _of_kpi(own: xr.Dataset, constants: xr.Dataset, rng: np.random.Generator) -> xr.Dataset:
    """Coefficients (draw, term), rest, coefficients of controls and noise of one KPI."""
    heads = constants["population"]
    people = float(heads.sum())
    scale = float(constants["standard_deviation"])
    b = own["b"] * scale * people
    if own.sizes.get("own_column"):
        local = (own["own"] * heads).sum("geo") * scale
        b = b + local.rename(own_column="column").reindex(column=b["column"], fill_value=0.0)
    b = b.transpose("draw", "column").copy()
    b.loc[{"column": "intercept"}] += float(constants["centre"]) * people
    columns = [b.rename(column="term"), _later_bends(b, constants, rng)]
    strengths = {str(name): b.sel(column=name, drop=True) for name in b["column"].to_numpy()}
    rest = _organic(own, constants)
    if "ahead_sampled" in constants:
        for name in map(str, constants["sampled_column"].to_numpy()):
            strength = own["column_effect"].sel(sampled_column=name, drop=True) * scale * people
            strengths[name] = strength
            if int(constants["sampled_window"].sel(sampled_column=name)) == 1:
                columns.append(strength.expand_dims(term=[name]))
            else:
                rest = rest + strength.to_numpy()[:, None] * _carried(own, constants, name)
    found = {
        "forecast_coefficient": xr.concat(columns, dim="term").transpose("draw", "term"),
        "forecast_noise": xr.DataArray(_noise(own, constants), dims=("draw",)),
    }
    if np.ndim(rest):
        found["forecast_rest"] = xr.DataArray(rest, dims=("draw", "ahead"))
    if "control_path" in constants:
        found |= _controls(own, constants, strengths)
    return xr.Dataset(found)


def _controls(
    own: xr.Dataset, constants: xr.Dataset, strengths: dict[str, xr.DataArray]
) -> dict[str, xr.DataArray]:
    """KPI units per unit of each control, (draw, control); retentions where any carries over."""
    columns = list(map(str, constants["control_column"].to_numpy()))
    wide = [float(one) for one in constants["control_sd"].to_numpy()]
    named = {"control": constants["control"].to_numpy()}
    per_unit = [strengths[name].to_numpy() / sd for name, sd in zip(columns, wide, strict=True)]
    found = {
        "control_coefficient": xr.DataArray(
            np.stack(per_unit, axis=1), dims=("draw", "control"), coords=named
        )
    }
    if bool((constants["control_window"] > 1).any()):
        rates = own["column_retention"].to_dataset("sampled_column")
        none = np.full(own.sizes["draw"], np.nan)
        kept = [rates[name].to_numpy() if name in rates else none for name in columns]
        found["control_retention"] = xr.DataArray(
            np.stack(kept, axis=1), dims=("draw", "control"), coords=named
        )
    return found


def _later_bends(b: xr.DataArray, constants: xr.Dataset, rng: np.random.Generator) -> xr.DataArray:
    """N(0, τ²) for every knot after the data, τ² the mean square of the draw's own steps."""
    knots = constants.sizes.get("knot", 0)
    names = [name for name in map(str, b["column"].to_numpy()) if name.startswith(BENDS)]
    draws = rng.standard_normal((b.sizes["draw"], knots))
    if names:
        draws *= np.sqrt((b.sel(column=names).to_numpy() ** 2).mean(axis=1, keepdims=True))
    return xr.DataArray(draws, dims=("draw", "term"), coords={"term": _later(knots)})


def _later(knots: int) -> list[str]:
    return [f"later bend {number}" for number in range(1, knots + 1)]


def _design(constants: xr.Dataset) -> xr.DataArray:
    """(term, ahead) of every coefficient that ``_of_kpi`` gives, in its order."""
    parts = [
        constants["ahead_design"].rename(column="term"),
        constants["ahead_knots"]
        .rename(knot="term")
        .assign_coords(term=_later(constants.sizes.get("knot", 0))),
    ]
    if "ahead_sampled" in constants:
        plain = (constants["sampled_window"] == 1).to_numpy()
        parts.append(constants["ahead_sampled"].isel(sampled_column=plain).rename(
            sampled_column="term"))  # fmt: skip
    return xr.concat(
        [part.transpose("term", "ahead").reset_coords(drop=True) for part in parts], dim="term"
    )


def _carried(own: xr.Dataset, constants: xr.Dataset, name: str) -> np.ndarray:
    """A column that carries over, after the data: (draw, ahead)."""
    at = constants.sel(sampled_column=name)
    share = (constants["population"] / constants["population"].sum()).to_numpy()
    before = share @ at["sampled_values"].transpose("geo", "week").to_numpy()
    series = np.concatenate([before, at["ahead_sampled"].to_numpy()])
    retention = own["column_retention"].sel(sampled_column=name).to_numpy()
    moved: np.ndarray = carried(held(series, int(at["sampled_window"])), retention)
    return moved[:, len(before) :]


def _organic(own: xr.Dataset, constants: xr.Dataset) -> np.ndarray | float:
    """(draw, ahead) what organic media brought in the same weeks of the last year."""
    rows = np.flatnonzero(constants["organic"].to_numpy())
    if not len(rows):
        return 0.0
    drawn = own.rename(draw="sample").isel(line=rows)
    brought = sum(weekly_contributions(drawn, constants.isel(line=rows)))
    return same_weeks(np.asarray(brought).sum(axis=1), constants.sizes["ahead"])


def _noise(own: xr.Dataset, constants: xr.Dataset) -> np.ndarray:
    """(draw,) standard deviation of one week's KPI around what the model expects."""
    heads, sigma = constants["population"].to_numpy(), own["sigma"].to_numpy()
    kind = str(constants["likelihood"].item())
    if kind == "negative_binomial":
        mean = float(constants["centre"]) * heads
        relative = sigma[:, None] / float(constants["centre"])
        spread: np.ndarray = np.sqrt((mean + (mean * relative) ** 2).sum(axis=1))
        return spread
    wide: np.ndarray = sigma * np.sqrt((heads**2).sum())
    if kind == "student_t":
        degrees = np.maximum(own["degrees"].to_numpy() + 1, LEAST_DEGREES)
        wide = wide * np.sqrt(degrees / (degrees - 2))
    return wide
