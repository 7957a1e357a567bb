"""Contribution margin on incremental revenue, less the media spend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from allocator.objectives._base import Objective, Terms


@dataclass(frozen=True)
class ProfitObjective(Objective):
    """maximise margin·Σ_i R_{revenue,i}(x_i) − Σ_i x_i, currency."""

    name: ClassVar[str] = "profit"
    revenue: str
    """the KPI that is money, or one that is counted and has a price"""
    margin: float
    """what stays of each unit of it: 0.35 of revenue, or margin · price of what is counted"""
    said_by: str = "scenario"
    """who says the margin"""

    def terms(self) -> Terms:
        """The margin on revenue, −1 on spend."""
        return Terms({self.revenue: self.margin}, -1.0, "currency")
