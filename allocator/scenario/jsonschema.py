"""JSON Schema of the scenario file, for editors: ``python -m allocator.scenario.jsonschema``.

A file that extends others, and every option of ``variants``, is a part of a scenario: nothing in it
is required but the ids by which lists merge, and any key may be ``!unset`` (null to an editor).
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from allocator.scenario.file_form import ScenarioFile
from allocator.scenario.files.variants import NOT_HERE

FILE = Path(__file__).parents[2] / "scenarios" / "schema" / "scenario.v1.json"

_PART = "Part"
_DEFS = "#/$defs/"
_NAME = {"pattern": "^[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?$"}
_OPTIONS = {
    "type": "object",
    "propertyNames": _NAME,
    "minProperties": 1,
    "additionalProperties": {"anyOf": [{"$ref": f"{_DEFS}Variant"}, {"type": "null"}]},
}
_AXES = {"type": "object", "propertyNames": _NAME, "additionalProperties": _OPTIONS}


def schema_text() -> str:
    """The schema as it stands in the repository."""
    whole = ScenarioFile.model_json_schema(by_alias=True)
    definitions = whole.pop("$defs")
    partial = _partial_names({**definitions, "Scenario": whole})
    parts = {
        name + _PART: _as_part(definition, partial)
        for name, definition in {**definitions, "Scenario": whole}.items()
        if name in partial
    }
    option = deepcopy(parts["Scenario" + _PART])
    option["title"] = "Variant"
    for key in NOT_HERE:
        option["properties"].pop(key)
    for root in (whole, parts["Scenario" + _PART]):
        known = ScenarioFile.model_fields["variants"]
        root["properties"]["variants"] = _AXES | {"description": known.description}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {**definitions, "Scenario": whole, **parts, "Variant": option},
        "if": {"required": ["extends"]},
        "then": {"$ref": f"{_DEFS}Scenario{_PART}"},
        "else": {"$ref": f"{_DEFS}Scenario"},
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _partial_names(definitions: dict[str, Any]) -> set[str]:
    """Definitions in which, or below which, a key is required."""
    found = {name for name, one in definitions.items() if '"required"' in json.dumps(one)}
    while True:
        texts = {name: json.dumps(one) for name, one in definitions.items() if name not in found}
        above = {
            name
            for name, text in texts.items()
            if any(f'"{_DEFS}{inner}"' in text for inner in found)
        }
        if not above:
            return found | {"Scenario"}
        found |= above


def _as_part(schema: Any, partial: set[str]) -> Any:
    """The schema with nothing required but an item's id, and null for every key."""
    if isinstance(schema, list):
        return [_as_part(one, partial) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _as_part(one, partial) for key, one in schema.items() if key != "required"}
    reference = made.get("$ref")
    if isinstance(reference, str) and reference.removeprefix(_DEFS) in partial:
        made["$ref"] = reference + _PART
    if isinstance(schema.get("properties"), dict):
        named = "id" in schema.get("required", ()) and "schema_version" not in schema["properties"]
        made |= {"required": ["id"]} if named else {}
        made["properties"] = {
            key: one if named and key == "id" else _or_null(one)
            for key, one in made["properties"].items()
        }
    return made


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    null = {"type": "null"}
    return schema if null in schema.get("anyOf", ()) else {"anyOf": [schema, null]}


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(schema_text(), encoding="utf-8")
    print(FILE)
