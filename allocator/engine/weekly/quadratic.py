"""The goal and the rows next to a plan, to second order: slopes and how fast they fall.

A term's second derivative in the amounts is Σ_s w_s height_sj φ''_s(level_sj) k_s k_sᵀ, with k_s
its kernel. φ'' is the difference of φ' to both sides; where it is above zero (the start of an
S) it is left out, so that the model is concave and its top easy to find.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from allocator.engine.problem import Cell
from allocator.engine.weekly.problem import WeeklyProblem
from mmm.adstock import lagged
from mmm.curves import FlightedResponse

NEXT = 1e-4  # of a level, to each side: where φ' is read to see how it falls
LEAST = 1e-9  # a level below is read here: φ' may be infinite at 0


def slopes(problem: WeeklyProblem, spend: np.ndarray) -> dict[Cell, np.ndarray]:
    """cell -> (week,) derivative of what its meter reads to each amount, per currency unit."""
    out: dict[Cell, np.ndarray] = {}
    for (source, line), meters in problem.metered.items():
        response = problem.sources[source, line]
        own = spend[problem.place[line]]
        _, slope = response.cuts(own, problem.weights(source, line))
        for meter, each in zip(meters, slope, strict=True):
            out[meter, line] = by_week(each, problem.weeks)
    return out


def by_week(slope: np.ndarray, weeks: int) -> np.ndarray:
    """Σ over terms of slopes to the amounts they look at: (term, lag) -> (week,)."""
    terms, lags = slope.shape
    out = np.zeros(terms)
    for lag in range(lags):
        out[: terms - lag] += slope[lag:, lag]
    return out[:weeks]


def falls(problem: WeeklyProblem, spend: np.ndarray, worth: Mapping[Cell, float]) -> np.ndarray:
    """−d²/dx² of Σ worth · response: (line, week, week), no eigenvalue below 0."""
    weeks = problem.weeks
    out = np.zeros((len(problem.lines), weeks, weeks))
    for (source, line), meters in problem.metered.items():
        weights = np.zeros(problem.sources[source, line].draws)
        for meter in meters:
            weights += max(0.0, worth.get((meter, line), 0.0)) * problem.readings[meter].weights
        if weights.any():
            place = problem.place[line]
            out[place] += _falls(problem.sources[source, line], spend[place], weights)
    return out


def _falls(response: FlightedResponse, spend: np.ndarray, weights: np.ndarray) -> np.ndarray:
    lags, weeks = response.lags, response.weeks
    kept = np.flatnonzero(weights)
    padded = np.concatenate([spend, np.zeros(lags - 1)])
    behind = lagged(padded, lags)[response.counted]
    kernel = response.kernel[kept]
    level = np.maximum(response.base[kept] + kernel @ behind.T, LEAST)
    flattened = response.flattened.of_draws(kept)
    before = flattened.value_and_slope(level * (1 - NEXT))[1]
    after = flattened.value_and_slope(level * (1 + NEXT))[1]
    bend = np.maximum((before - after) / (2 * NEXT * level), 0.0)
    bend = bend * response.height[kept] * weights[kept, None]
    near, far = _lag_pairs(lags, weeks)
    each = bend.T @ (kernel[:, near] * kernel[:, far])  # (term, pair)
    out = np.zeros((weeks, weeks))
    for column, (a, b) in enumerate(zip(near, far, strict=True)):
        week, other = response.counted - a, response.counted - b
        inside = (other >= 0) & (week < weeks)
        out[week[inside], other[inside]] += each[inside, column]
    return out + np.tril(out, -1).T


def _lag_pairs(lags: int, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """(a, b) with a <= b < a + weeks: two planned weeks that one term looks at."""
    near, far = np.triu_indices(lags)
    met = far - near < weeks
    return near[met], far[met]
