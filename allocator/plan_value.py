"""What every part of a plan is: frozen, closed, and silent about what is not said."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


class Value(BaseModel):
    """A part of a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @model_serializer(mode="wrap")
    def _as_said(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What is not said (regions, labels) stays unsaid, so that a digest holds."""
        said: dict[str, Any] = whole(self)
        return {key: value for key, value in said.items() if key in self.model_fields_set}
