"""``--set KEY.PATH=VALUE``: values given with the question, over all files and variants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allocator.scenario.files.merge import item_id, merged
from allocator.scenario.files.tree import TAGS, VARIANTS, Node, Path, Source, Unset, planted
from allocator.scenario.files.variants import Axis
from mmm.errors import Fault, InputError, nearest
from mmm.yamlfile import Document, parse

OPTION = "--set"
MOST = 10_000
"""Characters of a value."""


class Given(Document):
    """What stands on a command line: no file and no line. ``file`` is the key as written there."""

    def place(self, path: Path) -> tuple[int, int]:
        """None: zeros."""
        return (0, 0)

    def file_of(self, path: Path) -> str:
        """The option."""
        return OPTION

    def fault(self, path: Path, found: str, expected: str, fix: str = "") -> Fault:
        """A fault under the key as it was written."""
        dotted = ".".join(map(str, (self.file, *path)))
        return Fault(OPTION, 0, 0, dotted, found, expected, fix)


def with_sets(root: Node, sets: Mapping[str, str], faults: list[Fault]) -> Node:
    """The values with every override laid over them, in their order."""
    for key, text in sets.items():
        if key.split(".")[0] != VARIANTS:
            root = _laid(root, key, text, faults)
    return root


def _laid(root: Node, key: str, text: str, faults: list[Fault]) -> Node:
    parts = key.split(".")
    document = Given(key, {}, {})
    try:
        if not all(parts):
            raise _Wrong(repr(key), "a key such as budget.exactly or constraints.ID.spend.max")
        value = _value(text)
        over = _over(root, parts, value, Source(document, (), OPTION))
    except _Wrong as wrong:
        faults.append(document.fault((), wrong.found, wrong.expected, wrong.fix))
        return root
    return merged(root, over, faults)


class _Wrong(Exception):
    def __init__(self, found: str, expected: str, fix: str = "") -> None:
        super().__init__(found)
        self.found, self.expected, self.fix = found, expected, fix


def _value(text: str) -> Any:
    """The value as a file would have it behind ``key: ``."""
    expected = "a value as in the file, such as 1.8M, 38 or [tv, search]"
    if len(text) > MOST:
        raise _Wrong(f"{len(text):,} characters", f"at most {MOST:,}")
    try:
        data = parse(f"value: {text}", OPTION, tags=TAGS, most=1_000).data
    except InputError:
        raise _Wrong(repr(text), expected) from None
    if set(data) != {"value"}:
        raise _Wrong(repr(text), expected)
    if data["value"] is None:
        raise _Wrong("nothing", "a value", "`=!unset` deletes")
    return data["value"]


def _over(node: Node | None, parts: list[str], value: Any, source: Source) -> Node:
    """What is laid over ``node`` to have ``value`` at the path that ``parts`` name in it."""
    if not parts:
        return planted(source.document, (), value, OPTION)
    here = node.value if node is not None else {}
    if not isinstance(here, list):
        inner = here.get(parts[0]) if isinstance(here, dict) else None
        return Node({parts[0]: _over(inner, parts[1:], value, source)}, source)
    ids = {name: item for item in here if (name := item_id(item)) is not None}
    if parts[0] in ids:
        if len(parts) == 1 and isinstance(value, Unset):
            return Node([Node(Unset({"id": parts[0]}), source)], source)
        inner = _over(ids[parts[0]], parts[1:], value, source)
        named = {"id": Node(parts[0], source)}
        return Node([Node({**named, **_keys(inner)}, source)], source)
    if parts[0].isdigit() and int(parts[0]) < len(here) and not ids:
        items = list(here)
        items[int(parts[0])] = merged(
            items[int(parts[0])], _over(items[int(parts[0])], parts[1:], value, source), []
        )
        return Node(items, source)
    known = [str(name) for name in ids] or [str(place) for place in range(len(here))]
    raise _Wrong(f"no {parts[0]!r} in the list", "one of it", nearest(parts[0], known))


def _keys(node: Node) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        raise _Wrong("a value for an item of a list", "a key of it, such as constraints.ID.owner")
    return node.value


def narrowed(
    axes: tuple[Axis, ...], sets: Mapping[str, str], faults: list[Fault]
) -> tuple[Axis, ...]:
    """The axes with the options that ``variants.AXIS=OPTION`` or ``=[A, B]`` leaves."""
    for key, text in sets.items():
        if key.split(".")[0] != VARIANTS:
            continue
        document = Given(key, {}, {})
        name = key.partition(".")[2]
        known = {axis.name: axis for axis in axes}
        if name not in known:
            fix = nearest(name, known)
            faults.append(document.fault((), f"no axis {name!r}", "variants.AXIS=OPTION", fix))
            continue
        try:
            value = _value(text)
        except _Wrong as wrong:
            faults.append(document.fault((), wrong.found, wrong.expected, wrong.fix))
            continue
        chosen = [str(one) for one in (value if isinstance(value, list) else [value])]
        options = known[name].options
        for one in chosen:
            if one not in options:
                fix = nearest(one, options)
                faults.append(document.fault((), f"no option {one!r}", f"one of {name}", fix))
        left = {one: part for one, part in options.items() if one in chosen}
        axes = tuple(Axis(name, left) if axis.name == name else axis for axis in axes)
    return tuple(axis for axis in axes if axis.options)
