"""The baseline integrated out: y − media ~ Σ_k w_k N(0, σ²I + Z D_k² Zᵀ), and b drawn back.

Given media and σ everything in the baseline is Gaussian, so nobody needs to sample it. The trend's
flexibility τ takes one of K values; the likelihood is summed over them exactly.

With A_k = Z D_k = U_k S_k V_kᵀ decomposed once, and c_k = U_kᵀ r for the residual r = y − media:

    rᵀ(σ²I + A_k A_kᵀ)⁻¹ r = (rᵀr − Σ_j c_kj² S_kj² / (σ² + S_kj²)) / σ²
    ln det(σ²I + A_k A_kᵀ) = (T − q) ln σ² + Σ_j ln(σ² + S_kj²)

(Woodbury identity; Rasmussen & Williams 2006, section 2.7, treat explicit basis functions so.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmm.baseline import Baseline

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""

LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class Marginal:
    """What the data decide once and for all; q = min(T, p) directions for each of K values of τ.

    basis:  (T, q) orthonormal, spans Z
    turn:   (q, K·q) from the coordinates in ``basis`` to those in U_1 … U_K
    power:  (K, q) S²
    back:   (K, p, q) V_k
    scales: (K, p) prior standard deviations of b
    log_weight: (K,) log prior of τ; ``weeks`` is T
    """

    basis: np.ndarray
    turn: np.ndarray
    power: np.ndarray
    back: np.ndarray
    scales: np.ndarray
    log_weight: np.ndarray
    weeks: int

    @classmethod
    def of(cls, baseline: Baseline, weeks: int) -> Marginal:
        """Decompose the first ``weeks`` rows of the design at every τ."""
        return cls.split(baseline.design[:weeks], baseline.scales, np.log(baseline.weight))

    @classmethod
    def split(cls, design: np.ndarray, scales: np.ndarray, log_weight: np.ndarray) -> Marginal:
        """Decompose a design (T, p) with prior standard deviations ``scales`` (K, p)."""
        basis, _ = np.linalg.qr(design)
        split = [np.linalg.svd(basis.T @ (design * scale), full_matrices=False) for scale in scales]
        return cls(
            basis=basis,
            turn=np.concatenate([left for left, _, _ in split], axis=1),
            power=np.stack([single**2 for _, single, _ in split]),
            back=np.stack([right.T for _, _, right in split]),
            scales=scales,
            log_weight=log_weight,
            weeks=len(design),
        )

    def log_each(self, residual: Array, sigma: Array, *, xp: Any = np) -> Array:
        """ln w_k + ln N(residual; 0, σ²I + Z D_k² Zᵀ): (…, K) for residual (…, T), sigma (…)."""
        along = self._along(residual, xp=xp)
        noise = (sigma**2)[..., None]
        total = noise[..., None] + self.power
        # the sums over j of both formulas at once: a smaller graph compiles faster
        by_direction = xp.log(total) - along**2 * self.power / (total * noise[..., None])
        spare = self.weeks - self.power.shape[1]
        alike = (residual**2).sum(axis=-1)[..., None] / noise + spare * xp.log(noise)
        constant = self.log_weight - 0.5 * self.weeks * LOG_2PI
        return constant - 0.5 * (by_direction.sum(axis=-1) + alike)

    def log_likelihood(self, residual: Array, sigma: Array, *, xp: Any = np) -> Array:
        """ln Σ_k w_k N(residual; 0, σ²I + Z D_k² Zᵀ): (…)."""
        return log_sum_exp(self.log_each(residual, sigma, xp=xp), xp=xp)

    def _along(self, residual: Array, *, xp: Any = np) -> Array:
        """U_kᵀ r: (…, K, q)."""
        flat = xp.dot(xp.dot(residual, self.basis), self.turn)
        return flat.reshape(
            (*(residual.shape[i] for i in range(residual.ndim - 1)), *self.power.shape)
        )

    def draw(self, residual: np.ndarray, sigma: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Draw b from its exact conditional p(b | residual, σ): (draw, p).

        residual: (draw, T); sigma: (draw,). First τ, then b given τ.
        """
        which = choose(self.log_each(residual, sigma), rng)
        return self.draw_at(which, residual, sigma, rng)

    def draw_at(
        self, which: np.ndarray, residual: np.ndarray, sigma: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw b given that τ has its ``which``-th value, (draw,): (draw, p)."""
        along = self._along(residual)
        b = np.empty((len(residual), self.scales.shape[1]))
        for k in np.unique(which):
            rows = which == k
            mean, spread = self._turned(along[rows, k], sigma[rows], k)
            turned = mean + spread * rng.standard_normal(mean.shape)
            back = self.back[k]
            free = rng.standard_normal((len(mean), len(back)))
            free -= free @ back @ back.T  # directions the data cannot see keep their prior
            b[rows] = self.scales[k] * (turned @ back.T + free)
        return b

    def log_conditional(self, b: np.ndarray, residual: np.ndarray, sigma: float) -> float:
        """ln p(b | residual, σ), summed over τ, for b (p,) and residual (T,). Needs p ≤ T."""
        each = self.log_each(residual, np.asarray(sigma))
        return float(log_sum_exp(each - log_sum_exp(each) + self.log_at(b, residual, sigma)))

    def log_at(self, b: np.ndarray, residual: np.ndarray, sigma: float) -> np.ndarray:
        """ln p(b | residual, σ, τ) at each value of τ: (K,). Needs p ≤ T."""
        along = self._along(residual)
        logs = np.empty(len(self.scales))
        for k, scale in enumerate(self.scales):
            mean, spread = self._turned(along[None, k], np.array([sigma]), k)
            off = (self.back[k].T @ (b / scale) - mean[0]) / spread[0]
            density = -0.5 * (off**2 + LOG_2PI) - np.log(spread[0])
            logs[k] = density.sum() - np.log(scale).sum()
        return logs

    def _turned(
        self, along: np.ndarray, sigma: np.ndarray, k: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of V_kᵀ(b / D_k) at the k-th τ: two arrays (draw, q)."""
        total = sigma[:, None] ** 2 + self.power[k]
        return np.sqrt(self.power[k]) * along / total, sigma[:, None] / np.sqrt(total)


def choose(each: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fair draws from unnormalised log-probabilities (draw, K): (draw,)."""
    # the largest of log-probability + Gumbel noise is a fair draw
    which: np.ndarray = (each + rng.gumbel(size=each.shape)).argmax(axis=-1)
    return which


def log_sum_exp(values: Array, *, xp: Any = np) -> Array:
    """ln Σ exp over the last axis, shifted by the largest so that not all of them vanish."""
    top = xp.max(values, axis=-1, keepdims=True)
    return xp.log(xp.exp(values - top).sum(axis=-1)) + top[..., 0]
