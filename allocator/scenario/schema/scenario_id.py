"""What a scenario is called: a plain id, with the options of its variant behind dots."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from allocator.scenario.schema.constraint import slug

LONGEST = 200


def scenario_id(value: Any) -> str:
    """``2027-q1-base``, or ``2027-q1-base.low.strict`` for a cell. Raises ValueError."""
    if not isinstance(value, str) or "." not in value:
        return slug(value)
    if len(value) > LONGEST:
        raise ValueError(f"an id of at most {LONGEST} characters")
    return ".".join(map(slug, value.split(".")))


_PART = "[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?"

ScenarioId = Annotated[
    str,
    BeforeValidator(scenario_id),
    WithJsonSchema({"type": "string", "pattern": rf"^{_PART}(\.{_PART})*$"}),
]
"""A plain id: small letters, digits, hyphens; a variant's options stand behind dots."""
