"""Reading a scenario: from files to one frozen value that needs no file but the curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from allocator.complaint import Complaint
from allocator.scenario.agreed import Agreed
from allocator.scenario.agreement import disagreements
from allocator.scenario.cell import Cell
from allocator.scenario.files.compose import Composition, compose
from allocator.scenario.files.lifetime import with_lifetime_values
from allocator.scenario.files.named_files import read_named
from allocator.scenario.files.named_tables import Rows, read_tables
from allocator.scenario.files.shelf import Shelf
from allocator.scenario.files.tree import Composed
from allocator.scenario.files.variants import (
    BASE,
    MOST_CELLS,
    Choices,
    cell_name,
    choices_of,
    count,
    every_choice,
    one_cell_an_option,
)
from allocator.scenario.loaded import LoadedScenario
from allocator.scenario.policy import with_policy
from allocator.scenario.schema import Scenario
from allocator.scenario.validated import validated
from mmm.errors import Fault, InputError
from mmm.yamlfile import Document

ENOUGH = 100
"""Cells with faults that are looked at: what so many have is said already."""


def load(
    path: Path | str, *, cell: str | None = None, sets: Mapping[str, str] | None = None,
    text: str | None = None, agreed: Agreed | None = None,
) -> LoadedScenario:  # fmt: skip
    """Read a scenario file with all it extends, and the tables it names.

    cell: a cell of its variants, ``low.strict``; left out, the file as it stands. sets: values
    over those of the files, ``{"budget.exactly": "1.8M"}``. text: what the file says, where it is
    not on disk; other files are named from where it would be. agreed: who is asked for the signed
    plans that it names by their ID.

    Raises InputError with every fault found, each with the file, line and column it stands in;
    also those of variants that are not asked for.
    """
    composition = compose(Path(path), sets or {}, text=text, agreed=agreed)
    choices = _choices(composition, cell)
    found, faults = _loaded(composition, choices)
    faults = [*composition.faults, *faults]
    as_written = replace(composition, sets={})  # which may speak of one cell only
    faults += _of_options(as_written, faults)
    if faults or found is None:
        raise InputError(dict.fromkeys(faults))
    return found


def cells(
    path: Path | str, *, sets: Mapping[str, str] | None = None, text: str | None = None,
    agreed: Agreed | None = None,
) -> tuple[Cell, ...]:  # fmt: skip
    """Every cell of a scenario's variants, ``base`` first; the files are read once.

    sets, text, agreed: as for ``load``; ``{"variants.AXIS": "OPTION"}`` leaves one option of an
    axis. Raises InputError with the faults of all cells, each once, or for more than 10,000 cells.
    Where very many have some, those of every option and of the first cells.
    """
    composition = compose(Path(path), sets or {}, text=text, agreed=agreed)
    number = count(composition.axes)
    if number > MOST_CELLS:
        found, expected = f"{number:,} cells", f"at most {MOST_CELLS:,}"
        fix = "choose options: --set variants.AXIS=OPTION"
        at = composition.root.value["variants"].source
        raise InputError([at.document.fault(at.path, found, expected, fix)])
    faults = list(composition.faults)
    faults += _of_options(composition, faults)
    made: list[Cell] = []
    refused = 0
    for choices in every_choice(composition.axes):
        loaded, wrong = _loaded(composition, choices)
        faults += _new(composition, choices, wrong, faults)
        refused += loaded is None
        if loaded is not None:
            made.append(Cell(cell_name(choices), choices, loaded))
        if refused > ENOUGH:
            break
    if faults:
        raise InputError(dict.fromkeys(faults))
    return tuple(made)


def _of_options(composition: Composition, known: list[Fault]) -> list[Fault]:
    """What is wrong with options, each in one cell that has it, besides what is known."""
    faults: list[Fault] = []
    refused = 0
    for choices in one_cell_an_option(composition.axes):
        wrong = _parts(composition, choices)[1]
        faults += _new(composition, choices, wrong, [*known, *faults])
        refused += bool(wrong)
        if refused > ENOUGH:
            break
    return faults


def _choices(composition: Composition, cell: str | None) -> Choices:
    choices = choices_of(cell or BASE, composition.axes)
    if isinstance(choices, str):
        expected = f"a cell of {composition.path}"
        raise InputError([Fault("--cell", 0, 0, "", repr(cell), expected, choices)])
    return choices


def _new(
    composition: Composition, choices: Choices, found: list[Fault], known: list[Fault]
) -> list[Fault]:
    """Faults that are not known yet, with the variant that has them where it takes several."""
    seen = {(fault.file, fault.line, fault.column, fault.path) for fault in known}
    new = [
        fault for fault in found if (fault.file, fault.line, fault.column, fault.path) not in seen
    ]
    chosen = {axis: option for axis, option in choices.items() if option != BASE}
    if not new or len(chosen) < 2:
        return new
    alone = {
        fault for axis, option in chosen.items() for fault in _parts(composition, {axis: option})[1]
    }
    said = f"in the variant {cell_name(choices)}"
    return [
        fault if fault in alone else replace(fault, fix="; ".join(filter(None, (fault.fix, said))))
        for fault in new
    ]


def _parts(
    composition: Composition, choices: Choices
) -> tuple[tuple[Scenario | None, Composed], list[Fault]]:
    """The scenario of a cell by the schema alone, its document, and what is wrong."""
    document, faults = composition.document(choices)
    scenario, wrong = validated(document)
    faults += wrong
    if scenario is not None:
        faults += [_fault(document, place, one) for place, one in disagreements(scenario)]
    return (scenario, document), faults


def _loaded(
    composition: Composition, choices: Choices
) -> tuple[LoadedScenario | None, list[Fault]]:
    """A cell with its tables and shared rules; None where something is wrong."""
    folder, shelf = composition.path.parent, composition.shelf
    (scenario, document), faults = _parts(composition, choices)
    if scenario is None:
        return None, faults
    others, wrong_others = _alternatives(scenario, document, folder, shelf)
    faults += wrong_others
    curves_file = shelf.inside(scenario.curves_path, folder)
    if isinstance(curves_file, Complaint):
        return None, [*faults, _fault(document, ("curves",), curves_file)]
    scenario, wrong_values = _valued(scenario, document, folder, shelf)
    faults += wrong_values
    rows: Rows = {}
    scenario, rows, wrong_tables = read_tables(scenario, document, folder, shelf)
    faults += wrong_tables
    scenario, policy, wrong_rules = with_policy(scenario, document, folder, shelf)
    faults += wrong_rules
    scenario, at, wrong_files = read_named(scenario, (document, policy), folder, shelf)
    faults += wrong_files
    if faults:
        return None, faults
    return LoadedScenario(scenario, document, curves_file, rows, policy, others, choices, at), []


def _alternatives(
    scenario: Scenario, document: Document, folder: Path, shelf: Shelf
) -> tuple[tuple[Path, ...], list[Fault]]:
    """The files of the other curves, and what is wrong with their paths."""
    files, faults = [], []
    for place, written in enumerate(scenario.alternatives or ()):
        found = shelf.inside(written, folder)
        if isinstance(found, Complaint):
            faults.append(_fault(document, ("alternatives", place), found))
        else:
            files.append(found)
    return tuple(files), faults


def _valued(
    scenario: Scenario, document: Document, folder: Path, shelf: Shelf
) -> tuple[Scenario, tuple[Fault, ...]]:
    try:
        valued = with_lifetime_values(scenario, folder, shelf)
    except InputError as error:
        return scenario, tuple(error.faults)
    if isinstance(valued, Complaint):
        return scenario, (_fault(document, ("economics", "clv"), valued),)
    return valued, ()


def _fault(document: Document, path: tuple[str | int, ...], complaint: Complaint) -> Fault:
    return document.fault(path, complaint.found, complaint.expected, complaint.fix)
