"""Curves by region, with labels: search and video in three regions, tv for all of them."""

from __future__ import annotations

import numpy as np
from curve_case import Market, parametric

from mmm.curves import ParametricCurves

GEOS = ("DE", "FR", "IT")
LINES = (
    *(f"search@{geo}" for geo in GEOS),
    *(f"video/{campaign}@{geo}" for campaign in ("brand", "shop") for geo in GEOS),
    "tv",
)
AUDIENCE = {"search": "", "video/brand": "prospecting", "video/shop": "buyers", "tv": "prospecting"}


def curves(*, draws: int = 8, seed: int = 3, lines: tuple[str, ...] = LINES) -> ParametricCurves:
    """A small fitted model by region; video is flattened before it is carried over."""
    data = parametric(seed, Market(lines=lines, draws=draws, lags=3)).data
    names = [line.partition("@") for line in lines]
    coords = {
        "channel": ("line", [name.partition("/")[0] for name, _, _ in names]),
        "campaign": ("line", [name.partition("/")[2] for name, _, _ in names]),
        "geo": ("line", [geo for _, _, geo in names]),
        "label_audience": ("line", [AUDIENCE[name] for name, _, _ in names]),
    }
    order = ["saturation_first" if line.startswith("video") else "adstock_first" for line in lines]
    return ParametricCurves(data.assign_coords(coords).assign(order=("line", order)))


def by_hand(
    made: ParametricCurves, kpi: str, line: str, weekly: np.ndarray, *, idle: int
) -> np.ndarray:
    """(draw,) what ``weekly`` brings ``idle`` weeks after the history, in plain loops."""
    at = made.data.sel(kpi=kpi, line=line)
    lags = int(at["window"])
    past = np.concatenate([at["exposure"].to_numpy(), np.zeros(idle)])
    effects = at["effect"].to_numpy()
    found = np.zeros(len(effects))
    for draw, effect in enumerate(effects):
        retention = float(at["adstock_retention"][draw])
        half, slope = (float(at[f"saturation_{n}"][draw]) for n in ("half_saturation", "slope"))
        weights = np.array([retention**lag for lag in range(lags)])
        weights /= weights.sum()

        def level(media: float, half: float = half, slope: float = slope) -> float:
            u = media / float(at["scale"])
            return float(u**slope / (half**slope + u**slope))

        def outcome(plan: np.ndarray, weights: np.ndarray = weights, level=level) -> float:
            media = np.concatenate([past, plan, np.zeros(lags - 1)])
            total = 0.0
            for week in range(len(past), len(media)):
                back = [(weights[lag], media[week - lag]) for lag in range(lags)]
                if str(at["order"].item()) == "saturation_first":
                    total += sum(weight * level(spent) for weight, spent in back)
                else:
                    total += level(sum(weight * spent for weight, spent in back))
            return total

        found[draw] = effect * (outcome(weekly) - outcome(np.zeros_like(weekly)))
    return found
