"""As little money as reaches a target."""

from __future__ import annotations

from typing import ClassVar

from allocator.objectives._base import Objective, Terms


class LeastSpendObjective(Objective):
    """maximise −Σ_i x_i, currency: the target is a row of the budget `least_for`."""

    name: ClassVar[str] = "least_spend"

    def terms(self) -> Terms:
        """−1 on spend."""
        return Terms({}, -1.0, "currency")
