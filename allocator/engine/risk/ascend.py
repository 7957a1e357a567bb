"""Climb to a plan while smooth readings of the draws are sharpened, step by step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from allocator.engine.feasible import satisfies
from allocator.engine.problem import AllocationProblem
from allocator.engine.risk.judge import Draws, Judge, Stake
from allocator.engine.risk.stated import Stated, inside
from allocator.engine.solvers.scipy import Curved, Smooth, polish
from allocator.objectives._base import Terms

SHARPER = (0.3, 0.03, 3e-3, 3e-4)  # widths, of the quantity's spread: from smooth to nearly exact
STEPS = 60  # per width
LEAST = 1e-6  # of the quantity's size: a spread below is as good as none

Plan = dict[str, float]


@dataclass(frozen=True, eq=False)
class Judged:
    """A quantity by draw, and how it is read. ``size``: what its reading is measured in."""

    stake: Stake
    judge: Judge
    size: float = 1.0

    def value(self, draws: Draws, spend: Mapping[str, float]) -> float:
        """The reading at a plan."""
        z, certain = draws.of(self.stake, spend), self.stake.certain(spend)
        cut = self.judge.cut(z, certain)
        assert cut is not None  # only a guard of the proof may have nothing to say
        return cut.of(z, certain) / self.size


@dataclass(frozen=True, eq=False)
class Ground:
    """What every climb stands on.

    problem: without floors; its terms are nothing where there are goals
    goals:   the least of them counts; none: the problem's own terms
    size:    of the goals, so that what is climbed is of order one
    means:   the goal's terms, for their means
    sizes:   of every row with a probability: the spread of what it is kept by
    """

    problem: AllocationProblem
    draws: Draws
    stated: Stated
    goals: tuple[Judged, ...]
    in_cents: Callable[[Mapping[str, float]], Plan]
    size: float
    sizes: tuple[float, ...]
    means: Terms
    ends: float = math.inf
    """when to stop, on the monotonic clock"""

    @staticmethod
    def of(
        problem: AllocationProblem,
        stated: Stated,
        in_cents: Callable[[Mapping[str, float]], Plan],
        start: Mapping[str, float],
    ) -> Ground:
        """From a problem with the means of its goal as terms; ``start`` gives sizes."""
        risk = inside(stated)
        stakes = risk.stakes(problem)
        draws = Draws(problem, (*stakes, *stated.stakes), stated.meters)
        goals = tuple(
            Judged(stake, goal.judge) for stake, goal in zip(stakes, risk.goals, strict=True)
        )
        sizes = [float(np.abs(draws.of(stake, start)).mean()) for stake in stakes]
        size = 1.0 if stated.target is not None else max(sizes, default=0.0) or 1.0
        terms = Terms({}, 0.0, problem.terms.unit) if goals else problem.terms
        bare = replace(problem, terms=terms, floors=())
        slack = [draws.of(stake, start) for stake in stated.stakes]
        spreads = tuple(float(np.std(z)) or float(np.abs(z).mean()) or 1.0 for z in slack)
        return Ground(bare, draws, stated, goals, in_cents, size, spreads, problem.terms)

    @cached_property
    def _near(self) -> Draws:
        """What is climbed on; where a climb ends is judged on ``draws``."""
        return self.draws.near()

    def value(self, spend: Mapping[str, float]) -> float:
        """What is maximised, at a plan."""
        worth = [goal.value(self.draws, spend) for goal in self.goals]
        return min(worth, default=0.0) + self.problem.value(spend)

    def allowed(self, spend: Mapping[str, float]) -> bool:
        """All rules hold; those with a probability in as many draws as they must, in cents too."""
        if not satisfies(self.problem, spend):
            return False
        both = (spend, self.in_cents(spend)) if self.stated.rows else ()
        return all(self.stated.held(self.draws, plan) for plan in both)

    def most(self, plans: Sequence[Plan]) -> Plan | None:
        """The best of those that are allowed, None if none is."""
        return max(filter(self.allowed, plans), key=self.value, default=None)

    def met(
        self,
        start: Mapping[str, float],
        guards: Sequence[Judged] = (),
        widths: Sequence[float] = SHARPER,
        goals: Sequence[Judged] | None = None,
    ) -> list[Plan]:
        """The plans at which a climb rests, the last the sharpest; ``goals`` instead of its own."""
        here = dict(start)
        plans: list[Plan] = []
        aims, problem = self.goals, self.problem
        if goals is not None:
            nothing = Terms({}, 0.0, problem.terms.unit)
            aims, problem = tuple(goals), replace(problem, terms=nothing)
        for width in widths:
            if plans and time.monotonic() > self.ends:
                break
            curved = Curved(
                tuple(self._soft(judged, width, here) for judged in aims),
                tuple(self._soft(judged, width, here) for judged in guards),
                size=self.size if goals is None else 1.0,
                steps=STEPS,
            )
            here = polish(problem, here, curved)
            plans.append(here)
        return plans

    def _soft(self, judged: Judged, width: float, here: Mapping[str, float]) -> Smooth:
        """The judge's smooth reading, ``width`` relative to the quantity's spread ``here``."""
        draws = self._near
        around = draws.of(judged.stake, here)
        least = LEAST * float(np.abs(around).mean())
        wide = width * max(judged.judge.spread(around), least) or 1.0

        def smooth(spend: Mapping[str, float]) -> tuple[float, Mapping[str, float]]:
            cut, value = judged.judge.soft(draws.of(judged.stake, spend), wide)
            rate = draws.slope(judged.stake, spend, cut)
            return value / judged.size, {
                line: rate.get(line, 0.0) / judged.size for line in self.problem.lines
            }

        return smooth
