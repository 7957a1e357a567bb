"""People that several lines share, and what those lines deliver to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmm.reach.curve import ReachCurve


@dataclass(frozen=True)
class Delivery:
    """What one line delivers to its audience in a window at its usual pace.

    spend: money per window, 0 where it is off or costs nothing; impressions: per window.
    """

    line: str
    spend: float
    impressions: float


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
        """Average frequency of one line by itself at these amounts per window, (draw, n).

        At its usual cost per impression. Raises KeyError for a line of another audience, and
        ValueError where the line spends nothing, so that its cost is not known.
        """
        usual = {delivery.line: delivery for delivery in self.deliveries}[line]
        if not usual.spend:
            raise ValueError(f"found no usual spend of {line}, expected a cost per impression")
        counts = np.asarray(spend, dtype=float) * usual.impressions / usual.spend
        return self.curve.frequency(counts)
