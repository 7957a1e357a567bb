"""Lines whose effects the data cannot tell apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmm.model.evidence import Evidence

POSTERIOR = -0.7
"""Correlation of two lines' effects below which what one gains the other loses."""

EXPOSURE = 0.9
"""Correlation of two lines' weekly exposure above which they were never seen apart."""

Range = tuple[float, float, float]
"""5 %, 50 % and 95 % point."""


@dataclass(frozen=True)
class Alike:
    """Lines of which only the sum is known.

    posterior: lowest correlation of ln(effect) of two of them; exposure: highest of their exposure
    together: what they return together, alone: each by itself, per unit of spend (KPI units a week
    where one of them spent nothing, and then ``per_spend`` is False)
    """

    lines: tuple[str, ...]
    posterior: float
    exposure: float
    together: Range
    alone: tuple[Range, ...]
    per_spend: bool


def alike(evidence: Evidence, average: np.ndarray) -> tuple[Alike, ...]:
    """Groups in which each line is like at least one other. average: (draw, line), KPI units."""
    posterior = _correlation(np.log(average).T)
    exposure = _correlation(varied(evidence))
    linked = (posterior < POSTERIOR) | (exposure > EXPOSURE)
    spend = evidence.spend.sum(axis=1).mean(axis=1)
    return tuple(
        _group(evidence, rows, posterior, exposure, returns=(average, spend))
        for rows in _groups(linked)
    )


def varied(evidence: Evidence) -> np.ndarray:
    """Exposure per head around each geo's mean, in the weeks the model has seen: (line, G·T)."""
    level = evidence.exposure[..., : evidence.observed] / evidence.population[:, None]
    around: np.ndarray = level - level.mean(axis=-1, keepdims=True)
    return around.reshape(len(level), -1)


def _correlation(rows: np.ndarray) -> np.ndarray:
    """Between rows; 0 with a row that never moves, and of a row with itself."""
    off = rows - rows.mean(axis=1, keepdims=True)
    size = np.linalg.norm(off, axis=1)
    unit = off / np.where(size > 0, size, 1.0)[:, None]
    both: np.ndarray = unit @ unit.T
    np.fill_diagonal(both, 0.0)
    return both


def _groups(linked: np.ndarray) -> list[list[int]]:
    """Connected rows, two or more."""
    left, found = set(range(len(linked))), []
    while left:
        group, edge = set(), {min(left)}
        while edge:
            group |= edge
            edge = {int(j) for i in edge for j in np.flatnonzero(linked[i])} - group
        left -= group
        if len(group) > 1:
            found.append(sorted(group))
    return found


def _group(
    evidence: Evidence,
    rows: list[int],
    posterior: np.ndarray,
    exposure: np.ndarray,
    *,
    returns: tuple[np.ndarray, np.ndarray],
) -> Alike:
    average, spend = returns
    per_spend = bool((spend[rows] > 0).all())
    cost = spend[rows] if per_spend else np.ones(len(rows))
    total = cost.sum() if per_spend else 1.0
    pairs = np.ix_(rows, rows)
    return Alike(
        lines=tuple(evidence.lines[row] for row in rows),
        posterior=float(posterior[pairs].min()),
        exposure=float(exposure[pairs].max()),
        together=_range(average[:, rows].sum(axis=1) / total),
        alone=tuple(_range(average[:, row] / own) for row, own in zip(rows, cost, strict=True)),
        per_spend=per_spend,
    )


def _range(values: np.ndarray) -> Range:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95]).tolist()
    return low, middle, high
