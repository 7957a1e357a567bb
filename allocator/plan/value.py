"""What every part of a plan is: frozen, closed, and silent about what is not said."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A part of a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """As pydantic does it; what is not said (regions, labels) stays unsaid in every part."""
        return super().model_dump(**{"exclude_unset": True, **options})

    def model_dump_json(self, **options: Any) -> str:
        """The same as JSON, not the canonical text."""
        return super().model_dump_json(**{"exclude_unset": True, **options})
