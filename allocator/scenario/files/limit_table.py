"""Limits kept in a spreadsheet: CSV with ``line``, ``week``, ``min`` and ``max``."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from allocator.constraints import LimitRow
from allocator.quantities import money
from allocator.scenario.schema.table import read_csv
from allocator.weeks import week
from mmm.errors import Fault, InputError, nearest

KNOWN = ("line", "week", "min", "max")
MOST = 20_000  # rows: every line of a large account in every week of a year

Columns = Mapping[str, tuple[int, int]]
"""column of the table -> (line, column) of a row's cell in the file, from 1; column 0: not known"""


def read_limits(path: Path, name: str) -> tuple[tuple[LimitRow, ...], tuple[Columns, ...]]:
    """The rows, and where the cells of each stand. ``name`` is the file's name in messages.

    Raises InputError with every fault.
    """
    return read_csv(path, name, _rows)


def _rows(text: str, name: str) -> tuple[tuple[LimitRow, ...], tuple[Columns, ...]]:
    lines = text.splitlines()
    reader = csv.reader(lines, strict=True)
    header = [cell.strip() for cell in next(reader, [])]
    _refuse_header(header, name)
    rows: list[LimitRow] = []
    places: list[Columns] = []
    faults: list[Fault] = []
    first: dict[tuple[str, str], int] = {}
    for cells in reader:
        here = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            found, expected = f"{len(cells)} values", f"{len(header)}, one for each column"
            fix = "write amounts without commas" if len(cells) > len(header) else ""
            faults.append(Fault(name, here, 1, "", found, expected, fix))
            continue
        spots = _spots(header, lines[here - 1], cells, here)
        said = {key: cell.strip() for key, cell in zip(header, cells, strict=True) if cell.strip()}
        wrong = list(_wrong(said, spots, name))
        key = said.get("line", ""), said.get("week", "")
        if key in first and not wrong:
            again = " in ".join(part for part in key if part)
            found = f"{again} again (first on line {first[key]})"
            wrong.append(Fault(name, *spots["line"], "line", found, "each once"))
        first.setdefault(key, here)
        faults += wrong
        if not wrong:
            rows.append(_row(said))
            places.append(spots)
    if len(rows) > MOST:
        faults.append(Fault(name, 1, 1, "", f"{len(rows):,} rows", f"at most {MOST:,}"))
    if not rows and not faults:
        faults.append(Fault(name, 1, 1, "", "no rows", "a row for every limit"))
    if faults:
        raise InputError(faults)
    return tuple(rows), tuple(places)


def _refuse_header(header: list[str], name: str) -> None:
    once = set(header) <= set(KNOWN) and len(set(header)) == len(header)
    if once and "line" in header and {"min", "max"} & set(header):
        return
    odd = next((column for column in header if column and column not in KNOWN), None)
    fix = "separate columns with commas" if ";" in "".join(header) else ""
    if odd is not None and not fix:
        fix = nearest(odd, KNOWN)
    found = f"the columns {', '.join(header)}" if any(header) else "no columns"
    expected = "line, with min, max or both, and week where a limit is one of a week"
    raise InputError([Fault(name, 1, 1, "", found, expected, fix)])


def _spots(header: list[str], line: str, cells: list[str], here: int) -> Columns:
    """Where each cell begins. A row with quotes in it is known by its line alone."""
    at, spots = 1, {}
    for key, cell in zip(header, cells, strict=True):
        spots[key] = here, 0 if '"' in line else at + len(cell) - len(cell.lstrip())
        at += len(cell) + 1
    return spots


def _wrong(said: Mapping[str, str], spots: Columns, name: str) -> Iterator[Fault]:
    if "line" not in said:
        expected = "a line: channel, or channel/campaign"
        yield Fault(name, *spots["line"], "line", "nothing", expected)
    ends: dict[str, Any] = {}
    for key, parse in (("week", week), ("min", money), ("max", money)):
        if key not in said:
            continue
        try:
            ends[key] = parse(said[key])
        except ValueError as error:
            yield Fault(name, *spots[key], key, repr(said[key]), str(error))
    if "min" not in said and "max" not in said:
        here = spots.get("min", spots.get("max", spots["line"]))
        yield Fault(name, *here, "", "a row without a limit", "an amount under min, max or both")
    if "min" in ends and "max" in ends and ends["min"] > ends["max"]:
        found = f"a min of {ends['min']:,.0f} above the max, {ends['max']:,.0f}"
        yield Fault(name, *spots["min"], "min", found, "min at most max")


def _row(said: Mapping[str, str]) -> LimitRow:
    low, high = (money(said[end]) if end in said else None for end in ("min", "max"))
    return LimitRow(line=said["line"], week=said.get("week"), min=low, max=high)
