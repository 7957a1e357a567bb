"""Every value that the answer stands on, with the place where a person wrote it."""

from __future__ import annotations

from allocator.findings.dossier import Assumption
from allocator.prepare.source import Source

SHOWN = 200  # characters of a value
SAYS = "source"  # the key under which a planner names who says so


def assumptions(source: Source) -> tuple[Assumption, ...]:
    """The scenario's values in their order: as written, or the default that stands for them.

    Values of a plan whose scenario file is not at hand are told as of the plan's own file.
    """
    found = source.opened.loaded.origins()
    said = {
        one.path.rpartition(".")[0]: one.value
        for one in found
        if one.path.rpartition(".")[2] == SAYS
    }
    return tuple(
        Assumption(
            path=one.path,
            value=one.value if len(one.value) <= SHOWN else f"{one.value[: SHOWN - 1]}…",
            file=one.file,
            line=one.line,
            note=one.note,
            source=_said(one.path, said),
        )
        for one in found
    )


def _said(path: str, said: dict[str, str]) -> str | None:
    """The source beside a value, or beside what it stands in."""
    while path:
        path, _, key = path.rpartition(".")
        if path in said and path:
            return None if key == SAYS else said[path]
    return None
