"""What people write: frozen values that refuse unknown keys, and plain ids. Ground floor."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema


class Written(BaseModel):
    """Base of everything a planner writes: frozen, and an unknown key is an error."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, serialize_by_alias=True
    )


def slug(value: Any) -> str:
    """A plain id. Raises ValueError with one that would do."""
    if isinstance(value, str) and value and len(value) <= 64:
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in value)
        plain = plain.lower().strip("-_")
        if plain == value:
            return value
        if plain:
            raise ValueError(f"an id of small letters, digits and hyphens; write {plain}")
    quotes = f'; write "{value}" if it is meant' if type(value) is int else ""
    raise ValueError(f"an id of small letters, digits and hyphens, such as 2027-q1-base{quotes}")


Slug = Annotated[
    str,
    BeforeValidator(slug),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?$"}),
]
"""A plain id: small letters, digits, hyphens."""
