"""What two scenarios say of prices, promotions and other controls to come, where it differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
        known = new or old
        values = [known[week] for week in weeks if week in known]
        size = f"{min(values):g} to {max(values):g}" if len(set(values)) > 1 else f"{values[0]:g}"
        word = "told" if not old else "no longer told" if not new else "told otherwise"
        many = f"{len(weeks)} weeks" if len(weeks) > 1 else weeks[0]
        yield f"context.{table}", f"{control} is {word} for {many}: {size}"


def _told(resolved: Mapping[str, Any]) -> Told:
    found: Told = {}
    for table, own in (resolved.get("context") or {}).items():
        for row in own["rows"]:
            for control, value in row["values"].items():
                found.setdefault((table, control), {})[row["week"]] = value
    return found
