"""How figures scatter around what the model expects: one entry a kind.

``level`` is baseline + media per head, in the model's unit; the mean of the KPI follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from mmm.model.evidence import Evidence
from mmm.model.noise import FLOOR, positive

Array = Any


class Likelihood(Protocol):
    """Adds the likelihood of the observed weeks to the model being built."""

    def add(self, evidence: Evidence, level: Any, sigma: Any) -> None:
        """level: (G, observed) expected KPI per head, in the model's unit; sigma: its noise."""


@dataclass(frozen=True)
class Normal:
    """ε ~ N(0, σ²)."""

    def add(self, evidence: Evidence, level: Any, sigma: Any) -> None:
        """Gaussian noise."""
        off = evidence.standard[:, : evidence.observed] - level
        pm.Potential("likelihood", pm.logp(pm.Normal.dist(0, sigma), off).sum())


@dataclass(frozen=True)
class StudentT:
    """ε ~ t_ν(0, σ²), ν ~ Gamma(2, 0.1) above 1: outliers pull little (Juárez & Steel 2010)."""

    def add(self, evidence: Evidence, level: Any, sigma: Any) -> None:
        """Noise with heavy tails."""
        nu = pm.Gamma("degrees", alpha=2, beta=0.1)
        off = evidence.standard[:, : evidence.observed] - level
        noise = pm.StudentT.dist(nu=nu + 1, mu=0, sigma=sigma)
        pm.Potential("likelihood", pm.logp(noise, off).sum())


@dataclass(frozen=True)
class NegativeBinomial:
    """y ~ NB(μ, α) with μ the expected count, kept above zero, and Var y = μ + μ² / α.

    1/√α, the relative noise beyond chance, is sampled as ``sigma`` · unit / centre, so that σ
    means the same as with normal noise.
    """

    def add(self, evidence: Evidence, level: Any, sigma: Any) -> None:
        """Noise of counts."""
        heads = evidence.population[:, None]
        mean = positive(evidence, level, xp=pt) * heads
        relative = sigma * evidence.unit / max(evidence.centre, FLOOR)
        counts = np.round(evidence.kpi_values[:, : evidence.observed])
        noise = pm.NegativeBinomial.dist(mu=mean, alpha=1 / relative**2)
        pm.Potential("likelihood", pm.logp(noise, counts).sum())


LIKELIHOODS: dict[str, Likelihood] = {
    "normal": Normal(),
    "student_t": StudentT(),
    "negative_binomial": NegativeBinomial(),
}
"""By the word in model.yaml."""
