"""Draws of two small models with everything a KPI may be made of; nothing is sampled.

``nation``: organic media, two campaigns, a treatment, a control that carries over, events,
holidays, two synergies, a value and a margin by week. ``regions``: three regions, in which a
treatment and a control differ, and a line known for the country only.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import xarray as xr
from model_case import random_raw

from mmm.card import HealthCard
from mmm.curves import ParametricCurves
from mmm.data import MediaData
from mmm.fit.conduct import Fit
from mmm.fit.groups import constants_group, posterior_group
from mmm.fitted_curves import curves_of
from mmm.model.derived import Derived, derive
from mmm.model.evidence import Evidence
from mmm.model.gather import gather
from mmm.spec import ModelSpec, spec_of
from mmm.yamlfile import parse

WEEKS, CHAINS, DRAWS = 78, 2, 20

NATION = """\
schema_version: 1
data: {tables: [{file: unused.csv}]}
currency: EUR
kpis:
  revenue: {column: revenue, unit: currency, margin: 0.4}
  orders: {column: orders, unit: count, likelihood: LIKELIHOOD,
           value_per_unit: basket, margin: left}
channels:
  tv: {spend: tv, adstock: {window: 6}}
  search: {campaigns: {brand: {spend: a}, generic: {spend: b}}, adstock: {window: 3},
           saturation: {kind: michaelis_menten}}
  post: {impressions: post, organic: true, adstock: {window: 2}}
controls:
  - {column: weather}
  - {column: rival, adstock: {window: 3}}
  - {column: discount, kind: treatment, base: 0}
events: [{name: fair, dates: [2023-05-10]}]
holidays: {country: FR, names: [Christmas Day]}
synergy: [[tv, search], [search/brand, post]]
"""

REGIONS = """\
schema_version: 1
data: {tables: [{file: unused.csv, geo: geo}]}
currency: EUR
kpis: {revenue: {column: revenue, unit: currency}}
channels:
  tv: {spend: tv, adstock: {window: 4}}
  search: {spend: search, adstock: {window: 3}}
