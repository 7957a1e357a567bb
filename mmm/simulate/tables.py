"""The truth as a planner sees it: exports of an ad server, a shop and a data provider."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from mmm.simulate.chance import stream
from mmm.simulate.recipe import Line, WorldSpec

PRICE_SPREAD = 0.06  # standard deviation of the logarithm of a week's cost per impression
COUNT_SPREAD = 0.08  # the same of clicks per impression and of reported conversions


def tables_of(spec: WorldSpec, seed: int, truth: xr.Dataset) -> dict[str, pd.DataFrame]:
    """Media (long), kpis and, where there are any, controls (wide); geo where there are several."""
    tables = {
        "media": _media(spec, seed, truth),
        "kpis": _kpis(spec, truth),
        "controls": pd.DataFrame(
            {"date": truth["week"].to_numpy()}
            | {c.name: truth["control_value"].sel(control=c.name).to_numpy() for c in spec.controls}
        ),
    }
    if not spec.controls:
        del tables["controls"]
    if len(spec.geos) == 1:
        tables = {
            name: table.drop(columns="geo", errors="ignore") for name, table in tables.items()
        }
    return tables


def _media(spec: WorldSpec, seed: int, truth: xr.Dataset) -> pd.DataFrame:
    """One row per week, region and line, from the week a line starts; weeks off air are zero."""
    parts = [
        _line_rows(spec, seed, truth, line).iloc[line.starts * len(spec.geos) :]
        for line in spec.lines
    ]
    rows = pd.concat(parts, ignore_index=True)
    return rows.sort_values("date", kind="stable", ignore_index=True)


def _line_rows(spec: WorldSpec, seed: int, truth: xr.Dataset, line: Line) -> pd.DataFrame:
    rng = stream(seed, "delivery", line.id)
    shape = (spec.weeks, len(spec.geos))
    price, rate, reported = rng.standard_normal((3, *shape))
    spend = truth["spend"].sel(line=line.id).transpose("week", "geo").to_numpy()
    impressions = np.rint(spend / line.cost_per_mille * 1000 * np.exp(PRICE_SPREAD * price))
    clicks = np.full(shape, np.nan)
    if line.clicks is not None:
        clicks = np.rint(impressions * line.clicks * np.exp(COUNT_SPREAD * rate))
    conversions = np.full(shape, np.nan)
    if line.claims is not None:
        first = truth.sel(kpi=spec.kpis[0].name)
        own = first["contribution"].sel(line=line.id).transpose("week", "geo").to_numpy()
        base = first["baseline"].transpose("week", "geo").to_numpy() * (spend > 0)
        claimed = line.claims.own * own + line.claims.from_baseline * base
        conversions = np.rint(claimed / line.claims.basket * np.exp(COUNT_SPREAD * reported))
    return pd.DataFrame(
        {
            "date": np.repeat(truth["week"].to_numpy(), len(spec.geos)),
            "geo": np.tile(list(spec.geos), spec.weeks),
            "channel": line.channel,
            "campaign": line.campaign,
            "spend": spend.ravel(),
            "impressions": impressions.ravel().astype(np.int64),
            "clicks": pd.array(clicks.ravel(), dtype="Int64"),
            "platform_conversions": pd.array(conversions.ravel(), dtype="Int64"),
        }
    )


def _kpis(spec: WorldSpec, truth: xr.Dataset) -> pd.DataFrame:
    columns: dict[str, object] = {
        "date": np.repeat(truth["week"].to_numpy(), len(spec.geos)),
        "geo": np.tile(list(spec.geos), spec.weeks),
    }
    for kpi in spec.kpis:
        values = truth["kpi_value"].sel(kpi=kpi.name).transpose("week", "geo").to_numpy().ravel()
        columns[kpi.name] = values.astype(np.int64) if kpi.unit == "count" else values
    return pd.DataFrame(columns)
