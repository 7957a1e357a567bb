"""What some rules know besides the decision: audiences, and what would be sold without media."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `allocator show` reads scenarios without NumPy
    import numpy as np


@dataclass(frozen=True, eq=False)
class Baseline:
    """What would be sold without media in the planned weeks, KPI units.

    expected: (draw, week); observed: (draw, week) the same with the noise of observation, whose
    mean over the draws is 0
    """

    expected: np.ndarray
    observed: np.ndarray


@dataclass(frozen=True)
class AudienceFacts:
    """People and the lines that reach them.

    lines:          the lines that share the audience
    per_impression: line -> currency for one impression
    impressions_at: (average frequency, weeks) ↦ the impressions, pooled over the lines in that
                    many weeks, at which the average frequency of those reached is that high
    frequency_at:   (pooled impressions, weeks) ↦ their average frequency, at least 1
    """

    lines: tuple[str, ...]
    per_impression: Mapping[str, float]
    impressions_at: Callable[[float, int], float]
    frequency_at: Callable[[float, int], float]
