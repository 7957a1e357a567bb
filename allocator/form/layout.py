"""What the form has where: sheets, their columns, and the rows of sheet Scenario."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from allocator.constraints import RULES
from allocator.scenario import Scenario

HEAD = 3
"""The row of the heads on every sheet, from 0; what is filled in begins below it."""
SPARE = 40
"""Empty rows at the end of a table that have drop-down lists too."""
RULE_COLUMNS = (
    "id", "form", "lines", "kind", "from", "low", "high", "min", "max", "kpi", "per",
    "probability", "yaml", "soft price", "reason", "owner",
)  # fmt: skip
BODY = ("from", "min", "max", "kpi", "per", "probability")
"""Columns that are keys of the rule's limit."""
FORMS = ("each", "together", "audience")
KINDS = tuple(rule.key for rule in RULES)
ASSUMED = (
    "id", "lines", "cost_per_unit", "effectiveness", "revenue_per_conversion", "margin", "source",
)  # fmt: skip
VARIED = ("axis", "option", "lays over")
ELSEWHERE = ("constraints", "assumptions", "schema_version")
"""Keys that are not rows of sheet Scenario."""
RESOLVED_ONLY = ("rows", "found", "clv_values", "name")
"""Keys that nobody writes."""
TEXTS = ("id", "title", "curves", "currency", "policy", "table", "plan", "clv", "start", "end")
"""Keys whose value is text as it stands, whatever it looks like."""


@dataclass(frozen=True)
class Row:
    """A row of sheet Scenario: a value of the file, and what may be written there."""

    path: tuple[str, ...]
    words: str
    choices: tuple[str, ...] = ()
    examples: str = ""
    required: bool = False

    @property
    def dotted(self) -> str:
        """``budget.exactly``."""
        return ".".join(self.path)

    def unit(self, currency: str) -> str:
        """Of its value, where it has one."""
        units = {"240k": currency, "35%": "%", "60s": "seconds", "3x": "times"}
        if self.path[-1] == "weeks":
            return "weeks"
        return next((unit for mark, unit in units.items() if mark in self.examples), "")

    @property
    def is_text(self) -> bool:
        """Its value is text as it stands."""
        return self.path[-1] in TEXTS


def rows() -> tuple[Row, ...]:
    """Every value that a scenario may have outside its rules and assumptions."""
    return tuple(_rows(Scenario, (), required=True))


def _rows(model: type[BaseModel], path: tuple[str, ...], *, required: bool) -> Iterator[Row]:
    for name, field in model.model_fields.items():
        key = field.alias or name
        if (not path and key in ELSEWHERE) or (path and key in RESOLVED_ONLY):
            continue
        inner = _model(field.annotation)
        needed = required and field.is_required()
        if inner is not None and len(path) < 1 and key != "flighting" and key != "until_start":
            yield from _rows(inner, (*path, key), required=needed)
            continue
        words = " ".join((field.description or "").split())
        if key == "actuals" and inner is not None:
            yield from _rows(inner, (*path, key), required=False)
            continue
        yield Row((*path, key), words, _choices(field), _examples(field), needed)


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, or may hold; None where it is a list or a map of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is Annotated:
        return _model(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        found = [one for one in map(_model, get_args(annotation)) if one is not None]
        return found[0] if found else None
    return None


def _choices(field: FieldInfo) -> tuple[str, ...]:
    """The words of which one is written; none where other values may be."""
    parts = get_args(field.annotation) if _united(field.annotation) else (field.annotation,)
    words = [part for part in parts if get_origin(part) is Literal]
    if not words or any(part is not type(None) and part not in words for part in parts):
        return ()
    values = [value for part in words for value in get_args(part)]
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


def _united(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _examples(field: FieldInfo) -> str:
    """Values as a person writes them, from the JSON Schema of the field."""
    metadata = tuple(field.metadata)
    annotation = Annotated[(field.annotation, *metadata)] if metadata else field.annotation
    schema = TypeAdapter(annotation).json_schema()  # type: ignore[arg-type]
    nodes = [schema, *schema.get("anyOf", ())]
    found = [example for node in nodes for example in node.get("examples", ())]
    return ", ".join(str(one) for one in found if isinstance(one, str | int | float))[:60]
