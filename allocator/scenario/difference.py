"""What differs in meaning between two scenarios: values, defaults filled in, order left aside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

IGNORED = ("schema_version", "id", "title")
"""What a scenario is called changes nothing of what it asks."""


@dataclass(frozen=True)
class Difference:
    """A value that is not the same; ``a`` or ``b`` is None where only the other has it."""

    path: str
    a: str | None
    b: str | None


def differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Where two resolved scenarios (``resolved_form``) differ.

    Lists whose items have an ``id`` are compared by it: their order means nothing. A value that is
    spelled differently (240k and 240000) or written out where it is the default is the same.
    """
    found: list[Difference] = []
    for key in dict.fromkeys((*a, *b)):
        if key not in IGNORED:
            found += _between(key, a.get(key), b.get(key))
    return tuple(found)


def _between(path: str, a: Any, b: Any) -> list[Difference]:
    if a == b:
        return []
    if _named(a) and _named(b):
        a, b = ({item["id"]: item for item in side} for side in (a, b))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return [
            found
            for key in dict.fromkeys((*a, *b))
            if key != "id"
            for found in _between(f"{path}.{key}", a.get(key), b.get(key))
        ]
    return [Difference(path, _said(a), _said(b))]


def _named(value: Any) -> bool:
    """A list (an empty one too) whose items have ids."""
    return isinstance(value, list | tuple) and all(
        isinstance(item, Mapping) and "id" in item for item in value
    )


def _said(value: Any) -> str | None:
    """A value on one line: text plain, everything else as JSON."""
    if value is None:
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
