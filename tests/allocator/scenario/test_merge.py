"""The rules of merging, as a table, and what holds for all files."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.scenario.files.merge import merged
from allocator.scenario.files.tree import TAGS, Node, composed, plain, planted
from allocator.scenario.origins import leaves
from mmm.errors import Fault
from mmm.yamlfile import Document, parse, to_text

TABLE = {
    "a key is added": ("a: 1", "b: 2", {"a": 1, "b": 2}),
    "the later value wins": ("a: 1", "a: 2", {"a": 2}),
    "maps merge deeply": (
        "a: {x: 1, y: {z: 2}}", "a: {y: {w: 3}}", {"a": {"x": 1, "y": {"z": 2, "w": 3}}},
    ),
    "an empty map takes nothing away": ("a: {x: 1}", "a: {}", {"a": {"x": 1}}),
    "a plain value replaces a map": ("a: {x: 1}", "a: weekly", {"a": "weekly"}),
    "a map replaces a plain value": ("a: weekly", "a: {x: 1}", {"a": {"x": 1}}),
    "null is a value": ("a: 1", "a: null", {"a": None}),
    "a list replaces": ("a: [1, 2]", "a: [3]", {"a": [3]}),
    "an empty list replaces one without ids": ("a: [1, 2]", "a: []", {"a": []}),
    "items merge by id, the earlier order kept": (
        "a: [{id: x, v: 1}, {id: y, v: 2}]",
        "a: [{id: z, v: 3}, {id: y, w: 4}]",
        {"a": [{"id": "x", "v": 1}, {"id": "y", "v": 2, "w": 4}, {"id": "z", "v": 3}]},
    ),
    "items without ids replace": (
        "a: [{v: 1}, {v: 2}]", "a: [{v: 3}]", {"a": [{"v": 3}]},
    ),
    "one item without an id, and the list replaces": (
        "a: [{id: x}, {id: y}]", "a: [{id: x}, {v: 3}]", {"a": [{"id": "x"}, {"v": 3}]},
    ),
    "a key is deleted": ("a: {x: 1, y: 2}", "a: {x: !unset}", {"a": {"y": 2}}),
    "a map is deleted": ("a: {x: 1}\nb: 1", "a: !unset", {"b": 1}),
    "an item is deleted": (
        "a: [{id: x, v: 1}, {id: y}]", "a: [!unset {id: x}]", {"a": [{"id": "y"}]},
    ),
    "an item is deleted and another added": (
        "a: [{id: x}]", "a: [{id: y}, !unset {id: x}]", {"a": [{"id": "y"}]},
    ),
    "a key of an item is deleted": (
        "a: [{id: x, v: 1, w: 2}]", "a: [{id: x, v: !unset}]", {"a": [{"id": "x", "w": 2}]},
    ),
    "a variant is taken whole": (
        "variants: {m: {low: {a: 1}}}", "variants: {m: {low: {b: 2}, high: {c: 3}}}",
        {"variants": {"m": {"low": {"b": 2}, "high": {"c": 3}}}},
    ),
    "an option is deleted": (
        "variants: {m: {low: {a: 1}, high: {}}}", "variants: {m: {low: !unset}}",
        {"variants": {"m": {"high": {}}}},
    ),
}  # fmt: skip


def tree(text: str, name: str = "x.yaml") -> Node:
    return planted(parse(text, name, tags=TAGS))


@pytest.mark.parametrize("name", TABLE)
def test_a_rule_of_merging(name: str) -> None:
    base, over, expected = TABLE[name]
    faults: list[Fault] = []
    found = merged(merged(None, tree(base), faults), tree(over), faults)
    assert plain(found) == expected
    assert list(plain(found)) == list(expected)
    assert faults == []


def test_a_deleted_value_that_comes_back_stands_last() -> None:
    faults: list[Fault] = []
    found = tree("a: [{id: x, v: 1}, {id: y}]")
    for text in ("a: [!unset {id: x}]", "a: [{id: x, w: 2}]"):
        found = merged(found, tree(text), faults)
    assert plain(found) == {"a": [{"id": "y"}, {"id": "x", "w": 2}]}
    assert faults == []


NAMES = st.sampled_from(["a", "b", "c"])
LEAF = st.integers(0, 99) | st.sampled_from(["tv", "35%", "2.0M"]) | st.booleans()


def files(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    """Files of one schema: what a key holds is of one kind, as in a scenario."""
    fields: dict[str, st.SearchStrategy[Any]] = {
        "value": LEAF,
        "plain": st.lists(st.integers(0, 9), max_size=3),
    }
    if depth:
        inner = files(depth - 1)
        fields["map"] = st.dictionaries(NAMES, inner, max_size=2)
        fields["items"] = st.lists(
            st.tuples(NAMES, inner), min_size=1, max_size=3, unique_by=lambda item: item[0]
        ).map(lambda items: [{"id": name, **one} for name, one in items])
    return st.fixed_dictionaries({}, optional=fields)


def laid(*parts: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    faults: list[Fault] = []
    node: Node | None = None
    for part in parts:
        node = merged(node, planted(Document("x.yaml", part, {})), faults)
    assert node is not None
    return plain(node), faults


@settings(max_examples=25, deadline=None)
@given(files(2), files(2), files(2))
def test_merging_is_associative(a: Any, b: Any, c: Any) -> None:
    """(a + b) + c is a + (b + c): what parents extend is merged before they are."""
    together, _ = laid(b, c)
    one, faults = laid(a, b, c)
    assert one == laid(a, together)[0]
    assert faults == []


@settings(max_examples=10, deadline=None)
@given(files(2))
def test_merging_with_itself_or_with_nothing_changes_nothing(a: Any) -> None:
    assert laid(a, a)[0] == laid({}, a)[0] == laid(a, {})[0] == a


@settings(max_examples=25, deadline=None)
@given(files(1), files(2))
def test_a_value_comes_from_a_line_that_has_it(a: Any, b: Any) -> None:
    texts = {"a.yaml": to_text(a), "b.yaml": to_text(b)}
    faults: list[Fault] = []
    nodes = [tree(text, name) for name, text in texts.items()]
    document = composed(merged(nodes[0], nodes[1], faults), "b.yaml")
    for path, value in leaves(document.data):
        if isinstance(value, dict | list):
            continue
        source = document.source(path)
        line, column = source.place
        written = texts[source.file].splitlines()[line - 1][column - 1 :]
        said = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
        key = f"{path[-1]}: " if isinstance(path[-1], str) else ""
        assert written.startswith((f"{key}{said}", said))
