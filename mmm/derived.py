"""What follows from draws of the media parameters: effects, baseline, expected KPI. NumPy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmm.evidence import Evidence

AT_ONCE = 250  # draws held in memory at a time: 20 lines × 156 weeks of them are 6 MB


@dataclass(frozen=True, eq=False)
class Derived:
    """effect: (draw, line) weekly contribution at full saturation, KPI units
    b:        (draw, p) coefficients of the baseline, in the model's unit
    expected: (T,) posterior mean of the KPI; the held-out weeks are predicted from the others
    baseline: (T,) posterior mean of all that is no media, KPI units
    """

    effect: np.ndarray
    b: np.ndarray
    expected: np.ndarray
    baseline: np.ndarray


def derive(
    evidence: Evidence, values: Mapping[str, np.ndarray], rng: np.random.Generator
) -> Derived:
    """From draws of every parameter of the model: name -> (draw, …)."""
    draws = len(values["sigma"])
    design, observed = evidence.baseline.design, evidence.observed
    effect, b = np.empty((draws, len(evidence.lines))), np.empty((draws, design.shape[1]))
    media, mean_b = np.zeros(len(evidence.weeks)), np.zeros(design.shape[1])
    for start in range(0, draws, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        own = {name: value[part] for name, value in values.items()}
        effect[part] = effects(evidence, own) * evidence.unit
        along = evidence.media(own)
        residual = evidence.standard[:observed] - along[:, :observed]
        b[part] = evidence.marginal.draw(residual, own["sigma"], rng)
        mean_b += evidence.marginal.mean(residual, own["sigma"]).sum(axis=0)
        media += along.sum(axis=0)
    baseline = evidence.centre + evidence.unit * (design @ (mean_b / draws))
    return Derived(effect, b, baseline + evidence.unit * media / draws, baseline)


def effects(evidence: Evidence, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Weekly contribution at full saturation, in the model's unit: (draw, line)."""
    out = np.empty(values["average"].shape)
    for family in evidence.families:
        mean = evidence.shapes(family, values)[..., : evidence.observed].mean(axis=-1)
        out[..., family.rows] = values["average"][..., family.rows] / mean
    return out


def explained(actual: np.ndarray, expected: np.ndarray) -> float:
    """Share of variance explained: 1 − Σ(actual − expected)² / Σ(actual − mean actual)²."""
    spread = ((actual - actual.mean()) ** 2).sum()
    return float(1 - ((actual - expected) ** 2).sum() / spread)
