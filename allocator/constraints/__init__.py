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
from allocator.constraints.spend import SpendRule

RULES: tuple[type[Rule], ...] = (SpendRule, ShareRule, RoasRule, CacRule, ActiveRule)
"""Every rule of scenario version 1, in the order of the reference documentation."""

__all__ = [
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
