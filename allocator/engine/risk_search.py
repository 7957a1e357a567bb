"""Find the best plan of a problem with risk: climb smoothly, prove, look where the proof points."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from allocator.engine.certificate import certify
from allocator.engine.cuts import Posed
from allocator.engine.feasible import satisfies
from allocator.engine.problem import AllocationProblem
from allocator.engine.risk import Draws, Judge, Risk, Stake
from allocator.engine.risk_proof import prove_risky
from allocator.engine.search import Found, InCents, better, first_plan
from allocator.engine.solvers._base import Termination
from allocator.engine.solvers.scipy import Curved, Smooth, polish

WIDTHS = (0.3, 0.03, 3e-3, 3e-4)  # of the quantity's spread: from smooth to nearly exact
STEPS = 60  # per width
TRIES = 4
SEARCHING = 0.5  # of the time for the first plan


def search_risky(
    problem: AllocationProblem, risk: Risk, in_cents: InCents, *, time_limit: float, seed: int
) -> Found:
    """The best plan found within ``time_limit`` seconds, in whole cents, and a bound on any plan.

    problem: with the means of the goal as its terms, whose best plan is where the climb starts
    """
    started = time.monotonic()

    def left() -> float:
        return max(0.1, time_limit - (time.monotonic() - started))

    solution = first_plan(problem, time_limit=SEARCHING * time_limit, seed=seed)
    if solution.spend is None:
        certificate = certify(problem, gap=0.0, time_limit=left())
        ended = Termination.INFEASIBLE if certificate.infeasible else solution.termination
        return Found(ended, None, certificate)
    posed = Posed.of(problem, risk)
    best = climb(posed, better(problem, solution.spend))
    for _ in range(TRIES):
        plan = in_cents(best)
        certificate, aim = prove_risky(
            problem, risk, plan, time_limit=max(left(), (1 - SEARCHING) * time_limit)
        )
        if certificate.bound - posed.value(plan) <= aim or certificate.timed_out:
            break
        seen = posed.at(plan).at(certificate.point)
        starts = [certificate.point]
        basin = first_plan(seen.problem, time_limit=left() / 2, seed=seed)
        starts += [basin.spend] if basin.spend is not None else []
        other = most(posed, [climb(posed, start) for start in starts])
        if other is None or posed.value(other) <= posed.value(best) + aim:
            break
        best = other
    return Found(solution.termination, plan, certificate)


def climb(posed: Posed, start: Mapping[str, float]) -> dict[str, float]:
    """The best plan met while the smooth value is sharpened, from ``start``."""
    here = dict(start)
    met = [here]
    size = _size(posed, here)
    for width in WIDTHS:
        goals = tuple(
            _soft(posed.draws, stake, goal.judge, width, here)
            for goal, stake in zip(posed.risk.goals, posed.draws.stakes, strict=False)
        )
        bare = replace(posed.problem, floors=())
        here = polish(bare, here, Curved(goals, size=size, steps=STEPS))
        met.append(here)
    return most(posed, met) or dict(start)


def most(posed: Posed, plans: Sequence[dict[str, float]]) -> dict[str, float] | None:
    """The best of those that satisfy the rules, None if none does."""
    bare = replace(posed.problem, floors=())
    allowed = [plan for plan in plans if satisfies(bare, plan)]
    return max(allowed, key=posed.value, default=None)


def _size(posed: Posed, spend: Mapping[str, float]) -> float:
    """What the goal's terms are made of: a gain may be small, its parts are not."""
    sizes = [float(np.abs(z).mean()) for z in posed.draws.at(spend)]
    return max(sizes, default=0.0) or posed.problem.budget.total


def _soft(
    draws: Draws, stake: Stake, judge: Judge, width: float, here: Mapping[str, float]
) -> Smooth:
    """The judge's smooth reading of a stake, ``width`` relative to its spread ``here``."""
    around = draws.of(stake, here)
    wide = width * max(judge.spread(around), 1e-6 * float(np.abs(around).mean()))

    def smooth(spend: Mapping[str, float]) -> tuple[float, Mapping[str, float]]:
        cut, value = judge.soft(draws.of(stake, spend), wide or 1.0)
        return value, draws.slope(stake, spend, cut)

    return smooth
