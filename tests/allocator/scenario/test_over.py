"""What is laid over a scenario to make it another: merging it gives the other."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from test_merge import files, tree

from allocator.scenario.files.merge import merged
from allocator.scenario.files.over import over
from allocator.scenario.files.tree import WRITERS, Unset, plain
from mmm.errors import Fault
from mmm.yamlfile import to_text


def test_only_what_is_not_the_same_is_said() -> None:
    before = {"a": {"x": 1, "y": 2}, "b": [{"id": "p", "v": 1}, {"id": "q", "v": 1}], "c": [1]}
    after = {"a": {"x": 1}, "b": [{"id": "p", "v": 2}, {"id": "r"}], "c": [1], "d": 4}
    assert over(before, before) == {}
    assert over(before, after) == {
        "a": {"y": Unset(None)},
        "b": [Unset({"id": "q"}), {"id": "p", "v": 2}, {"id": "r"}],
        "d": 4,
    }
    assert over(before, {**before, "b": []}) == {"b": Unset(None)}


def by_id(value: Any) -> Any:
    """The order of items with an id means nothing."""
    if isinstance(value, dict):
        return {key: by_id(one) for key, one in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {one["id"]: by_id(one) for one in value}
    return value


@settings(max_examples=60, deadline=None)
@given(files(2), files(2))
def test_laid_over_the_one_it_gives_the_other(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Written as YAML and read again, as a file that extends another is."""
    faults: list[Fault] = []
    part = tree(to_text(over(before, after), WRITERS))
    found = plain(merged(tree(to_text(before)), part, faults))
    assert faults == []
    assert by_id(found) == by_id(after)
