"""A reference plan kept in a spreadsheet: CSV with ``line,spend`` or ``line,week,spend``."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from allocator.quantities import money
from allocator.scenario.schema.table_row import TableRow
from allocator.weeks import week_or_day
from mmm.errors import Fault, InputError, on_disk

T = TypeVar("T")

MAX_BYTES = 5_000_000
FORMS = (("line", "spend"), ("line", "week", "spend"))


def read_table(path: Path, name: str) -> tuple[tuple[TableRow, ...], tuple[int, ...]]:
    """The rows and the line of the file each stands on. ``name`` is the file's name in messages.

    Raises InputError with every fault.
    """
    return read_csv(path, name, _rows)


def read_csv(path: Path, name: str, rows: Callable[[str, str], T]) -> T:
    """``rows`` of the file's text and name. Raises InputError for what is no CSV file, too."""
    text = _text(path, name)
    try:
        return rows(text, name)
    except csv.Error as error:
        raise InputError([Fault(name, 1, 0, "", str(error), "a CSV file")]) from None


def _text(path: Path, name: str) -> str:
    """What a CSV file says. Raises InputError for what is no small file of UTF-8."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = on_disk(error)
        raise InputError(
            [Fault(name, 0, 0, "", reason, "a readable CSV file", "check `table`")]
        ) from None
    if len(raw) > MAX_BYTES:
        raise InputError([Fault(name, 0, 0, "", f"{len(raw):,} bytes", "at most 5 MB")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(
            [Fault(name, line, 0, "", "bytes that are not UTF-8", "UTF-8 text", "save as UTF-8")]
        ) from None


def _rows(text: str, name: str) -> tuple[tuple[TableRow, ...], tuple[int, ...]]:
    reader = csv.reader(text.splitlines(), strict=True)
    header = tuple(cell.strip() for cell in next(reader, []))
    if header not in FORMS:
        found = f"the columns {', '.join(header)}" if any(header) else "no columns"
        fix = "separate columns with commas" if ";" in "".join(header) else ""
        expected = "the columns line,spend or line,week,spend"
        raise InputError([Fault(name, 1, 0, "", found, expected, fix)])
    rows: list[TableRow] = []
    places: list[int] = []
    faults: list[Fault] = []
    first: dict[tuple[str, str], int] = {}
    for cells in reader:
        here = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            found, expected = f"{len(cells)} values", f"{len(header)}, one for each column"
            fix = "write amounts without commas" if len(cells) > len(header) else ""
            faults.append(Fault(name, here, 0, "", found, expected, fix))
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        wrong = _row_faults(row, name, here)
        key = (row["line"], row.get("week", ""))
        if key in first:
            found = (
                f"{' in '.join(part for part in key if part)} again (first on line {first[key]})"
            )
            wrong.append(Fault(name, here, 0, "", found, "each once"))
        first.setdefault(key, here)
        faults += wrong
        if not wrong:
            week = row.get("week")
            rows.append(TableRow(line=row["line"], week=week, spend=money(row["spend"])))
            places.append(here)
    if not rows and not faults:
        faults.append(Fault(name, 1, 0, "", "no rows", "a row for every line"))
    if faults:
        raise InputError(faults)
    return tuple(rows), tuple(places)


def _row_faults(row: dict[str, str], name: str, here: int) -> list[Fault]:
    faults: list[Fault] = []
    if not row["line"]:
        faults.append(Fault(name, here, 0, "line", "nothing", "a channel or channel/campaign"))
    for key, parse in (("week", week_or_day), ("spend", money)):
        if key not in row:
            continue
        try:
            parse(row[key])
        except ValueError as error:
            faults.append(Fault(name, here, 0, key, repr(row[key]), str(error)))
    return faults
