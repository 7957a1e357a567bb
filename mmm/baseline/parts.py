"""What the baseline is made of: named columns with the prior scales of their coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Part:
    """Some columns of the baseline. Their prior scales are one set, or one of K to be summed over.

    columns: name -> (T,); scales: (K, columns) prior standard deviations of the coefficients;
    weight: (K,) prior probabilities of the K sets
    """

    columns: Mapping[str, np.ndarray]
    scales: np.ndarray
    weight: np.ndarray

    @classmethod
    def fixed(cls, columns: Mapping[str, np.ndarray], scale: float) -> Part:
        """Columns whose coefficients all have the standard deviation ``scale``."""
        return cls(columns, np.full((1, len(columns)), scale), np.ones(1))


@dataclass(frozen=True, eq=False)
class Baseline:
    """baseline = design · b with b_j ~ N(0, scales_kj²), k drawn with ``weight``.

    columns: p names; design: (T, p); scales: (K, p); weight: (K,), adds up to 1. Everything that
    uses it sums over k exactly, so that the flexibility of the trend is learnt, not assumed.
    """

    columns: tuple[str, ...]
    design: np.ndarray
    scales: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, parts: Sequence[Part]) -> Baseline:
        """All parts side by side; k runs over every combination of their sets of scales."""
        columns = {name: column for part in parts for name, column in part.columns.items()}
        scales, weight = np.empty((1, 0)), np.ones(1)
        for part in parts:
            before, own = len(weight), len(part.weight)
            scales = np.hstack([np.repeat(scales, own, axis=0), np.tile(part.scales, (before, 1))])
            weight = np.outer(weight, part.weight).ravel()
        return cls(tuple(columns), np.column_stack(list(columns.values())), scales, weight)
