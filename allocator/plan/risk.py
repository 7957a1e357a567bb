"""The risk section of a plan: bad draws, other models, rules with a probability."""

from __future__ import annotations

from allocator.plan.value import Value


class RuleOdds(Value):
    """A rule with a probability: in which share of the draws it holds."""

    id: str
    """id of the rule"""
    part: str
    """the line of an `each` rule, or the lines together"""
    side: str
    """`min` or `max`"""
    asked: float
    """the share of the draws in which it must hold"""
    achieved: float
    """the share of all draws in which it holds"""
    on_half_used: float
    """the share of the draws that the optimisation looked at"""
    on_other_half: float | None
    """the share of the draws that it did not; None where there is only one draw"""


class SafeForm(Value):
    """The safe form by which rules with a probability were solved, and the gap to it."""

    shares: tuple[float, ...]
    """a rule each: the mean of this share of the worst draws, of the half used, is kept"""
    shifts: tuple[float, ...]
    """a rule each: by how much the safe form is relaxed (above 0) or tightened, in its units"""
    bound: float
    """no plan that keeps the safe form is worth more, in the objective's unit"""
    gap: float
    """bound less value; below 0 where the plan is better than the safe form allows"""


class Risk(Value):
    """How the plan stands where draws, or models, do not count alike."""

    words: str
    """what is maximised, in words"""
    share: float
    """which draws are bad: this share of them"""
    weight: float
    """what their mean counts; the mean of all draws counts the rest"""
    of: str
    """`gain` over the scaled reference in the same draws, or `total`"""
    mean: float
    """mean of it over all draws, in the objective's unit"""
    worst: float
    """mean of it over the bad draws"""
    probability_better: float
    """share of the draws in which it is above 0"""
    target: float | None
    """the amount to be reached; None where none is"""
    reached: float | None
    """share of the draws that reach it"""
    models: tuple[float, ...]
    """what is maximised, on each of the curves, the scenario's own first; the least counts"""
    rules: tuple[RuleOdds, ...]
    """rules with a probability"""
    safe: SafeForm | None
    """None where no rule with a probability had to be solved by one"""
