"""Rules a planner can write: one file each, declared without a solver.

A new rule is one new file, one line in ``RULES`` and one field in ``scenario.constraint``.
"""

from allocator.constraints._base import (
    CENT,
    Declared,
    Facts,
    MarginalFloor,
    Measure,
    Meter,
    MinimumIfActive,
    Multiple,
    Outcome,
    Row,
    Rule,
    Selection,
    Weight,
    parts,
)
from allocator.constraints._known import AudienceFacts, Baseline
from allocator.constraints._words import in_week
from allocator.constraints.active import ActiveRule
from allocator.constraints.after import AfterRule
from allocator.constraints.at_most import AtMostRule
from allocator.constraints.cac import CacRule
from allocator.constraints.commitment import CommitmentRule
from allocator.constraints.frequency import FrequencyRule
from allocator.constraints.impressions import ImpressionsRule
from allocator.constraints.kpi import KpiRule
from allocator.constraints.linear import LinearRule
from allocator.constraints.marginal_cac import MarginalCacRule
from allocator.constraints.marginal_roas import MarginalRoasRule
from allocator.constraints.phasing import PhasingRule
from allocator.constraints.ratio import RatioRule
from allocator.constraints.reserve import ReserveRule
from allocator.constraints.roas import RoasRule
from allocator.constraints.round_to import RoundToRule
from allocator.constraints.share import ShareRule
from allocator.constraints.spend import SpendRule
from allocator.constraints.steps import StepsRule
from allocator.constraints.table import LimitRow, LimitTable, TableRule

RULES: tuple[type[Rule], ...] = (
    SpendRule,
    ShareRule,
    RatioRule,
    ReserveRule,
    RoasRule,
    MarginalRoasRule,
    CacRule,
    MarginalCacRule,
    KpiRule,
    LinearRule,
    ActiveRule,
    RoundToRule,
    AtMostRule,
    AfterRule,
    CommitmentRule,
    PhasingRule,
    StepsRule,
    FrequencyRule,
    ImpressionsRule,
    TableRule,
)
"""Every rule of scenario version 1, in the order of the reference documentation."""

__all__ = [
    "CENT",
    "RULES",
    "ActiveRule",
    "AfterRule",
    "AtMostRule",
    "AudienceFacts",
    "Baseline",
    "CacRule",
    "CommitmentRule",
    "Declared",
    "Facts",
    "FrequencyRule",
    "ImpressionsRule",
    "KpiRule",
    "LimitRow",
    "LimitTable",
    "LinearRule",
    "MarginalCacRule",
    "MarginalFloor",
    "MarginalRoasRule",
    "Measure",
    "Meter",
    "MinimumIfActive",
    "Multiple",
    "Outcome",
    "PhasingRule",
    "RatioRule",
    "ReserveRule",
    "RoasRule",
    "RoundToRule",
    "Row",
    "Rule",
    "Selection",
    "ShareRule",
    "SpendRule",
    "StepsRule",
    "TableRule",
    "Weight",
    "in_week",
    "parts",
]
