"""Parametric curves with random parameters of every family, for properties that hold for all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr

from mmm import adstock, saturation
from mmm.card import HealthCard
from mmm.curves import ParametricCurves, Window

LINES = ("tv", "search/brand", "social")
FORMS = (("hill", 4), ("logistic", 1), ("michaelis_menten", 3))
KPIS = ("revenue", "customers")
HISTORY = 9


def random_curves(seed: int, draws: int = 7) -> ParametricCurves:
    """Three lines, one of each saturation; windows of 4, 1 and 3 weeks; the second costs 0.05."""
    rng = np.random.default_rng(seed)
    shape = (len(KPIS), draws, len(LINES))
    names = [f"adstock_{n}" for family in adstock.ADSTOCKS for n in family.parameters]
    names += [f"saturation_{n}" for family in saturation.SATURATIONS for n in family.parameters]
    parameters = {
        name: rng.uniform(0, 0.95, shape)
        if name.startswith("adstock")
        else np.exp(rng.normal(0, 0.7, shape))
        for name in dict.fromkeys(names)
    }
    for name, values in parameters.items():
        for row, (form, _) in enumerate(FORMS):
            own = saturation.by_name(form).parameters
            if name.startswith("saturation_") and name.removeprefix("saturation_") not in own:
                values[:, :, row] = np.nan
    cost = np.array([1.0, 0.05, 1.0])
    spend = rng.gamma(1.0, 100.0, size=(len(LINES), HISTORY)) * rng.integers(0, 2, (3, HISTORY))
    line = ("kpi", "draw", "line")
    return ParametricCurves(
        xr.Dataset(
            {
                **{name: (line, values) for name, values in parameters.items()},
                "effect": (line, np.exp(rng.normal(3, 1, shape))),
                "spend": (("line", "week"), spend),
                "exposure": (("line", "week"), spend / cost[:, None]),
                "cost_per_unit": ("line", cost),
                "scale": ("line", np.array([100.0, 2000.0, 80.0])),
                "adstock": ("line", ["geometric"] * 3),
                "window": ("line", [window for _, window in FORMS]),
                "saturation": ("line", [form for form, _ in FORMS]),
                "prior_driven": ("line", np.zeros(3, dtype=bool)),
                "unit": ("kpi", ["currency", "count"]),
            },
            coords={
                "kpi": list(KPIS),
                "line": list(LINES),
                "channel": ("line", [name.partition("/")[0] for name in LINES]),
                "campaign": ("line", [name.partition("/")[2] for name in LINES]),
                "week": pd.date_range("2026-01-05", periods=HISTORY, freq="7D"),
            },
            attrs={"currency": "EUR", "health": HealthCard().to_json(), "source": "{}"},
        )
    )


def saturation_first(curves: ParametricCurves) -> ParametricCurves:
    """The same lines, each week flattened before it is carried over."""
    return ParametricCurves(curves.data.assign(order=("line", ["saturation_first"] * len(LINES))))


def on_reach(curves: ParametricCurves, seed: int = 0) -> ParametricCurves:
    """The same lines, bought as reach: S-shaped in some draws and concave in others."""
    rng, draws = np.random.default_rng([seed, 7]), curves.draws
    cell, own = ("kpi", "draw", "line"), ("draw", "line")
    shape = (len(KPIS), draws, len(LINES))
    return ParametricCurves(
        curves.data.assign(
            scale=("line", np.full(len(LINES), 500.0)),
            reach_audience=(own, 900 * np.exp(rng.normal(0, 0.2, shape[1:]))),
            reach_shape=(own, np.exp(rng.normal(0, 0.5, shape[1:]))),
            frequency_half=(cell, 2 * np.exp(rng.normal(0, 0.4, shape))),
            frequency_slope=(cell, 1.6 * np.exp(rng.normal(0, 0.5, shape))),
        )
    )


FORMS_OF_CURVES: dict[str, Callable[[ParametricCurves], ParametricCurves]] = {
    "adstock first": lambda curves: curves,
    "saturation first": saturation_first,
    "on reach": on_reach,
}


def by_line(values: np.ndarray) -> xr.DataArray:
    """(line, week) with the labels of the random curves."""
    return xr.DataArray(values, dims=("line", "week"), coords={"line": list(LINES)})


def random_window(seed: int, weeks: int, *, gap: int = 2, after: int = 2) -> Window:
    """A window that starts ``gap`` weeks after the history and is followed by some spend."""
    rng = np.random.default_rng([seed, 1])
    start = dt.date(2026, 1, 5) + dt.timedelta(weeks=HISTORY + gap)
    before = by_line(rng.gamma(1.0, 80.0, size=(3, gap)))
    return Window(start, weeks, before, by_line(rng.gamma(1.0, 80.0, size=(3, after))))
