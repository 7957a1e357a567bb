"""Several KPIs at once, each with what one of it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from allocator.objectives._base import Objective, Terms


@dataclass(frozen=True)
class WeightedObjective(Objective):
    """maximise Σ_k w_k·Σ_i R_{k,i}(x_i), in money where one of the KPIs is money."""

    name: ClassVar[str] = "weighted"
    weights: Mapping[str, float]
    """KPI -> what one of it counts"""
    unit: str
    """``currency`` or ``count``"""

    def terms(self) -> Terms:
        """The weights; spend costs nothing."""
        return Terms(dict(self.weights), 0.0, self.unit)
