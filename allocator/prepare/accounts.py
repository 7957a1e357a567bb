"""What finance books every line under: ``data/lines.csv``."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from allocator.findings.dossier import Account
from mmm.errors import Fault, InputError, nearest, on_disk

MAX_BYTES = 5_000_000
TEXTS = ("cost_centre", "gl_code", "supplier", "purchase_order")
NUMBERS = ("fee", "tax", "days_to_pay")
COLUMNS = ("line", *TEXTS, *NUMBERS)
"""``line`` must be there; the others may."""
LONGEST = 366  # days to pay


def read_accounts(path: Path, lines: Sequence[str] | None = None) -> dict[str, Account]:
    """line -> its account. lines: those of the plan; a line without a row has no account.

    Without ``lines`` only the file is looked at: before a search it is not known what they are.

    Raises InputError with every fault and its place.
    """
    rows, faults = _rows(path)
    found: dict[str, Account] = {}
    for here, row in rows:
        account, wrong = _account(path, here, row)
        faults += wrong
        if account is None:
            continue
        if lines is not None and account.line not in lines:
            expected = "a line of the plan"
            faults.append(
                _fault(path, here, "line", repr(account.line), expected,
                       fix=nearest(account.line, lines))
            )  # fmt: skip
        elif account.line in found:
            first = found[account.line].source.rpartition(":")[2]
            again = f"{account.line} again (first on line {first})"
            faults.append(_fault(path, here, "line", again, "each line once"))
        else:
            found[account.line] = account
    if faults:
        raise InputError(faults)
    return found


def _rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    """(line of the file, its cells by column), and what is wrong with the file's form."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError([_fault(path, 0, "", on_disk(error), "a CSV file of accounts")]) from None
    if len(raw) > MAX_BYTES:
        raise InputError([_fault(path, 0, "", f"{len(raw):,} bytes", "at most 5 MB")])
    try:
        reader = csv.reader(raw.decode("utf-8-sig").splitlines(), strict=True)
        header = tuple(cell.strip() for cell in next(reader, []))
        cells = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except UnicodeDecodeError as error:
        here = raw[: error.start].count(b"\n") + 1
        wrong = _fault(
            path, here, "", "bytes that are not UTF-8", "UTF-8 text", fix="save as UTF-8"
        )
        raise InputError([wrong]) from None
    except csv.Error as error:
        raise InputError([_fault(path, 1, "", str(error), "a CSV file")]) from None
    _refuse_header(path, header)
    faults, rows = [], []
    for here, row in cells:
        if len(row) != len(header):
            found, expected = f"{len(row)} values", f"{len(header)}, one for each column"
            faults.append(_fault(path, here, "", found, expected))
        else:
            values = (cell.strip() for cell in row)
            rows.append((here, dict(zip(header, values, strict=True))))
    return rows, faults


def _refuse_header(path: Path, header: tuple[str, ...]) -> None:
    faults = [
        _fault(path, 1, "", f"the column {name!r}", "a column of accounts",
               fix=nearest(name, COLUMNS), column=place)
        for place, name in enumerate(header, 1)
        if name not in COLUMNS
    ]  # fmt: skip
    faults += [
        _fault(path, 1, "", f"the column {name!r} again", "each column once", column=place)
        for place, name in enumerate(header, 1)
        if name in header[: place - 1]
    ]
    if "line" not in header:
        fix = "separate columns with commas" if ";" in "".join(header) else ""
        faults.append(_fault(path, 1, "", "no column `line`", "a header such as line,fee", fix=fix))
    if faults:
        raise InputError(faults)


def _account(path: Path, here: int, row: Mapping[str, str]) -> tuple[Account | None, list[Fault]]:
    faults: list[Fault] = []
    columns = list(row)
    if not row["line"]:
        return None, [_fault(path, here, "line", "nothing", "the name of a line")]
    numbers: dict[str, float] = {}
    for name in NUMBERS:
        text = row.get(name, "")
        if not text:
            continue
        value = _number(name, text)
        if value is None:
            whole = name == "days_to_pay"
            expected = f"whole days, 0 to {LONGEST}" if whole else "a share such as 5% or 0.05"
            column = columns.index(name) + 1
            faults.append(_fault(path, here, name, repr(text), expected, column=column))
        else:
            numbers[name] = value
    if faults:
        return None, faults
    texts = {name: row[name] for name in TEXTS if row.get(name)}
    source = f"{path}:{here}"
    return Account.model_validate({"line": row["line"], **texts, **numbers, "source": source}), []


def _number(name: str, text: str) -> float | None:
    """A share from 0 to 1, or whole days; None for what is neither."""
    percent = text.endswith("%") and name != "days_to_pay"
    try:
        value = float(text.removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        return None
    if not math.isfinite(value) or value < 0:
        return None
    if name == "days_to_pay":
        return int(value) if value == int(value) and value <= LONGEST else None
    return value if value <= 1 else None


def _fault(
    path: Path, line: int, name: str, found: str, expected: str, *, fix: str = "", column: int = 0
) -> Fault:
    """``column``: the cell's place in its row, from 1."""
    return Fault(str(path), line, column, name, found, expected, fix)
