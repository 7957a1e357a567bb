"""What a person wrote, as a model: every fault at its place, with the nearest name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mmm.errors import Fault, InputError, nearest
from mmm.yamlfile import Document, Path_

Model = TypeVar("Model", bound=BaseModel)


def validate(document: Document, model: type[Model]) -> Model:
    """The document as ``model``; every pydantic complaint becomes a Fault with its place."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise InputError(faults_of(error, document, model)) from None


def faults_of(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Fault]:
    """Pydantic's complaints about ``document`` as faults, unknown keys with the nearest name."""
    faults: list[Fault] = []
    for entry in error.errors():
        path = _path_in(document.data, entry["loc"])
        kind, context = entry["type"], entry.get("ctx", {})
        if kind == "extra_forbidden":
            key = str(entry["loc"][-1])
            known = _known_keys(model, entry["loc"][:-1])
            faults.append(
                document.fault(path, f"unknown key {key!r}", "a known key", nearest(key, known))
            )
        elif kind == "missing":
            parent = _path_in(document.data, entry["loc"][:-1])
            last = entry["loc"][-1]
            expected = f"the key {last}" if isinstance(last, str) else f"a value number {last + 1}"
            fault = document.fault(parent, "nothing", expected)
            inside = f"{fault.path}.{last}" if fault.path else str(last)
            faults.append(replace(fault, path=inside))
        elif kind in ("model_type", "model_attributes_type"):
            known = _known_keys(model, entry["loc"])
            found, fix = _shown(entry["input"]), nearest("", known)
            faults.append(document.fault(path, found, "keys and values", fix))
        elif kind == "value_error":
            reason = context.get("error")
            expected = str(reason) if reason else entry["msg"]
            faults.append(document.fault(path, _shown(entry["input"]), expected))
        else:
            faults.append(document.fault(path, _shown(entry["input"]), _wanted(kind, entry)))
    return list(dict.fromkeys(faults))


_WANTED = {
    "dict_type": "keys and values",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_type": "text, in quotes if it looks like a number",
    "string_too_short": "some text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
}
"""Pydantic's complaint -> what a person is asked for instead of a Python type."""


def _wanted(kind: str, entry: Mapping[str, Any]) -> str:
    """What was expected, in words for a person who knows YAML and no Python."""
    context = entry.get("ctx", {})
    if kind == "too_long":
        return f"at most {context['max_length']} values, not {context['actual_length']}"
    if kind == "too_short":
        return f"at least {context['min_length']}, not {context['actual_length']}"
    if kind == "greater_than_equal":
        return f"{context['ge']} or more"
    if kind == "less_than_equal":
        return f"{context['le']} or less"
    if kind == "literal_error":
        return str(context["expected"]).replace("True", "true").replace("False", "false")
    message = str(entry["msg"])
    return _WANTED.get(kind, message.removeprefix("Input should be ").removeprefix("a valid "))


def _shown(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "{" + ", ".join(str(key) for key in value) + "}"
    if isinstance(value, dt.date):
        return value.isoformat()
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _path_in(data: Any, loc: Sequence[str | int]) -> Path_:
    """The part of pydantic's location that exists in the file (it adds names of union members)."""
    path: list[str | int] = []
    here = data
    for part in loc:
        in_list = isinstance(here, list) and isinstance(part, int) and part < len(here)
        if in_list or (isinstance(here, Mapping) and part in here):
            here = here[part]
            path.append(part)
    return tuple(path)


def _known_keys(model: type[BaseModel], loc: Sequence[str | int]) -> set[str]:
    """Keys allowed at ``loc``, found by walking the JSON Schema of ``model``."""
    schema = _schema(model)
    nodes = _options(schema, schema)
    for part in loc:
        step: list[dict[str, Any]] = []
        for node in nodes:
            if isinstance(part, int):
                child = node.get("items")
            else:
                child = node.get("properties", {}).get(part)
                extra = node.get("additionalProperties")
                if child is None and isinstance(extra, dict):
                    child = extra
            if isinstance(child, dict):
                step.extend(_options(child, schema))
        nodes = step or nodes  # a union member's name: stay where we are
    return {key for node in nodes for key in node.get("properties", {})}


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a model, made once: a third of a second for a large one."""
    return model.model_json_schema(by_alias=True)


def _options(node: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    choices = [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())]
    return [option for choice in choices for option in _options(choice, schema)] or [node]
