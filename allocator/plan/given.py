"""What a plan that was evaluated, not optimised, says of the best one."""

from __future__ import annotations

from allocator.plan.value import Value


class Given(Value):
    """The best split of the same question: how far the given one is from it."""

    best: float
    """what is maximised, at the best split found that keeps the rules"""
    best_spend: dict[str, tuple[float, ...]]
    """line -> what that split spends each week, currency"""
