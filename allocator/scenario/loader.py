"""Reading a scenario: from a file to one frozen value that needs no file but the curves."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from allocator.complaint import Complaint
from allocator.quantities import AS_WRITTEN, RESOLVED
from allocator.scenario.agreement import disagreements
from allocator.scenario.lifetime import with_lifetime_values
from allocator.scenario.named_tables import REFERENCE, Place, Rows, read_tables, rows_missing
from allocator.scenario.paths import inside
from allocator.scenario.policy import reserved, with_policy
from allocator.scenario.schema import Run, Scenario
from mmm.errors import Fault, InputError, nearest
from mmm.yamlfile import Document, faults_of, read

_GROUP = re.compile(r"[0-9]+(\.[0-9]+)?[kMm%]?\Z")

_Path = tuple[str | int, ...]


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario and where it came from.

    document:    the file, with the place of every value
    curves_file: the curves it names, links followed
    rows:        (file, line) of every row of the tables it names
    policy:      the file of shared rules, which stand behind its own
    alternative_files: the other curves it names, links followed
    """

    scenario: Scenario
    document: Document
    curves_file: Path
    rows: Rows = field(default_factory=dict)
    policy: Document | None = None
    alternative_files: tuple[Path, ...] = ()

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
        """The complaint with its place in the file, or in that of a shared rule."""
        document, inner = self._written(path)
        return document.fault(inner, complaint.found, complaint.expected, complaint.fix)

    def place(self, path: _Path) -> tuple[str, int]:
        """(file, line) of a value."""
        document, inner = self._written(path)
        return document.file, document.place(inner)[0]

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


def load(path: Path | str) -> LoadedScenario:
    """Read a scenario file and the tables it names.

    Raises InputError with every fault found, each with its file, line and column.
    """
    path = Path(path)
    document = read(path)
    scenario, faults = _validated(document)
    curves_file: Path | Complaint = Path()
    rows: Rows = {}
    policy: Document | None = None
    others: tuple[Path, ...] = ()
    if scenario is not None:
        others, wrong_others = _alternatives(scenario, document, path.parent)
        faults += wrong_others
        curves_file = inside(scenario.curves_path, path.parent)
        if isinstance(curves_file, Complaint):
            faults.append(_fault(document, ("curves",), curves_file))
        faults += [_fault(document, place, wrong) for place, wrong in disagreements(scenario)]
        scenario, wrong_values = _valued(scenario, document, path.parent)
        faults += wrong_values
    if scenario is not None:
        scenario, rows, wrong_tables = read_tables(scenario, document, path.parent)
        faults += wrong_tables
        scenario, policy, wrong_rules = with_policy(scenario, document, path.parent)
        faults += wrong_rules
    if faults or scenario is None or isinstance(curves_file, Complaint):
        raise InputError(faults)
    return LoadedScenario(scenario, document, curves_file, rows, policy, others)


def _alternatives(
    scenario: Scenario, document: Document, folder: Path
) -> tuple[tuple[Path, ...], list[Fault]]:
    """The files of the other curves, and what is wrong with their paths."""
    files, faults = [], []
    for place, written in enumerate(scenario.alternatives or ()):
        found = inside(written, folder)
        if isinstance(found, Complaint):
            faults.append(_fault(document, ("alternatives", place), found))
        else:
            files.append(found)
    return tuple(files), faults


def _valued(
    scenario: Scenario, document: Document, folder: Path
) -> tuple[Scenario, tuple[Fault, ...]]:
    try:
        valued = with_lifetime_values(scenario, folder)
    except InputError as error:
        return scenario, tuple(error.faults)
    if isinstance(valued, Complaint):
        return scenario, (_fault(document, ("economics", "clv"), valued),)
    return valued, ()


def from_resolved(resolved: Mapping[str, Any], file: str = "plan.json") -> Scenario:
    """The scenario back from its resolved form. Raises InputError; ``file`` is its name there."""
    document = Document(file, dict(resolved), {})
    try:
        scenario = Scenario.model_validate(document.data, context=RESOLVED)
    except ValidationError as error:
        raise InputError(faults_of(error, document, Scenario)) from None
    if rows_missing(scenario):
        found, expected = "a table without rows", "the rows of the table"
        raise InputError(
            [document.fault(place[:-1], found, expected) for place in rows_missing(scenario)]
        )
    economics = scenario.economics
    if economics is not None and economics.clv is not None and economics.clv_values is None:
        raise InputError(
            [document.fault(("economics",), "a clv file without values", "the values in it")]
        )
    faults = [_fault(document, place, wrong) for place, wrong in disagreements(scenario)]
    if faults:
        raise InputError(faults)
    return scenario


