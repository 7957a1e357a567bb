"""How a later file is laid over an earlier one.

Maps merge deeply. Lists whose items have an ``id`` merge by it: the earlier file's order, new items
behind. Everything else replaces. ``key: !unset`` deletes a key and ``- !unset {id: NAME}`` an item;
deleting what is not there is an error, and so is an empty list over one that merges by id, which
could mean either.
"""

from __future__ import annotations

from typing import Any

from allocator.scenario.files.tree import VARIANTS, Node, Path, Source, Unset
from mmm.errors import Fault, nearest
from mmm.yamlfile import Document

FORMS = "`KEY: !unset`, or `- !unset {id: NAME}` in a list"


def merged(base: Node | None, over: Node, faults: list[Fault], path: Path = ()) -> Node:
    """``over`` laid over ``base``; what cannot be done is added to ``faults``.

    The merged value's source is that of ``over``. A variant is taken whole: its own ``!unset``
    speaks of the scenario, not of a variant of the same name.
    """
    if len(path) == 3 and path[0] == VARIANTS:
        return over
    before = None if base is None else base.value
    if isinstance(over.value, dict):
        return Node(_maps(before, over, faults, path), over.source)
    if isinstance(over.value, list):
        return Node(_lists(before, over, faults, path), over.source)
    return over


def _maps(before: Any, over: Node, faults: list[Fault], path: Path) -> dict[str, Node]:
    values: dict[str, Node] = dict(before) if isinstance(before, dict) else {}
    for key, node in over.value.items():
        if not isinstance(node.value, Unset):
            values[key] = merged(values.get(key), node, faults, (*path, key))
        elif node.value.value is not None:
            faults.append(_fault(node.source, "`!unset` with a value", FORMS))
        elif key in values:
            del values[key]
        else:
            fix = nearest(key, values)
            faults.append(_fault(node.source, NOTHING, "a key that an earlier file has", fix))
    return values


NOTHING = "`!unset` of what is not there"


def _lists(before: Any, over: Node, faults: list[Fault], path: Path) -> list[Node]:
    old: list[Node] = before if isinstance(before, list) and _by_id(before) else []
    if old and not over.value:
        found = "an empty list over items that merge by id"
        fix = f"`{path[-1]}: !unset` deletes them all" if path else ""
        faults.append(_fault(over.source, found, "items", fix))
        return old
    values = {item_id(item): item for item in old} if _by_id(over.value) else {}
    added: list[Node] = []
    for place, item in enumerate(over.value):
        name = item_id(item)
        if isinstance(item.value, Unset):
            if name is None:
                faults.append(_fault(item.source, "`!unset` without an id", FORMS))
            elif values.pop(name, None) is None:
                fix = nearest(name, filter(None, map(item_id, old)))
                expected = "the id of an item that an earlier file has"
                faults.append(_fault(item.source, NOTHING, expected, fix))
        elif name in values:
            both = merged(values[name], item, faults, (*path, place))
            named = {**both.value, "id": values[name].value["id"]}  # from where it is first written
            values[name] = Node(named, both.source)
        else:
            added.append(merged(None, item, faults, (*path, place)))
    return [*values.values(), *added]


def _by_id(items: list[Node]) -> bool:
    """Every item has an id, and there are some."""
    return bool(items) and all(item_id(item) is not None for item in items)


def item_id(item: Node) -> str | None:
    """The id of an item of a list; None where it has none."""
    inner = item.value.value if isinstance(item.value, Unset) else item.value
    if isinstance(item.value, Unset) and (not isinstance(inner, dict) or set(inner) != {"id"}):
        return None
    name = inner.get("id") if isinstance(inner, dict) else None
    name = name.value if isinstance(name, Node) else name
    return name if isinstance(name, str) else None


def repeated_ids(document: Document) -> list[Fault]:
    """Items of one list of one file with the same id."""
    return _repeated(document, (), document.data)


def _repeated(document: Document, path: Path, value: Any) -> list[Fault]:
    faults: list[Fault] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            faults += _repeated(document, (*path, key), inner)
    if not isinstance(value, list):
        return faults
    first: dict[str, int] = {}
    for place, item in enumerate(value):
        faults += _repeated(document, (*path, place), item)
        inner = item.value if isinstance(item, Unset) else item
        name = inner.get("id") if isinstance(inner, dict) else None
        if not isinstance(name, str):
            continue
        if name in first:
            line = document.place((*path, first[name], "id"))[0]
            what = "rule" if path[-1:] == ("constraints",) else "id"
            found = f"the {what} {name!r} again (first on line {line})"
            faults.append(document.fault((*path, place, "id"), found, "each id once"))
        first.setdefault(name, place)
    return faults


def _fault(source: Source, found: str, expected: str, fix: str = "") -> Fault:
    return source.document.fault(source.path, found, expected, fix)
