"""A newcomer's CSV: how it is written, its columns and its rows."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from mmm.errors import Fault, InputError, on_disk

MOST = 50_000_000  # bytes: ten years of days, campaigns and regions are a tenth of it
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Table:
    """Columns and rows as text.

    decimal: ``.`` or ``,``, what marks decimals in its numbers
    """

    file: Path
    delimiter: str
    decimal: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> list[str]:
        """The cells of a column, blanks around them left out."""
        place = self.columns.index(name)
        return [row[place].strip() for row in self.rows]

    def number(self, cell: str) -> float | None:
        """A cell as a number; None where it is empty or none."""
        text = cell.strip()
        if self.decimal == ",":
            text = text.replace(".", "").replace(",", ".")
        try:
            return float(text)
        except ValueError:
            return None

    def is_numeric(self, name: str) -> bool:
        """Every cell that is not empty is a number, and there are some."""
        cells = [cell for cell in self.column(name) if cell]
        return bool(cells) and all(self.number(cell) is not None for cell in cells)


def read_table(path: Path) -> Table:
    """Read a CSV with a header. Raises InputError for what is none."""
    name = str(path)
    try:
        if path.stat().st_size > MOST:
            raise InputError([Fault(name, 0, 0, "", f"{path.stat().st_size:,} bytes", "50 MB")])
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError([Fault(name, 0, 0, "", on_disk(error), "a CSV file")]) from None
    except UnicodeDecodeError:
        raise InputError(
            [Fault(name, 0, 0, "", "bytes that are not UTF-8", "a CSV file", "save as UTF-8")]
        ) from None
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        lines = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise InputError([Fault(name, 0, 0, "", str(error), "a CSV file")]) from None
    if len(lines) < 3 or len(lines[0]) < 2:
        found = f"{len(lines)} rows of {len(lines[0]) if lines else 0} columns"
        expected = "a header, and under it a row a week with a date, spend and a KPI"
        raise InputError([Fault(name, 1, 0, "", found, expected)])
    columns = tuple(column.strip() for column in lines[0])
    _refuse_odd(name, columns, lines)
    rows = tuple(map(tuple, lines[1:]))
    comma = delimiter != "," and any("," in cell for row in rows[:50] for cell in row)
    return Table(path, delimiter, "," if comma else ".", columns, rows)


def _refuse_odd(name: str, columns: tuple[str, ...], lines: list[list[str]]) -> None:
    faults = [
        Fault(name, 1, 0, "", f"the column {column!r} {columns.count(column)} times", "each once")
        for column in dict.fromkeys(columns)
        if columns.count(column) > 1
    ]
    faults += [
        Fault(name, place, 0, "", f"{len(row)} cells", f"{len(columns)}, as the header has")
        for place, row in enumerate(lines[1:], start=2)
        if len(row) != len(columns)
    ]
    if faults:
        raise InputError(faults[:20])