def resolved_form(scenario: Scenario) -> dict[str, Any]:
    """Plain JSON with every default: money in units, shares as fractions, time in seconds."""
    form: dict[str, Any] = scenario.model_dump(mode="json", exclude_none=True)
    return form


def written_form(scenario: Scenario) -> dict[str, Any]:
    """Every value with every default, as a planner writes them (``35%``, ``60s``).

    Written to YAML beside the original it loads to the same scenario.
    """
    form: dict[str, Any] = scenario.model_dump(mode="json", exclude_none=True, context=AS_WRITTEN)
    form["reference"].pop("rows", None)
    form["constraints"] = [rule for rule in form["constraints"] if "source" not in rule]
    if isinstance(form["flighting"], dict):
        form["flighting"].pop("rows", None)
        form["flighting"].get("locked", {}).pop("rows", None)
    form.get("economics", {}).pop("clv_values", None)
    if scenario.budget.goal is not None:
        form.pop("objective")
    return form


def scenario_digest(scenario: Scenario) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no blanks, UTF-8) of the resolved form."""
    canonical = json.dumps(
        resolved_form(scenario),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _fault(document: Document, path: _Path, complaint: Complaint) -> Fault:
    return document.fault(path, complaint.found, complaint.expected, complaint.fix)


def _validated(document: Document) -> tuple[Scenario | None, list[Fault]]:
    """The scenario if the document is one, and everything wrong with it."""
    commas = _split_numbers(document, document.data, ())
    faults = [*commas.values(), *_ids_again(document)]
    faults += _no_audience(document)
    try:
        return Scenario.model_validate(document.data), faults
    except ValidationError as error:
        complaints = faults_of(error, document, Scenario)
    hidden = {(fault.line, fault.path) for fault in faults}
    broken = {(fault.line, ".".join(map(str, path[:-1]))) for path, fault in commas.items()}
    for fault in complaints:
        inside_split = any(
            fault.line == line and fault.path.startswith(path) for line, path in broken
        )
        if (fault.line, fault.path) not in hidden and not inside_split:
            faults.append(fault)
    return None, faults


def _split_numbers(document: Document, value: Any, path: _Path) -> dict[_Path, Fault]:
    """Numbers with a comma inside braces: YAML reads ``{min: 240,000}`` as min and a key 000."""
    faults: dict[_Path, Fault] = {}
    if isinstance(value, list):
        for place, item in enumerate(value):
            faults |= _split_numbers(document, item, (*path, place))
    if not isinstance(value, dict):
        return faults
    before: _Path = path
    groups: list[str] = []
    for key, item in value.items():
        if item is None and _GROUP.match(key) and before != path:
            groups.append(key)
            start = value[str(before[-1])]
            whole = ",".join([str(start), *groups])
            thousands = all(re.match(r"[0-9]{3}\b", group) for group in groups)
            write = whole.replace(",", "" if thousands else ".")
            complaint = Complaint(
                f"{whole}, a number with a comma", "a number without commas", f"write {write}"
            )
            faults[before] = _fault(document, before, complaint)
            continue
        before, groups = (*path, key), []
        faults |= _split_numbers(document, item, (*path, key))
    return faults


def _ids_again(document: Document) -> list[Fault]:
    """Two rules with one id, and ids under which something else stands in a plan."""
    rules = document.data.get("constraints")
    first: dict[str, int] = {}
    faults: list[Fault] = []
    for place, rule in enumerate(rules if isinstance(rules, list) else []):
        name = rule.get("id") if isinstance(rule, dict) else None
        if not isinstance(name, str):
            continue
        faults += reserved(document, place, name)
        if name in first:
            line = document.place(("constraints", first[name], "id"))[0]
            complaint = Complaint(f"the rule {name!r} again (first on line {line})", "each id once")
            faults.append(_fault(document, ("constraints", place, "id"), complaint))
        first.setdefault(name, place)
    return faults


def _no_audience(document: Document) -> list[Fault]:
    """A rule about an audience that the file does not describe."""
    rules, known = document.data.get("constraints"), document.data.get("audiences")
    names = known if isinstance(known, dict) else {}
    faults: list[Fault] = []
    for place, rule in enumerate(rules if isinstance(rules, list) else []):
        name = rule.get("audience") if isinstance(rule, dict) else None
        if isinstance(name, str) and name not in names:
            fix = nearest(name, names) if names else f"write `audiences: {{{name}: …}}`"
            complaint = Complaint(f"the audience {name!r}", "an audience of `audiences`", fix)
            faults.append(_fault(document, ("constraints", place, "audience"), complaint))
    return faults
