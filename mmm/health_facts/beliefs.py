"""What would follow from other beliefs, without fitting again: draws are reweighed.

A draw θ that counts once under the prior p counts p'(θ) / p(θ) under p' (importance sampling;
Kallioinen et al. 2024 use it so for prior sensitivity). ln average = μ + σ u with u ~ N(0, 1), so
a median doubled is δ = ln 2 / σ in u, and ln p' / p = δ u − δ² / 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from mmm.model.evidence import Evidence
from mmm.model.pooling import SPREADS

TIMES = (0.5, 2.0)
"""Prior medians and spreads are halved and doubled."""

ENOUGH = 100
"""Effective draws that are left: medians to a tenth of a standard deviation."""


@dataclass(frozen=True)
class Beliefs:
    """moves: line -> largest move of the median of ln(effect), in its own standard deviations, when
             its channel's prior median or a spread is halved or doubled
    effective: draws left by the worst of these reweighings; where fewer than ENOUGH are left the
             move is the covariance of ln(effect) and ln(weight), exact for normal draws
    together: the same when all channels' medians move at once, None where too few draws are left
    """

    moves: Mapping[str, float]
    effective: float
    together: Mapping[str, float] | None


def beliefs(evidence: Evidence, raw: Mapping[str, np.ndarray], logs: np.ndarray) -> Beliefs:
    """raw: what was sampled, name -> (draw, …); logs: (draw, line) ln(average contribution)."""
    found, effective = np.zeros(len(evidence.lines)), np.inf
    for rows, weight in _changes(evidence, raw):
        found[rows] = np.maximum(found[rows], moved(logs[:, rows], weight))
        effective = min(effective, effective_draws(weight))
    all_at_once = [
        sum((_shifted(raw, c, times, evidence) for c in _known(evidence)), np.zeros(len(logs)))
        for times in TIMES
    ]
    together = None
    if min(map(effective_draws, all_at_once)) >= ENOUGH:
        both = np.max([moved(logs, weight) for weight in all_at_once], axis=0)
        together = dict(zip(evidence.lines, both.tolist(), strict=True))
    return Beliefs(
        dict(zip(evidence.lines, found.tolist(), strict=True)), float(effective), together
    )


def _changes(
    evidence: Evidence, raw: Mapping[str, np.ndarray]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(lines it may move, ln weight of each draw) of every belief halved and doubled."""
    everything = np.arange(len(evidence.lines))
    for times in TIMES:
        for channel in _known(evidence):
            rows = np.flatnonzero(evidence.pooling.owner == channel)
            yield rows, _shifted(raw, channel, times, evidence)
        for name in SPREADS.keys() & raw.keys():
            step, off = np.log(times), np.log(raw[name] / SPREADS[name].median)
            yield everything, (step * off - step**2 / 2) / SPREADS[name].width ** 2


def _known(evidence: Evidence) -> range:
    return range(len(evidence.pooling.channels))


def _shifted(
    raw: Mapping[str, np.ndarray], channel: int, times: float, evidence: Evidence
) -> np.ndarray:
    """ln weight of every draw when a channel's prior median is ``times`` as large."""
    first = int(np.flatnonzero(evidence.pooling.owner == channel)[0])
    step = np.log(times) / evidence.effect_sigma[first]
    weight: np.ndarray = step * raw["channel_return"][:, channel] - step**2 / 2
    return weight


def effective_draws(log_weight: np.ndarray) -> float:
    """(Σ w)² / Σ w²."""
    weight = np.exp(log_weight - log_weight.max())
    return float(weight.sum() ** 2 / (weight**2).sum())


def moved(logs: np.ndarray, log_weight: np.ndarray) -> np.ndarray:
    """How far each column's median moves, in its standard deviations: (line,)."""
    spread = np.maximum(logs.std(axis=0), np.finfo(float).tiny)
    if effective_draws(log_weight) < ENOUGH:
        off = (log_weight - log_weight.mean()) @ (logs - logs.mean(axis=0)) / len(logs)
        linear: np.ndarray = np.abs(off) / spread
        return linear
    weight = np.exp(log_weight - log_weight.max())
    medians = np.array([_median(column, weight) for column in logs.T])
    distance: np.ndarray = np.abs(medians - np.median(logs, axis=0)) / spread
    return distance


def _median(values: np.ndarray, weight: np.ndarray) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weight[order]) / weight.sum()
    middle = reached - weight[order] / weight.sum() / 2
    return float(np.interp(0.5, middle, values[order]))
