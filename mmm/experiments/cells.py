"""A CSV that people write, cell by cell, each with its line and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmm.errors import Fault, InputError, nearest, on_disk


@dataclass(frozen=True)
class Cell:
    """A cell's text without blanks around it, and where it stands (both from 1)."""

    text: str
    line: int
    column: int


Row = dict[str, Cell]
"""Column name -> cell."""


def read_rows(path: Path, needed: Sequence[str], allowed: Sequence[str] | None = None) -> list[Row]:
    """Every row of a CSV with a header; blank rows are passed over.

    allowed: the columns there may be; None allows others. Raises InputError with every fault of
    the file's form: not readable, not UTF-8, columns missing, unknown or doubled, fields too few
    or too many, an open quote, no row at all.
    """
    file = str(path)
    lines = [(at, text) for at, text in enumerate(_text(path).splitlines(), 1) if text.strip()]
    if not lines:
        raise InputError([Fault(file, 0, 0, "", "an empty file", "a header line and rows")])
    faults: list[Fault] = []
    header = [cell.text for cell in _split(lines[0][1], lines[0][0], file, faults)]
    faults += _header_faults(header, needed, allowed, file=file)
    rows: list[Row] = []
    for at, text in lines[1:]:
        cells = _split(text, at, file, faults)
        if len(cells) != len(header):
            fix = "put a text with a comma in it into quotes; a decimal mark is a point"
            found, expected = f"{len(cells)} fields", f"{len(header)}, as in the header"
            faults.append(Fault(file, at, 1, "", found, expected, fix))
        else:
            rows.append(dict(zip(header, cells, strict=True)))
    if len(lines) == 1:
        faults.append(Fault(file, lines[0][0], 1, "", "a header without rows", "at least one row"))
    if faults:
        raise InputError(faults)
    return rows


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        fault = Fault(str(path), 0, 0, "", on_disk(error), "a readable CSV file", "check the path")
        raise InputError([fault]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        found, fix = "bytes that are not UTF-8", "save as UTF-8"
        raise InputError([Fault(str(path), line, 1, "", found, "UTF-8 text", fix)]) from None


def _split(text: str, at: int, file: str, faults: list[Fault]) -> list[Cell]:
    """The cells of one line; quotes as in CSV, a doubled quote inside is one."""
    cells, start, quoted = [], 0, False
    for place, letter in enumerate([*text, ","]):
        if letter == '"':
            quoted = not quoted
        elif letter == "," and (not quoted or place == len(text)):
            cells.append(Cell(_unquoted(text[start:place]), at, start + 1))
            start = place + 1
    if quoted:
        found, fix = "a quote that is never closed", "close it on the same line"
        faults.append(Fault(file, at, cells[-1].column, "", found, "a quoted text", fix))
    return cells


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"').strip()
    return text


def _header_faults(
    header: Sequence[str], needed: Sequence[str], allowed: Sequence[str] | None, *, file: str
) -> list[Fault]:
    faults = []
    shown = ", ".join(header)
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        found = f"a header without commas, {header[0]!r}"
        fix = "save as CSV with commas"
        return [Fault(file, 1, 1, "", found, "columns separated by commas", fix)]
    strangers = [name for name in header if name not in (allowed or header)]
    for name in needed:
        if name not in header:
            close = nearest(name, strangers or header)
            fix = close if close.startswith("did") else ""
            expected = f"it among the columns ({shown})"
            faults.append(Fault(file, 1, 1, name, "no such column", expected, fix))
    for name in strangers:
        found, fix = f"an unknown column {name!r}", nearest(name, allowed or ())
        faults.append(Fault(file, 1, 1, name, found, "a known column", fix))
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            found = f"the column {name!r} twice"
            faults.append(Fault(file, 1, 1, name, found, "each column once", "delete one"))
    return faults
