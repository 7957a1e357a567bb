"""What a scenario file may say: its parts, each a frozen value with its own checks."""

from allocator.scenario.schema.scenario import Period, Reference, Run, Scenario

__all__ = [
    "Period",
    "Reference",
    "Run",
    "Scenario",
]
