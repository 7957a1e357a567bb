"""A row of the index in figures: means, intervals, and paired changes against the first plan."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocator.compare.readings import Cell, Draws, Group

ENDS = (0.1, 0.5, 0.9)


def figure(model: str, group: Group, cell: Cell) -> dict[str, Any] | None:
    """The row as plain values; None where no plan has anything there."""
    if all(value is None for value in cell.values):
        return None
    means = [_mean(cell, place) for place in range(len(cell.values))]
    first = cell.values[0]
    return {
        "model": model,
        "level": group.level,
        "line": group.name,
        "channel": group.channel,
        "calendar": cell.calendar,
        "period": cell.period,
        "metric": cell.metric,
        "unit": cell.unit,
        "values": [_reading(value, mean) for value, mean in zip(cell.values, means, strict=True)],
        "changes": [
            None if place == 0 else _change(first, value, _less(means[place], means[0]))
            for place, value in enumerate(cell.values)
        ],
    }


def _mean(cell: Cell, place: int) -> float | None:
    """The amount, the mean over the draws, or of a ratio the ratio of means."""
    value = cell.values[place]
    if value is None:
        return None
    parts = cell.ratios[place] if cell.ratios else None
    if parts is not None:
        return parts[0] / parts[1]
    return float(np.mean(value))


def _less(mean: float | None, first: float | None) -> float:
    return 0.0 if mean is None or first is None else mean - first


def _reading(value: Draws | float | None, mean: float | None) -> dict[str, float | None] | None:
    if value is None:
        return None
    if not isinstance(value, np.ndarray):
        return {"mean": mean, "p10": None, "p90": None}
    low, high = np.quantile(value, [0.1, 0.9])
    return {"mean": mean, "p10": float(low), "p90": float(high)}


def _change(
    first: Draws | float | None, value: Draws | float | None, mean: float
) -> dict[str, float | None] | None:
    """Paired by draw; nothing where one side has nothing."""
    if first is None or value is None:
        return None
    if not (isinstance(value, np.ndarray) and isinstance(first, np.ndarray)):
        return {"mean": round(mean, 2), "p10": None, "p50": None, "p90": None, "above": None}
    less = value - first
    low, middle, high = (float(end) for end in np.quantile(less, ENDS))
    above = float((less > 0).mean())
    return {"mean": mean, "p10": low, "p50": middle, "p90": high, "above": above}
