"""What differs between two model files, key by key, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

LABELS = ("name", "column", "file", "label")
"""Keys that tell the entries of a list apart."""

LENGTH = 60  # characters of a value that are shown


def spec_changes(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[str, ...]:
    """One sentence a difference; ``sampling`` is left out: it moves no posterior."""
    one, other = (
        {key: value for key, value in body.items() if key != "sampling"} for body in (old, new)
    )
    return tuple(_differences(one, other, ()))


def _differences(old: object, new: object, path: tuple[str, ...]) -> Iterator[str]:
    if old == new:
        return
    here, before, after = ".".join(path), _by_label(old), _by_label(new)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            if key not in before:
                yield f"{'.'.join((*path, key))}: added"
            elif key not in after:
                yield f"{'.'.join((*path, key))}: taken out"
            else:
                yield from _differences(before[key], after[key], (*path, key))
    else:
        yield f"{here}: {_shown(old)} → {_shown(new)}"


def _by_label(value: object) -> object:
    """A list of entries with names as a mapping: an entry more moves none of the others."""
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        for label in LABELS:
            names = [one.get(label) for one in value]
            if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
                return dict(zip(names, value, strict=True))
    return value


def _shown(value: object) -> str:
    if value is None:
        return "unsaid"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"
