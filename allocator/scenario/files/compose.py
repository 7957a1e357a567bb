"""One scenario of several files: what it extends, its own values, a variant, and ``--set``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from allocator.scenario.agreed import Agreed
from allocator.scenario.files.extends import EXTENDS, Ancestor, lineage
from allocator.scenario.files.file_names import moved
from allocator.scenario.files.merge import merged, repeated_ids
from allocator.scenario.files.sets import narrowed, with_sets
from allocator.scenario.files.shelf import Shelf
from allocator.scenario.files.tree import TAGS, VARIANTS, Composed, Node, composed, planted
from allocator.scenario.files.variants import BASE, Axis, Choices, axes_of, cell_name
from mmm.errors import Fault, InputError

OWN = ("id", "title")
"""Keys that a file never has from another: two scenarios are two names."""


@dataclass(frozen=True)
class Composition:
    """The merged files of a scenario, before a cell is chosen.

    root:   values of all files, the scenario's own last
    axes:   of its variants, narrowed by ``--set variants.AXIS=OPTION``
    faults: what is wrong with the files as they are merged
    """

    path: Path
    root: Node
    axes: tuple[Axis, ...]
    sets: Mapping[str, str]
    shelf: Shelf
    faults: tuple[Fault, ...]

    def document(self, choices: Choices) -> tuple[Composed, list[Fault]]:
        """The scenario of a cell as one document, and what cannot be merged."""
        faults: list[Fault] = []
        kept = {key: node for key, node in self.root.value.items() if key != VARIANTS}
        node = replace(self.root, value=kept)
        for axis in self.axes:
            part = axis.options.get(choices.get(axis.name, BASE))
            if part is not None and isinstance(part.value, dict) and part.value:
                node = merged(node, part, faults)
        node = with_sets(node, self.sets, faults)
        return composed(_called(node, choices), str(self.path)), faults


def compose(
    path: Path,
    sets: Mapping[str, str],
    *,
    text: str | None = None,
    agreed: Agreed | None = None,
) -> Composition:
    """Read a scenario and all that it extends; ``text`` stands in the place of its file.

    agreed: who is asked for the signed plans that it names by their ID.

    Raises InputError where a file cannot be read, or the files cannot be put in order.
    """
    shelf = Shelf(path.parent, agreed)
    if text is not None:
        shelf.put(path, text, tags=TAGS)
    files, unreadable = lineage(path, shelf)
    if unreadable:
        raise InputError(dict.fromkeys(unreadable))
    faults: list[Fault] = []
    root: Node | None = None
    for file in files:
        faults += repeated_ids(file.document)
        part = _part(file, path.parent, shelf, faults, own=file is files[-1])
        root = merged(root, part, faults)
    assert root is not None  # the scenario's own file is always there
    axes = narrowed(axes_of(root, faults), sets, faults)
    return Composition(path, root, axes, sets, shelf, tuple(faults))


def _part(file: Ancestor, to: Path, shelf: Shelf, faults: list[Fault], *, own: bool) -> Node:
    """What a file adds: its values without ``extends``, its files named from the scenario's."""
    node = planted(file.document)
    left_out = (EXTENDS,) if own else (EXTENDS, *OWN)
    kept = {key: one for key, one in node.value.items() if key not in left_out}
    node = replace(node, value=kept)
    if file.folder.resolve() == to.resolve():
        return node
    return moved(node, file.folder, to, shelf.root, faults)


def _called(node: Node, choices: Choices) -> Node:
    """The scenario under the name of its cell: ``q1.low.strict``, ``Q1 · low · strict``."""
    name = cell_name(choices)
    if name == BASE:
        return node
    values = dict(node.value)
    for key, suffix in (("id", f".{name}"), ("title", " · " + name.replace(".", " · "))):
        if key in values and isinstance(values[key].value, str):
            values[key] = replace(values[key], value=values[key].value + suffix)
    return replace(node, value=values)
