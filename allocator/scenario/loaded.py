"""A scenario that has been read, and where each of its values is written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from allocator.complaint import Complaint
from allocator.quantities import RESOLVED
from allocator.scenario.files.named_files import Cells
from allocator.scenario.files.named_tables import REFERENCE, Place, Rows
from allocator.scenario.files.variants import cell_name
from allocator.scenario.forms import resolved_form, scenario_digest
from allocator.scenario.origins import Origin, origins_of
from allocator.scenario.schema import Run, Scenario
from mmm.errors import Fault, InputError
from mmm.yamlfile import Document

_Path = tuple[str | int, ...]


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario and where it came from.

    document:    its values, those it extends among them, with the place of every one
    curves_file: the curves it names, links followed
    rows:        (file, line) of every row of the tables it names
    policy:      the file of shared rules, which stand behind its own
    alternative_files: the other curves it names, links followed
    cells:       (file, line, column) of values that come from tables of limits
    choices:     axis -> option of its variants; empty, or all ``base``, as the file stands
    """

    scenario: Scenario
    document: Document
    curves_file: Path
    rows: Rows = field(default_factory=dict)
    policy: Document | None = None
    alternative_files: tuple[Path, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    cells: Cells = field(default_factory=dict)

    @property
    def cell(self) -> str:
        """The name of its cell: ``base``, ``low.strict``."""
        return cell_name(self.choices)

    def origins(self) -> tuple[Origin, ...]:
        """Every final value, with the file and line that it comes from, in the file's order."""
        return origins_of(self.scenario, self.document, self.policy)

    @property
    def resolved(self) -> dict[str, Any]:
        """The scenario as plain JSON, every default filled in."""
        return resolved_form(self.scenario)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of ``resolved``, 64 hexadecimal digits."""
        return scenario_digest(self.scenario)

    def on(self, curves: Path) -> LoadedScenario:
        """The same question on other curves; a pinned digest no longer applies."""
        folder = Path(self.document.file).resolve().parent
        named = os.path.relpath(curves.resolve(), folder)
        scenario = self.scenario.model_copy(update={"curves": named})
        return replace(self, scenario=scenario, curves_file=curves.resolve())

    def solved_by(self, solver: str) -> LoadedScenario:
        """The same question to another solver. Raises InputError for one that there is not."""
        try:
            run = Run.model_validate(
                {**self.scenario.run.model_dump(), "solver": solver}, context=RESOLVED
            )
        except ValidationError:
            fault = Fault("--solver", 0, 0, "", repr(solver), "highs or scip")
            raise InputError([fault]) from None
        return replace(self, scenario=self.scenario.model_copy(update={"run": run}))

    def fault(self, path: _Path, complaint: Complaint) -> Fault:
        """The complaint with its place in the file, in that of a shared rule, or in a table."""
        if path in self.cells:
            cell = self.cells[path]
            return Fault(*cell, str(path[-1]), complaint.found, complaint.expected, complaint.fix)
        document, inner = self._written(path)
        return document.fault(inner, complaint.found, complaint.expected, complaint.fix)

    def place(self, path: _Path) -> tuple[str, int]:
        """(file, line) of a value."""
        if path in self.cells:
            return self.cells[path][:2]
        document, inner = self._written(path)
        return document.file_of(inner), document.place(inner)[0]

    def _written(self, path: _Path) -> tuple[Document, _Path]:
        """The file a value stands in, and where: shared rules follow the scenario's own."""
        own = sum(rule.source is None for rule in self.scenario.constraints)
        if self.policy is not None and len(path) > 1 and path[0] == "constraints":
            place = path[1]
            if isinstance(place, int) and place >= own:
                return self.policy, ("constraints", place - own, *path[2:])
        return self.document, path

    def row_fault(self, row: int, complaint: Complaint, table: Place = REFERENCE) -> Fault:
        """The complaint about a row of a table, with its place in that table."""
        if row >= len(self.rows.get(table, ())):
            return self.fault((*table[:-1], "rows", row), complaint)
        file, line = self.rows[table][row]
        return Fault(file, line, 0, "", complaint.found, complaint.expected, complaint.fix)
