"""The likelihood of a panel: the baseline of every geo integrated out, at a cost linear in geos.

    y_g − media_g = Z_s b_s + Z_l c_g + ε_g,   c_g ~ N(0, D_l²) independently,   ε ~ N(0, σ²)

b_s is shared by the geos, c_g is what geo g has of its own. Turn the geos by an orthogonal matrix
Q whose first column is 1/√G: the turned c are again independent N(0, D_l²), the shared part falls
wholly into the first row, and the rows are independent of each other:

    row 0:     [√G · Z_s, Z_l]     rows 1 … G−1:  Z_l alone

so two decompositions serve any number of geos. One geo is the national model: Q is 1 and there is
no Z_l.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import helmert

from mmm.baseline import Baseline
from mmm.model.marginal import LOG_2PI, Marginal, choose, log_sum_exp

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""

OWN = ("intercept", "trend", "season")
"""Terms a geo has of its own, beside the shared ones: columns whose name begins so."""

OWN_SCALE = 0.5
"""Prior standard deviation of a geo's own slope, bends and season, in that of the shared ones."""


@dataclass(frozen=True, eq=False)
class Own:
    """What each geo has of its own: design (T, q), scales (K, q), column names."""

    columns: tuple[str, ...]
    design: np.ndarray
    scales: np.ndarray


def own_terms(baseline: Baseline, geos: int, *, level: float) -> Own:
    """The terms in which geos may differ; none for a single geo.

    level: prior standard deviation of a geo's own intercept.
    """
    named = [i for i, name in enumerate(baseline.columns) if name.startswith(OWN)]
    keep = np.array(named if geos > 1 else [], dtype=int)
    columns = tuple(baseline.columns[i] for i in keep)
    scales = OWN_SCALE * baseline.scales[:, keep]
    scales[:, [i for i, name in enumerate(columns) if name == "intercept"]] = level
    return Own(columns, baseline.design[:, keep], scales)


@dataclass(frozen=True, eq=False)
class Panel:
    """What the data decide once and for all.

    turn: (G, G) orthogonal Q; first: of row 0; rest: of the other rows, None for one geo;
    shared: number of shared columns
    """

    turn: np.ndarray
    first: Marginal
    rest: Marginal | None
    shared: int

    @classmethod
    def of(cls, baseline: Baseline, own: Own, geos: int, weeks: int) -> Panel:
        """Decompose the first ``weeks`` rows of both designs at every τ."""
        shared = np.sqrt(geos) * baseline.design[:weeks]
        design = np.concatenate([shared, own.design[:weeks]], axis=1)
        scales = np.concatenate([baseline.scales, own.scales], axis=1)
        rest = None
        if geos > 1:
            even = np.zeros(len(baseline.weight))  # the weights of τ are counted once, in row 0
            rest = Marginal.split(own.design[:weeks], own.scales, even)
        return cls(
            turn=helmert(geos, full=True).T,
            first=Marginal.split(design, scales, np.log(baseline.weight)),
            rest=rest,
            shared=len(baseline.columns),
        )

    def log_each(self, residual: Array, sigma: Array, *, xp: Any = np) -> Array:
        """Log likelihood and prior at each τ: (…, K) for residual (…, G, T) and sigma (…)."""
        if self.rest is None:
            return self.first.log_each(residual[..., 0, :], sigma, xp=xp)
        turned = xp.matmul(self.turn.T, residual)
        rest = self.rest.log_each(turned[..., 1:, :], sigma[..., None], xp=xp).sum(axis=-2)
        return self.first.log_each(turned[..., 0, :], sigma, xp=xp) + rest

    def log_likelihood(self, residual: Array, sigma: Array, *, xp: Any = np) -> Array:
        """ln p(residual | σ), baseline and τ integrated out: (…)."""
        return log_sum_exp(self.log_each(residual, sigma, xp=xp), xp=xp)

    def draw(
        self, residual: np.ndarray, sigma: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw (b_s, c) from their exact conditional: (draw, p) and (draw, G, q).

        residual: (draw, G, T); sigma: (draw,).
        """
        turned = self.turn.T @ residual
        which = choose(self.log_each(residual, sigma), rng)
        first = self.first.draw_at(which, turned[:, 0], sigma, rng)
        rows = [first[:, None, self.shared :]]
        if self.rest is not None:
            rows.append(
                np.stack(
                    [
                        self.rest.draw_at(which, turned[:, row], sigma, rng)
                        for row in range(1, turned.shape[1])
                    ],
                    axis=1,
                )
            )
        return first[:, : self.shared], self.turn @ np.concatenate(rows, axis=1)

    def log_conditional(
        self, b: np.ndarray, c: np.ndarray, residual: np.ndarray, sigma: float
    ) -> float:
        """ln p(b_s, c | residual, σ), summed over τ. b: (p,); c: (G, q); residual: (G, T)."""
        turned, own = self.turn.T @ residual, self.turn.T @ c
        each = self.log_each(residual, np.asarray(sigma))
        logs = each - log_sum_exp(each)
        logs = logs + self.first.log_at(np.concatenate([b, own[0]]), turned[0], sigma)
        if self.rest is not None:
            for row in range(1, len(turned)):
                logs = logs + self.rest.log_at(own[row], turned[row], sigma)
        return float(log_sum_exp(logs))


def log_prior(b: Array, c: Array | None, baseline: Baseline, own: Own, *, xp: Any = np) -> Array:
    """ln Σ_k w_k N(b; 0, D_s²) Π_g N(c_g; 0, D_l²) for b (p,) and c (G, q), None for one geo."""
    quadratic = ((b / baseline.scales) ** 2).sum(axis=-1)
    constant = 2 * np.log(baseline.scales).sum(axis=-1) + baseline.scales.shape[1] * LOG_2PI
    if c is not None:
        geos = c.shape[0]
        quadratic = quadratic + ((c[:, None, :] / own.scales) ** 2).sum(axis=(0, -1))
        log_scales = 2 * np.log(own.scales).sum(axis=-1) + own.scales.shape[1] * LOG_2PI
        constant = constant + geos * log_scales
    return log_sum_exp(np.log(baseline.weight) - 0.5 * (quadratic + constant), xp=xp)
