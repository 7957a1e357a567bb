"""What amounts fixed by hand cost a plan."""

from __future__ import annotations

from allocator.plan.value import Value


class Wish(Value):
    """Amounts that somebody fixed, the rest re-optimised, against the best plan without them.

    The amounts are rules of the recorded scenario. What they cost is the objective of the plan
    without them less that of this one, paired by draw.
    """

    rules: tuple[str, ...]
    """the rules that fix them"""
    cost: float
    """mean over the draws, objective units; below 0 where the wish is better than what was found"""
    p10: float
    """in 10 % of the draws it costs less"""
    p90: float
    """in 10 % of the draws it costs more"""
    probability_worse: float
    """share of draws in which the plan without the wish brings more"""
    best_spend: dict[str, tuple[float, ...]]
    """line -> what the plan without them spends each week, currency"""
    best_bound: float
    """no plan without them is worth more"""
    best_cut_short: bool = False
    """the clock ended the proof of ``best_bound``; no such key otherwise"""
