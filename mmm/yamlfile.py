"""YAML 1.2 files that people write: read once, every value with its place in the file.

The only module that imports ruamel.yaml. It refuses what makes a file ambiguous or dangerous:
more than 1 MB, nesting deeper than 20, aliases and anchors, tags (but those a reader asks for),
duplicate keys, keys that are not plain words, more than one document.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.scanner import Scanner
from ruamel.yaml.tokens import TagToken

from mmm.errors import Fault, InputError, on_disk

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

Path_ = tuple[str | int, ...]
Tags = Mapping[str, Callable[[Any], Any]]
"""tag that is allowed -> what its plain value is made into"""
Writer = Callable[[Any, Any], Any]  # (ruamel's representer, a value) -> its node
Model = TypeVar("Model", bound=BaseModel)

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_CORE_TAGS = ("null", "bool", "int", "float", "str", "timestamp", "map", "seq")


@dataclass(frozen=True)
class Document:
    """A parsed file: plain values in ``data``, and where each stands in ``places``."""

    file: str
    data: dict[str, Any]
    places: Mapping[Path_, tuple[int, int]]
    """path inside the file -> (line, column), both from 1; a key's place stands for its value"""

    def place(self, path: Path_) -> tuple[int, int]:
        """Line and column of ``path``, or of the nearest enclosing value that has a place, in the
        file that ``file_of`` names."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def file_of(self, path: Path_) -> str:
        """The file that ``path`` stands in: this one, where a document is one file."""
        return self.file

    def fault(self, path: Path_, found: str, expected: str, fix: str = "") -> Fault:
        """A fault at ``path``."""
        line, column = self.place(path)
        dotted = ".".join(str(part) for part in path)
        return Fault(self.file_of(path), line, column, dotted, found, expected, fix)


def read(
    path: Path | str, *, name: str | None = None, tags: Tags | None = None, most: int | None = None
) -> Document:
    """Read one YAML file whose top level is a mapping.

    name: what messages call it, if not ``path``; tags: those allowed besides YAML's own; most:
    the largest number of keys, values, lists and maps in it. Raises InputError when the file is
    missing, not UTF-8, not YAML, or uses what is refused.
    """
    name = str(path) if name is None else name
    return parse(decoded(contents(path, name), name), name, tags=tags, most=most)


def contents(path: Path | str, name: str) -> bytes:
    """The bytes of a file that may be YAML; ``name`` is what messages call it.

    Raises InputError when it is missing or too large.
    """
    try:
        with Path(path).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
            size = os.fstat(file.fileno()).st_size
    except IsADirectoryError:
        raise InputError([Fault(name, 0, 0, "", "a folder", "a YAML file")]) from None
    except OSError as error:
        raise InputError(
            [Fault(name, 0, 0, "", on_disk(error), "a readable YAML file", "check the path")]
        ) from None
    if len(raw) > MAX_BYTES:
        found = f"{max(size, len(raw)):,} bytes"
        raise InputError([Fault(name, 0, 0, "", found, "at most 1 MB")])
    return raw


def decoded(raw: bytes, name: str) -> str:
    """The text of such bytes. Raises InputError where they are not UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(
            [Fault(name, line, 1, "", "bytes that are not UTF-8", "UTF-8 text", "save as UTF-8")]
        ) from None


