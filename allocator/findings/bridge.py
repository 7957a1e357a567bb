"""Bridge: what leads from one plan to another, step by step, closing to zero. Ground floor."""

from __future__ import annotations

from typing import Literal

from allocator.plan import Interval
from allocator.plan.value import Value

StepName = Literal["volume", "price", "mix", "efficiency", "interaction"]


class BridgeStep(Value):
    """One step from A to B."""

    name: StepName
    """`volume` (more or less money, spread as before), `price` (cost per unit, what an outcome is
    worth), `mix` (the same money on other lines or weeks), `efficiency` (other curves),
    `interaction` (what two of them change together)"""
    words: str
    """the step as a person says it"""
    amount: Interval
    """what it adds, in the bridge's unit, paired by draw"""


class Bridge(Value):
    """From A to B in one metric: start + Σ steps = end, in every draw and so in every mean."""

    metric: str
    """KPI, or `objective`"""
    unit: str
    """`currency` or `count`"""
    a: str
    """name of where it starts"""
    b: str
    """name of where it ends"""
    start: Interval
    """the metric of A"""
    steps: tuple[BridgeStep, ...]
    """in the order of their names above; a step that is nothing stays, as zero"""
    end: Interval
    """the metric of B"""
