"""Figures of single lines: how much of their curve was seen, how much they lean on siblings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmm.model.evidence import Evidence


@dataclass(frozen=True)
class Band:
    """Exposure per head over all weeks and geos: the largest and the standard deviation, both in
    units of the mean."""

    top: float
    variation: float


def bands(evidence: Evidence) -> dict[str, Band]:
    """Of every line, over the weeks the model has seen."""
    level = evidence.exposure[..., : evidence.observed] / evidence.population[:, None]
    found = {}
    for line, own in zip(evidence.lines, level, strict=True):
        mean = own.mean()
        found[line] = Band(float(own.max() / mean), float(own.std() / mean))
    return found


def leaning(evidence: Evidence, raw: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Campaign -> share of what makes it differ from its channel that is still belief.

    The posterior variance of its deviation z, whose prior variance is 1: 0 where its own history
    says all, 1 where its siblings speak for it. raw: name -> (draw, …).
    """
    rows = evidence.pooling.siblings
    if not len(rows):
        return {}
    own = evidence.pooling.deviations(evidence.log_average, evidence.effect_sigma, raw)
    left = np.minimum(own.var(axis=0), 1.0)
    return {evidence.lines[row]: float(part) for row, part in zip(rows, left, strict=True)}
