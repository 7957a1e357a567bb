"""What a scenario asks of the draws, and the two readings of it: of the search and of the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocator.constraints._base import Meter, Row
from allocator.engine.risk.chance import Held, Reach, Share, certain_range, least_of
from allocator.engine.risk.drawn import Amounts, Judged
from allocator.engine.risk.judge import Draws, Goal, Guard, Risk, Stake
from allocator.objectives._base import Terms


@dataclass(frozen=True, eq=False)
class Target:
    """Terms that are to reach an amount in as many draws as can be.

    given: (draw,) what counts besides, whatever the plan: what is sold anyway. None: nothing
    """

    terms: Terms
    amount: float
    given: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Stated:
    """Goals judged over the draws, rows with a probability, or a target.

    goals:  the least of them is maximised; none: the problem's own terms
    rows:   each with its probability
    target: instead of goals
    half:   numbers of the draws by which rows with a probability are solved
    """

    meters: Mapping[str, Meter]
    goals: tuple[Goal, ...] = ()
    rows: tuple[Row, ...] = ()
    target: Target | None = None
    half: np.ndarray | None = None

    def among(self, draws: int) -> np.ndarray:
        """Numbers of the draws by which rows with a probability are solved."""
        return np.arange(draws) if self.half is None else self.half

    @property
    def stakes(self) -> tuple[Stake, ...]:
        """The rows, draw by draw."""
        return tuple(Stake.of_row(row) for row in self.rows)

    def shares(self, draws: Draws, spend: Amounts) -> list[float]:
        """In which share of the draws each row holds."""
        return [
            float((draws.of(stake, spend) >= -stake.blur(spend)).mean()) for stake in self.stakes
        ]

    def held(self, draws: Draws, spend: Amounts) -> bool:
        """Every row holds in as many draws as it must."""
        asked = [row.probability or 0.0 for row in self.rows]
        return all(
            share >= wanted - 1e-9
            for share, wanted in zip(self.shares(draws, spend), asked, strict=True)
        )


def half_of(draws: int, seed: int) -> np.ndarray:
    """Numbers of the draws that the optimisation uses: a seeded half, in order."""
    order = np.random.default_rng(seed).permutation(draws)
    return np.sort(order[: (draws + 1) // 2])


def outside(problem: Judged, stated: Stated) -> Risk:
    """What every allowed plan satisfies, and no plan exceeds."""
    goals, guards = list(stated.goals), []
    stakes = list(stated.stakes)
    target = stated.target
    if target is not None:
        paid = problem.costs(target.terms)
        stakes.append(Stake.of_terms(target.terms, problem.lines, paid, target.given))
    draws = Draws(problem, tuple(stakes), stated.meters)
    for row, stake in zip(stated.rows, stakes, strict=False):
        least = least_of(problem, draws, stake)
        held = Held(row.probability or 0.0, least, certain_range(problem, stake))
        guards.append(Guard(row, held))
    if target is not None:
        low = least_of(problem, draws, stakes[-1]) + certain_range(problem, stakes[-1])[0]
        goals = [Goal(target.terms, Reach(target.amount, low), target.given)]
    return Risk(tuple(goals), tuple(guards), stated.meters)


def inside(stated: Stated) -> Risk:
    """What is climbed: the goals, or the share of the draws that reach the target."""
    goals = stated.goals
    if stated.target is not None:
        target = stated.target
        goals = (Goal(target.terms, Share(target.amount), target.given),)
    return Risk(goals, (), stated.meters)
