"""One fitted line and KPI in NumPy, looked up in a dataset of curves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from mmm import adstock, saturation
from mmm.curves.window import Window
from mmm.saturation import Saturation

if TYPE_CHECKING:
    from mmm.reach import EffectiveReach


@dataclass(frozen=True, eq=False)
class Line:
    """One line and KPI.

    effect: (draw,); weights: (draw, lag) of adstock; parameters: (draw, 1) of the saturation;
    exposure: (week,) of the history, ``scale`` units of it to a unit of u;
    cost: of a unit in the window; cost_before: before and after it, currency;
    effective: what impressions do in a week, of a line on reach only.
    """

    effect: np.ndarray
    weights: np.ndarray
    saturation: Saturation
    parameters: dict[str, np.ndarray]
    exposure: np.ndarray
    cost: float
    cost_before: float
    scale: float
    saturation_first: bool
    effective: EffectiveReach | None

    @property
    def lags(self) -> int:
        """Number of adstock weights."""
        return int(self.weights.shape[-1])

    @property
    def weeks_alone(self) -> bool:
        """Whether each week is flattened by itself and carried over after that."""
        return self.saturation_first or self.effective is not None

    def around(self, line: str, window: Window) -> np.ndarray:
        """Exposure outside the plan: lags − 1 weeks, the window empty, lags − 1 weeks after it."""
        before, after = (spend / self.cost_before for spend in window.beside[line])
        idle = np.zeros(self.lags - 1)
        past = np.concatenate([idle, self.exposure, before])
        tail = np.concatenate([after, idle])
        return np.concatenate(
            [past[len(past) - len(idle) :], np.zeros(window.weeks), tail[: len(idle)]]
        )

    def carried(self, line: str, window: Window) -> np.ndarray:
        """Adstocked exposure over scale from all but the plan: (draw, week + lags − 1)."""
        return carry(self.around(line, window), self.weights) / self.scale


def line_of(data: xr.Dataset, kpi: str, line: str) -> Line:
    """What the dataset holds of one line and KPI."""
    at = data.sel(kpi=kpi, line=line)
    family = adstock.by_name(str(at["adstock"].item()))
    curve = saturation.by_name(str(at["saturation"].item()))
    lags = int(at["window"])
    rates = {name: _draws(at, f"adstock_{name}") for name in family.parameters}
    effect = _draws(at, "effect")
    return Line(
        effect=effect,
        weights=np.broadcast_to(family.weights(lags, **rates), (len(effect), lags)),
        saturation=curve,
        parameters={name: _draws(at, f"saturation_{name}")[:, None] for name in curve.parameters},
        exposure=at["exposure"].to_numpy(),
        cost=float(at["cost_per_unit"]),
        cost_before=float(at["cost_before" if "cost_before" in at else "cost_per_unit"]),
        scale=float(at["scale"]),
        saturation_first="order" in at and str(at["order"].item()) == "saturation_first",
        effective=_effective(at),
    )


def carry(exposure: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Adstock a series whose first window − 1 values only feed the rest: (draw, time)."""
    return weights @ exposure[_backwards(len(exposure), weights.shape[-1])]


@lru_cache(maxsize=64)
def _backwards(weeks: int, lags: int) -> np.ndarray:
    """(lag, time): where each week's recent past stands, of weeks that have one that long."""
    return np.arange(lags - 1, weeks) - np.arange(lags)[:, None]


def _effective(at: xr.Dataset) -> EffectiveReach | None:
    """What impressions do in a week, of a line on reach."""
    if "reach_audience" not in at or bool(at["reach_audience"].isnull().any()):
        return None
    from mmm.reach.response import effective_of  # SciPy takes a second: only for lines on reach

    names = ("reach_audience", "reach_shape", "frequency_half", "frequency_slope")
    return effective_of(*(_draws(at, name) for name in names))


def _draws(at: xr.Dataset, name: str) -> np.ndarray:
    values: np.ndarray = at[name].to_numpy().astype(float)
    return values
