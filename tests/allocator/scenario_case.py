"""A good scenario, and cases that spoil it: see bad_scenarios.txt."""

from __future__ import annotations

import re
from pathlib import Path

BASE = {
    "schema_version": "schema_version: 1",
    "id": "id: q1",
    "title": "title: A quarter",
    "curves": "curves: curves.nc",
    "period": "period: {start: 2027-W01, weeks: 13}",
    "currency": "currency: EUR",
    "reference": "reference: {actuals: {start: 2026-W01, weeks: 13}}",
    "budget": "budget: {exactly: 2.0M}",
    "objective": "objective: {maximise: revenue}",
}


def scenario_text(changes: str = "") -> str:
    """The good scenario with some top-level keys written anew, added, or (``-key``) left out."""
    entries = dict(BASE)
    blocks: list[list[str]] = []
    for line in changes.splitlines():
        if line.startswith((" ", "#")) and blocks:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    again = 0
    seen: set[str] = set()
    for block in blocks:
        if block[0].startswith("-"):
            del entries[block[0][1:]]
            continue
        key = re.split(":", block[0])[0]
        if key in seen:
            again += 1
            key = f"{key} again {again}"
        seen.add(key)
        entries[key] = "\n".join(block)
    return "\n".join(entries.values()) + "\n"


def project(tmp_path: Path) -> Path:
    """A folder for scenarios in a project of its own."""
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "pyproject.toml").touch()
    folder = tmp_path / "scenarios"
    folder.mkdir()
    return folder


def write_scenario(tmp_path: Path, changes: str = "") -> Path:
    """The scenario as a file of its own project."""
    path = project(tmp_path) / "q1.yaml"
    path.write_text(scenario_text(changes), encoding="utf-8")
    return path
