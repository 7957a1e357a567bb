"""Every value that the answer stands on, with the place where a person wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from allocator.dossier import Assumption
from allocator.prepare.source import Source
from allocator.scenario import written_form

Path = tuple[str | int, ...]
SHOWN = 200  # characters of a value


def assumptions(source: Source) -> tuple[Assumption, ...]:
    """The scenario's values in their order: as written, or the default that stands for them.

    A value of a plan whose scenario file is not at hand is told as of the plan itself.
    """
    loaded = source.opened.loaded
    written = written_form(loaded.scenario)
    places = loaded.document.places
    found = []
    for path, value in _leaves(written, ()):
        stated = path in places
        file, line = loaded.place(path) if places else (loaded.document.file, 0)
        note = "file" if stated or not places else "default"
        found.append(
            Assumption(
                path=".".join(map(str, path)),
                value=_shown(value),
                file=file if note == "file" else "",
                line=line if stated else 0,
                note=note,
                source=_source(written, path),
            )
        )
    return tuple(found)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Lists of plain values are one value; tables that were read in are none."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, str(key)))
    elif isinstance(value, list) and any(isinstance(item, (Mapping, list)) for item in value):
        for place, item in enumerate(value):
            yield from _leaves(item, (*path, place))
    else:
        yield path, value


def _shown(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _source(written: Any, path: Path) -> str | None:
    """The ``source`` that stands beside the value, where the planner names one."""
    for key in path[:-1]:
        written = written[key]
    said = written.get("source") if isinstance(written, Mapping) else None
    return str(said) if said is not None and path[-1] != "source" else None
