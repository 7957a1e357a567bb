"""A scenario as plain values: resolved for programs, written for people; and its digest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from allocator.canonical import resolved_digest
from allocator.quantities import AS_WRITTEN, RESOLVED
from allocator.scenario.agreement import disagreements
from allocator.scenario.files.named_files import unread
from allocator.scenario.files.named_tables import rows_missing
from allocator.scenario.schema import Scenario
from mmm.errors import InputError
from mmm.typed import faults_of
from mmm.yamlfile import Document


def from_resolved(resolved: Mapping[str, Any], file: str = "plan.json") -> Scenario:
    """The scenario back from its resolved form. Raises InputError; ``file`` is its name there."""
    document = Document(file, dict(resolved), {})
    try:
        scenario = Scenario.model_validate(document.data, context=RESOLVED)
    except ValidationError as error:
        raise InputError(faults_of(error, document, Scenario)) from None
    if rows_missing(scenario):
        found, expected = "a table without rows", "the rows of the table"
        raise InputError(
            [document.fault(place[:-1], found, expected) for place in rows_missing(scenario)]
        )
    if unread(scenario):
        found, expected = "a file without what it says", "what the plan or the table says"
        raise InputError([document.fault(place, found, expected) for place in unread(scenario)])
    economics = scenario.economics
    if economics is not None and economics.clv is not None and economics.clv_values is None:
        raise InputError(
            [document.fault(("economics",), "a clv file without values", "the values in it")]
        )
    faults = [
        document.fault(place, wrong.found, wrong.expected, wrong.fix)
        for place, wrong in disagreements(scenario)
    ]
    if faults:
        raise InputError(faults)
    return scenario


def resolved_form(scenario: Scenario) -> dict[str, Any]:
    """Plain JSON with every default: money in units, shares as fractions, time in seconds."""
    form: dict[str, Any] = scenario.model_dump(mode="json", exclude_none=True)
    return form


def written_form(scenario: Scenario) -> dict[str, Any]:
    """Every value with every default, as a planner writes them (``35%``, ``60s``).

    Written to YAML beside the original it loads to the same scenario.
    """
    form: dict[str, Any] = scenario.model_dump(mode="json", exclude_none=True, context=AS_WRITTEN)
    for choice in (form["reference"], *form.get("references", {}).values(), form["until_start"]):
        if isinstance(choice, dict):
            choice.pop("rows", None)
            choice.pop("found", None)
    for name, table in form.get("context", {}).items():
        form["context"][name] = table["table"] if isinstance(table, dict) else table
    form["constraints"] = [rule for rule in form["constraints"] if "source" not in rule]
    if isinstance(form["flighting"], dict):
        form["flighting"].pop("rows", None)
        form["flighting"].get("locked", {}).pop("rows", None)
    form.get("economics", {}).pop("clv_values", None)
    if scenario.budget.goal is not None:
        form.pop("objective")
    return form


def scenario_digest(scenario: Scenario) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no blanks, UTF-8) of the resolved form."""
    return resolved_digest(resolved_form(scenario))
