"""Climb to the weekly plan that is best as draws are weighted at it.

Weights found at a plan make an ordinary weekly problem; its best plan near by asks for other
weights, and so on, until the problem promises no more than the plan is truly worth. No weights are
forgotten on the way, so what is promised only falls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.engine.risk.cuts import Posed
from allocator.engine.risk.judge import Cut, Draws, Risk
from allocator.engine.risk.stated import Stated, inside
from allocator.engine.weekly.feasible import satisfies
from allocator.engine.weekly.flown import Flown, Plan
from allocator.engine.weekly.rounding import in_cents
from allocator.engine.weekly.search import Clock, closer, judge

ROUNDS = 10
ROUGH = 3
MET = 1e-7  # of what is promised: nothing more is to be gained
WAYS = (0.5, 0.25, 0.1)  # of the way to where weights led, where that is no better


@dataclass(frozen=True, eq=False)
class Fixed:
    """A reading with weights that do not move: Σ q z + shift. weights: (draw,), 0 or more."""

    weights: np.ndarray
    shift: float = 0.0

    def cut(self, z: np.ndarray, certain: float = 0.0) -> Cut:
        """Itself."""
        return Cut(0.0, self.weights, self.shift)

    def soft(self, z: np.ndarray, width: float) -> tuple[Cut, float]:
        """Itself."""
        cut = self.cut(z)
        return cut, cut.at(z)

    def spread(self, z: np.ndarray) -> float:
        """It is smooth."""
        return 0.0


@dataclass(frozen=True, eq=False)
class Ground:
    """What every climb stands on.

    true:  the problem as it is judged, before any weights
    draws: of the rows with a probability, then of the goals
    """

    problem: Flown
    stated: Stated
    true: Posed[Flown]
    draws: Draws
    clock: Clock

    @staticmethod
    def of(problem: Flown, stated: Stated, clock: Clock) -> Ground:
        """From a problem with the means of the goal as terms."""
        risk = inside(stated)
        stakes = (*stated.stakes, *risk.stakes(problem))
        return Ground(
            problem, stated, Posed.of(problem, risk), Draws(problem, stakes, stated.meters), clock
        )

    def value(self, spend: Plan) -> float:
        """What is maximised, at a plan."""
        return self.true.value(spend)

    def cents(self, spend: Plan) -> Plan:
        """The plan in whole cents."""
        return self.problem.plan(in_cents(self.problem.weekly, self.problem.array(spend)))

    def allowed(self, spend: Plan) -> bool:
        """All rules hold; those with a probability in as many draws as they must, in cents too."""
        weekly, amounts = self.problem.weekly, self.problem.array(spend)
        if not satisfies(weekly, amounts, weekly.response(amounts)):
            return False
        both = (spend, self.cents(spend)) if self.stated.rows else ()
        return all(self.stated.held(self.draws, plan) for plan in both)

    def most(self, plans: list[Plan]) -> Plan | None:
        """The best of those that are allowed, None if none is."""
        return max(filter(self.allowed, plans), key=self.value, default=None)

    def lifted(self, start: Plan, risk: Risk, *, rough: bool = False) -> list[Plan]:
        """The plans met on the way up from ``start``, its own among them, the last the highest
        that keeps the guards.

        rough: a few rounds, and guards kept as far as they have come: where they are moved until
        something else is met, more is for nothing
        """
        posed = Posed.of(self.problem, risk).at(start)

        def reached_at(plan: Plan) -> float:
            return posed.value(plan) if rough or posed.kept(plan) else -np.inf

        here, met = start, [start]
        value = posed.value(here) if posed.kept(here) else -np.inf
        for _ in range(ROUGH if rough else ROUNDS):
            weekly = posed.problem.weekly
            found = closer(weekly, judge(weekly, self.problem.array(here)), clock=self.clock)
            if not found.allowed:
                break
            there = self.problem.plan(found.spend)
            posed = posed.at(there)
            reached = reached_at(there)
            for way in () if rough else WAYS:
                if reached > value or value == -np.inf:
                    break
                there = between(here, there, way)
                posed = posed.at(there)
                reached = reached_at(there)
            if rough or reached > value or value == -np.inf:
                here, value = there, reached
                met.append(here)
            if found.value - value <= MET * abs(found.value) and posed.kept(here):
                break
            if self.clock.left() <= 0:
                break
        return met


def between(here: Plan, there: Plan, part: float) -> Plan:
    """Some of the way; a line that is off at an end goes there at once."""
    return {line: here[line] + part * (there[line] - here[line]) for line in here}
