"""Rules a planner can write: one file each, declared without a solver.

A new rule is one new file, one line in ``RULES`` and one field in ``scenario.constraint``.
"""

from allocator.constraints._base import (
    AudienceFacts,
    Declared,
    Facts,
    MarginalFloor,
    Measure,
    Meter,
    MinimumIfActive,
    Outcome,
    Row,
    Rule,
    Selection,
    parts,
)
from allocator.constraints.active import ActiveRule
from allocator.constraints.cac import CacRule
from allocator.constraints.roas import RoasRule
from allocator.constraints.share import ShareRule
from allocator.constraints.at_most import AtMostRule
from allocator.constraints.after import AfterRule
from allocator.constraints.commitment import CommitmentRule
from allocator.constraints.phasing import PhasingRule
from allocator.constraints.steps import StepsRule
from allocator.constraints.frequency import FrequencyRule
from allocator.constraints.impressions import ImpressionsRule
from allocator.constraints.spend import SpendRule

RULES: tuple[type[Rule], ...] = (
    SpendRule,
    ShareRule,
    RoasRule,
    CacRule,
    ActiveRule,
    AtMostRule,
    AfterRule,
    CommitmentRule,
    PhasingRule,
    StepsRule,
    FrequencyRule,
    ImpressionsRule,
)
"""Every rule of scenario version 1, in the order of the reference documentation."""

__all__ = [
    "AtMostRule",
    "AfterRule",
    "CommitmentRule",
    "PhasingRule",
    "StepsRule",
    "FrequencyRule",
    "ImpressionsRule",
    "RULES",
    "ActiveRule",
    "AudienceFacts",
    "CacRule",
    "Declared",
    "Facts",
    "MarginalFloor",
    "Measure",
    "Meter",
    "MinimumIfActive",
    "Outcome",
    "RoasRule",
    "Row",
    "Rule",
    "Selection",
    "ShareRule",
    "SpendRule",
    "parts",
]
