"""Response curves of made-up markets, and the problem of splitting a budget over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allocator.constraints._base import Row
from allocator.engine.problem import AllocationProblem, Budget, Limit
from allocator.objectives import Terms
from mmm.curves import Adstocked, SteadyResponse
from mmm.saturation import Hill, Logistic

MOST_RETENTION = 0.95  # of a draw: a scattered rate must stay below 1


@dataclass(frozen=True)
class Size:
    """How many of what: weeks are those of the plan, lags the weights of the carry-over."""

    lines: int
    draws: int
    weeks: int = 13
    lags: int = 8


@dataclass(frozen=True, eq=False)
class Draws:
    """A posterior: retention, effect and the saturation's parameters, each (line, draw).

    effect: weekly contribution at full saturation; scale: (line,) currency a week per unit of u
    """

    retention: np.ndarray
    effect: np.ndarray
    scale: np.ndarray
    parameters: Mapping[str, np.ndarray]


def scattered(seed: int, size: Size, *, slopes: tuple[float, float]) -> Draws:
    """Hill curves at random: lines of unlike size, return and shape, draws around each.

    Half saturation lies between 0.6 and 2 of a line's weekly scale, so that a budget of that
    scale falls where curves bend. Slopes above 1 are S-shapes.
    """
    rng = np.random.default_rng(seed)
    shape = (size.lines, size.draws)

    def around(low: float, high: float, spread: float) -> np.ndarray:
        return rng.uniform(low, high, (size.lines, 1)) * rng.lognormal(0, spread, shape)

    scale = rng.gamma(4, 2500, size.lines)
    return Draws(
        retention=np.minimum(around(0.1, 0.7, 0.05), MOST_RETENTION),
        effect=scale[:, None] * around(1.5, 6, 0.3),
        scale=scale,
        parameters={
            "half_saturation": around(0.6, 2, 0.2),
            "slope": around(*slopes, 0.1),
        },
    )


def curves_of(draws: Draws, weeks: int, lags: int, *, around: float = 1.0) -> dict[str, Adstocked]:
    """Line -> curve of the total over ``weeks``, spent evenly.

    ``around`` is the weekly spend before and after the window, in units of the line's scale.
    """
    saturation = Hill() if "slope" in draws.parameters else Logistic()
    window = slice(lags - 1, lags - 1 + weeks)
    plan = np.zeros(weeks + 2 * (lags - 1))
    beside = np.full_like(plan, around)
    plan[window], beside[window] = 1 / weeks, 0.0
    found = {}
    for line, scale in enumerate(draws.scale):
        weights = draws.retention[line, :, None] ** np.arange(lags)
        weights = weights / weights.sum(axis=1, keepdims=True)
        found[f"l{line:04d}"] = Adstocked(
            effect=draws.effect[line],
            carried=_carry(beside, weights),
            unit=_carry(plan, weights) / scale,
            saturation=saturation,
            parameters={name: each[line][:, None] for name, each in draws.parameters.items()},
        )
    return found


def hill_market(
    seed: int, size: Size, *, slopes: tuple[float, float] = (0.7, 3.0)
) -> tuple[dict[str, Adstocked], float]:
    """Curves, and a budget at which every line could spend its scale every week."""
    draws = scattered(seed, size, slopes=slopes)
    return curves_of(draws, size.weeks, size.lags), float(draws.scale.sum()) * size.weeks


def posed(
    curves: Mapping[str, SteadyResponse],
    budget: float,
    *,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    rows: Sequence[Row] = (),
) -> AllocationProblem:
    """Maximise the sum of the responses of exactly this budget."""
    lines = tuple(curves)
    limits = [
        Limit("bounds", line, side, amount)
        for line, pair in (bounds or {}).items()
        for side, amount in zip(("min", "max"), pair, strict=True)
    ]
    return AllocationProblem(
        lines,
        Budget(budget, True),
        Terms({"revenue": 1.0}, 0.0, "currency"),
        {("revenue", line): curve for line, curve in curves.items()},
        dict.fromkeys(lines, np.inf),
        limits=tuple(limits),
        rows=tuple(rows),
    )


def _carry(spend: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(draw, week) carried-over spend; the first lags − 1 weeks only feed the rest."""
    lags = weights.shape[1]
    recent = np.lib.stride_tricks.sliding_window_view(spend, lags)[:, ::-1]
    carried: np.ndarray = weights @ recent.T
    return carried
