"""What a cell says: names, numbers, dates; faults go to a list with their place."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, field

from mmm.errors import Fault
from mmm.experiments.cells import Cell, Row

_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
MOST_ALIKE = 5  # faults of one column and kind that are listed; a wrong decimal mark fills a file


@dataclass
class Reader:
    """Reads cells of one file and collects what is wrong with them."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, cell: Cell, column: str, found: str, expected: str, fix: str = "") -> None:
        """One more fault, at the cell."""
        self.faults.append(Fault(self.file, cell.line, cell.column, column, found, expected, fix))

    def text(self, row: Row, column: str) -> str | None:
        """Some text; None, with a fault, where the cell is empty."""
        cell = row[column]
        if not cell.text:
            self.wrong(cell, column, "an empty cell", "a value; an absent one is never taken as 0")
        return cell.text or None

    def number(self, row: Row, column: str) -> float | None:
        """A finite number with a decimal point."""
        text = self.text(row, column)
        if text is None:
            return None
        if not _NUMBER.match(text) or not math.isfinite(float(text)):
            fix = "a decimal point, no separator of thousands, no unit"
            self.wrong(row[column], column, repr(text), "a plain number such as 1250.5", fix)
            return None
        return float(text)

    def date(self, row: Row, column: str) -> dt.date | None:
        """A date written YYYY-MM-DD."""
        text = self.text(row, column)
        if text is None:
            return None
        try:
            if _DATE.match(text):
                return dt.date.fromisoformat(text)
        except ValueError:
            pass
        self.wrong(row[column], column, repr(text), "a date as YYYY-MM-DD")
        return None

    def shortened(self) -> list[Fault]:
        """The faults, of each column and expectation the first few and a count of the others."""
        alike: dict[tuple[str, str], list[Fault]] = {}
        for fault in self.faults:
            alike.setdefault((fault.path, fault.expected), []).append(fault)
        shown = []
        for faults in alike.values():
            shown += faults[:MOST_ALIKE]
            if len(faults) > MOST_ALIKE:
                last = faults[MOST_ALIKE]
                found = f"{len(faults) - MOST_ALIKE} more like this"
                shown.append(
                    Fault(last.file, last.line, last.column, last.path, found, last.expected)
                )
        return shown
