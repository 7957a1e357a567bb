"""The rows of a table of curves as a person wrote it, each with its line number."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mmm.errors import Fault, nearest

NEEDED = ("channel", "kpi", "spend", "response")
ALLOWED = ("channel", "campaign", "geo", "kpi", "spend", "response", "draw")
LABEL = "label_"  # label_audience says the audience of a row's line
MOST_FAULTS = 50  # of rows; a column of decimal commas would otherwise fill the screen

_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_INTEGER = re.compile(r"[0-9]+\Z")


@dataclass(frozen=True)
class Row:
    """One point of one curve. ``at`` is the line number in the file; ``line`` the media line."""

    at: int
    channel: str
    campaign: str
    kpi: str
    draw: int
    spend: float
    response: float
    geo: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    """(name, value) of every label column, in their order; the value may be empty"""

    @property
    def line(self) -> str:
        """``channel`` or ``channel/campaign``, with ``@geo`` where there is one."""
        name = f"{self.channel}/{self.campaign}" if self.campaign else self.channel
        return f"{name}@{self.geo}" if self.geo else name


def rows_of(text: str, file: str) -> tuple[list[Row], list[Fault]]:
    """Every row that can be read, and a fault for everything that cannot."""
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    rows: list[Row] = []
    faults: list[Fault] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        faults += _header_faults(header, file)
        if faults:
            return [], faults
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row, wrong = _row(cells, header, reader.line_num, file)
                faults += wrong
                if row is not None:
                    rows.append(row)
    except csv.Error as error:
        found = f"text that is not CSV ({error})"
        faults.append(Fault(file, reader.line_num, 0, "", found, "CSV", "check the quotes"))
    if not rows and not faults:
        faults.append(Fault(file, 1, 0, "", "no row below the header", "the points of the curves"))
    if len(faults) > MOST_FAULTS:
        more = len(faults) - MOST_FAULTS
        last = faults[MOST_FAULTS].line
        faults = faults[:MOST_FAULTS]
        faults.append(Fault(file, last, 0, "", f"{more} faults more", "none", "mend these first"))
    return rows, faults


def _header_faults(header: list[str], file: str) -> Iterator[Fault]:
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        found = f"a header without commas, {header[0]!r}"
        yield Fault(file, 1, 0, "", found, "columns separated by commas", "save as CSV with ,")
        return
    strangers = [name for name in header if name not in ALLOWED and not _is_label(name)]
    for name in NEEDED:
        if name not in header:
            fix = nearest(name, strangers) if strangers else ""
            shown = ", ".join(header) if header else "none"
            yield Fault(file, 1, 0, name, "no such column", f"it among the columns ({shown})", fix)
    for name in strangers:
        fix = nearest(name, ALLOWED)
        if fix.startswith("known"):  # like no column there is: a label, perhaps
            fix += f", and {LABEL}{name} for a label"
        yield Fault(file, 1, 0, name, f"an unknown column {name!r}", "a known column", fix)
    for name in header:
        own = name.removeprefix(LABEL)
        if _is_label(name) and (own in ALLOWED or ":" in own):
            found, expected = f"a label called {own!r}", "another name, without :"
            yield Fault(file, 1, 0, name, found, expected, "it has a meaning already")
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            yield Fault(file, 1, 0, name, f"the column {name!r} twice", "each column once")


def _is_label(name: str) -> bool:
    return name.startswith(LABEL) and name != LABEL


def _row(cells: list[str], header: list[str], at: int, file: str) -> tuple[Row | None, list[Fault]]:
    if len(cells) != len(header):
        found = f"{len(cells)} fields"
        fix = "a number with a comma in it needs a decimal point instead"
        return None, [Fault(file, at, 0, "", found, f"{len(header)}, as in the header", fix)]
    cell = {name: value.strip() for name, value in zip(header, cells, strict=True)}
    faults: list[Fault] = []

    def wrong(column: str, found: str, expected: str, fix: str = "") -> None:
        faults.append(Fault(file, at, 0, column, found, expected, fix))

    for column in ("channel", "kpi"):
        if not cell[column]:
            wrong(column, "an empty cell", f"the name of a {column}")
    if "/" in cell["channel"] or ":" in cell["channel"] or cell["channel"] == "all":
        expected = "a name without / and :, and not `all`"
        wrong("channel", repr(cell["channel"]), expected, "a campaign has a column of its own")
    for column in ("channel", "campaign", "geo"):
        if "geo" in header and "@" in cell.get(column, ""):
            expected = "a name without @, which stands between a line and its region"
            wrong(column, repr(cell[column]), expected)
    numbers = {}
    for column in ("spend", "response"):
        text = cell[column]
        value = float(text) if _NUMBER.match(text) else None
        if value is None:
            shown = repr(text) if text else "an empty cell"
            wrong(column, shown, "a plain number such as 1250.5")
        elif value < 0:
            wrong(column, text, "0 or more")
        elif value == float("inf"):
            wrong(column, text, "a finite number")
        else:
            numbers[column] = value + 0.0  # -0 becomes 0
    draw = cell.get("draw", "0")
    if not _INTEGER.match(draw):
        wrong("draw", repr(draw) if draw else "an empty cell", "a whole number from 0")
    if faults:
        return None, faults
    names = (cell["channel"], cell.get("campaign", ""), cell["kpi"])
    labels = tuple((n.removeprefix(LABEL), cell[n]) for n in header if n.startswith(LABEL))
    point = (int(draw), numbers["spend"], numbers["response"])
    return Row(at, *names, *point, geo=cell.get("geo", ""), labels=labels), []
