"""What a plan with few changes says of itself."""

from __future__ import annotations

from allocator.plan.value import Value


class Simplified(Value):
    """A plan with as few changes from the (scaled) reference as keep most of the gain.

    The lines that stay are held there by rules of the recorded scenario; these figures compare it
    with the best plan of the scenario without those rules.
    """

    rules: tuple[str, ...]
    """the rules that hold lines at the reference"""
    loss_allowed: float
    """part of the gain that may be lost"""
    loss_taken: float
    """part of the gain that is lost"""
    changed: int
    """lines whose total differs from the (scaled) reference"""
    of: int
    """lines"""
    fewest: int
    """no plan within the loss allowed changes fewer; a record of how, which is not recomputed"""
    best: float
    """goal of the best plan without those rules"""
    best_totals: dict[str, float]
    """line -> what that plan spends"""
    best_bound: float
    """no plan without those rules has more"""
    best_cut_short: bool = False
    """the clock ended the proof of ``best_bound``; no such key otherwise"""
