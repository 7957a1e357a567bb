"""The files of one scenario, each read once, and not too much of them together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from allocator.complaint import Complaint
from allocator.scenario.agreed import Agreed, nobody_to_ask
from allocator.scenario.files.paths import inside, project_root
from allocator.scenario.schema.table import read_table
from allocator.scenario.schema.table_row import TableRow
from mmm.errors import Fault, InputError
from mmm.yamlfile import Document, Tags, parse, read

Read = TypeVar("Read")

MAX_BYTES = 2_000_000  # of all YAML files together; the worst kind of text takes 3 s a MB
MAX_VALUES = 20_000  # of all YAML files together; 0.1 ms each
"""What a scenario with all that it extends may have, so that no file takes more than seconds."""


class Shelf:
    """Files by their real path. ``root`` is the folder of the project that they must be in.

    Reads each once: a thousand cells of one scenario share one shelf. A file that is named as two
    kinds of thing is read as each of them. Signed plans, which are no files, are asked for of
    ``agreed``, each once too.
    """

    def __init__(self, folder: Path, agreed: Agreed | None = None) -> None:
        self.root = project_root(folder)
        self._agreed = agreed
        self._plans: dict[str, Any] = {}
        self._files: dict[tuple[str, Path], Any] = {}
        self._names: dict[tuple[str, Path], Path | Complaint] = {}
        self._bytes = 0
        self._values = 0

    def inside(self, written: str, folder: Path) -> Path | Complaint:
        """The file that a name means, looked up once."""
        if (written, folder) not in self._names:
            self._names[written, folder] = inside(written, folder, self.root)
        return self._names[written, folder]

    def document(self, path: Path, name: str, *, tags: Tags | None = None) -> Document:
        """The YAML file, under the name that messages call it by. Raises InputError."""
        return self.once("yaml", path, lambda file: self._read(file, name, tags))

    def put(self, path: Path, text: str, *, tags: Tags | None = None) -> None:
        """Text that stands in the place of a YAML file, which need not be there. Raises InputError
        for too much of it, or what is no YAML."""
        self._bytes += len(text.encode())
        self._check(str(path))
        document = parse(text, str(path), tags=tags, most=MAX_VALUES)
        self._values += len(document.places)
        self._files["yaml", path.resolve()] = document

    def _read(self, path: Path, name: str, tags: Tags | None) -> Document:
        self._bytes += path.stat().st_size if path.is_file() else 0
        self._check(name)  # before the time is spent
        document = read(path, name=name, tags=tags, most=MAX_VALUES)
        self._values += len(document.places)
        self._check(name)
        return document

    def _check(self, name: str) -> None:
        limits = (("bytes", self._bytes, MAX_BYTES), ("values", self._values, MAX_VALUES))
        for what, size, most in limits:
            if size > most:
                found = f"{size:,} {what} with the files before"
                expected = f"at most {most:,} in all files of a scenario together"
                raise InputError([Fault(name, 1, 1, "", found, expected)])

    def table(self, path: Path, name: str) -> tuple[tuple[TableRow, ...], tuple[int, ...]]:
        """The rows of a CSV file and the line each stands on. Raises InputError."""
        return self.once("table", path, lambda file: read_table(file, name))

    def agreed(self, name: str, read: Callable[[bytes], Read]) -> Read | Complaint:
        """What is read of the signed plan of an ID; or why there is none."""
        if name not in self._plans:
            found = nobody_to_ask(name) if self._agreed is None else self._agreed.plan(name)
            self._plans[name] = found if isinstance(found, Complaint) else read(found)
        kept: Read | Complaint = self._plans[name]
        return kept

    def once(self, kind: str, path: Path, read: Callable[[Path], Read]) -> Read:
        """Any other file, by the function that reads one of its kind: what that gave the first
        time. Raises the InputError that it raised."""
        key = kind, path.resolve()
        if key not in self._files:
            try:
                self._files[key] = read(path)
            except InputError as error:
                self._files[key] = error
        found = self._files[key]
        if isinstance(found, InputError):
            raise found
        kept: Read = found
        return kept
