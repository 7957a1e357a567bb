"""A scenario's values, each with the place it is written in: what merging works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmm.errors import Fault
from mmm.yamlfile import Document, Writer

Path = tuple[str | int, ...]

VARIANTS = "variants"
FILE = "file"
"""Note of a value that stands in the scenario's file, or in one that it extends."""


@dataclass(frozen=True)
class Unset:
    """``!unset``: what an earlier file has here is deleted.

    value: nothing for a key (``floor: !unset``), ``{id: NAME}`` for an item of a list.
    """

    value: Any


TAGS = {"!unset": Unset}
"""The one tag of the language."""


def _unset(representer: Any, one: Unset) -> Any:
    """A node of ``!unset``, alone or with its item on the same line."""
    if one.value is None:
        return representer.represent_scalar("!unset", "")
    return representer.represent_mapping("!unset", one.value, flow_style=True)


WRITERS: dict[type, Writer] = {Unset: _unset}
"""Writes it: for ``to_text``."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value is written: a document, the path in it, and what kind of place that is.

    note: ``file``, ``variant NAME`` or ``--set``
    """

    document: Document
    path: Path
    note: str = FILE

    @property
    def file(self) -> str:
        """The file's name."""
        return self.document.file_of(self.path)

    @property
    def place(self) -> tuple[int, int]:
        """(line, column), both from 1; zeros where there is no file."""
        return self.document.place(self.path)


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its source. The value is a dict or a list of nodes, a plain one or an Unset."""

    value: Any
    source: Source


def planted(document: Document, path: Path = (), value: Any = None, note: str = FILE) -> Node:
    """The document's values as nodes, or those of ``value`` at ``path`` in it."""
    if not path and value is None:
        value = document.data
    if len(path) == 3 and path[0] == VARIANTS:
        note = f"variant {path[2]}"
    grown = value
    if isinstance(value, dict):
        grown = {key: planted(document, (*path, key), one, note) for key, one in value.items()}
    elif isinstance(value, list):
        grown = [planted(document, (*path, at), one, note) for at, one in enumerate(value)]
    return Node(grown, Source(document, path, note))


def plain(node: Node) -> Any:
    """The value without its sources."""
    if isinstance(node.value, dict):
        return {key: plain(one) for key, one in node.value.items()}
    return [plain(one) for one in node.value] if isinstance(node.value, list) else node.value


@dataclass(frozen=True)
class Composed(Document):
    """A document made of several: each value knows the file it comes from.

    file is the scenario's own; a fault in an inherited value names the parent's file, line,
    column and path.
    """

    root: Node | None = None
    """``data`` with the source of every value"""

    def source(self, path: Path) -> Source:
        """Of the value at ``path``, or of the nearest around it that is written."""
        return self._nearest(path)[0].source

    def _nearest(self, path: Path) -> tuple[Node, int]:
        """The node at ``path`` or nearest around it, and how much of the path leads to it."""
        assert self.root is not None  # ``composed`` has given it
        node = self.root
        for depth, part in enumerate(path):
            inner = node.value
            if isinstance(inner, dict) and part in inner:
                node = inner[str(part)]
            elif isinstance(inner, list) and isinstance(part, int) and part < len(inner):
                node = inner[part]
            else:
                return node, depth
        return node, len(path)

    def file_of(self, path: Path) -> str:
        """The file that the value is written in."""
        return self.source(path).file

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column in that file."""
        return self.source(path).place

    def fault(self, path: Path, found: str, expected: str, fix: str = "") -> Fault:
        """A fault at ``path``, under the path that the value has in its own file."""
        node, depth = self._nearest(path)
        whole = depth == len(path) and found.startswith("{")
        fix = fix or (_mixed(node) if whole else "")
        return node.source.document.fault((*node.source.path, *path[depth:]), found, expected, fix)


def _mixed(node: Node) -> str:
    """How to take back a key of a map that several files have written into."""
    inner = node.value if isinstance(node.value, dict) else {}
    parts = {key: one.source for key, one in inner.items() if key != "id"}
    if len({(one.file, one.note) for one in parts.values()}) < 2:
        return ""
    said = ", ".join(f"{key} is from {spot(one)}" for key, one in parts.items())
    return f"{said}; `KEY: !unset` deletes one"


def spot(source: Source) -> str:
    """``base/2027.yaml:8``; the name alone where there is no line."""
    line = source.place[0]
    return f"{source.file}:{line}" if line else source.file


def composed(node: Node, file: str) -> Composed:
    """The merged nodes as a document; ``file`` is the scenario's own."""
    return Composed(file, plain(node), {}, node)
