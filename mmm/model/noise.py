"""From the level of the model to the mean of a KPI, and noise around it. NumPy or PyTensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmm.model.evidence import Evidence

Array = Any

FLOOR = 1e-9
SOFTNESS = 0.05
"""Of the mean count: below about this share of it an expected count bends away from zero."""


def positive(evidence: Evidence, level: Array, *, xp: Any = np) -> Array:
    """Expected count per head from a level: centre + unit · level, bent smoothly above zero.

    s · ln(1 + exp(x / s)) with s a twentieth of the mean; so media add up, as in the other
    models, wherever a month sells at all.
    """
    return bent(evidence.centre + evidence.unit * level, evidence.centre, xp=xp)


def bent(count: Array, centre: float, *, xp: Any = np) -> Array:
    """A count bent above zero: s · ln(1 + exp(count / s)), s a twentieth of ``centre``."""
    soft = SOFTNESS * max(centre, FLOOR)
    scaled = count / soft
    top = xp.maximum(scaled, 0.0)
    above: Array = soft * (top + xp.log1p(xp.exp(-xp.abs(scaled)))) + FLOOR
    return above


def expected(evidence: Evidence, level: np.ndarray) -> np.ndarray:
    """Mean of the KPI in KPI units: (…, G, T) of levels per head in the model's unit."""
    if evidence.likelihood == "negative_binomial":
        return positive(evidence, level) * evidence.population[:, None]
    mean: np.ndarray = (evidence.centre + evidence.unit * level) * evidence.population[:, None]
    return mean


def scattered(
    evidence: Evidence,
    level: np.ndarray,
    values: dict[str, np.ndarray],
    rng: np.random.Generator,
) -> np.ndarray:
    """One KPI series per draw as the model would produce it: (draw, G, T), KPI units.

    level: (draw, G, T); values: ``sigma`` (draw,), ``degrees`` (draw,) with student_t.
    """
    sigma = values["sigma"][:, None, None]
    if evidence.likelihood == "negative_binomial":
        mean = expected(evidence, level)
        alpha = (evidence.centre / (sigma * evidence.unit)) ** 2
        return rng.poisson(mean * rng.gamma(alpha, 1 / alpha, size=mean.shape)).astype(float)
    if evidence.likelihood == "student_t":
        noise = rng.standard_t(values["degrees"][:, None, None] + 1, size=level.shape)
    else:
        noise = rng.standard_normal(level.shape)
    return expected(evidence, level + sigma * noise)
