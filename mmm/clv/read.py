"""The table of orders: read row by row, identifiers hashed on the way, cells never shown.

A fault says where a cell stands and what it looks like (``99/99/9999``), not what is in it: the
column that was named for the date may be one of names or addresses.
"""

from __future__ import annotations

import csv
import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TextIO

import numpy as np

from mmm.clv.cells import FORMATS, as_strptime, parsed_day, shape
from mmm.clv.orders import Orders, day_of, merged
from mmm.clv.spec import ClvSpec
from mmm.data.findings import Findings
from mmm.errors import Fault, InputError, nearest, on_disk

YES = ("1", "true", "yes", "y", "t")
NO = ("", "0", "false", "no", "n", "f")
"""An empty cell is no consent."""


def read_orders(spec: ClvSpec) -> Orders:
    """The orders with consent. Raises InputError with every fault found in the file."""
    findings = Findings()
    with _opened(spec) as file:
        records = _records(file, spec)
        try:
            orders = _Table(spec, next(records, None), findings).orders(records)
        except UnicodeError:
            fix = "save as UTF-8, or state its `encoding`"
            raise InputError([_at(spec, 0, f"bytes that are not {spec.encoding}",
                                  f"{spec.encoding} text", fix)]) from None  # fmt: skip
    return orders


def _opened(spec: ClvSpec) -> TextIO:
    path = spec.path
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        raise InputError([_at(spec, 0, f"a {path.suffix or 'nameless kind of'} file", "a .csv")])
    try:
        encoding = "utf-8-sig" if spec.encoding == "utf-8" else spec.encoding
        return path.open(encoding=encoding, newline="")
    except OSError as error:
        known = [p.name for p in path.parent.glob("*.csv")] if path.parent.is_dir() else []
        fix = nearest(path.name, known) if known else "check the path"
        fault = _at(spec, 0, on_disk(error), "a readable CSV file", fix)
        raise InputError([fault]) from None


def _at(spec: ClvSpec, line: int, found: str, expected: str, fix: str = "") -> Fault:
    return Fault(str(spec.path), line, 0, "", found, expected, fix)


def _records(file: Iterable[str], spec: ClvSpec) -> Iterator[tuple[int, list[str]]]:
    """(line on which it starts, fields); blank lines are no records."""
    reader = csv.reader(file, delimiter=spec.delimiter, strict=True)
    start = 1
    try:
        for record in reader:
            if record:
                yield start, record
            start = reader.line_num + 1
    except csv.Error as error:
        fault = _at(spec, start, f"a broken quotation ({error})", 'quotes in pairs: "like this"')
        raise InputError([fault]) from None


