"""Workbooks that people filled in: opened with care, and what a cell says."""

from __future__ import annotations

import datetime as dt
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmm.errors import Fault, InputError, on_disk

MOST_BYTES = 20_000_000
MOST_UNPACKED = 300_000_000
MOST_ROWS = 5_000
"""Rows of a table that are read; nobody fills in more."""


@dataclass(frozen=True)
class Said:
    """What a cell holds, and where; ``wrong`` where it cannot be read."""

    at: str
    """``Rules!F7``"""
    text: str
    wrong: str = ""
    expected: str = ""


def open_book(path: Path) -> Any:
    """The workbook, formulas as formulas. Raises InputError for anything that is none."""
    import openpyxl

    name = str(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError([Fault(name, 0, 0, "", "more than 20 MB", "a smaller workbook")])
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                found = "more than 300 MB when unpacked"
                raise InputError([Fault(name, 0, 0, "", found, "a smaller workbook")])
        return openpyxl.load_workbook(path)
    except OSError as error:
        found = on_disk(error)
        raise InputError(
            [Fault(name, 0, 0, "", found, "an .xlsx file", "check the path")]
        ) from None
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever its parts do on a broken file
        found = f"a file that is no workbook ({type(error).__name__})"
        raise InputError([Fault(name, 0, 0, "", found, "an .xlsx file")]) from None


def said(sheet: Any, row: int, column: int) -> Said:
    """What the cell holds, as text; rows and columns count from 1."""
    cell = sheet.cell(row, column)
    at = f"{sheet.title}!{cell.coordinate}"
    value = cell.value
    if value is None:
        return Said(at, "")
    if cell.data_type == "f":
        return Said(at, "", f"the formula {str(value)[:60]}", "a value")
    if cell.data_type == "e":
        return Said(at, "", str(value), "a value")
    if isinstance(value, bool):
        return Said(at, "true" if value else "false")
    if isinstance(value, int | float):
        return Said(at, _number(value, str(cell.number_format)))
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            return Said(at, "", str(value), "a day without a time")
        return Said(at, value.date().isoformat())
    if not isinstance(value, str):
        return Said(at, "", f"{value} ({type(value).__name__})", "text or a number")
    return Said(at, value)


def _number(value: float, look: str) -> str:
    """``2000000``, ``0.35``; ``35%`` where the cell shows a percentage."""
    if "%" in look:
        return f"{round(value * 100, 10):.12g}%"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
