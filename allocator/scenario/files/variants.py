"""``variants``: axes of options, each a part of a scenario, and the cells of their cross product.

A cell takes one option of every axis. The option ``base`` adds nothing; the cell ``base`` is the
file as it stands and always there. Other cells are named by their options in the file's order:
``low``, ``low.strict``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from allocator.scenario.files.tree import VARIANTS, Node
from allocator.scenario.schema.constraint import slug
from mmm.errors import Fault, nearest

BASE = "base"
MOST_CELLS = 10_000
MOST_OPTIONS = 1_000
NOT_HERE = ("extends", "variants", "id", "title", "schema_version")
"""Keys that are the file's alone."""


@dataclass(frozen=True)
class Axis:
    """A question with several answers: option -> what it lays over the file."""

    name: str
    options: Mapping[str, Node]


Choices = dict[str, str]
"""axis -> option"""


def axes_of(root: Node, faults: list[Fault]) -> tuple[Axis, ...]:
    """The axes of a merged file; what is wrong with them is added to ``faults``."""
    written = root.value.get(VARIANTS)
    if written is None:
        return ()
    if not isinstance(written.value, dict):
        faults.append(_fault(written, "no axes", "axes with options: `{money: {low: {…}}}`"))
        return ()
    found, seen = [], dict[str, str]()
    for name, node in written.value.items():
        if not _named(name, node, faults):
            continue
        if not isinstance(node.value, dict) or not node.value:
            faults.append(_fault(node, "no options", "options: `{base: {}, low: {…}}`"))
            continue
        options = {}
        for option, part in node.value.items():
            if _named(option, part, faults) and _fresh(option, name, part, seen, faults):
                options[option] = part
                _own_keys(option, part, faults)
        found.append(Axis(name, options))
    options_in_all = sum(len(axis.options) for axis in found)
    if options_in_all > MOST_OPTIONS:
        faults.append(_fault(written, f"{options_in_all:,} options", f"at most {MOST_OPTIONS:,}"))
        return ()
    return tuple(axis for axis in found if axis.options)


def _named(name: str, node: Node, faults: list[Fault]) -> bool:
    try:
        slug(name)
    except ValueError as error:
        faults.append(_fault(node, repr(name), str(error).replace("an id", "a name")))
        return False
    return True


def _fresh(option: str, axis: str, part: Node, seen: dict[str, str], faults: list[Fault]) -> bool:
    """No other axis has an option of this name, by which a cell is called."""
    first = seen.setdefault(option, axis)
    if option == BASE or first == axis:
        return True
    found = f"the option {option!r} again (it is one of {first})"
    faults.append(_fault(part, found, "each name once in all axes"))
    return False


def _own_keys(option: str, part: Node, faults: list[Fault]) -> None:
    if part.value is None:
        return
    if not isinstance(part.value, dict):
        faults.append(_fault(part, "no keys and values", "a part of a scenario, or {}"))
        return
    if option == BASE and part.value:
        found = "values in `base`, which is the file as it stands"
        faults.append(_fault(part, found, "`base: {}`", "give the option another name"))
    for key in NOT_HERE:
        if key in part.value:
            found = f"`{key}` in a variant"
            faults.append(_fault(part.value[key], found, "what the variant asks otherwise"))


def _fault(node: Node, found: str, expected: str, fix: str = "") -> Fault:
    return node.source.document.fault(node.source.path, found, expected, fix)


def cell_name(choices: Mapping[str, str]) -> str:
    """``low.strict``; ``base`` where every choice is base."""
    return ".".join(option for option in choices.values() if option != BASE) or BASE


def count(axes: Sequence[Axis]) -> int:
    """Number of cells, the base cell among them."""
    in_product = all(BASE in axis.options for axis in axes)
    return prod(len(axis.options) for axis in axes) + (0 if in_product else 1) if axes else 1


def every_choice(axes: Sequence[Axis]) -> Iterator[Choices]:
    """The choices of every cell, the base cell first, the last axis running fastest."""
    names = [axis.name for axis in axes]
    yield dict.fromkeys(names, BASE)
    for options in product(*(axis.options for axis in axes)):
        if any(option != BASE for option in options):
            yield dict(zip(names, options, strict=True))


def one_cell_an_option(axes: Sequence[Axis]) -> Iterator[Choices]:
    """Cells in which every option stands once: with the others at base, or at their first."""
    rest = {axis.name: BASE if BASE in axis.options else next(iter(axis.options)) for axis in axes}
    for axis in axes:
        for option in axis.options:
            if option != BASE:
                yield {**rest, axis.name: option}


def choices_of(name: str, axes: Sequence[Axis]) -> Choices | str:
    """The choices of the cell of this name, or what to write instead where there is none."""
    if name == BASE:
        return dict.fromkeys((axis.name for axis in axes), BASE)
    parts = name.split(".")
    choices = {}
    for axis in axes:
        option = parts[0] if parts and parts[0] in axis.options and parts[0] != BASE else BASE
        if option in axis.options:
            choices[axis.name] = option
        if option != BASE:
            parts.pop(0)
    if not parts and len(choices) == len(axes):
        return choices
    if count(axes) > 1_000:
        return "`allocator show FILE --variants` lists them"
    return nearest(name, map(cell_name, every_choice(axes)))