class _Table:
    """One reading: where the columns are, and the salt, which ends with it."""

    def __init__(
        self, spec: ClvSpec, head: tuple[int, list[str]] | None, findings: Findings
    ) -> None:
        self.spec, self.findings, self.salt = spec, findings, secrets.token_bytes(16)
        if head is None:
            raise InputError([_at(spec, 0, "an empty file", "a header line and rows")])
        self.columns = [cell.strip() for cell in head[1]]
        self.places = self._places(head[0])

    def _places(self, line: int) -> dict[str, int]:
        """What is asked of the table -> the column's place. Raises InputError."""
        spec, columns, faults = self.spec, self.columns, []
        if any(re.search(r"@|\A[-+]?[\d.,/:-]+\Z", name) for name in columns):
            fix = "add a line with the names of the columns"
            fault = _at(spec, line, "a first line that looks like data", "a header line", fix)
            raise InputError([fault])
        if len(columns) == 1:
            marks = [mark for mark in (",", ";", "\t", "|") if mark in columns[0]]
            fix = f'write `delimiter: "{marks[0]}"`'.replace("\t", "\\t") if marks else ""
            raise InputError([_at(spec, line, "one column", "several", fix)])
        for name in sorted({name for name in columns if name and columns.count(name) > 1}):
            found = f"the column {name!r} twice"
            faults.append(_at(spec, line, found, "every column name once", "rename one"))
        asked: dict[str, str | None] = {
            "customer": spec.customer,
            "date": spec.date,
            "amount": spec.amount,
            "segment": spec.segment,
            "consent": spec.consent,
        }
        if spec.consent is None:
            asked["consent"] = next((n for n in columns if n.lower() == "consent"), None)
        for key, wanted in asked.items():
            if wanted is not None and wanted not in columns:
                fix = f"{nearest(wanted, [n for n in columns if n])}; `{key}` names it"
                faults.append(_at(spec, line, f"no column {wanted!r}", f"the {key} column", fix))
        if faults:
            raise InputError(faults)
        return {key: columns.index(name) for key, name in asked.items() if name}

    def orders(self, records: Iterator[tuple[int, list[str]]]) -> Orders:
        """Every row; faults are raised together at the end. Raises InputError."""
        numbers: dict[bytes, int] = {}
        refused: set[int] = set()
        who, day, amount, segment = [], [], [], []
        for line, record in records:
            row = self._row(line, record)
            if row is None:
                continue
            digest, when, much, where, consent = row
            number = numbers.setdefault(digest, len(numbers))
            if not consent:
                refused.add(number)
            who.append(number)
            day.append(when)
            amount.append(much)
            segment.append(where)
        self.findings.raise_if_any()
        if not who:
            raise InputError([_at(self.spec, 1, "a header without rows", "rows of orders")])
        allowed = ~np.isin(who, list(refused))
        if not allowed.any():
            raise InputError([_at(self.spec, 0, "no row with consent", "rows with consent")])
        end = day_of(self.spec.end) if self.spec.end else max(day)
        names = np.array(segment, dtype=object)[allowed]
        made = merged(np.array(who)[allowed], np.array(day)[allowed], np.array(amount)[allowed],
                      names, end=end)  # fmt: skip
        dropped = int((~allowed).sum()) if "consent" in self.places else None
        return replace(made, rows_without_consent=dropped)

    def _row(self, line: int, record: list[str]) -> tuple[bytes, int, float, str, bool] | None:
        """Hashed identifier, day, amount, segment, consent; None where something is wrong."""
        if len(record) != len(self.columns):
            fix = "quote a text that holds the delimiter" if len(record) > len(self.columns) else ""
            self._fault(line, "", f"{len(record)} fields", f"{len(self.columns)}, as the header",
                        fix)  # fmt: skip
            return None
        cell = {key: record[place].strip() for key, place in self.places.items()}
        day, amount = self._day(line, cell["date"]), self._amount(line, cell["amount"])
        consent = cell.get("consent", "yes").lower()
        if consent not in YES + NO:
            self._fault(line, self.columns[self.places["consent"]], shape(consent), "yes or no")
        if not cell["customer"]:
            fix = "leave out orders of nobody known"
            self._fault(line, self.spec.customer, "an empty cell", "a customer", fix)
        if day is None or amount is None or not cell["customer"]:
            return None
        name = cell["customer"].encode()
        digest = hashlib.blake2b(name, key=self.salt, digest_size=16).digest()
        return digest, day, amount, cell.get("segment", ""), consent in YES

    def _day(self, line: int, text: str) -> int | None:
        spec = self.spec
        day = parsed_day(text, spec.strptime)
        if day is None:
            others = [form for form in FORMATS if form != spec.date_format]
            fitting = [f for f in others if parsed_day(text, as_strptime(f)) is not None]
            fix = "write " + " or ".join(f"`date_format: {f}`" for f in fitting) if fitting else ""
            self._fault(line, spec.date, shape(text), f"a date as {spec.date_format}", fix)
        elif spec.end is not None and day > day_of(spec.end):
            expected = f"a day up to the end, {spec.end}"
            self._fault(line, spec.date, "a later day", expected, "move `end`, or drop the row")
            return None
        return day

    def _amount(self, line: int, text: str) -> float | None:
        mark = re.escape(self.spec.decimal)
        if not re.fullmatch(rf"[-+]?(\d+({mark}\d*)?|{mark}\d+)", text, re.ASCII):
            comma = self.spec.decimal == "." and re.fullmatch(r"[-+]?\d+,\d{1,2}", text)
            fix = 'write `decimal: ","`' if comma else "a plain number, without sign of money"
            expected = f"a number with a decimal {'comma' if self.spec.decimal == ',' else 'point'}"
            self._fault(line, self.spec.amount, shape(text), expected, fix)
            return None
        value = float(text.replace(",", "."))
        if value < 0 or value > 1e12:
            fix = "net refunds with their order, or leave them out"
            found = "a negative amount" if value < 0 else shape(text)
            self._fault(line, self.spec.amount, found, "0 or more", fix if value < 0 else "")
            return None
        return value

    def _fault(self, line: int, column: str, found: str, expected: str, fix: str = "") -> None:
        file = str(self.spec.path)
        self.findings.add(Fault(file, line, 0, column, found, expected, fix))
