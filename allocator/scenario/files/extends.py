"""``extends``: the files that a scenario stands on, in the order in which they are merged."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from allocator.complaint import Complaint
from allocator.scenario.files.paths import inside
from allocator.scenario.files.shelf import Shelf
from allocator.scenario.files.tree import TAGS
from mmm.errors import Fault, InputError
from mmm.yamlfile import Document

EXTENDS = "extends"
MOST = 20
"""Files that one scenario may extend, theirs counted."""


@dataclass(frozen=True)
class Ancestor:
    """A file of the lineage and the folder that its names of files start from."""

    document: Document
    folder: Path


def lineage(path: Path, shelf: Shelf) -> tuple[tuple[Ancestor, ...], list[Fault]]:
    """Every file that ``path`` extends and ``path`` last: later ones win; and what is wrong.

    A file's parents come before it, from left to right; one that is reached twice counts once,
    where it is reached first. A circle is an error, and so is a list whose order cannot be kept.
    Raises InputError where ``path`` itself cannot be read.
    """
    walk = _Walk(shelf)
    document = shelf.document(path, str(path), tags=TAGS)
    walk.visit(document, path.resolve(), path.parent, (path.resolve(),))
    if not walk.faults:
        walk.check_orders()
    return tuple(walk.found.values()), walk.faults


@dataclass
class _Walk:
    shelf: Shelf
    found: dict[Path, Ancestor] = field(default_factory=dict)
    """files in the order of merging, by their real paths"""
    lists: list[tuple[Document, tuple[Path, ...]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    begun: set[Path] = field(default_factory=set)
    full: bool = False

    def visit(self, document: Document, real: Path, folder: Path, chain: tuple[Path, ...]) -> None:
        """The parents of a file, then the file. chain: from the scenario to this file."""
        self.begun.add(real)
        parents: list[Path] = []
        for place, written in self._listed(document):
            parent = self._parent(document, place, written, folder)
            if parent is None:
                continue
            if parent in chain:
                circle = [*chain[chain.index(parent) :], parent]
                names = " → ".join(self._short(one) for one in circle)
                self._fault(document, place, f"a circle: {names}", "parents that end somewhere")
                continue
            parents.append(parent)
            if parent not in self.begun:
                self._read(document, place, parent, (folder / written, chain))
        self.lists.append((document, tuple(parents)))
        self.found[real] = Ancestor(document, folder)

    def check_orders(self) -> None:
        """A list says who wins; a file that another brings in earlier would win against it."""
        order = {real: place for place, real in enumerate(self.found)}
        for document, parents in self.lists:
            for place, (left, right) in enumerate(zip(parents, parents[1:], strict=False), 1):
                if order[left] >= order[right]:
                    found = f"{self._short(right)} behind {self._short(left)}"
                    expected = "an order that can be kept: it is merged before that already"
                    fix = "take it out of this list, or put it first"
                    self._fault(document, place, found, expected, fix)

    def _listed(self, document: Document) -> list[tuple[int, str]]:
        listed = document.data.get(EXTENDS, [])
        if not isinstance(listed, list):
            fix = f"write [{listed}]" if isinstance(listed, str) else ""
            self.faults.append(
                document.fault((EXTENDS,), "no list", "a list of files, such as [base.yaml]", fix)
            )
            return []
        named = [(at, one) for at, one in enumerate(listed) if isinstance(one, str) and one]
        for place in sorted(set(range(len(listed))) - {at for at, _ in named}):
            self._fault(document, place, "no name", "a file, from this one")
        return named

    def _parent(self, document: Document, place: int, written: str, folder: Path) -> Path | None:
        """The real path of a parent; None where there is none, which is a fault."""
        found = inside(written, folder, self.shelf.root)
        if isinstance(found, Path) and not found.is_file():
            what = "a folder" if found.is_dir() else f"no file {written}"
            found = Complaint(what, "a scenario file", "check the path, from this file")
        if isinstance(found, Complaint):
            self._fault(document, place, found.found, found.expected, found.fix)
            return None
        return found

    def _read(
        self, document: Document, place: int, real: Path, way: tuple[Path, tuple[Path, ...]]
    ) -> None:
        """A parent that is new. way: its path as written, and the files that lead to it."""
        path, chain = way
        if len(self.begun) > MOST:
            if not self.full:
                self._fault(document, place, f"more than {MOST} files to extend", "fewer")
            self.full = True
            return
        name = os.path.normpath(path)
        path = Path(name) if Path(name).resolve() == real else path
        try:
            parent = self.shelf.document(real, str(path), tags=TAGS)
        except InputError as error:
            self.faults += error.faults
            self.begun.add(real)
            return
        self.visit(parent, real, path.parent, (*chain, real))

    def _short(self, path: Path) -> str:
        return os.path.relpath(path, self.shelf.root)

    def _fault(
        self, document: Document, place: int, found: str, expected: str, fix: str = ""
    ) -> None:
        self.faults.append(document.fault((EXTENDS, place), found, expected, fix))
