"""What is won over the years, less the media spend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from allocator.objectives._base import Objective, Terms


@dataclass(frozen=True)
class ValueObjective(Objective):
    """maximise Σ_k v_k·Σ_i s_i·R_{k,i}(x_i) − Σ_i x_i, currency: v of a new customer is their CLV.

    What one is worth may differ by line (``scale``): whom television wins is not whom search wins.
    Means of v are used: the value of an average customer is independent of how many there are.
    """

    name: ClassVar[str] = "value"
    worth: Mapping[str, float]
    """KPI -> currency for one"""
    scale: Mapping[str, float] = field(default_factory=dict)
    """line -> its customers' worth over that of all"""
    said_by: str = "scenario"
    """who says the worth"""

    def terms(self) -> Terms:
        """The worth of each KPI, −1 on spend."""
        return Terms(dict(self.worth), -1.0, "currency", scale=dict(self.scale))
