"""As much of one KPI as the money can bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from allocator.objectives._base import Objective, Terms


@dataclass(frozen=True)
class KpiObjective(Objective):
    """maximise Σ_i R_{kpi,i}(x_i), the mean incremental outcome, in the KPI's unit."""

    name: ClassVar[str] = "kpi"
    kpi: str
    unit: str
    """``currency`` or ``count``"""

    def terms(self) -> Terms:
        """Weight 1 on the KPI, none on spend."""
        return Terms({self.kpi: 1.0}, 0.0, self.unit)
