"""Outputs appear whole or not at all, and never over what is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from mmm.errors import OutputExists, OutputImpossible


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """Raise OutputExists for the first path that is there, unless ``force``.

    Raises OutputImpossible where nothing can be written, so that it is said before the work.
    """
    for path in paths:
        if path.is_dir():
            raise OutputImpossible(path, "it is a folder")
        if path.exists() and not force:
            raise OutputExists(path)
        there = next(folder for folder in path.absolute().parents if folder.exists())
        if not there.is_dir():
            raise OutputImpossible(path, f"{there} is a file, not a folder")
        if not os.access(there, os.W_OK | os.X_OK):
            raise OutputImpossible(path, f"{there} does not let you write")


def write_whole(path: Path, write: Callable[[Path], object]) -> Path:
    """Let ``write`` fill a temporary file beside ``path``, then rename it: no reader sees half.

    Raises OutputImpossible where the system refuses (a full disk, a folder that is not yours).
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        os.replace(temporary, path)
    except OSError as error:
        why = (
            os.strerror(error.errno) if error.errno else str(error)
        )  # HDF5 words its own at length
        raise OutputImpossible(path, why.lower()) from error
    finally:
        with suppress(OSError):  # where nothing could be written there is nothing to take away
            temporary.unlink(missing_ok=True)
    return path
