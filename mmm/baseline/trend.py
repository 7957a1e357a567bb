"""Slow change of the baseline, a kind each: local, piecewise, gp, linear, none."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from mmm.baseline.gaussian_process import AMPLITUDES, gaussian_process
from mmm.baseline.parts import Part
from mmm.spec import TrendSpec

SLOPE_SCALE = 2.0  # a straight line may climb two standard deviations from first week to last

FLEXIBILITY = np.array([0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28])
"""τ, the standard deviation of the trend's change from knot to knot, in standard deviations of
the KPI: seven steps, each twice the one before, finer than data can tell apart."""

FLEXIBILITY_PRIOR = 0.5
"""Scale of the half-normal prior of τ, of which the steps above are the discrete form."""

AMPLITUDE_PRIOR = 1.0
"""The same of a Gaussian process's amplitude: the trend itself, not its change."""


def trend(spec: TrendSpec, days: np.ndarray) -> Part:
    """The trend over weeks that begin on ``days``, its flexibility still open unless stated."""
    return TRENDS[spec.kind](spec, days)


def trend_ahead(spec: TrendSpec, days: np.ndarray, ahead: int) -> dict[str, np.ndarray]:
    """The trend's columns over the ``ahead`` weeks after the data: name -> (ahead,).

    The straight line goes on; steps are over and stay, so that the level is where it ended; bends
    keep their slope; a Gaussian process comes back to the line, where its waves end.
    """
    columns = {"trend line": trend_line(days, ahead)}
    if spec.kind == "local":
        columns |= trend_steps(spec, days, ahead)
    elif spec.kind == "piecewise":
        columns |= trend_bends(spec, days, ahead)
    elif spec.kind == "gp":
        waves, _ = gaussian_process(spec.length_weeks, len(days), ahead)
        columns |= {f"trend wave {j}": wave for j, wave in enumerate(waves, start=1)}
    return {name: column[len(days) :] for name, column in columns.items()}


def knots_ahead(spec: TrendSpec, days: np.ndarray, ahead: int) -> np.ndarray:
    """What knots after the data would add, local and piecewise: (knots, ahead), in any order.

    The first stands at the end of the data; each a column as those within. None for other kinds.
    """
    knots = _knots(spec, days)
    bent = {"local": len(knots) > 1, "piecewise": len(knots) > 2}.get(spec.kind, False)
    if not bent or len(days) < 2:
        return np.empty((0, ahead))
    width = knots[1] - knots[0]
    week = np.arange(1, ahead + 1, dtype=float)
    starts = np.arange(0, ahead, width)[:, None]
    columns: np.ndarray = np.maximum(0, week - starts) / width
    return columns if spec.kind == "piecewise" else np.minimum(columns, 1)


def trend_line(days: np.ndarray, ahead: int = 0) -> np.ndarray:
    """From −1/2 in the first week of the data to 1/2 in their last, and on: (T + ahead,)."""
    if len(days) < 2:
        return np.full(len(days) + ahead, -0.5)
    line = np.linspace(-0.5, 0.5, len(days))
    rest: np.ndarray = 0.5 + np.arange(1, ahead + 1) / (len(days) - 1)
    return np.concatenate([line, rest])


def trend_steps(spec: TrendSpec, days: np.ndarray, ahead: int = 0) -> dict[str, np.ndarray]:
    """Ramps from 0 to 1 between neighbouring knots: their sum is a line that bends at each knot.

    With independent coefficients N(0, τ²) the trend's level at the knots is a random walk, which
    can follow demand up and down; joined by straight lines it cannot follow a single week.
    """
    week = np.arange(len(days) + ahead, dtype=float)
    return {
        f"trend {days[round(left)]}": np.clip((week - left) / (right - left), 0, 1)
        for left, right in pairwise(_knots(spec, days))
        if right > left
    }


def trend_bends(spec: TrendSpec, days: np.ndarray, ahead: int = 0) -> dict[str, np.ndarray]:
    """max(0, t − knot) / weeks between knots, at every knot inside the data.

    With independent coefficients N(0, τ²) the slope is a random walk: what went up in one stretch
    tends to go on in the next (Taylor & Letham 2018, section 3.1, with normal shrinkage whose
    scale is learnt in place of their Laplace, which cannot be integrated out).
    """
    week, knots = np.arange(len(days) + ahead, dtype=float), _knots(spec, days)
    width = knots[1] - knots[0]
    return {
        f"trend bend {days[round(knot)]}": np.maximum(0, week - knot) / width
        for knot in knots[1:-1]
    }


def _knots(spec: TrendSpec, days: np.ndarray) -> np.ndarray:
    pieces = max(1, round(len(days) / spec.knot_weeks))
    return np.linspace(0, len(days) - 1, pieces + 1)


def _none(spec: TrendSpec, days: np.ndarray) -> Part:
    return Part.fixed({}, SLOPE_SCALE)


def _linear(spec: TrendSpec, days: np.ndarray) -> Part:
    return Part.fixed({"trend line": trend_line(days)}, SLOPE_SCALE)


def _local(spec: TrendSpec, days: np.ndarray) -> Part:
    return _flexible(spec, days, trend_steps(spec, days))


def _piecewise(spec: TrendSpec, days: np.ndarray) -> Part:
    return _flexible(spec, days, trend_bends(spec, days))


def _gp(spec: TrendSpec, days: np.ndarray) -> Part:
    columns, shapes = gaussian_process(spec.length_weeks, len(days))
    amplitude, chance = steps(AMPLITUDES, AMPLITUDE_PRIOR, spec.flexibility)
    scales = (amplitude[:, None, None] * shapes).reshape(-1, shapes.shape[1])
    weight = np.repeat(chance, len(shapes)) / len(shapes)  # length scales are equally likely
    names = [f"trend wave {j}" for j in range(1, len(columns) + 1)]
    return _beside_a_line(days, dict(zip(names, columns, strict=True)), scales, weight)


def _flexible(spec: TrendSpec, days: np.ndarray, columns: dict[str, np.ndarray]) -> Part:
    tau, weight = steps(FLEXIBILITY, FLEXIBILITY_PRIOR, spec.flexibility)
    if not columns:  # a single stretch has nowhere to bend
        return _linear(spec, days)
    scales = np.repeat(tau[:, None], len(columns), axis=1)
    return _beside_a_line(days, columns, scales, weight)


def _beside_a_line(
    days: np.ndarray, columns: dict[str, np.ndarray], scales: np.ndarray, weight: np.ndarray
) -> Part:
    line = _linear(TrendSpec(kind="linear"), days)
    beside = np.repeat(line.scales, len(weight), axis=0)
    return Part({**line.columns, **columns}, np.hstack([beside, scales]), weight)


def steps(
    values: np.ndarray, scale: float, stated: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(values, prior probabilities) of τ: half-normal in discrete form, or one value if stated."""
    if stated is not None:
        return np.array([stated]), np.ones(1)
    density = values * np.exp(-0.5 * (values / scale) ** 2)  # equal steps in ln τ: density × τ
    return values, density / density.sum()


TRENDS: dict[str, Callable[[TrendSpec, np.ndarray], Part]] = {
    "local": _local,
    "piecewise": _piecewise,
    "gp": _gp,
    "linear": _linear,
    "none": _none,
}
"""kind -> its columns and scales"""