controls: [{column: weather}, {column: price, kind: treatment, base: max}]
geos: {population: {north: 2.0e6, south: 1.0e6, west: 0.5e6}}
answers: {geo: keep}
synergy: [[tv, search]]
"""


@cache
def spec(text: str = NATION, likelihood: str = "normal") -> ModelSpec:
    return spec_of(parse(text.replace("LIKELIHOOD", likelihood), "model.yaml"))


@cache
def nation() -> MediaData:
    rng = np.random.default_rng(11)
    spend = rng.gamma(2.0, 500.0, size=(4, WEEKS))
    spend[0, ::3] = spend[3] = 0.0
    views = np.full((4, WEEKS), np.nan)
    views[3] = rng.gamma(2.0, 5000.0, size=WEEKS)
    controls = np.stack([rng.normal(size=(2, WEEKS)), rng.uniform(size=(2, WEEKS))]).reshape(4, -1)
    revenue = 9000 + 2 * spend.sum(axis=0) + rng.normal(0, 300, WEEKS)
    fair = np.zeros(WEEKS)
    fair[18] = 1.0
    worth = np.full((2, 2, WEEKS), np.nan)
    worth[0, 1], worth[1, 1] = 40 + 5 * controls[0], 0.3 + 0.1 * controls[3]
    lines = ["tv", "search/brand", "search/generic", "post"]
    return MediaData.of(
        xr.Dataset(
            {
                "spend": (("line", "date"), spend),
                "impressions": (("line", "date"), views),
                "kpis": (("kpi", "date"), np.stack([revenue, np.round(revenue / 400)])),
                "values": (("kpi", "date"), worth[0]),
                "margins": (("kpi", "date"), worth[1]),
                "controls": (("control", "date"), controls[:3]),
                "events": (("event", "date"), fair[None]),
                "has_impressions": ("line", [False, False, False, True]),
            },
            coords={
                "line": lines,
                "date": pd.date_range("2023-01-02", periods=WEEKS, freq="7D"),
                "kpi": ["revenue", "orders"],
                "control": ["weather", "rival", "discount"],
                "event": ["fair"],
                "channel": ("line", ["tv", "search", "search", "post"]),
                "campaign": ("line", ["", "brand", "generic", ""]),
                "organic": ("line", [False, False, False, True]),
            },
            attrs={"currency": "EUR", "week_start": "monday"},
        )
    )


@cache
def regions() -> MediaData:
    rng = np.random.default_rng(12)
    heads = np.array([2.0e6, 1.0e6, 0.5e6])
    spend = rng.gamma(2.0, 5e-4, size=(2, 3, WEEKS)) * heads[:, None]
    spend[0] = rng.gamma(2.0, 1e-3, size=WEEKS) * heads[:, None]
    level = 0.01 * np.array([1.0, 1.5, 0.8])[:, None] * heads[:, None]
    revenue = level * (1 + 0.1 * rng.normal(size=(3, WEEKS))) + 2 * spend.sum(axis=0)
    lines = ["tv", "search"]
    return MediaData.of(
        xr.Dataset(
            {
                "spend": (("line", "geo", "date"), spend),
                "impressions": (("line", "geo", "date"), np.full(spend.shape, np.nan)),
                "kpis": (("kpi", "geo", "date"), revenue[None]),
                "controls": (("control", "geo", "date"), rng.normal(size=(2, 3, WEEKS))),
                "events": (("event", "date"), np.zeros((0, WEEKS))),
                "has_impressions": ("line", [False, False]),
                "local": ("line", [False, True]),
                "population": ("geo", heads),
            },
            coords={
                "line": lines,
                "geo": ["north", "south", "west"],
                "date": pd.date_range("2023-01-02", periods=WEEKS, freq="7D"),
                "kpi": ["revenue"],
                "control": ["weather", "price"],
                "event": np.array([], dtype=str),
                "channel": ("line", lines),
                "campaign": ("line", ["", ""]),
            },
            attrs={"currency": "EUR", "week_start": "monday"},
        )
    )


def drawn(own: Evidence, seed: int = 3) -> dict[str, np.ndarray]:
    """Random parameters, (draw, …), synergies and a plainly sampled baseline included."""
    rng = np.random.default_rng(seed)
    count = CHAINS * DRAWS
    raw = random_raw(own, rng, count)
    if own.synergy.pairs:
        raw["synergy"] = rng.normal(size=(count, len(own.synergy.pairs)))
        raw["synergy_spread"] = np.abs(rng.normal(0, 0.1, size=count))
    if own.likelihood != "normal":
        raw["b"] = rng.normal(0, 0.3, size=(count, len(own.baseline.columns)))
    return raw


@cache
def case(
    name: str = "nation", likelihood: str = "normal"
) -> tuple[Fit, dict[str, tuple[Evidence, dict[str, np.ndarray], Derived]]]:
    """A Fit of random draws, and per KPI what it was made from."""
    own_spec = spec(NATION if name == "nation" else REGIONS, likelihood)
    data = nation() if name == "nation" else regions()
    made = {}
    for kpi in data.kpi_names:
        own = gather(own_spec, data, kpi)
        raw = drawn(own)
        made[kpi] = own, raw, derive(own, raw, np.random.default_rng(1))
    evidence = {kpi: own for kpi, (own, _, _) in made.items()}
    derived = {kpi: found for kpi, (_, _, found) in made.items()}
    draws = {
        kpi: {
            key: values.reshape(CHAINS, DRAWS, *values.shape[1:])
            for key, values in {**raw, **own.resolved(raw)}.items()
        }
        for kpi, (own, raw, _) in made.items()
    }
    fit = Fit(
        posterior=posterior_group(evidence, draws, derived),
        stats=xr.Dataset(),
        constants=constants_group(own_spec, data, evidence, derived),
        source={"pairing_seed": 1},
        card=HealthCard(),
    )
    return fit, made


def curves(fit: Fit) -> ParametricCurves:
    return curves_of(fit.posterior, fit.constants, card=fit.card, source=fit.source)
