"""Does a line's spend follow the KPI? Where it does, the series cannot say which moves which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import f as fisher

from mmm.model.evidence import Evidence

YEAR = 365.25  # days
HARMONICS = 2  # half a year and longer: what budgets follow; more would explain any year of data


@dataclass(frozen=True)
class Followed:
    """How well a line's weekly exposure can be told from what else is known of the week.

    share: R² of a regression on the KPI of the same week, season and trend; calendar: of season
    and trend alone; slope: its sign says whether exposure rises with the KPI; p: of the KPI's part
    (F test)
    """

    share: float
    calendar: float
    slope: float
    p: float


def followed(evidence: Evidence) -> dict[str, Followed]:
    """Every line that moves at all, over the weeks seen; season and trend are each geo's own."""
    seen = slice(evidence.observed)
    design = _calendar(evidence.weeks[seen])
    kpi = _beside(evidence.per_head[:, seen], design)
    level = evidence.exposure[..., seen] / evidence.population[:, None]
    spare = kpi.size - len(kpi) * design.shape[1] - 1
    found = {}
    for line, own in zip(evidence.lines, level, strict=True):
        whole = ((own - own.mean(axis=1, keepdims=True)) ** 2).sum()
        if whole > 0 and spare > 0:
            found[line] = _followed(_beside(own, design), kpi, float(whole), spare)
    return found


def _followed(own: np.ndarray, kpi: np.ndarray, whole: float, spare: int) -> Followed:
    moved, known = float((own**2).sum()), float((kpi**2).sum())
    slope = float((own * kpi).sum()) / known if known else 0.0
    rest = max(moved - slope**2 * known, 0.0)
    ratio = (moved - rest) / max(rest / spare, np.finfo(float).tiny)
    return Followed(1 - rest / whole, 1 - moved / whole, slope, float(fisher.sf(ratio, 1, spare)))


def _calendar(weeks: np.ndarray) -> np.ndarray:
    """(T, 2 + 2 · harmonics): level, trend, season."""
    days = (weeks - weeks[0]) / np.timedelta64(1, "D")
    angles = [2 * np.pi * k * days / YEAR for k in range(1, HARMONICS + 1)]
    waves = [wave(angle) for angle in angles for wave in (np.sin, np.cos)]
    return np.column_stack([np.ones(len(days)), days / max(days[-1], 1.0), *waves])


def _beside(series: np.ndarray, design: np.ndarray) -> np.ndarray:
    """What of (G, T) the calendar does not explain."""
    basis, _ = np.linalg.qr(design)
    rest: np.ndarray = series - series @ basis @ basis.T
    return rest
