"""The small model that is calibrated: two lines, seventy weeks, every prior as by default."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from mmm.data import MediaData
from mmm.model.evidence import Evidence
from mmm.model.gather import gather
from mmm.spec import spec_of
from mmm.yamlfile import parse

WEEKS = 70
SEED = 314159  # of the spend, which is the same in every data set
SPEND = 10_000.0
LEVEL, SWING = 100_000.0, 10_000.0
"""Mean and standard deviation of the KPI that the model's unit is taken from."""

MODEL = """\
schema_version: 1
data: {tables: [{file: unused.csv}]}
currency: EUR
kpis: {revenue: {column: revenue, unit: currency}}
channels: {tv: {spend: tv}, search: {spend: search}}
defaults: {adstock: {window: 4}}
"""


def case() -> Evidence:
    """What the model sees, but for the KPI, which every data set brings anew.

    Line one is always on, line two in pulses. The KPI here only sets the unit: priors of effect
    size and of the intercept are stated in it, and stay what they are.
    """
    rng = np.random.default_rng(SEED)
    spend = SPEND * rng.gamma(4.0, 0.25, size=(2, WEEKS))
    spend[1, np.arange(WEEKS) % 5 < 2] = 0.0
    wave = np.sqrt(2) * np.sin(2 * np.pi * np.arange(WEEKS) / 14)  # five whole turns: variance 1
    lines = ["tv", "search"]
    data = MediaData.of(
        xr.Dataset(
            {
                "spend": (("line", "date"), spend),
                "impressions": (("line", "date"), np.full((2, WEEKS), np.nan)),
                "kpis": (("kpi", "date"), (LEVEL + SWING * wave)[None]),
                "controls": (("control", "date"), np.empty((0, WEEKS))),
                "events": (("event", "date"), np.empty((0, WEEKS))),
                "has_impressions": ("line", [False, False]),
            },
            coords={
                "line": lines,
                "date": pd.date_range("2024-01-01", periods=WEEKS, freq="7D"),
                "kpi": ["revenue"],
                "control": np.array([], dtype=str),
                "event": np.array([], dtype=str),
                "channel": ("line", lines),
                "campaign": ("line", ["", ""]),
            },
            attrs={"currency": "EUR", "week_start": "monday"},
        )
    )
    return gather(spec_of(parse(MODEL, "model.yaml")), data, "revenue")
