from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from allocator.constraints import KpiRule
from allocator.scenario.jsonschema import FILE, schema_text
from allocator.scenario.schema import Scenario


def test_the_schema_in_the_repository_is_fresh() -> None:
    assert FILE.read_text(encoding="utf-8") == schema_text(), (
        "scenarios/schema/scenario.v1.json is stale: run `python -m allocator.scenario.jsonschema`"
    )


def models(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    if model in seen:
        return seen
    seen.add(model)
    for field in model.model_fields.values():
        queue: list[Any] = [field.annotation]
        while queue:
            kind = queue.pop()
            queue += getattr(kind, "__args__", ())
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                models(kind, seen)
    return seen


def test_every_key_is_described_and_every_model_is_closed() -> None:
    found = models(Scenario, set())
    assert len(found) >= 14
    for model in found:
        # a KPI rule is keyed by KPIs, each with limits that are closed themselves
        assert model.model_config["extra"] == ("allow" if model is KpiRule else "forbid")
        assert model.model_config["frozen"]
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name} has no description"
