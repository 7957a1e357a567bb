"""Assumptions edited in a finance workbook, as what a scenario lays over the one it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocator.form.cells import MOST_ROWS, Said, open_book, said
from allocator.form.flow import value_of
from allocator.scenario import LoadedScenario
from mmm.errors import Fault, InputError

SHEET, FIRST = "Assumptions", 5
PATH, EDIT, FILE = 1, 3, 4
"""Columns of the sheet, from 1."""
DIGEST = "scenario_digest"
Reload = Callable[[Mapping[str, str]], LoadedScenario]
"""Reads the scenario with values over it; raises InputError."""


@dataclass(frozen=True)
class Edited:
    """What the workbook asks otherwise.

    values: path -> the value as written; places: path -> the cell it stands in; files: those that
    the workbook names
    """

    digest: str
    values: Mapping[str, str]
    places: Mapping[str, str]
    file: str
    files: tuple[str, ...] = ()

    def asked(self, loaded: LoadedScenario, reload: Reload) -> LoadedScenario:
        """The scenario as the workbook asks for it.

        Raises InputError where the workbook is of another scenario, where a value is not the
        scenario's, or where the scenario cannot have it, each with the address of its cell.
        """
        if loaded.digest != self.digest:
            found = f"the scenario {self.digest[:12]}…"
            expected = f"{loaded.digest[:12]}… of {loaded.document.file}"
            fix = "give the scenario that the plan was made from, as it was"
            raise InputError([Fault(self.file, 0, 0, "Cover", found, expected, fix)])
        known = {origin.path: origin for origin in loaded.origins()}
        faults = [
            self._fault(path, f"the value {path}", "a value of the scenario")
            for path in self.values
            if path not in known
        ]
        faults += [
            self._fault(path, "a value of the policy", "a value of the scenario itself",
                        f"change {known[path].file}")
            for path in self.values
            if path in known and known[path].note == "policy"
        ]  # fmt: skip
        if faults:
            raise InputError(faults)
        try:
            return reload(self.values)
        except InputError as error:
            raise InputError([self._placed(fault) for fault in error.faults]) from None

    def _fault(self, path: str, found: str, expected: str, fix: str = "") -> Fault:
        return Fault(self.file, 0, 0, self.places[path], found, expected, fix)

    def _placed(self, fault: Fault) -> Fault:
        """The fault at the cell of the value that it is about."""
        near = [p for p in self.places if fault.path == p or p.startswith(f"{fault.path}.")]
        near += [p for p in self.places if fault.path.startswith(f"{p}.")]
        at = self.places[near[0]] if near else SHEET
        return Fault(self.file, 0, 0, at, fault.found, fault.expected, fault.fix)


def edited(path: Path) -> Edited:
    """What column Edit of sheet Assumptions says, and of which scenario the workbook is.

    Raises InputError with every cell that is not understood.
    """
    book = open_book(path)
    name = str(path)
    if SHEET not in book.sheetnames or DIGEST not in book.defined_names:
        found, expected = "no sheet Assumptions or no digest", "a workbook of `allocator documents`"
        raise InputError([Fault(name, 0, 0, "", found, expected)])
    sheet = book[SHEET]
    faults: list[Fault] = []
    values: dict[str, str] = {}
    places: dict[str, str] = {}
    files: list[str] = []
    for row in range(FIRST, min(sheet.max_row, MOST_ROWS) + 1):
        key = said(sheet, row, PATH)
        if not key.text:
            break
        files.append(said(sheet, row, FILE).text)
        cell = said(sheet, row, EDIT)
        fault = _refused(name, cell)
        if fault is not None:
            faults.append(fault)
        elif cell.text.strip():
            values[key.text], places[key.text] = cell.text.strip(), cell.at
    if not faults and not values:
        found, expected = "no edit", "a value in column Edit of sheet Assumptions"
        faults.append(Fault(name, 0, 0, f"{SHEET}!C{FIRST}", found, expected))
    if faults:
        raise InputError(faults)
    return Edited(_digest(book, name), values, places, name, tuple(dict.fromkeys(files)))


def _refused(name: str, cell: Said) -> Fault | None:
    """What is wrong with a cell by itself."""
    if cell.wrong:
        return Fault(name, 0, 0, cell.at, cell.wrong, cell.expected)
    text = cell.text.strip()
    if not text:
        return None
    try:
        value = value_of(text)
    except ValueError as error:
        return Fault(name, 0, 0, cell.at, repr(text), str(error))
    if value is None or text.startswith("!"):
        return Fault(name, 0, 0, cell.at, repr(text), "a value", "delete it in the scenario's file")
    return None


def _digest(book: Any, name: str) -> str:
    """The scenario's digest, from its named cell."""
    for sheet, place in book.defined_names[DIGEST].destinations:
        if sheet in book.sheetnames:
            value = book[sheet][place.replace("$", "")].value
            if isinstance(value, str) and len(value) == 64:
                return value
    raise InputError([Fault(name, 0, 0, "Cover", "no digest", "the digest of the plan's scenario")])
