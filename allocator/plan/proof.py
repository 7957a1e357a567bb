"""What has been proven about a plan, and how far."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from allocator.plan.value import Value


class Status(StrEnum):
    """What has been proven about a plan."""

    PROVEN = "proven within gap"
    BEST_FOUND = "best found"
    STOPPED = "stopped"
    EVALUATED = "evaluated, not optimised"


class Proof(Value):
    """Value, bound and gap, in the objective's unit; how far the rules are kept."""

    value: float
    """what is maximised, at the plan: the mean of the objective over the draws or, where the plan
    has a `risk`, what that says"""
    bound: float
    """no plan that keeps the rules has more of it"""
    gap: float
    """bound less value"""
    gap_of_outcome: float
    """gap over the incremental outcome in the objective: a fraction"""
    gap_of_gain: float | None
    """gap over the gain on the scaled reference: a fraction; None where there is no gain"""
    asked: float
    """largest gap_of_outcome that counts as proven"""
    worst_violation: float
    """largest relative violation of a rule, by the rounding to cents"""
    unit: str
    """`currency` or `count`, or `share` of a probability, of value, bound and gap"""
    status: Status
    """what has been proven"""
    cut_short: bool = False
    """the clock ended the proof within what was asked: with more time the bound may come nearer;
    no such key otherwise"""
    paid: dict[str, float] = Field(default_factory=dict)
    """soft rule -> what breaking it costs, taken off the value; no such key without soft rules"""

    @property
    def ended_by_clock(self) -> bool:
        """The clock ended the proof: nobody need find its bound again, but none that is lower."""
        return self.status is Status.STOPPED or self.cut_short
