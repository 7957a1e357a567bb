"""Where every final value of a scenario comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from allocator.scenario.files.sets import OPTION
from allocator.scenario.files.tree import Composed, Path
from allocator.scenario.forms import written_form
from allocator.scenario.schema import Scenario
from mmm.yamlfile import Document

DEFAULT = "default"
POLICY = "policy"


@dataclass(frozen=True)
class Origin:
    """A final value and where it is written.

    path:  ``constraints.tv-commitment.spend.min``; items of a list by their id
    value: as it is written there
    file, line, column: empty and zeros for a default; ``--set`` and zeros for an override
    note:  ``file``, ``variant NAME``, ``--set``, ``policy`` or ``default``
    means: of a plan that is named, the digest of the one that was taken; elsewhere empty
    """

    path: str
    value: str
    file: str
    line: int
    column: int
    note: str
    means: str = ""

    @property
    def where(self) -> str:
        """``base/2027.yaml:8``, or the note where there is no line."""
        return f"{self.file}:{self.line}" if self.line else self.note


def origins_of(
    scenario: Scenario, document: Document, policy: Document | None
) -> tuple[Origin, ...]:
    """Every value of the files, of the policy and by default, in the order of the schema."""
    plans = _of_plans(scenario)
    found = [
        replace(_of(document, path, value), means=plans.get(path, ""))
        for path, value in leaves(document.data)
    ]
    if policy is not None:
        if "policy" not in document.data:
            found.append(Origin("policy", str(scenario.policy), policy.file, 1, 1, POLICY))
        rules = {"constraints": policy.data.get("constraints", [])}
        found += [
            Origin(named(rules, path), text(value), policy.file, *policy.place(path), POLICY)
            for path, value in leaves(rules)
        ]
    form = written_form(scenario)
    written = {path for path, _ in leaves(document.data)} | {("policy",)}
    found += [
        Origin(named(form, path), text(value), "", 0, 0, DEFAULT)
        for path, value in leaves(form)
        if not _stated(path, written)
    ]
    order = {name: place for place, name in enumerate(Scenario.model_fields)}
    return tuple(sorted(found, key=lambda one: order.get(one.path.partition(".")[0], len(order))))


def _of_plans(scenario: Scenario) -> dict[Path, str]:
    """Where a plan is named -> the digest of the plan that was taken."""
    choices: dict[Path, Any] = {
        ("until_start",): scenario.until_start,
        ("reference",): scenario.reference,
        **{("references", name): one for name, one in (scenario.references or {}).items()},
    }
    return {
        (*place, "plan"): choice.found.digest
        for place, choice in choices.items()
        if choice.found is not None
    }


def _of(document: Document, path: Path, value: Any) -> Origin:
    note = document.source(path).note if isinstance(document, Composed) else "file"
    file = OPTION if note == OPTION else document.file_of(path)
    return Origin(named(document.data, path), text(value), file, *document.place(path), note)


def _stated(path: Path, written: set[Path]) -> bool:
    """The value, something around it or something in it is written."""
    around = any(path[:size] in written for size in range(1, len(path) + 1))
    return around or any(one[: len(path)] == path for one in written)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """(path, value) of everything that is written as one value: plain ones and lists of them."""
    if isinstance(value, dict) and value:
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for place, one in enumerate(value):
            yield from leaves(one, (*path, place))
    else:
        yield path, value


def named(data: Any, path: Path) -> str:
    """The path with the id of an item in place of its number."""
    parts: list[str] = []
    for part in path:
        data = data[part]
        name = data.get("id") if isinstance(part, int) and isinstance(data, dict) else None
        parts.append(str(part) if name is None else str(name))
    return ".".join(parts)


def text(value: Any) -> str:
    """A plain value as YAML has it: ``true``, ``null``, ``[tv, search]``."""
    if isinstance(value, list):
        return "[" + ", ".join(map(text, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {text(one)}" for key, one in value.items()) + "}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return value.isoformat() if isinstance(value, dt.date) else str(value)
