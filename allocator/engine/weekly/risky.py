"""Find the best weekly plan of a problem with risk: climb, prove, look where the proof points."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from allocator.engine.figures.risk import SafeForm
from allocator.engine.proof.certificate import Certificate
from allocator.engine.risk.chance_search import Safe
from allocator.engine.risk.proof import impossible
from allocator.engine.risk.stated import Stated, outside
from allocator.engine.solved import Solved
from allocator.engine.solvers._base import Termination
from allocator.engine.weekly.flown import Flown, Plan, certify_flown, prove_flown, safe_flown
from allocator.engine.weekly.held import held_from, towards
from allocator.engine.weekly.lifted import Ground
from allocator.engine.weekly.problem import WeeklyProblem
from allocator.engine.weekly.search import SEARCHING, Clock, best_plan, first_plans

TRIES = 3


def search_risky_weeks(
    weekly: WeeklyProblem,
    stated: Stated,
    starts: Sequence[np.ndarray],
    *,
    time_limit: float,
    seed: int,
) -> Solved:
    """The best plan found within ``time_limit`` seconds, in whole cents, and a bound on any plan.

    weekly: with the means of the goal as its terms, whose best plan is where the climb starts
    starts: plans to set out from, (line, week) currency; they need satisfy nothing
    """
    problem, clock = Flown(weekly), Clock.of(time_limit)
    if weekly.crossed:
        return Solved(Termination.INFEASIBLE, None, Certificate(-np.inf, infeasible=True))
    searching = Clock.of(SEARCHING * time_limit)
    ended, plans = first_plans(weekly, starts, clock=searching, seed=seed)
    free = plans[0] if weekly.one_top else best_plan(weekly, plans, clock=searching)
    ground = Ground.of(problem, stated, searching)
    best, safe = None, None
    if free is not None and free.allowed:
        best, safe = _from(ground, problem.plan(free.spend))
    others = [problem.plan(start) for start in starts]
    kept = ground.most([*others, *([best] if best is not None else [])])
    if kept is not None and kept is not best:
        best, safe = kept, None
    outer = outside(problem, stated)
    if best is None:
        left = max(clock.left(), 1.0)
        found = impossible(problem, outer, time_limit=left, certify=certify_flown)
        ended = Termination.INFEASIBLE if found.infeasible else Termination.TIME_LIMIT
        return Solved(ended, None, found)
    for _ in range(TRIES):
        plan = ground.cents(best)
        patience = max(clock.left(), (1 - SEARCHING) * time_limit)
        certificate, aim = prove_flown(problem, outer, plan, time_limit=patience)
        near = certificate.bound - ground.value(plan) <= aim
        if near or certificate.timed_out or clock.left() < 1 or not certificate.point:
            break
        other = _elsewhere(ground, best, certificate)
        if other is None or ground.value(other) <= ground.value(best) + aim:
            break
        best = other
    form = _form(problem, stated, safe, plan, time_limit)
    return Solved(Termination.OPTIMAL, problem.array(plan), certificate, form)


def _from(ground: Ground, free: Plan) -> tuple[Plan | None, Safe | None]:
    """The best plan met by climbing from the one that is best on average."""
    if ground.stated.target is not None:
        return towards(ground, free), None
    met = ground.lifted(free, ground.true.risk) if ground.true.risk.goals else [free]
    if ground.stated.rows:
        return held_from(ground, met[-1])
    return ground.most(met), None


def _elsewhere(ground: Ground, best: Plan, certificate: Certificate) -> Plan | None:
    """The best plan met from where the proof points; where rows have a probability only plans that
    keep them count."""
    if ground.stated.target is not None:
        return towards(ground, dict(certificate.point))
    start = dict(certificate.point)
    met = ground.lifted(start, ground.true.risk) if ground.true.risk.goals else [start]
    return ground.most([best, *met])


def _form(
    problem: Flown, stated: Stated, safe: Safe | None, plan: Plan, time_limit: float
) -> SafeForm | None:
    if safe is None:
        return None
    form = safe.shares, safe.shifts
    bound = safe_flown(problem, stated, form, plan, time_limit=time_limit)
    return SafeForm(safe.shares, safe.shifts, bound) if math.isfinite(bound) else None
