"""What a plan is for: the objective as written, or the one that a budget is by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from allocator.quantities import money

GOALS = {"least_for": "least_spend", "most_with": "most_spend"}


def _goal(value: Any) -> str | dict[str, float]:
    if isinstance(value, str) and value:
        return value
    if not isinstance(value, Mapping) or not value:
        raise ValueError("a KPI, profit, value, or KPIs with what one of each counts")
    weights = {}
    for kpi, weight in value.items():
        try:
            weights[kpi] = money(weight) if isinstance(weight, str) else float(weight)
        except (TypeError, ValueError):
            raise ValueError(f"a number for {kpi}, such as 0.3 or 120") from None
        if not isinstance(kpi, str) or isinstance(weight, bool) or not 0 < weights[kpi] < 1e12:
            raise ValueError(f"a number above zero for {kpi}")
    return weights


Goal = Annotated[
    str | dict[str, float],
    BeforeValidator(_goal),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "additionalProperties": {"type": "number", "exclusiveMinimum": 0},
                    "minProperties": 1,
                },
            ],
            "examples": ["profit", "revenue", {"revenue": 0.3, "new_customers": 120}],
        }
    ),
]
"""A KPI, ``profit``, ``value``, or KPI -> what one of it counts."""


def fill_goal(data: Any) -> Any:
    """The document with the objective that its budget is, where it states none."""
    budget = data.get("budget") if isinstance(data, Mapping) else None
    if not isinstance(budget, Mapping) or "objective" in data:
        return data
    stated = [form for form in GOALS if budget.get(form) is not None]
    if len(stated) != 1:
        return data
    floor, name = budget[stated[0]], GOALS[stated[0]]
    if isinstance(floor, Mapping) and any(str(key).startswith("marginal") for key in floor):
        name = "efficient_spend"
    return {**data, "objective": {"maximise": name}}


def not_required(name: str) -> Callable[[dict[str, Any]], None]:
    """For a JSON Schema: the key may be left out."""

    def edit(schema: dict[str, Any]) -> None:
        schema["required"] = [key for key in schema["required"] if key != name]

    return edit
