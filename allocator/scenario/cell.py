"""One cell of a scenario's variants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from allocator.scenario.loaded import LoadedScenario


@dataclass(frozen=True)
class Cell:
    """name: ``low.strict``, or ``base``; choices: axis -> option; loaded: its scenario."""

    name: str
    choices: Mapping[str, str]
    loaded: LoadedScenario
