"""Find the best plan of a problem with risk: climb smoothly, prove, look where the proof points."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from allocator.engine.problem import AllocationProblem
from allocator.engine.proof.certificate import Certificate
from allocator.engine.risk.ascend import Ground, Plan
from allocator.engine.risk.chance_search import Safe, cuts_of, held_from, safe_guards
from allocator.engine.risk.cuts import Posed
from allocator.engine.risk.proof import impossible, prove_risky
from allocator.engine.risk.stated import Stated, inside, outside
from allocator.engine.risk.target_search import towards
from allocator.engine.search import Found, InCents, better, first_plan
from allocator.engine.solvers._base import Termination

TRIES = 4
SEARCHING = 0.5  # of the time for the first plan


@dataclass(frozen=True)
class RiskyFound(Found):
    """What was found, and the safe form that led there: None where there is no such row."""

    safe: Safe | None = None


def search_risky(
    problem: AllocationProblem,
    stated: Stated,
    in_cents: InCents,
    *,
    time_limit: float,
    seed: int,
    near: Mapping[str, float] | None = None,
) -> RiskyFound:
    """The best plan found within ``time_limit`` seconds, in whole cents, and a bound on any plan.

    problem: with the means of the goal as its terms, whose best plan is where the climb starts
    near: another plan to climb from, which may break rules: the reference
    """
    started = time.monotonic()

    def left() -> float:
        return max(0.1, time_limit - (time.monotonic() - started))

    outer = outside(problem, stated)
    solution = first_plan(problem, time_limit=SEARCHING * time_limit / 2, seed=seed)
    if solution.spend is None:
        certificate = impossible(problem, outer, time_limit=left())
        ended = Termination.INFEASIBLE if certificate.infeasible else solution.termination
        return RiskyFound(ended, None, certificate)
    start = better(problem, solution.spend)
    ground = replace(
        Ground.of(problem, stated, in_cents, start), ends=started + SEARCHING * time_limit
    )
    best, safe = _from(ground, start, left() / 4, seed)
    kept = None if near is None else ground.most([dict(near), *ground.met(near)])
    if kept is not None and (best is None or ground.value(kept) > ground.value(best)):
        best, safe = kept, None
    if best is None:
        certificate = impossible(problem, outer, time_limit=left())
        ended = Termination.INFEASIBLE if certificate.infeasible else Termination.TIME_LIMIT
        return RiskyFound(ended, None, certificate)
    for _ in range(TRIES):
        plan = in_cents(best)
        patience = max(left(), (1 - SEARCHING) * time_limit)
        certificate, aim = prove_risky(problem, outer, plan, time_limit=patience)
        if certificate.bound - ground.value(plan) <= aim or certificate.timed_out or left() < 1:
            break
        starts = _elsewhere(
            problem, ground, best, safe, certificate, time_limit=left() / 2, seed=seed
        )
        guards = () if safe is None else safe_guards(ground, safe)
        met = [plan for start in starts for plan in ground.met(start, guards)]
        other = ground.most([*starts, *met])
        if other is None or ground.value(other) <= ground.value(best) + aim:
            break
        best = other
    return RiskyFound(solution.termination, plan, certificate, safe)


def _from(
    ground: Ground, start: Mapping[str, float], time_limit: float, seed: int
) -> tuple[Plan | None, Safe | None]:
    """The best plan met by climbing from ``start``, and the safe form that led there."""
    if ground.stated.target is not None:
        return towards(ground, start), None
    if ground.stated.rows:
        return held_from(ground, start, time_limit=time_limit, seed=seed)
    return ground.most([dict(start), *ground.met(start)]), None


def _elsewhere(
    problem: AllocationProblem,
    ground: Ground,
    best: Plan,
    safe: Safe | None,
    certificate: Certificate,
    *,
    time_limit: float,
    seed: int,
) -> list[Plan]:
    """Where the proof points, and where the cuts so far lead on tables."""
    starts = [dict(certificate.point)] if certificate.point else []
    seen = Posed.of(problem, inside(ground.stated))
    if ground.stated.target is None:
        for plan in (best, *starts):
            seen = seen.at(plan)
    posed = seen.problem if safe is None else cuts_of(seen.problem, ground, safe, best)
    if ground.stated.target is None:
        basin = first_plan(posed, time_limit=time_limit, seed=seed).spend
        starts += [basin] if basin is not None else []
    return starts
