"""As much money as still earns a return on average."""

from __future__ import annotations

from typing import ClassVar

from allocator.objectives._base import Objective, Terms


class MostSpendObjective(Objective):
    """maximise Σ_i x_i, currency: the return is a row of the budget `most_with`."""

    name: ClassVar[str] = "most_spend"

    def terms(self) -> Terms:
        """1 on spend."""
        return Terms({}, 1.0, "currency")
