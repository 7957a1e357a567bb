"""Which values of a scenario are names of files, and what they are called from another folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path as File

from allocator.complaint import Complaint
from allocator.scenario.agreed import is_id
from allocator.scenario.files.paths import inside
from allocator.scenario.files.tree import VARIANTS, Node, Path
from allocator.scenario.schema.flighting import PROFILES
from mmm.errors import Fault

FILES: tuple[Path, ...] = (
    ("curves",),
    ("alternatives", "*"),
    ("policy",),
    ("reference", "table"),
    ("reference", "plan"),
    ("references", "*", "plan"),
    ("until_start", "plan"),
    ("flighting", "profile"),
    ("flighting", "locked", "spend"),
    ("economics", "clv"),
    ("context", "*"),
    ("constraints", "*", "table"),
)
"""Where a file is named, from the file that the name is written in; ``*`` is any key or place."""


def names_a_file(path: Path) -> bool:
    """Whether the value at ``path`` is a file's name, in a scenario or in one of its variants."""
    inner = path[3:] if path[:1] == (VARIANTS,) else path
    return any(
        len(inner) == len(form)
        and all(one in ("*", part) for one, part in zip(form, inner, strict=True))
        for form in FILES
    )


def moved(node: Node, folder: File, to: File, root: File, faults: list[Fault]) -> Node:
    """The values with every file named from the folder ``to`` instead of ``folder``.

    root: the project's; a name that leads out of it is a fault.
    """
    return _moved(node, (), _Move(folder, to.resolve(), root, faults))


@dataclass(frozen=True)
class _Move:
    folder: File
    to: File
    root: File
    faults: list[Fault]

    def name(self, node: Node) -> Node:
        """A file's name with its pin, from the other folder."""
        written, pin, digest = node.value.partition("@sha256:")
        found = inside(written, self.folder, self.root)
        if isinstance(found, Complaint):
            document, path = node.source.document, node.source.path
            self.faults.append(document.fault(path, found.found, found.expected, found.fix))
            return node
        return Node(os.path.relpath(found, self.to) + pin + digest, node.source)


def _moved(node: Node, path: Path, move: _Move) -> Node:
    if isinstance(node.value, dict):
        inner = {key: _moved(one, (*path, key), move) for key, one in node.value.items()}
        return Node(inner, node.source)
    if isinstance(node.value, list):
        items = [_moved(one, (*path, place), move) for place, one in enumerate(node.value)]
        return Node(items, node.source)
    if not isinstance(node.value, str) or not names_a_file(path):
        return node
    word = path[-2:] == ("flighting", "profile") and node.value in PROFILES
    plan = path[-1:] == ("plan",)
    if word or (plan and is_id(node.value)):  # the ID of a signed plan is no file's name
        return node
    found = move.name(node)
    file = f"./{found.value}" if plan and is_id(found.value) else found.value
    return Node(file, found.source)
