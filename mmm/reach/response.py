"""What lines on reach brought in weeks that were observed. NumPy and xarray only."""

from __future__ import annotations

import numpy as np
import xarray as xr

from mmm.reach import EffectiveReach, ReachCurve, effective_reach
from mmm.reach.families import by_name

FAMILY = "nbd"
"""What observed weekly reach is fitted with, and so what curves of these lines are."""


def effective_of(
    audience: np.ndarray, shape: np.ndarray, half: np.ndarray, slope: np.ndarray
) -> EffectiveReach:
    """Of draws of both: (draw,) each. Those of the reach curve are taken in turn.

    Weekly reach says nothing of the KPI, so that any pairing of its draws is as good as another.
    """
    turn = np.arange(len(half)) % len(audience)
    curve = ReachCurve(by_name(FAMILY), audience[turn], {"shape": shape[turn]})
    return EffectiveReach(curve, half, slope)


def weekly_reach(at: xr.Dataset, drawn: xr.Dataset, times: float) -> tuple[np.ndarray, np.ndarray]:
    """reach · hill(frequency), and what it gains with ln(impressions): two (draw, geo, week).

    at: the line's constants; drawn: its parameters along ``sample``; times: multiplies impressions
    first. Observed reach moves as the line's reach curve does, so that with ``times`` 1 the first
    is that of the observed weeks.
    """
    reach, often = (
        at[name].transpose("geo", "week").to_numpy() for name in ("exposure", "frequency")
    )
    half, slope = (drawn[f"frequency_{name}"].to_numpy() for name in ("half", "slope"))
    value = effective_reach(reach, often, half[:, None, None], slope[:, None, None])
    gain = np.zeros_like(value)
    for geo, counts in enumerate(reach * often):
        here = at.isel(geo=geo)
        audience, shape = here["reach_audience"].to_numpy(), here["reach_shape"].to_numpy()
        effective = effective_of(audience, shape, half, slope)
        was = effective.value(counts)
        ratio = np.divide(value[:, geo], was, out=np.zeros_like(was), where=was > 0)
        value[:, geo] = effective.value(times * counts) * ratio
        gain[:, geo] = effective.marginal(times * counts) * times * counts * ratio
    return value, gain
