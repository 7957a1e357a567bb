"""Which files a scenario may name: those of its project, by relative paths."""

from __future__ import annotations

from pathlib import Path

from allocator.complaint import Complaint
from mmm.errors import on_disk

MARKS = ("pyproject.toml", ".git")
LONGEST = 1_000
"""Characters of a path that a person writes."""


def project_root(folder: Path) -> Path:
    """The nearest folder at or above ``folder`` with a pyproject.toml or .git.

    Without one it is the parent of ``folder``, so that ``../data`` beside ``scenarios`` works in
    a plain folder too.
    """
    folder = folder.resolve()
    for candidate in (folder, *folder.parents):
        if any((candidate / mark).exists() for mark in MARKS):
            return candidate
    return folder.parent


def inside(written: str, folder: Path, root: Path | None = None) -> Path | Complaint:
    """The file that ``written`` means in a file in ``folder``, links followed.

    root: the project's folder, where it is not that of ``folder``.
    """
    root = project_root(folder) if root is None else root
    if len(written) > LONGEST:
        return Complaint(f"a name of {len(written):,} characters", "a path")
    if "\0" in written or "\n" in written:
        return Complaint(repr(written), "a path")
    if Path(written).is_absolute() or written.startswith("~"):
        expected = "a path relative to the scenario file"
        return Complaint(written, expected, "such as ../data/sample/curves.nc")
    try:
        path = (folder / written).resolve()
        path.exists()  # a name too long says so here
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        reason = on_disk(error) if isinstance(error, OSError) else "links in a circle"
        return Complaint(f"{written} ({reason})", "a file")
    if not path.is_relative_to(root):
        expected = f"a file inside the project folder {root}"
        return Complaint(f"{written}, which is outside the project", expected, "copy it there")
    return path
