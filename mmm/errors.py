"""Everything that can go wrong, drawn once.

::

    EngineError                 exit 1   anything below
    ├── InputError              exit 2   a person's file, or data, cannot be used; holds Faults
    ├── OutputExists            exit 2   an output is already there and --force was not given
    └── OutputImpossible        exit 2   nothing can be written where an output is asked for

``allocator.errors`` grows its own branches from ``EngineError``. An error that is none of these
is an internal fault: the command line prints one line and the path of a log, and exits with 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar

_UNSEEN = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]")
"""Ends of lines, codes that terminals obey and turns of direction: a fault is one plain line."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input, and how to put it right.

    ``line`` and ``column`` count from 1 and are 0 where the file has no such place (a whole file,
    a Parquet table). ``path`` is the dotted place inside the file (``constraints.2.spend.min``).
    """

    file: str
    line: int
    column: int
    path: str
    found: str
    expected: str
    fix: str = ""

    def __str__(self) -> str:
        place = ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])
        where = f"{place}: {self.path}: " if self.path else f"{place}: "
        fix = f"; {self.fix}" if self.fix else ""
        said = f"{where}found {self.found}, expected {self.expected}{fix}"
        return _UNSEEN.sub(lambda sign: ascii(sign.group())[1:-1], said)


class EngineError(Exception):
    """Root of the tree. ``exit_code`` is what a command exits with."""

    exit_code: ClassVar[int] = 1

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders as they are, whatever their ``__init__`` takes."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    kind: type[EngineError], args: tuple[object, ...], state: dict[str, object]
) -> EngineError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class InputError(EngineError):
    """Input that cannot be used. Every fault found is in ``faults``, in file and line order."""

    exit_code: ClassVar[int] = 2

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda f: (f.file, f.line, f.column)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class OutputExists(EngineError):
    """An output would overwrite what is there."""

    exit_code: ClassVar[int] = 2

    def __init__(self, path: object) -> None:
        super().__init__(
            f"{path}: already exists and is kept; choose another --out or pass --force"
        )


class OutputImpossible(EngineError):
    """An output is asked for where nothing can be written."""

    exit_code: ClassVar[int] = 2

    def __init__(self, path: object, why: str) -> None:
        super().__init__(f"{path}: cannot be written: {why}; choose another --out")


def on_disk(error: OSError) -> str:
    """What was found where a file should be: ``no such file or directory``, ``a folder``."""
    if isinstance(error, IsADirectoryError):
        return "a folder"
    return (error.strerror or "an unreadable file").lower()


def nearest(name: str, known: Iterable[str]) -> str:
    """``did you mean 'x'?`` for the known name nearest to ``name``, or the list of known names."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return "known: " + ", ".join(names) if names else ""
