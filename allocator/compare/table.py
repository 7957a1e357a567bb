"""A comparison as one tidy table: a row a plan and figure, a missing value an empty cell."""

from __future__ import annotations

import csv
import io

from allocator.findings.comparison import Comparison

COLUMNS = (
    "scenario", "model", "level", "line", "channel", "calendar", "period", "metric", "unit",
    "value", "p10", "p90", "change", "change_p10", "change_p50", "change_p90", "above",
)  # fmt: skip


def tidy(comparison: Comparison) -> str:
    """CSV with the header ``COLUMNS``. ``change``: less the first plan, paired by draw; ``above``:
    share of draws in which it is above the first's. Text that a spreadsheet would run is quoted
    with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    names = [plan.name for plan in comparison.plans]
    for row in comparison.figures:
        for name, value, change in zip(names, row.values, row.changes, strict=True):
            unit = comparison.currency if row.unit == "currency" else row.unit
            texts = (name, row.model, row.level, row.line, row.channel, row.calendar, row.period,
                     row.metric, unit)  # fmt: skip
            own: tuple[float | None, ...] = (None,) * 3
            if value is not None:
                own = (value.mean, value.p10, value.p90)
            less: tuple[float | None, ...] = (None,) * 5
            if change is not None:
                less = (change.mean, change.p10, change.p50, change.p90, change.above)
            writer.writerow([*map(_inert, texts), *map(_number, own), *map(_number, less)])
    return out.getvalue()


def _inert(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)
