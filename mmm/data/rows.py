"""A table whose dates are understood, and its series by week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mmm.data.calendar import Calendar, check_dates
from mmm.data.cells import read_dates
from mmm.data.findings import Findings
from mmm.data.text import RawTable
from mmm.spec import ModelSpec

Kind = Literal["spend", "impressions", "reach", "kpi", "value", "margin", "control", "event"]
MEDIA: tuple[Kind, ...] = ("spend", "impressions", "reach")
WORTH: tuple[Kind, ...] = ("value", "margin")
"""What a KPI is worth, where that varies from week to week."""
Key = tuple[Kind, str]
"""(what it is, name of its line, KPI, control or event)"""


@dataclass(frozen=True)
class DatedTable:
    """Rows inside the stretch of time to use, with their dates and weeks."""

    raw: RawTable
    dates: tuple[dt.date, ...]
    calendar: Calendar

    @property
    def weeks(self) -> list[dt.date]:
        """First day of the week of every row."""
        return [self.calendar.week(self.calendar.first_day(date)) for date in self.dates]

    def only(self, keep: Sequence[bool]) -> DatedTable:
        """The rows that ``keep`` marks."""
        dates = tuple(date for date, kept in zip(self.dates, keep, strict=True) if kept)
        return DatedTable(self.raw.only(list(keep)), dates, self.calendar)

    def by_week(self, values: np.ndarray, aggregate: str = "sum") -> pd.Series:
        """``values`` (row,) summed or averaged to weeks; NaN wherever a part of it is NaN."""
        series = pd.Series(values, index=pd.DatetimeIndex(self.weeks, name="date"), dtype=float)
        groups = series.groupby(level=0)
        if aggregate == "mean":
            return groups.mean().where(groups.count() == groups.size())
        return groups.sum().where(groups.count() == groups.size())


def dated(spec: ModelSpec, raw: RawTable, findings: Findings) -> DatedTable | None:
    """``raw`` with its dates, rows outside data.start and data.end left out, or None with why."""
    if raw.spec.date not in raw.columns:
        from_header = ", ".join(raw.columns[:8])
        fault = spec.fault(
            ("data", "tables", raw.place, "date"),
            f"the column {raw.spec.date!r}",
            f"a column of {raw.spec.file}",
            f"its columns: {from_header}",
        )
        findings.add(fault)
        return None
    read = read_dates(raw, findings)
    dates = [date for date in read if date is not None]
    if len(dates) < len(read):
        return None
    calendar = Calendar.of(spec, raw)
    weeks = [calendar.week(calendar.first_day(date)) for date in dates]
    first = spec.data.start or dt.date.min
    last = calendar.week(spec.data.end) if spec.data.end else dt.date.max
    keep = [first <= week <= last for week in weeks]
    left_out = keep.count(False)
    if left_out == len(keep):
        found = f"dates from {min(dates)} to {max(dates)}"
        fault = raw.fault(0, raw.spec.date, found, "rows between data.start and data.end")
        findings.add(fault)
        return None
    if left_out:
        findings.note(f"{raw.file}: {left_out} rows outside data.start and data.end left out")
        raw = raw.only(keep)
        dates = [date for date, kept in zip(dates, keep, strict=True) if kept]
    if not check_dates(raw, dates, calendar, findings):
        return None
    return DatedTable(raw, tuple(dates), calendar)
