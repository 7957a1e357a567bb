"""What follows from draws of the media parameters: effects, baseline, the KPI. NumPy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmm.model.evidence import Evidence
from mmm.model.noise import expected, scattered

AT_ONCE = 250  # draws held in memory at a time: 20 lines × 156 weeks of them are 6 MB
REPLICATES = 500
"""Series the model might as well have produced: enough for a 90 % range."""


@dataclass(frozen=True, eq=False)
class Derived:
    """effect: (draw, line, G) weekly contribution at full saturation, KPI units
    average: (draw, line, G) weekly contribution over the observed weeks, KPI units
    b:        (draw, p) coefficients of the shared baseline, own: (draw, G, q) of the geos' own,
              in the model's unit
    expected: (G, T) posterior mean of the KPI; held-out weeks are predicted from the others
    baseline: (G, T) posterior mean of all that is no media, KPI units
    replicates: (R, G, T) series drawn from the posterior predictive distribution, KPI units
    """

    effect: np.ndarray
    average: np.ndarray
    b: np.ndarray
    own: np.ndarray
    expected: np.ndarray
    baseline: np.ndarray
    replicates: np.ndarray


def derive(evidence: Evidence, raw: Mapping[str, np.ndarray], rng: np.random.Generator) -> Derived:
    """From draws of all that was sampled: name -> (draw, …)."""
    draws = len(raw["sigma"])
    shown = set(np.linspace(0, draws - 1, min(draws, REPLICATES)).astype(int).tolist())
    parts = []
    for start in range(0, draws, AT_ONCE):
        part = slice(start, min(start + AT_ONCE, draws))
        kept = [row - start for row in range(part.start, part.stop) if row in shown]
        parts.append(_part(evidence, {k: v[part] for k, v in raw.items()}, kept, rng))
    weight = np.array([len(part.effect) for part in parts]) / draws
    return Derived(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("effect", "average", "b", "own", "replicates")
        },
        **{
            name: np.tensordot(weight, [getattr(part, name) for part in parts], axes=1)
            for name in ("expected", "baseline")
        },
    )


def _part(
    evidence: Evidence, raw: dict[str, np.ndarray], kept: list[int], rng: np.random.Generator
) -> Derived:
    values = evidence.resolved(raw)
    effect, average = effects(evidence, values)
    media = evidence.media(values) + evidence.synergy.total(evidence, values, raw)
    others = evidence.columns.total(raw)
    b, own = coefficients(evidence, raw, media + others, rng)
    beside = others + baseline_level(evidence, b, own)
    level = media + beside
    return Derived(
        effect=effect,
        average=average,
        b=b,
        own=own,
        expected=expected(evidence, level).mean(axis=0),
        baseline=expected(evidence, beside).mean(axis=0),
        replicates=scattered(evidence, level[kept], {k: v[kept] for k, v in raw.items()}, rng),
    )


def coefficients(
    evidence: Evidence, raw: Mapping[str, np.ndarray], known: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The baseline's coefficients, drawn back where they were integrated out.

    known: (draw, G, T) what media and sampled columns explain, in the model's unit. Returns
    (draw, p) shared and (draw, G, q) of each geo.
    """
    if "b" in raw:
        none = np.zeros((len(raw["b"]), len(evidence.geos), len(evidence.own.columns)))
        return raw["b"], raw.get("own", none)
    seen = slice(evidence.observed)
    residual = evidence.standard[:, seen] - known[..., seen]
    return evidence.marginal.draw(residual, raw["sigma"], rng)


def baseline_level(evidence: Evidence, b: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Z_s b + Z_l c: (draw, G, T), in the model's unit."""
    shared: np.ndarray = (b @ evidence.baseline.design.T)[:, None, :]
    return shared + own @ evidence.own.design.T


def effects(evidence: Evidence, values: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Weekly contribution at full saturation and on average: two (draw, line, G), KPI units."""
    full = np.empty((*values["average"].shape, len(evidence.geos)))
    mean = np.empty_like(full)
    heads = evidence.unit * evidence.population
    for family in evidence.families:
        shape = evidence.shapes(family, values)
        effect = evidence.effects(family, shape, values) * heads
        full[:, family.rows] = effect
        seen = evidence.by_geo(shape)[..., : evidence.observed].mean(axis=-1)
        mean[:, family.rows] = effect * seen
    return full, mean


def explained(actual: np.ndarray, predicted: np.ndarray) -> float:
    """Share of variance explained: 1 − Σ(actual − predicted)² / Σ(actual − mean actual)².

    (G, T) each; the mean is each geo's own.
    """
    spread = ((actual - actual.mean(axis=-1, keepdims=True)) ** 2).sum()
    return float(1 - ((actual - predicted) ** 2).sum() / spread)
