"""As much money as still earns a return with its every unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from allocator.objectives._base import Objective, Terms

TIE = 1e-9  # a unit that earns the floor exactly is spent


@dataclass(frozen=True)
class EfficientSpendObjective(Objective):
    """maximise Σ_i R_{k,i}(x_i) / m − Σ_i x_i, currency: what is earned beyond the floor m.

    Where it is largest, no more money could earn m on average of the addition, and none of what
    is spent could be left out without losing m for each unit.
    """

    name: ClassVar[str] = "efficient_spend"
    kpi: str
    """the KPI that is the return"""
    least: float
    """m: KPI units that a unit of spend must bring"""

    def terms(self) -> Terms:
        """1/m on the KPI, −1 on spend."""
        return Terms({self.kpi: (1 + TIE) / self.least}, -1.0, "currency")
