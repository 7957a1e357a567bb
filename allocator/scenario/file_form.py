"""The scenario file as it is written: a scenario, with what it stands on and its variants."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from allocator.scenario.schema import Scenario
from allocator.scenario.schema.constraint import Slug
from allocator.scenario.schema.goal import not_required

Fragment = Annotated[dict[str, Any], "a part of a scenario, which is checked where it is laid over"]
"""Keys and values as in the file; nothing is required."""


class ScenarioFile(Scenario):
    """One question to the allocator: how should this money be split over these weeks?"""

    model_config = ConfigDict(json_schema_extra=not_required("objective"), title="Scenario")

    extends: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(max_length=20)] = ()
    """Files whose values this one starts from, left to right, later ones winning and this file
    last. Maps merge deeply, lists whose items have an `id` merge by it, other lists replace;
    `key: !unset` deletes a key and `- !unset {id: NAME}` an item."""
    variants: dict[Slug, dict[Slug, Fragment | None]] | None = None
    """Axes of options, `{money: {base: {}, low: {budget: {exactly: 1.8M}}}}`: each option is a
    part of a scenario that is laid over this one; the cells are all combinations, and `base`."""
