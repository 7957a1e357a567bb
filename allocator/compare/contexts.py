"""What two scenarios say of prices, promotions and other controls to come, where it differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Told = dict[tuple[str, str], dict[str, float]]
"""(table, control) -> week -> value"""


def context_changes(one: Mapping[str, Any], two: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(path, what changed) from one resolved scenario to another, control by control."""
    before, after = _told(one), _told(two)
    for table, control in dict.fromkeys((*before, *after)):
        old, new = before.get((table, control), {}), after.get((table, control), {})
        weeks = [week for week in dict.fromkeys((*old, *new)) if old.get(week) != new.get(week)]
        if not weeks:
            continue
        size = _size([(new if week in new else old)[week] for week in weeks])
        gone, fresh = (all(week not in side for week in weeks) for side in (new, old))
        word = "told" if fresh else "no longer told" if gone else "told otherwise"
        many = f"{len(weeks)} weeks" if len(weeks) > 1 else weeks[0]
        yield f"context.{table}", f"{control} is {word} for {many}: {size}"


def _size(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:g} to {high:g}" if low < high else f"{low:g}"


def _told(resolved: Mapping[str, Any]) -> Told:
    found: Told = {}
    for table, own in (resolved.get("context") or {}).items():
        for row in own["rows"]:
            for control, value in row["values"].items():
                found.setdefault((table, control), {})[row["week"]] = value
    return found
