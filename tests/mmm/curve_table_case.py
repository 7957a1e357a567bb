"""Curves made by hand, of which every figure is known in closed form."""

from __future__ import annotations

import numpy as np
import xarray as xr

from mmm.card import HealthCard
from mmm.curves import ParametricCurves
from mmm.simulate import simulate, true_curves
from mmm.simulate.presets import by_name

WEEKS, DRAWS = 60, 200
LINES = ("tv", "search/brand", "search/generic")
LAST = np.array([1_000.0, 200.0, 500.0])  # spend in each of the last weeks


def curves_of(*, currency: str = "EUR", last: np.ndarray = LAST, slope: float = 1.0, seed: int = 0):
    """No carry-over, so that a steady plan is weeks × effect × g(weekly spend / scale)."""
    rng = np.random.default_rng(seed)
    spend = np.repeat(last[:, None], WEEKS, axis=1)
    spend[:, :5] *= 3  # the largest weekly spend was long ago
    effect = rng.uniform(2_000, 6_000, (2, DRAWS, 3)) * np.array([1, 0.01])[:, None, None]
    full = np.ones((2, DRAWS, 3))
    data = xr.Dataset(
        {
            "spend": (("line", "week"), spend),
            "exposure": (("line", "week"), spend),
            "cost_per_unit": ("line", np.ones(3)),
            "scale": ("line", LAST),
            "adstock": ("line", ["geometric"] * 3),
            "window": ("line", [4] * 3),
            "saturation": ("line", ["hill"] * 3),
            "effect": (("kpi", "draw", "line"), effect),
            "adstock_retention": (("kpi", "draw", "line"), 0 * full),
            "saturation_half_saturation": (("kpi", "draw", "line"), 2 * full),
            "saturation_slope": (("kpi", "draw", "line"), slope * full),
            "unit": ("kpi", ["currency", "count"]),
            "prior_driven": ("line", [False, False, True]),
        },
        coords={
            "kpi": ["revenue", "new_customers"],
            "draw": np.arange(DRAWS),
            "line": list(LINES),
            "channel": ("line", ["tv", "search", "search"]),
            "campaign": ("line", ["", "brand", "generic"]),
            "week": np.datetime64("2025-01-06", "ns") + np.arange(WEEKS) * np.timedelta64(7, "D"),
        },
        attrs={
            "currency": currency, "week_start": "monday", "health": HealthCard().to_json(),
            "source": "{}",
        },
    )  # fmt: skip
    return ParametricCurves(data)


def regional_curves() -> ParametricCurves:
    """What the geo preset's lines really do: each in five regions."""
    return true_curves(simulate(by_name("geo").recipe(5, 60), 5))
