"""Impressions, reach, average frequency: who sees how much. NumPy and SciPy only."""

from mmm.reach.audience import Audience, Delivery
from mmm.reach.curve import ReachCurve
from mmm.reach.duplication import check_duplication, check_share, possible_reach, two_vehicles
from mmm.reach.effective import EffectiveReach, effective_reach
from mmm.reach.exposure import ExposureDistribution
from mmm.reach.fitting import ReachFit, fit_reach
from mmm.reach.frequency import MULTIPLES, FrequencyRow, Spread, frequency_table
from mmm.reach.schedules import (
    beta_binomial,
    binomial,
    independent,
    loyalty,
    negative_binomial,
)

__all__ = [
    "MULTIPLES",
    "Audience",
    "Delivery",
    "EffectiveReach",
    "ExposureDistribution",
    "FrequencyRow",
    "ReachCurve",
    "ReachFit",
    "Spread",
    "beta_binomial",
    "binomial",
    "check_duplication",
    "check_share",
    "effective_reach",
    "fit_reach",
    "frequency_table",
    "independent",
    "loyalty",
    "negative_binomial",
    "possible_reach",
    "two_vehicles",
]
