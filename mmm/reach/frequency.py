"""How often people see what is spent: average frequency by line and by shared audience."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmm.reach.audience import Audience

MULTIPLES = (0.5, 1.0, 1.5, 2.0)
"""Of the usual spend."""


@dataclass(frozen=True)
class Spread:
    """A figure over draws: its mean and the range that holds 90 % of them."""

    mean: float
    p05: float
    p95: float

    @classmethod
    def of(cls, draws: np.ndarray) -> Spread:
        """The summary of (draw,) numbers."""
        low, high = np.quantile(draws, [0.05, 0.95])
        return cls(float(draws.mean()), float(low), float(high))


@dataclass(frozen=True)
class FrequencyRow:
    """One audience (``line`` empty: all of its lines together), or one line of it by itself.

    spend and impressions are totals over the audience's window; reach is in people, share is
    reach over the audience. frequency is None where nobody is reached.
    """

    audience: str
    line: str
    multiple: float
    spend: float
    impressions: float
    reach: Spread
    share: Spread
    frequency: Spread | None


def frequency_table(
    audiences: Sequence[Audience], multiples: Sequence[float] = MULTIPLES
) -> tuple[FrequencyRow, ...]:
    """Reach and average frequency at multiples of the usual spend, over the curve's draws.

    The audience first, then its lines, each by itself: reaches of lines do not add up to that of
    the audience, as people see more than one.
    """
    rows = []
    for audience in audiences:
        spend = sum(delivery.spend for delivery in audience.deliveries)
        pooled = float(audience.pooled(np.ones(())))
        rows += _rows(audience, "", (spend, pooled), multiples)
        for delivery in audience.deliveries:
            usual = (delivery.spend, delivery.impressions)
            rows += _rows(audience, delivery.line, usual, multiples)
    return tuple(rows)


def _rows(
    audience: Audience, line: str, usual: tuple[float, float], multiples: Sequence[float]
) -> list[FrequencyRow]:
    spend, impressions = usual
    counts = impressions * np.asarray(multiples)
    reach, frequency = audience.curve.value(counts), audience.curve.frequency(counts)
    size = audience.curve.audience
    return [
        FrequencyRow(
            audience.name,
            line,
            multiple,
            spend * multiple,
            float(counts[place]),
            Spread.of(reach[:, place]),
            Spread.of(reach[:, place] / size),
            Spread.of(frequency[:, place]) if counts[place] else None,
        )
        for place, multiple in enumerate(multiples)
    ]
