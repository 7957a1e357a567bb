"""JSON Schema of the scenario file, for editors: ``python -m allocator.scenario.jsonschema``."""

from __future__ import annotations

import json
from pathlib import Path

from allocator.scenario.schema import Scenario

FILE = Path(__file__).parents[2] / "scenarios" / "schema" / "scenario.v1.json"


def schema_text() -> str:
    """The schema as it stands in the repository."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Scenario.model_json_schema(by_alias=True),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(schema_text(), encoding="utf-8")
    print(FILE)
