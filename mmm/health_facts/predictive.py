"""What the model would have produced or foreseen, beside what was: NumPy only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mmm.model.derived import Derived, explained
from mmm.model.evidence import Evidence

RANGE = (0.05, 0.95)
"""Quantiles of the 90 % range."""

YEAR = 52  # weeks back to the same week of last year


@dataclass(frozen=True)
class Coverage:
    """Which ``share`` of the values lay inside the model's 90 % range, over how many weeks."""

    share: float
    weeks: int


@dataclass(frozen=True)
class Forecast:
    """A forecast of ``weeks`` weeks the model had not seen, from ``origins`` points in time.

    explained: share of variance explained; mape: mean |error| of the median forecast of the total
    over all geos as a share of what came, None where a week was 0; crps: continuous ranked
    probability score of that total, KPI units; naive: the same of the same week of last year, None
    where the data do not reach back; inside: of the 90 % range, geo by geo
    """

    weeks: int
    explained: float
    mape: float | None
    crps: float
    naive: float | None
    inside: Coverage
    origins: int = 1


@dataclass(frozen=True)
class Outlier:
    """The week that is farthest from what the model expected, in standard deviations of noise."""

    size: float
    week: str
    geo: str
    cells: int


def tails(observed: np.ndarray, replicates: np.ndarray) -> dict[str, float]:
    """Posterior predictive p-values (Gelman, Meng & Stern 1996): statistic -> share of replicated
    series in which it is larger than in the observed one, ties counted half.

    observed: (T,); replicates: (R, T)
    """
    return {name: _beyond(of(observed), of(replicates)) for name, of in STATISTICS.items()}


def _spread(series: np.ndarray) -> np.ndarray:
    spread: np.ndarray = series.std(axis=-1)
    return spread


def _memory(series: np.ndarray) -> np.ndarray:
    """Autocorrelation at one week."""
    off = series - series.mean(axis=-1, keepdims=True)
    together = (off[..., 1:] * off[..., :-1]).sum(axis=-1)
    memory: np.ndarray = together / np.maximum((off**2).sum(axis=-1), np.finfo(float).tiny)
    return memory


def _top(series: np.ndarray) -> np.ndarray:
    top: np.ndarray = series.max(axis=-1)
    return top


STATISTICS = {
    "standard deviation": _spread,
    "likeness of neighbouring weeks": _memory,
    "largest week": _top,
}
"""What a replicated series is compared in."""


def _beyond(observed: np.ndarray, replicated: np.ndarray) -> float:
    return float((replicated > observed).mean() + (replicated == observed).mean() / 2)


def coverage(values: np.ndarray, replicates: np.ndarray) -> Coverage:
    """Of values (G, T) by replicates (R, G, T)."""
    low, high = np.quantile(replicates, RANGE, axis=0)
    return Coverage(float(((low <= values) & (values <= high)).mean()), values.shape[-1])


def crps(values: np.ndarray, draws: np.ndarray) -> float:
    """Mean over values (T,) of E|X − y| − ½ E|X − X'| for draws (R, T) of X.

    Gneiting & Raftery 2007, equation 21; the second mean from the sorted draws, without bias.
    """
    count = len(draws)
    off = np.abs(draws - values).mean(axis=0)
    ranks = (2 * np.arange(1, count + 1) - count - 1)[:, None]
    apart = 2 * (ranks * np.sort(draws, axis=0)).sum(axis=0) / (count * max(count - 1, 1))
    return float((off - apart / 2).mean())


def forecast(evidence: Evidence, derived: Derived, weeks: int) -> Forecast:
    """Of the first ``weeks`` weeks after those that the model has seen."""
    ahead = slice(evidence.observed, evidence.observed + weeks)
    actual = evidence.kpi_values[:, ahead]
    draws = derived.replicates[..., ahead].sum(axis=1)
    total = actual.sum(axis=0)
    whole = evidence.kpi_values.sum(axis=0)
    before = evidence.observed - YEAR
    naive = None
    if before >= 0 and weeks <= YEAR:
        naive = float(np.abs(total - whole[before : before + len(total)]).mean())
    off = np.abs(np.median(draws, axis=0) - total)
    return Forecast(
        weeks=len(total),
        explained=explained(actual, derived.expected[:, ahead]) if np.ptp(actual) else 0.0,
        mape=float((off / np.abs(total)).mean()) if total.all() else None,
        crps=crps(total, draws),
        naive=naive,
        inside=coverage(actual, derived.replicates[..., ahead]),
    )


def averaged(forecasts: Sequence[Forecast]) -> Forecast:
    """Of several origins together; what one of them lacks, all of them lack."""
    weeks = sum(one.weeks for one in forecasts)
    weights = [one.weeks / weeks for one in forecasts]

    def mean(values: Sequence[float]) -> float:
        return float(np.dot(weights, values))

    mapes = [one.mape for one in forecasts if one.mape is not None]
    naives = [one.naive for one in forecasts if one.naive is not None]
    return Forecast(
        weeks=weeks,
        explained=mean([one.explained for one in forecasts]),
        mape=mean(mapes) if len(mapes) == len(forecasts) else None,
        crps=mean([one.crps for one in forecasts]),
        naive=mean(naives) if len(naives) == len(forecasts) else None,
        inside=Coverage(mean([one.inside.share for one in forecasts]), weeks),
        origins=len(forecasts),
    )


def outlier(evidence: Evidence, derived: Derived) -> Outlier:
    """Of the weeks the model has seen; noise and what is not known of the level, both counted."""
    seen = slice(evidence.observed)
    width = derived.replicates[..., seen].std(axis=0)
    off = np.abs(evidence.kpi_values - derived.expected)[:, seen]
    size = off / np.maximum(width, np.finfo(float).tiny)
    geo, week = np.unravel_index(int(size.argmax()), size.shape)
    return Outlier(
        size=float(size.max()),
        week=str(evidence.weeks[week])[:10],
        geo=evidence.geos[geo] if len(evidence.geos) > 1 else "",
        cells=size.size,
    )


def in_sample(evidence: Evidence, derived: Derived) -> tuple[Mapping[str, float], Coverage]:
    """Tail probabilities of the total over geos, and coverage geo by geo, of the weeks seen."""
    seen = slice(evidence.observed)
    values, replicates = evidence.kpi_values[:, seen], derived.replicates[..., seen]
    return tails(values.sum(axis=0), replicates.sum(axis=1)), coverage(values, replicates)
