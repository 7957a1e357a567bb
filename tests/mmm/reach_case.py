"""Two lines on reach, a search line, and reach that follows an NBD curve to the digit."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import xarray as xr

from mmm.data import MediaData
from mmm.spec import ModelSpec, spec_of
from mmm.yamlfile import parse

WEEKS, WINDOW = 60, 5
SIZE, SHAPE, COST = 1_000_000.0, 0.7, 0.01
SHARES = np.array([0.6, 0.3, 0.1])

MODEL = """\
schema_version: 1
data: {tables: [{file: unused.csv}]}
currency: EUR
kpis:
  revenue: {column: revenue, unit: currency}
channels:
  search: {spend: search, adstock: {window: 3}}
  video:
    media: reach
    adstock: {window: 5}
    campaigns:
      one: {spend: a, impressions: b, reach: c}
      two: {spend: d, impressions: e, reach: f}
audiences:
  everybody: {size: 1000000, lines: [video]}
"""
GEOS = "geos: {population: {north: 600000, south: 300000, west: 100000}}\nanswers: {geo: keep}\n"
LINES = ["search", "video/one", "video/two"]


@cache
def spec(text: str = MODEL) -> ModelSpec:
    return spec_of(parse(text, "model.yaml"))


def regional() -> ModelSpec:
    return spec(MODEL.replace("unused.csv", "unused.csv, geo: geo") + GEOS)


@cache
def data(*, geos: bool = False, local: bool = True) -> MediaData:
    """The last weeks without media, so that all that was brought is in the data."""
    rng = np.random.default_rng(11)
    share = SHARES if geos else np.ones(1)
    spend = rng.gamma(2.0, 2000.0, size=(3, len(share), WEEKS)) * share[:, None]
    if not local:
        spend[1:] = rng.gamma(2.0, 2000.0, size=(2, 1, WEEKS)) * share[:, None]
    spend[1, :, ::4] = 0.0
    spend[1:, :, -WINDOW + 1 :] = 0.0
    shown = spend / COST
    size = SIZE * share[:, None]
    reach = size * (1 - (1 + shown / size / SHAPE) ** -SHAPE)
    shown[0] = reach[0] = np.nan
    revenue = 50_000 * share[:, None] * (1 + 0.1 * rng.normal(size=(len(share), WEEKS)))
    revenue = revenue + 2 * spend.sum(axis=0)
    dims = ("geo", "date") if geos else ("date",)

    def laid(values: np.ndarray) -> np.ndarray:
        return values if geos else values[:, 0]

    by_geo = {"local": ("line", [True, local, local]), "population": ("geo", SIZE * share)}
    return MediaData.of(
        xr.Dataset(
            {
                "spend": (("line", *dims), laid(spend)),
                "impressions": (("line", *dims), laid(shown)),
                "reach": (("line", *dims), laid(reach)),
                "kpis": (("kpi", *dims), laid(revenue[None])),
                "controls": (("control", *dims), laid(np.zeros((0, len(share), WEEKS)))),
                "events": (("event", "date"), np.zeros((0, WEEKS))),
                "has_impressions": ("line", [False, True, True]),
                "has_reach": ("line", [False, True, True]),
                **({"local": by_geo["local"], "population": by_geo["population"]} if geos else {}),
            },
            coords={
                "line": LINES,
                "date": pd.date_range("2023-01-02", periods=WEEKS, freq="7D"),
                "kpi": ["revenue"],
                "control": np.array([], dtype=str),
                "event": np.array([], dtype=str),
                "channel": ("line", ["search", "video", "video"]),
                "campaign": ("line", ["", "one", "two"]),
                **({"geo": ["north", "south", "west"]} if geos else {}),
            },
            attrs={"currency": "EUR", "week_start": "monday"},
        )
    )
