"""Tables as text: CSV and Parquet, every cell with the line it stands on; nothing is guessed."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path

from mmm.data.findings import Findings
from mmm.errors import Fault, nearest
from mmm.spec import ModelSpec, TableSpec

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}


@dataclass(frozen=True)
class RawTable:
    """Cells as text. ``lines`` holds each row's line in the file, 0 for Parquet."""

    place: int
    """which of data.tables it is"""
    spec: TableSpec
    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    whole: bool = True
    """False when rows had to be passed over, so that nothing is concluded from their absence"""

    def column(self, name: str) -> list[str]:
        """Cells of one column, without blanks around them."""
        place = self.columns.index(name)
        return [row[place].strip() for row in self.rows]

    def fault(self, row: int, column: str, found: str, expected: str, fix: str = "") -> Fault:
        """A fault in one cell; a Parquet table has rows instead of lines."""
        line = self.lines[row]
        where = "" if line else f" in row {row + 1}"
        return Fault(self.file, line, 0, column, found + where, expected, fix)

    def only(self, keep: list[bool]) -> RawTable:
        """The rows that ``keep`` marks."""
        rows = tuple(row for row, kept in zip(self.rows, keep, strict=True) if kept)
        lines = tuple(line for line, kept in zip(self.lines, keep, strict=True) if kept)
        return replace(self, rows=rows, lines=lines)


def read_table(model: ModelSpec, place: int, findings: Findings) -> RawTable | None:
    """One table as text; None when it cannot be read at all, with the reason in ``findings``."""
    spec = model.data.tables[place]
    path = model.folder / spec.file
    file = str(path)
    if not path.is_file():
        known = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        fix = nearest(path.name, [name for name in known if name.endswith(path.suffix)])
        found = "a folder" if path.is_dir() else "no such file"
        findings.add(
            model.fault(
                ("data", "tables", place, "file"), f"{found}: {file}", "a readable table", fix
            )
        )
        return None
    if path.suffix.lower() == ".parquet":
        return _parquet(spec, path, place, findings)
    return _csv(spec, path, place, findings)


def _csv(spec: TableSpec, path: Path, place: int, findings: Findings) -> RawTable | None:
    file = str(path)
    text = _decoded(spec, path, findings)
    if text is None:
        return None
    if "\x00" in text:
        found, fix = "zero bytes", "save as CSV, or state its `encoding`"
        findings.add(Fault(file, 0, 0, "", found, "a text file", fix))
        return None
    records = _records(text, spec.delimiter, file, findings)
    if records is None:
        return None
    if not records:
        findings.add(Fault(file, 0, 0, "", "an empty file", "a header line and rows"))
        return None
    header_line, header = records[0]
    columns = tuple(cell.strip() for cell in header)
    if not _usable_header(columns, spec, file, header_line, findings):
        return None
    rows, lines = [], []
    for line, record in records[1:]:
        if len(record) != len(columns):
            fix = "quote a text that holds the delimiter" if len(record) > len(columns) else ""
            found = f"{len(record)} fields"
            findings.add(Fault(file, line, 0, "", found, f"{len(columns)}, as the header", fix))
            continue
        rows.append(tuple(record))
        lines.append(line)
    if not rows:
        findings.add(Fault(file, header_line, 0, "", "a header without rows", "rows of data"))
        return None
    whole = len(rows) == len(records) - 1
    return RawTable(place, spec, file, columns, tuple(rows), tuple(lines), whole)


def _decoded(spec: TableSpec, path: Path, findings: Findings) -> str | None:
    raw = path.read_bytes()
    encoding = "utf-8-sig" if spec.encoding == "utf-8" else spec.encoding
    try:
        return raw.decode(encoding)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = raw[:start].count(b"\n") + 1
        fix = "save as UTF-8, or state the table's `encoding` (cp1252 for older Excel)"
        found, expected = f"bytes that are not {spec.encoding}", f"{spec.encoding} text"
        findings.add(Fault(str(path), line, 0, "", found, expected, fix))
        return None


def _records(
    text: str, delimiter: str, file: str, findings: Findings
) -> list[tuple[int, list[str]]] | None:
    """(line on which it starts, fields) of every record; blank lines are no records."""
    lines = io.StringIO(text, newline="")  # str.splitlines would also cut at form feeds in a name
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    records = []
    start = 1
    try:
        for record in reader:
            if record:
                records.append((start, record))
            start = reader.line_num + 1
    except csv.Error as error:
        found = f"a broken quotation ({error})"
        findings.add(Fault(file, start, 0, "", found, 'quotes in pairs: "like ""this"""'))
        return None
    return records


def _usable_header(
    columns: tuple[str, ...], spec: TableSpec, file: str, line: int, findings: Findings
) -> bool:
    fine = True
    if len(columns) == 1:
        inside = [mark for mark in DELIMITERS if mark != spec.delimiter and mark in columns[0]]
        if inside:
            mark = inside[0].replace("\t", "\\t")
            expected = f"columns separated by {DELIMITERS[spec.delimiter]}"
            fix = f'write `delimiter: "{mark}"` for this table'
            findings.add(Fault(file, line, 0, "", f"one column {columns[0]!r}", expected, fix))
            return False
    for place, name in enumerate(columns):
        if name and name in columns[:place]:
            found = f"the column {name!r} twice"
            findings.add(Fault(file, line, 0, "", found, "every column name once", "rename one"))
            fine = False
    return fine


def _parquet(spec: TableSpec, path: Path, place: int, findings: Findings) -> RawTable | None:
    import pyarrow as pa  # a second of start-up, only when a table is Parquet
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError):
        findings.add(Fault(str(path), 0, 0, "", "something else", "a Parquet file"))
        return None
    if table.num_rows == 0:
        findings.add(Fault(str(path), 0, 0, "", "no rows", "rows of data"))
        return None
    cells = [[_as_text(value) for value in column.to_pylist()] for column in table.columns]
    rows = tuple(zip(*cells, strict=True))
    written: dict[str, object] = {"decimal": ".", "thousands": None}
    names = table.column_names
    if spec.date in names and pa.types.is_temporal(table.schema.field(spec.date).type):
        written["date_format"] = "YYYY-MM-DD"  # a real date is not written in any format
    typed = spec.model_copy(update=written)
    return RawTable(place, typed, str(path), tuple(names), rows, (0,) * table.num_rows)


def _as_text(value: object) -> str:
    """Text that reads back as the same value: floats by their shortest exact form."""
    if value is None or value != value:  # null, or NaN, which pandas writes for null
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return str(value)
