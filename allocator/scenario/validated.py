"""A document as a scenario, and everything wrong with it that the schema alone can tell."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from allocator.scenario.file_form import ScenarioFile
from allocator.scenario.policy import reserved
from allocator.scenario.schema import Scenario
from mmm.errors import Fault, nearest
from mmm.typed import faults_of
from mmm.yamlfile import Document

_GROUP = re.compile(r"[0-9]+(\.[0-9]+)?[kMm%]?\Z")

_Path = tuple[str | int, ...]


def validated(document: Document) -> tuple[Scenario | None, list[Fault]]:
    """The scenario if the document is one, and everything wrong with it."""
    commas = _split_numbers(document, document.data, ())
    faults = [*commas.values(), *_reserved_ids(document)]
    faults += _no_audience(document)
    try:
        return Scenario.model_validate(document.data), faults
    except ValidationError as error:
        complaints = faults_of(error, document, ScenarioFile)
    hidden = {(fault.line, fault.path) for fault in faults}
    broken = {(fault.line, fault.path.rpartition(".")[0]) for fault in commas.values()}
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
            found = f"{whole}, a number with a comma"
            expected, fix = "a number without commas", f"write {write}"
            faults[before] = document.fault(before, found, expected, fix)
            continue
        before, groups = (*path, key), []
        faults |= _split_numbers(document, item, (*path, key))
    return faults


def _reserved_ids(document: Document) -> list[Fault]:
    """Rules with ids under which something else stands in a plan."""
    rules = document.data.get("constraints")
    faults: list[Fault] = []
    for place, rule in enumerate(rules if isinstance(rules, list) else []):
        name = rule.get("id") if isinstance(rule, dict) else None
        if isinstance(name, str):
            faults += reserved(document, place, name)
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
            here, found = ("constraints", place, "audience"), f"the audience {name!r}"
            faults.append(document.fault(here, found, "an audience of `audiences`", fix))
    return faults
