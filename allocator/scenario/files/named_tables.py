"""The tables a scenario names: read beside it, their rows kept in the scenario itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from allocator.complaint import Complaint
from allocator.scenario.files.paths import inside
from allocator.scenario.files.shelf import Shelf
from allocator.scenario.schema import Scenario
from allocator.scenario.schema.context import ContextRow, read_context
from allocator.scenario.schema.table_row import TableRow
from mmm.errors import Fault, InputError
from mmm.yamlfile import Document

Place = tuple[str | int, ...]

REFERENCE: Place = ("reference", "table")
PROFILE: Place = ("flighting", "profile")
LOCKED: Place = ("flighting", "locked", "spend")
CONTEXT = "context"

Rows = Mapping[Place, tuple[tuple[str, int], ...]]
"""place of a table's name in the scenario -> (file, line) of each of its rows, in order"""


def table_files(scenario: Scenario) -> dict[Place, str]:
    """Where the scenario names a table -> the file as written."""
    flighting = scenario.flighting
    found = {
        REFERENCE: scenario.reference.table,
        PROFILE: flighting.profile_file,
        LOCKED: None if flighting.locked is None else flighting.locked.spend,
    }
    found |= {("context", name): one.table for name, one in (scenario.context or {}).items()}
    return {place: file for place, file in found.items() if file is not None}


def _any_rows(scenario: Scenario, place: Place) -> tuple[TableRow | ContextRow, ...]:
    if place[0] == CONTEXT:
        return (scenario.context or {})[str(place[1])].rows or ()
    return table_rows(scenario, place)


def table_rows(scenario: Scenario, place: Place) -> tuple[TableRow, ...]:
    """The rows of the table named there, once they are read."""
    if place == REFERENCE:
        return scenario.reference.rows or ()
    if place == PROFILE:
        return scenario.flighting.rows or ()
    return (scenario.flighting.locked.rows if scenario.flighting.locked else None) or ()


def read_tables(
    scenario: Scenario, document: Document, folder: Path, shelf: Shelf
) -> tuple[Scenario, Rows, list[Fault]]:
    """The scenario with the rows of every table it names, where they stand, and what is wrong."""
    places: dict[Place, tuple[tuple[str, int], ...]] = {}
    faults: list[Fault] = []
    for place, file in table_files(scenario).items():
        path = inside(file, folder)
        if isinstance(path, Path) and not path.is_file():
            path = Complaint(f"no file {file}", "a CSV file", "check the path, from this file")
        if isinstance(path, Complaint):
            faults.append(document.fault(place, path.found, path.expected, path.fix))
            continue
        name = str(folder / file)
        try:
            if place[0] == CONTEXT:
                known, lines = shelf.once(CONTEXT, path, partial(read_context, name=name))
                places[place] = tuple((name, line) for line in lines)
                scenario = _with_context(scenario, str(place[1]), known)
                continue
            rows, lines = shelf.table(path, name)
        except InputError as error:
            faults += error.faults
            continue
        if place != REFERENCE and rows[0].week is None:
            found, expected = "the columns line,spend", "the columns line,week,spend"
            faults.append(Fault(name, 1, 0, "", found, expected))
            continue
        places[place] = tuple((name, line) for line in lines)
        scenario = _with_rows(scenario, place, rows)
    return scenario, places, faults


def _with_context(scenario: Scenario, name: str, rows: tuple[ContextRow, ...]) -> Scenario:
    context = dict(scenario.context or {})
    context[name] = context[name].model_copy(update={"rows": rows})
    return scenario.model_copy(update={"context": context})


def rows_missing(scenario: Scenario) -> tuple[Place, ...]:
    """Where a resolved scenario names a table without its rows."""
    return tuple(place for place in table_files(scenario) if not _any_rows(scenario, place))


def _with_rows(scenario: Scenario, place: Place, rows: tuple[TableRow, ...]) -> Scenario:
    if place == REFERENCE:
        reference = scenario.reference.model_copy(update={"rows": rows})
        return scenario.model_copy(update={"reference": reference})
    flighting = scenario.flighting
    if place == PROFILE:
        flighting = flighting.model_copy(update={"rows": rows})
    else:
        assert flighting.locked is not None  # table_files has asked
        locked = flighting.locked.model_copy(update={"rows": rows})
        flighting = flighting.model_copy(update={"locked": locked})
    return scenario.model_copy(update={"flighting": flighting})
