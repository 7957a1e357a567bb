"""What is to be laid over one scenario so that it becomes another: what ``merge`` undoes."""

from __future__ import annotations

from typing import Any

from allocator.scenario.files.tree import Unset


def over(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The part that, laid over ``before``, gives ``after``: only what is not the same.

    Both are merged files as plain values, with the same variants. Lists whose items have an id are
    told by item, in any order, other lists whole; what is gone is ``!unset``.
    """
    part: dict[str, Any] = {key: Unset(None) for key in before if key not in after}
    for key, value in after.items():
        if key not in before:
            part[key] = value
        elif value != before[key]:
            part[key] = _changed(before[key], value)
    return part


def _changed(before: Any, after: Any) -> Any:
    if isinstance(before, dict) and isinstance(after, dict):
        return over(before, after)
    old, new = _by_id(before), _by_id(after)
    if old and after == []:
        return Unset(None)  # an empty list over items could mean either
    if not old or not new:
        return after
    gone: list[Any] = [Unset({"id": name}) for name in old if name not in new]
    changed = [
        {"id": name, **over(old.get(name, {}), item)}
        for name, item in new.items()
        if item != old.get(name)
    ]
    return gone + changed


def _by_id(items: Any) -> dict[str, dict[str, Any]]:
    """id -> item, of a list whose items all have one; else nothing."""
    if not isinstance(items, list):
        return {}
    named = [one for one in items if isinstance(one, dict) and isinstance(one.get("id"), str)]
    return {one["id"]: one for one in named} if len(named) == len(items) else {}
