"""The table of a geo test: one row per date and geo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from mmm.errors import Fault, InputError, nearest
from mmm.experiments.cells import Row, read_rows
from mmm.experiments.lift import Columns
from mmm.experiments.values import Reader


@dataclass(frozen=True, eq=False)
class GeoPanel:
    """dates: (T,) evenly spaced; geos: (G,); outcome: (G, T); spend: (G, T), None if not given."""

    file: str
    dates: tuple[dt.date, ...]
    geos: tuple[str, ...]
    outcome: np.ndarray
    spend: np.ndarray | None

    def fault(self, option: str, found: str, expected: str, fix: str = "") -> Fault:
        """A fault of an option that is about this table."""
        return Fault(self.file, 0, 0, option, found, expected, fix)


def read_panel(path: Path, columns: Columns) -> GeoPanel:
    """Read a table with a row per date and geo, in any order.

    Raises InputError with every fault: cells, a date and geo twice, or one that has no row.
    """
    rows = read_rows(path, (columns.date, columns.geo, columns.outcome))
    reader = Reader(str(path))
    spent = columns.spend in rows[0]
    read: dict[tuple[str, dt.date], tuple[Row, float, float]] = {}
    for row in rows:
        geo, date = reader.text(row, columns.geo), reader.date(row, columns.date)
        outcome = reader.number(row, columns.outcome)
        money = reader.number(row, columns.spend) if spent else 0.0
        if geo is None or date is None or outcome is None or money is None:
            continue
        first = read.setdefault((geo, date), (row, outcome, money))[0]
        if first is not row:
            found = f"{geo} on {date} again (first on line {first[columns.date].line})"
            reader.wrong(
                row[columns.date], columns.date, found, "one row per date and geo", "add them up"
            )
    if not reader.faults:
        _whole(read, reader, columns)
    if reader.faults:
        raise InputError(reader.shortened())
    geos = tuple(dict.fromkeys(geo for geo, _ in read))
    dates = tuple(sorted({date for _, date in read}))
    outcomes = np.array([[read[geo, date][1] for date in dates] for geo in geos])
    spend = np.array([[read[geo, date][2] for date in dates] for geo in geos])
    return GeoPanel(str(path), dates, geos, outcomes, spend if spent else None)


def periods(panel: GeoPanel, start: dt.date, end: dt.date) -> slice:
    """The periods of the table that a test from ``start`` to ``end`` has.

    Raises InputError when there is none, or when the test is not inside the table.
    """
    step = panel.dates[1] - panel.dates[0]
    inside = [place for place, date in enumerate(panel.dates) if start <= date <= end]
    last = panel.dates[-1] + step - dt.timedelta(days=1)
    faults = []
    if end < start:
        faults.append(panel.fault("--end", str(end), f"the start, {start}, or later"))
    else:
        for option, day in (("--start", start), ("--end", end)):
            if not panel.dates[0] <= day <= last:
                expected = f"a day of the table, {panel.dates[0]} to {last}"
                faults.append(panel.fault(option, str(day), expected))
    if not faults and (not inside or panel.dates[inside[0]] != start):
        close = min(panel.dates, key=lambda date: abs(date - start))
        expected = "a date of the table"
        faults.append(panel.fault("--start", str(start), expected, f"the nearest is {close}"))
    if faults:
        raise InputError(faults)
    return slice(inside[0], inside[-1] + 1)


def treated_rows(panel: GeoPanel, treated: Sequence[str]) -> np.ndarray:
    """(G,) which geos were treated. Raises InputError for unknown names and too few controls."""
    faults = [
        panel.fault("--treated", repr(geo), "a geo of the table", nearest(geo, panel.geos))
        for geo in treated
        if geo not in panel.geos
    ]
    mask = np.array([geo in treated for geo in panel.geos])
    if not faults and not mask.any():
        faults = [panel.fault("--treated", "none", "the geos whose spend was changed")]
    if not faults and (~mask).sum() < 2:
        found = f"{int((~mask).sum())} geos that were not treated"
        faults = [panel.fault("--treated", found, "at least 2 to compare with")]
    if faults:
        raise InputError(faults)
    return mask


def _whole(
    read: dict[tuple[str, dt.date], tuple[Row, float, float]], reader: Reader, columns: Columns
) -> None:
    """Every geo on every date, and dates evenly apart."""
    dates = sorted({date for _, date in read})
    for geo in dict.fromkeys(geo for geo, _ in read):
        gone = [date for date in dates if (geo, date) not in read]
        if gone:
            row = next(row for (name, _), (row, _, _) in read.items() if name == geo)
            more = f" and {len(gone) - 1} other dates" if len(gone) > 1 else ""
            expected = "every geo on every date"
            fix = "an absent row is never taken as 0: add it, or leave the geo out"
            found = f"no row of {geo} on {gone[0]}{more}"
            reader.wrong(row[columns.geo], columns.geo, found, expected, fix)
    steps = {(after - before).days for before, after in pairwise(dates)}
    if len(steps) != 1:
        found = f"dates {' and '.join(str(step) for step in sorted(steps)[:3])} days apart"
        found = found if steps else "a single date"
        expected = "dates evenly apart, daily or weekly"
        reader.faults.append(Fault(reader.file, 0, 0, columns.date, found, expected))