def parse(text: str, file: str, *, tags: Tags | None = None, most: int | None = None) -> Document:
    """Parse YAML text; ``file`` is the name used in messages, the rest as ``read``.

    Raises InputError.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner = _Scanner
    yaml.Composer = partial(_Guarded, most=most)  # type: ignore[assignment]  # made by a call
    try:
        node = yaml.compose(text)
    except _Refused as refused:
        line, column = refused.mark.line + 1, refused.mark.column + 1
        fault = Fault(file, line, column, "", refused.found, refused.expected, refused.fix)
        raise InputError([fault]) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = error.problem or error.context or "text that is not YAML"
        found = f"YAML that cannot be read ({problem})"
        raise InputError([Fault(file, line, column, "", found, "YAML 1.2")]) from None
    except YAMLError as error:
        first = str(error).splitlines()[0]
        raise InputError([Fault(file, 1, 1, "", first, "YAML 1.2")]) from None
    if not isinstance(node, MappingNode):
        found = "an empty file" if node is None else "something that is not a mapping"
        raise InputError([Fault(file, 1, 1, "", found, "keys and values, one `key: value` a line")])
    reader = _Reader(file, tags or {}, {}, [])
    data = reader.value(node, ())
    if reader.faults:
        raise InputError(reader.faults)
    return Document(file, data, reader.places)


def to_text(data: Mapping[str, Any], tagged: Mapping[type, Writer] | None = None) -> str:
    """Plain values, and ``tagged`` ones, as YAML text that ``parse`` reads back, in their order."""
    out = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None  # short maps and lists of plain values on one line
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    yaml.width = 100
    for kind, write in (tagged or {}).items():
        yaml.representer.add_representer(kind, write)
    yaml.dump(dict(data), out)
    return out.getvalue()


class _Refused(Exception):
    """Something that YAML has and this house does not, found while composing."""

    def __init__(self, mark: Any, found: str, expected: str, fix: str = "") -> None:
        super().__init__(found)
        self.mark, self.found, self.expected, self.fix = mark, found, expected, fix


class _Scanner(Scanner):
    """Ends a tag before ``,``, ``]`` and ``}``, as YAML 1.2 has it: ``{floor: !unset}``."""

    def scan_tag(self) -> Any:
        length = 1
        while self.reader.peek(length).isalnum():
            length += 1
        if length == 1 or self.reader.peek(length) not in ",]}":
            return super().scan_tag()
        start = self.reader.get_mark()
        word = self.reader.prefix(length)
        self.reader.forward(length)
        return TagToken(("!", word[1:]), start, self.reader.get_mark())


class _Guarded(Composer):
    """Composes nodes and stops at the first alias, at too much depth and at too many values."""

    def __init__(self, loader: Any = None, most: int | None = None) -> None:
        super().__init__(loader=loader)
        self.most = most
        self.count = 0
        self.within = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        mark = event.start_mark
        self.count += 1
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Refused(
                mark, "an anchor or alias (& or *)", "plain values", "write the value out"
            )
        if self.most is not None and self.count > self.most:
            raise _Refused(mark, f"more than {self.most:,} keys and values", "a shorter file")
        deeper = isinstance(event, CollectionStartEvent)
        self.within += deeper
        if self.within > MAX_DEPTH:
            raise _Refused(mark, f"nesting deeper than {MAX_DEPTH}", "a flatter file")
        node = super().compose_node(parent, index)
        self.within -= deeper
        return node


@dataclass(frozen=True)
class _Reader:
    """Nodes into plain values; what is found on the way goes to ``places`` and ``faults``."""

    file: str
    tags: Tags
    places: dict[Path_, tuple[int, int]]
    faults: list[Fault]

    def value(self, node: Node, path: Path_) -> Any:
        """The plain value of a node, or what its tag makes of it."""
        place = (node.start_mark.line + 1, node.start_mark.column + 1)
        self.places.setdefault(path, place)
        tag = str(node.tag).removeprefix("tag:yaml.org,2002:")
        if tag in self.tags:
            return self.tags[tag](self._plain(node, path, "null" if node.value == "" else "str"))
        if tag not in _CORE_TAGS:
            dotted = ".".join(str(part) for part in path)
            known = " or ".join(self.tags)
            expected = f"plain values, or the tag {known}" if known else "plain values without tags"
            self.faults.append(Fault(self.file, *place, dotted, f"the tag {tag}", expected))
            return None
        return self._plain(node, path, tag)

    def _plain(self, node: Node, path: Path_, tag: str) -> Any:
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return _scalar(str(node.value), tag)

    def _mapping(self, node: MappingNode, path: Path_) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            at = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, ScalarNode):
                dotted = ".".join(str(part) for part in path)
                found = "a key that is not a word"
                self.faults.append(Fault(self.file, *at, dotted, found, "a plain key"))
                continue
            key = str(key_node.value)
            if key in values:
                inside = ".".join(str(part) for part in (*path, key))
                first = self.places[(*path, key)][0]
                found = f"the key {key!r} again (first on line {first})"
                self.faults.append(
                    Fault(self.file, *at, inside, found, "each key once", "delete one")
                )
                continue
            self.places[(*path, key)] = at
            values[key] = self.value(value_node, (*path, key))
        return values


def _scalar(text: str, tag: str) -> Any:
    """Plain scalars by their look; anything unusual stays text, for the schema to judge."""
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    if tag == "int" and _INT.match(text) and len(text) <= 300:  # Python refuses 4,300 digits
        return int(text)
    if tag in ("int", "float") and _FLOAT.match(text):
        return float(text)
    if tag == "timestamp" and _DATE.match(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return text
    return text
