"""Outputs appear whole or not at all, and never over what is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from mmm.errors import OutputExists


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """Raise OutputExists for the first path that is there, unless ``force``."""
    for path in paths:
        if path.exists() and not force:
            raise OutputExists(path)


def write_whole(path: Path, write: Callable[[Path], object]) -> Path:
    """Let ``write`` fill a temporary file beside ``path``, then rename it: no reader sees half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
