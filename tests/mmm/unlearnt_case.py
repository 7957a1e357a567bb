"""The small case with an affiliate paid by result, and lines to come."""

from __future__ import annotations

from functools import cache

import numpy as np
import xarray as xr
from model_case import MODEL, WEEKS, data, spec

from mmm.data import MediaData
from mmm.spec import ModelSpec

LINES = ("search/brand", "search/generic", "tv", "affiliate")

UNLEARNT = (
    MODEL.replace(
        "  search: {spend: search,",
        "  affiliate: {spend: affiliate, labels: {kind: partner},\n"
        "    commission: {rate: 0.1, fee: 8,\n"
        "      incremental: {median: 0.3, low90: 0.1, high90: 0.6}}}\n"
        "  search: {campaigns: {brand: {spend: brand}, generic: {spend: generic}},",
    ).split("  social:")[0]
    + """\
  video: {spend: social, media: impressions, impressions: views, adstock: {window: 6},
          saturation: {kind: michaelis_menten}}
controls: [{column: price}]
events: [{name: fair, dates: [2023-05-10]}]
new_lines:
  - line: podcast
    weekly_spend: 2000
    prior: {revenue: {roas: {median: 1.5, low90: 0.5, high90: 4.5}},
            customers: {cac: {median: 60, low90: 20, high90: 180}}}
    labels: {kind: audio}
  - {line: search/shopping, weekly_spend: 400, like: siblings}
sampling: {draws: 50, tune: 50, chains: 2, seed: 5}
"""
)


def unlearnt_spec(text: str = UNLEARNT) -> ModelSpec:
    return spec(text)


@cache
def unlearnt_data() -> MediaData:
    """model_case's, its search in two campaigns, and an affiliate that costs 2 % of revenue."""
    own = data().dataset
    spend = own["spend"].to_numpy()
    rng = np.random.default_rng(7)
    part = rng.uniform(0.3, 0.7, size=WEEKS)
    affiliate = 0.02 * own["kpis"].sel(kpi="revenue").to_numpy()
    affiliate[:4] = 0.0
    lines = ["tv", "affiliate", "search/brand", "search/generic", "video"]
    rows = [spend[0], affiliate, spend[1] * part, spend[1] * (1 - part), spend[2]]
    views = np.full((5, WEEKS), np.nan)
    views[4] = own["impressions"].sel(line="social")
    return MediaData.of(
        own.drop_dims("line")
        .assign(
            spend=(("line", "date"), np.array(rows)),
            impressions=(("line", "date"), views),
            has_impressions=("line", [False] * 4 + [True]),
        )
        .assign_coords(
            line=lines,
            channel=("line", [line.partition("/")[0] for line in lines]),
            campaign=("line", [line.partition("/")[2] for line in lines]),
        )
        .assign_attrs(own.attrs)
    )


def weekly(curves: xr.Dataset, line: str) -> float:
    """Spend of a line a week, over all weeks."""
    return float(curves["spend"].sel(line=line).mean())
