"""People that several lines share, and what those lines deliver to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmm.reach.curve import ReachCurve


@dataclass(frozen=True)
class Delivery:
    """What one line delivers to its audience in a window at its usual pace.

    spend: money per window; cost: money per impression; both above 0 where the line is on.
    """

    line: str
    spend: float
    cost: float

    @property
    def impressions(self) -> float:
        """Impressions per window at the usual spend."""
        return self.spend / self.cost if self.spend else 0.0


@dataclass(frozen=True, eq=False)
class Audience:
    """Lines that reach the same people.

    curve: reach of the impressions that its lines pool within ``weeks``; source: where its
    parameters come from, in words.
    """

    name: str
    weeks: int
    curve: ReachCurve
    deliveries: tuple[Delivery, ...]
    source: str

    def pooled(self, multiple: np.ndarray) -> np.ndarray:
        """Impressions of all lines, (n,), at these multiples of the usual spend of each."""
        return sum(delivery.impressions for delivery in self.deliveries) * np.asarray(multiple)

    def frequency_of_spend(self, line: str, spend: np.ndarray) -> np.ndarray:
        """Average frequency of one line by itself at these amounts per window, (draw, n)."""
        cost = {delivery.line: delivery.cost for delivery in self.deliveries}[line]
        return self.curve.frequency(np.asarray(spend, dtype=float) / cost)
