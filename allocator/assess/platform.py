"""What platforms report: ``line,kpi,reported``, read with every fault and its place."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from allocator.quantities import money
from mmm.errors import Fault, InputError, nearest, on_disk

COLUMNS = ("line", "kpi", "reported")
MAX_BYTES = 5_000_000


@dataclass(frozen=True)
class Report:
    """A row: what a platform says a line brought, KPI units."""

    line: str
    kpi: str
    reported: float
    source: str


def read_reports(path: Path, lines: Sequence[str], units: Mapping[str, str]) -> tuple[Report, ...]:
    """The rows. Raises InputError with every fault, each as file:line:column."""
    name = str(path)
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise InputError([Fault(name, 0, 0, "", f"{len(raw):,} bytes", "at most 5 MB")])
        rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(), strict=True))
    except OSError as error:
        raise InputError([Fault(name, 0, 0, "", on_disk(error), "a readable CSV file")]) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError([Fault(name, 1, 0, "", str(error), "a CSV file in UTF-8")]) from None
    if not rows or tuple(cell.strip() for cell in rows[0]) != COLUMNS:
        found = f"the columns {', '.join(rows[0])}" if rows else "nothing"
        raise InputError([Fault(name, 1, 1, "", found, f"the columns {','.join(COLUMNS)}")])
    found_, faults = [], []
    seen: dict[tuple[str, str], int] = {}
    for at, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        row, wrong = _row(cells, (name, at), lines, units)
        if row is not None and (row.line, row.kpi) in seen:
            first = seen[row.line, row.kpi]
            again = f"{row.line}, {row.kpi} again (first on line {first})"
            wrong.append(Fault(name, at, 1, "", again, "each once"))
        if row is not None:
            seen.setdefault((row.line, row.kpi), at)
            found_.append(row)
        faults += wrong
    if faults:
        raise InputError(faults)
    return tuple(found_)


def _row(
    cells: list[str], place: tuple[str, int], lines: Sequence[str], units: Mapping[str, str]
) -> tuple[Report | None, list[Fault]]:
    name, at = place
    if len(cells) != len(COLUMNS):
        found, fix = f"{len(cells)} values", "write amounts without commas"
        return None, [Fault(name, at, 1, "", found, "line,kpi,reported", fix)]
    line, kpi, said = (cell.strip() for cell in cells)
    column = [1, len(cells[0]) + 2, len(cells[0]) + len(cells[1]) + 3]
    faults = []
    if line not in lines:
        fix = nearest(line, lines)
        faults.append(Fault(name, at, column[0], "line", f"the line {line!r}",
                            "a line of the curves", fix))  # fmt: skip
    if kpi not in units:
        fix = nearest(kpi, units)
        faults.append(Fault(name, at, column[1], "kpi", f"the KPI {kpi!r}",
                            "a KPI of the curves", fix))  # fmt: skip
    try:
        value = money(said)
    except ValueError as error:
        return None, [*faults, Fault(name, at, column[2], "reported", repr(said), str(error))]
    return (None if faults else Report(line, kpi, value, f"{name}:{at}")), faults
