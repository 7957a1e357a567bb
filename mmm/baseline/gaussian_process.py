"""A Gaussian process over time as a few sine waves: Gaussian in its coefficients.

On [−L, L] a stationary covariance is approximated by

    k(t, t') ≈ Σ_j S(√λ_j) φ_j(t) φ_j(t'),   √λ_j = jπ / 2L,   φ_j(t) = sin(√λ_j (t + L)) / √L

with S the kernel's spectral density (Solin & Särkkä 2020). The waves do not depend on amplitude
and length scale, only the scales of their coefficients do; so both can be summed out.
"""

from __future__ import annotations

import math

import numpy as np

AMPLITUDES = np.array([0.0625, 0.125, 0.25, 0.5, 1.0, 2.0])
"""Standard deviation of the trend around its straight line, in standard deviations of the KPI."""

LENGTHS = (13.0, 26.0)
"""Length scales in weeks: a quarter and half a year. What is slower is left to the line, what is
faster to media and noise."""


def gaussian_process(
    length: float | None, weeks: int, ahead: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Waves and what amplitude 1 makes of them: (m, T + ahead) and (length scales, m) of √S(√λ_j).

    length: the length scale in weeks, or None for those of ``LENGTHS``. Extension and number of
    waves follow Riutort-Mayol et al. 2023, section 4.2, for Matérn 5/2: L ≥ 4.1 · length,
    m ≥ 2.65 · L / length, the longest and the shortest deciding. At the ends the waves subtract
    the covariance with a mirror image 2(L − half width) away; two length scales of margin keep
    that below 0.5 %, where their 1.2 half widths left 14 % of the variance missing in five years.
    Weeks ``ahead`` that lie beyond L have what the waves are at L: 0.
    """
    lengths = LENGTHS if length is None else (length,)
    half_width = (weeks - 1) / 2
    edge = max(half_width + 2 * max(lengths), 4.1 * max(lengths))
    count = math.ceil(2.65 * edge / min(lengths))
    frequency = np.arange(1, count + 1) * np.pi / (2 * edge)
    time = np.minimum(np.arange(weeks + ahead) - half_width, edge)
    waves = np.sin(frequency[:, None] * (time + edge)) / math.sqrt(edge)
    return waves, np.sqrt([spectral_density(frequency, one) for one in lengths])


def spectral_density(frequency: np.ndarray, length: float) -> np.ndarray:
    """S(ω) = 16/3 · (√5/ℓ)⁵ / (5/ℓ² + ω²)³, Matérn 5/2 of amplitude 1."""
    rate = math.sqrt(5) / length
    density: np.ndarray = 16 / 3 * rate**5 / (rate**2 + frequency**2) ** 3
    return density
