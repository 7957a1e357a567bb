"""The allocator's own answer to a problem, with what it cost."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocator.engine.problem import AllocationProblem
from allocator.engine.search import search
from allocator.engine.solvers._base import Termination
from mmm.curves import Adstocked

from .part import timed


class NoPlan(Exception):
    """The time brought no plan: how it ended, and the CPU seconds it took."""

    def __init__(self, ended: Termination, cpu: float) -> None:
        super().__init__(f"{ended} after {cpu:.0f} CPU s")
        self.ended, self.cpu = ended, cpu


@dataclass(frozen=True)
class Ours:
    """plan: line -> currency; value and bound in the objective's units; cpu seconds of it all."""

    plan: dict[str, float]
    value: float
    bound: float
    cpu: float

    @property
    def gap(self) -> float:
        """What a better plan could add at most, relative to the value."""
        return (self.bound - self.value) / abs(self.value)


def ours(problem: AllocationProblem, *, seconds: float = 120.0) -> Ours:
    """Search and certificate together. Raises NoPlan where the time brought none."""
    found, cpu = timed(lambda: search(problem, dict, time_limit=seconds, seed=0))
    if found.spend is None:
        raise NoPlan(found.termination, cpu)
    return Ours(found.spend, problem.value(found.spend), float(found.certificate.bound), cpu)


def untouched(problem: AllocationProblem) -> AllocationProblem:
    """The same problem on curves that were asked nothing yet: what they remember is not copied."""
    fresh = {
        cell: Adstocked(curve.effect, curve.carried, curve.unit, curve.saturation, curve.parameters)
        for cell, curve in problem.responses.items()
        if isinstance(curve, Adstocked)
    }
    if len(fresh) != len(problem.responses):
        raise TypeError("only curves of a fitted model can be taken anew")
    return replace(problem, responses=fresh)


def worst(gaps: list[float]) -> float:
    """The largest gap; NaN would hide in a maximum."""
    if not np.all(np.isfinite(gaps)):
        raise ArithmeticError("a gap that is no number")
    return max(gaps)
