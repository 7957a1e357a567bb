"""A small case for model tests: three lines of three families, some weeks without spend."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import xarray as xr

from mmm.data import MediaData
from mmm.model.evidence import Evidence
from mmm.model.gather import gather
from mmm.spec import ModelSpec, spec_of
from mmm.yamlfile import parse

WEEKS = 78

MODEL = """\
schema_version: 1
data: {tables: [{file: unused.csv}]}
currency: EUR
kpis:
  revenue: {column: revenue, unit: currency}
  customers: {column: customers, unit: count}
channels:
  tv: {spend: tv, adstock: {window: 6}}
  search: {spend: search, adstock: {window: 3}, saturation: {kind: logistic}}
  social: {spend: social, media: impressions, impressions: views, adstock: {window: 6},
           saturation: {kind: michaelis_menten}}
controls: [{column: price}]
events: [{name: fair, dates: [2023-05-10]}]
holidays: {country: FR, names: [Christmas Day, Assumption Day]}
sampling: {draws: 50, tune: 50, chains: 2, seed: 5}
"""


@cache
def spec(text: str = MODEL) -> ModelSpec:
    return spec_of(parse(text, "model.yaml"))


@cache
def data() -> MediaData:
    """Spend in pulses, KPIs that respond to it, and noise; everything from one seed."""
    rng = np.random.default_rng(20261122)
    spend = rng.gamma(2.0, 500.0, size=(3, WEEKS))
    spend[0, ::3] = 0.0
    spend[0, :8] = 0.0  # longer than the window: nothing at all reaches those weeks
    views = np.full((3, WEEKS), np.nan)
    views[2] = spend[2] * rng.uniform(18, 22, size=WEEKS)
    price = rng.normal(size=WEEKS)
    media = np.array([3.0, 2.0, 1.0]) @ (spend / (spend + 800)) * 1000
    revenue = 9000 + 10 * np.arange(WEEKS) + media - 300 * price + rng.normal(0, 300, WEEKS)
    fair = np.zeros(WEEKS)
    fair[18] = 1.0
    lines = ["tv", "search", "social"]
    return MediaData.of(
        xr.Dataset(
            {
                "spend": (("line", "date"), spend),
                "impressions": (("line", "date"), views),
                "kpis": (("kpi", "date"), np.stack([revenue, revenue / 40])),
                "controls": (("control", "date"), price[None]),
                "events": (("event", "date"), fair[None]),
                "has_impressions": ("line", [False, False, True]),
            },
            coords={
                "line": lines,
                "date": pd.date_range("2023-01-02", periods=WEEKS, freq="7D"),
                "kpi": ["revenue", "customers"],
                "control": ["price"],
                "event": ["fair"],
                "channel": ("line", lines),
                "campaign": ("line", ["", "", ""]),
            },
            attrs={"currency": "EUR", "week_start": "monday"},
        )
    )


def evidence(kpi: str = "revenue", *, holdout: int = 0) -> Evidence:
    return gather(spec(), data(), kpi, holdout=holdout)


REGIONS = """\
schema_version: 1
data: {tables: [{file: unused.csv, geo: geo}]}
currency: EUR
kpis: {revenue: {column: revenue, unit: currency}}
channels:
  tv: {spend: tv, adstock: {window: 4}}
  search: {adstock: {window: 3}, campaigns: {brand: {spend: a}, generic: {spend: b}}}
controls: [{column: price}, {column: promotion, adstock: {window: 3}}]
geos: {population: {north: 2.0e6, south: 1.0e6, west: 0.5e6}}
answers: {geo: keep}
"""


@cache
def regions() -> MediaData:
    """Three regions; tv is known for the country only, search has two campaigns."""
    rng = np.random.default_rng(7)
    heads = np.array([2.0e6, 1.0e6, 0.5e6])
    spend = rng.gamma(2.0, 5e-4, size=(3, 3, WEEKS)) * heads[:, None]
    spend[0] = rng.gamma(2.0, 1e-3, size=WEEKS) * heads[:, None]
    controls = rng.normal(size=(2, 3, WEEKS))
    level = 0.01 * np.array([1.0, 1.5, 0.8])[:, None] * heads[:, None]
    revenue = level * (1 + 0.1 * rng.normal(size=(3, WEEKS))) + 2 * spend.sum(axis=0)
    lines = ["tv", "search/brand", "search/generic"]
    return MediaData.of(
        xr.Dataset(
            {
                "spend": (("line", "geo", "date"), spend),
                "impressions": (("line", "geo", "date"), np.full(spend.shape, np.nan)),
                "kpis": (("kpi", "geo", "date"), revenue[None]),
                "controls": (("control", "geo", "date"), controls),
                "events": (("event", "date"), np.zeros((0, WEEKS))),
                "has_impressions": ("line", [False, False, False]),
                "local": ("line", [False, True, True]),
                "population": ("geo", heads),
            },
            coords={
                "line": lines,
                "geo": ["north", "south", "west"],
                "date": pd.date_range("2023-01-02", periods=WEEKS, freq="7D"),
                "kpi": ["revenue"],
                "control": ["price", "promotion"],
                "event": np.array([], dtype=str),
                "channel": ("line", ["tv", "search", "search"]),
                "campaign": ("line", ["", "brand", "generic"]),
            },
            attrs={"currency": "EUR", "week_start": "monday"},
        )
    )


def random_raw(own: Evidence, rng: np.random.Generator, draws: int) -> dict[str, np.ndarray]:
    """All that is sampled, far and wide, as a sampler meets it on its way: name -> (draw, …)."""
    pooling = own.pooling
    raw = {
        parameter.name: (
            rng.beta(1, 1, size=(draws, len(parameter.owners)))
            if parameter.name.startswith("adstock")
            else np.exp(rng.normal(0, 0.8, size=(draws, len(parameter.owners))))
        )
        for parameter in own.parameters
    }
    raw["channel_return"] = rng.normal(size=(draws, len(pooling.channels)))
    raw["sigma"] = np.exp(rng.normal(-1, 1, size=draws))
    if len(pooling.siblings):
        raw["campaign_return"] = rng.normal(size=(draws, len(pooling.siblings)))
        raw["campaign_spread"] = np.abs(rng.normal(0, 0.5, size=draws))
        raw["saturation_spread"] = np.abs(rng.normal(0, 0.3, size=draws))
        for parameter in own.parameters:
            if count := len(pooling.spread(parameter)):
                raw[f"campaign_{parameter.name}"] = rng.normal(size=(draws, count))
    if pooling.geos > 1:
        local = int(pooling.local.sum())
        raw["geo_return"] = rng.normal(0, 1, size=(draws, local, pooling.geos))
        raw["geo_spread"] = np.abs(rng.normal(0, 0.5, size=draws))
    if own.columns.names:
        raw["column"] = rng.normal(size=(draws, len(own.columns.names)))
    if own.columns.priors:
        raw["column_retention"] = rng.beta(2, 2, size=(draws, len(own.columns.priors)))
    return raw


def random_values(own: Evidence, rng: np.random.Generator, draws: int) -> dict[str, np.ndarray]:
    """The same with what it resolves to."""
    raw = random_raw(own, rng, draws)
    return {**raw, **own.resolved(raw)}
