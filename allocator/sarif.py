"""Faults for programs: plain JSON, and SARIF 2.1.0 (OASIS, 2020), which code reviews display."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from mmm.errors import Fault

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

RULES: tuple[tuple[str, str, Callable[[Fault], bool]], ...] = (
    ("unknown-key", "A key that the format does not have.", lambda f: "unknown key" in f.found),
    ("missing", "A key or value that has to be there.", lambda f: f.found == "nothing"),
    ("repeated", "A key, an id or a row that stands twice.", lambda f: " again (" in f.found),
    ("file", "A file that cannot be used.", lambda f: not f.line and not f.path),
    (
        "reference",
        "A file, line or name that is not there, or not in the project.",
        lambda f: f.found.startswith(("no file", "a circle")) or "outside the" in f.found,
    ),
    ("merge", "Files that cannot be merged.", lambda f: "`!unset`" in f.found),
    ("yaml", "Text that is no YAML, or YAML that is refused.", lambda f: not f.path),
    ("value", "A value that is not what is expected.", lambda f: True),
)
"""(id, what it means, whether a fault is of this kind); the first that fits counts."""


def rule_of(fault: Fault) -> str:
    """The kind of a fault: ``unknown-key``, ``value``, …"""
    return next(name for name, _, fits in RULES if fits(fault))


def faults_json(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """A fault a row; line and column are left out where there are none."""
    rows = []
    for one in faults:
        row: dict[str, Any] = {"file": one.file, "line": one.line, "column": one.column}
        row = {key: value for key, value in row.items() if value}
        parts = {"path": one.path, "found": one.found, "expected": one.expected, "fix": one.fix}
        rows.append({"rule": rule_of(one), **row, **parts})
    return rows


def sarif(faults: Sequence[Fault], version: str) -> dict[str, Any]:
    """The faults as a SARIF log with one run. version: of this program."""
    rules = [{"id": name, "shortDescription": {"text": meaning}} for name, meaning, _ in RULES]
    driver = {"name": "allocator", "version": version, "rules": rules}
    results = [_result(one) for one in faults]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(fault: Fault) -> dict[str, Any]:
    fix = f"; {fault.fix}" if fault.fix else ""
    where = f"{fault.path}: " if fault.path else ""
    text = f"{where}found {fault.found}, expected {fault.expected}{fix}"
    return {
        "ruleId": rule_of(fault),
        "level": "error",
        "message": {"text": text},
        "locations": [_location(fault)],
    }


def _location(fault: Fault) -> dict[str, Any]:
    logical = [{"fullyQualifiedName": fault.path}] if fault.path else []
    found: dict[str, Any] = {"logicalLocations": logical} if logical else {}
    if fault.file.startswith("--"):  # an option: no file
        return found or {"logicalLocations": [{"fullyQualifiedName": fault.file}]}
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(fault.file)}}
    if fault.line:
        region = {"startLine": fault.line, "startColumn": fault.column}
        place["region"] = {key: value for key, value in region.items() if value}
    return {"physicalLocation": place, **found}


def _uri(file: str) -> str:
    """A path as a URI reference: relative as it is written, absolute with its scheme."""
    path = quote(file.replace("\\", "/"))
    return f"file://{path}" if path.startswith("/") else path
