"""Limits and plans that a scenario names: read beside it, what they say kept in the scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from allocator.complaint import Complaint
from allocator.constraints import LimitRow
from allocator.scenario.agreed import is_id
from allocator.scenario.files.limit_table import Columns, read_limits
from allocator.scenario.files.paths import inside
from allocator.scenario.files.shelf import Shelf
from allocator.scenario.schema import Scenario
from allocator.scenario.schema.plan_choice import PlanSpend, read_spend, spend_in
from mmm.errors import Fault, InputError
from mmm.yamlfile import Document

Place = tuple[str | int, ...]

Cells = Mapping[Place, tuple[str, int, int]]
"""path of a value in the scenario -> (file, line, column) of the table's cell that it is from"""

Read = TypeVar("Read")
Model = TypeVar("Model", bound=BaseModel)


@dataclass
class _Desk:
    """Where files are looked for, and what is found wrong while reading them."""

    document: Document
    folder: Path
    shelf: Shelf
    cells: dict[Place, tuple[str, int, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def read(
        self, place: Place, file: str, expected: str, how: Callable[[Path, str], Read | Complaint]
    ) -> Read | None:
        """What a file says; None, with its faults noted, where it cannot be read."""
        path = inside(file, self.folder)
        if isinstance(path, Path) and not path.is_file():
            path = Complaint(f"no file {file}", expected, "check the path, from this file")
        name = str(self.folder / file)
        return self._noted(place, lambda: path if isinstance(path, Complaint) else how(path, name))

    def agreed(
        self, place: Place, name: str, how: Callable[[str], Read | Complaint]
    ) -> Read | None:
        """What the signed plan of an ID says; None, with the fault noted, where there is none."""
        beside = inside(name, self.folder)
        if isinstance(beside, Path) and beside.is_file():
            found = f"{name}, a file here and the ID of a plan"
            both = Complaint(found, "one of them", f"write ./{name}")
            return self._noted(place, lambda: both)
        return self._noted(place, lambda: how(name))

    def _noted(self, place: Place, how: Callable[[], Read | Complaint]) -> Read | None:
        """What is found; None, with its faults noted, where that is nothing."""
        try:
            found = how()
        except InputError as error:
            self.faults += error.faults
            return None
        if isinstance(found, Complaint):
            self.faults.append(self.document.fault(place, found.found, found.expected, found.fix))
            return None
        return found


def read_named(
    scenario: Scenario,
    documents: tuple[Document, Document | None],
    folder: Path,
    shelf: Shelf,
) -> tuple[Scenario, Cells, list[Fault]]:
    """The scenario with what its plans and tables of limits say, and what is wrong with them.

    documents: the scenario's own and that of the shared rules, which stand behind its own and name
    files from where they are.
    """
    own, shared = documents
    desk = _Desk(own, folder, shelf)
    scenario = _with_plans(scenario, desk)
    scenario = _with_limits(scenario, desk, policy=False)
    if shared is not None:
        beside = folder / Path(scenario.policy or "").parent
        other = _Desk(shared, beside, shelf, desk.cells, desk.faults)
        scenario = _with_limits(scenario, other, policy=True)
    return scenario, desk.cells, desk.faults


def unread(scenario: Scenario) -> tuple[Place, ...]:
    """Where a resolved scenario names a plan or a table of limits without what it says."""
    found: list[Place] = []
    if scenario.until_start.plan is not None and scenario.until_start.found is None:
        found.append(("until_start",))
    if scenario.reference.plan is not None and scenario.reference.found is None:
        found.append(("reference",))
    for name, choice in (scenario.references or {}).items():
        if choice.plan is not None and choice.found is None:
            found.append(("references", name))
    for place, rule in enumerate(scenario.constraints):
        if rule.table is not None and not rule.table.rows:
            found.append(("constraints", place, "table"))
    return tuple(found)


def _with_plans(scenario: Scenario, desk: _Desk) -> Scenario:
    def taken(choice: Model, place: Place, file: str | None) -> Model:
        if file is None:
            return choice
        if is_id(file):
            found = desk.agreed((*place, "plan"), file, signed)
        else:
            ids = "" if file.endswith(".json") else ", or an ID in small letters"
            found = desk.read((*place, "plan"), file, f"a plan.json{ids}", spend_of)
        return choice.model_copy(update={"found": found})

    def spend_of(path: Path, name: str) -> PlanSpend | Complaint:
        return ours(desk.shelf.once("spend", path, lambda real: read_spend(real, name)), name)

    def signed(name: str) -> PlanSpend | Complaint:
        found = desk.shelf.agreed(name, lambda content: spend_in(content, f"the plan {name}"))
        return ours(found, name)

    def ours(found: PlanSpend | Complaint, name: str) -> PlanSpend | Complaint:
        if isinstance(found, PlanSpend) and found.currency != scenario.currency:
            return Complaint(f"{name}, a plan in {found.currency}", f"one in {scenario.currency}")
        return found

    before, reference = scenario.until_start, scenario.reference
    named = {
        name: taken(choice, ("references", name), choice.plan)
        for name, choice in (scenario.references or {}).items()
    }
    return scenario.model_copy(
        update={
            "until_start": taken(before, ("until_start",), before.plan),
            "reference": taken(reference, ("reference",), reference.plan),
            "references": named or scenario.references,
        }
    )


def _with_limits(scenario: Scenario, desk: _Desk, *, policy: bool) -> Scenario:
    """The rows of every table of the scenario's own rules, or of the shared ones."""
    first = sum(rule.source is None for rule in scenario.constraints) if policy else 0
    rules = list(scenario.constraints)
    for place, rule in enumerate(rules):
        if rule.table is None or (rule.source is not None) != policy:
            continue
        written: Place = ("constraints", place - first, "table")
        found = desk.read(written, rule.table.file, "a CSV file", _limits(desk))
        if found is None:
            continue
        rows, columns = found
        table = rule.table.model_copy(update={"rows": rows})
        rules[place] = rule.model_copy(update={"table": table})
        name = str(desk.folder / rule.table.file)
        for row, spots in enumerate(columns):
            for key, spot in spots.items():
                desk.cells["constraints", place, "table", "rows", row, key] = (name, *spot)
    return scenario.model_copy(update={"constraints": tuple(rules)})


def _limits(
    desk: _Desk,
) -> Callable[[Path, str], tuple[tuple[LimitRow, ...], tuple[Columns, ...]]]:
    return lambda path, name: desk.shelf.once("limits", path, lambda real: read_limits(real, name))
