"""Find the best plan: tabulate, solve, polish; then let the certificate look for a better one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from allocator.engine.certificate import Certificate, certify
from allocator.engine.feasible import satisfies
from allocator.engine.formulate import formulate
from allocator.engine.problem import AllocationProblem
from allocator.engine.solvers import highs
from allocator.engine.solvers._base import Solution, Termination
from allocator.engine.solvers.scipy import polish
from allocator.engine.tabulate import POINTS, tabulate, zoom

FINER = (1, 4, 16)  # grids tried when the safe estimate finds no plan: rules may be tight
AIM = 1e-5  # of the outcome: what the search tries for, well below any gap a scenario asks for
NEARER = (1 / 16, 1 / 128, 1 / 1024)  # of each line's range, to each side
SHORT = 10.0  # seconds for a step that is worth taking only when it is quick
TRIES = 6  # times the certificate's point is offered as a new start


@dataclass(frozen=True)
class Found:
    """The search's answer: a plan and its certificate, or the reason why there is none.

    spend is None when the problem is infeasible (the certificate says so) or the clock ran out.
    """

    termination: Termination
    spend: dict[str, float] | None
    certificate: Certificate


def search(problem: AllocationProblem, *, time_limit: float, seed: int) -> Found:
    """The best plan found within ``time_limit`` seconds, and a bound on any plan."""
    started = time.monotonic()

    def left() -> float:
        return max(0.1, time_limit - (time.monotonic() - started))

    solution = first_plan(problem, time_limit=left(), seed=seed)
    if solution.spend is None:
        certificate = certify(problem, gap=0.0, time_limit=left())
        ended = Termination.INFEASIBLE if certificate.infeasible else solution.termination
        return Found(ended, None, certificate)
    best = better(problem, closer(problem, solution.spend, seed=seed))
    for _ in range(TRIES):
        value = problem.value(best)
        aim = AIM * max(abs(value), 1e-12)
        certificate = certify(problem, best, gap=aim, time_limit=left())
        if certificate.bound - value <= aim or certificate.timed_out:
            break
        start = closer(problem, certificate.point, seed=seed)
        other = better(problem, start)
        if not satisfies(problem, other) or problem.value(other) <= value + aim:
            break
        best = other
    return Found(solution.termination, best, certificate)


def first_plan(problem: AllocationProblem, *, time_limit: float, seed: int) -> Solution:
    """The best plan on tables that never promise more than the curves hold."""
    solution = Solution(Termination.FAILED)
    for factor in FINER:
        table = tabulate(problem, (POINTS - 1) * factor + 1)
        safe = formulate(problem, table, estimate="under")
        solution = highs.solve(safe, gap=1e-5, time_limit=time_limit, seed=seed)
        if solution.spend is not None:
            return solution
        hopeful = formulate(problem, table, estimate="over")
        relaxed = highs.solve(hopeful, gap=1e-2, time_limit=time_limit, seed=seed)
        if relaxed.termination is Termination.INFEASIBLE:
            return relaxed
    return solution


def closer(problem: AllocationProblem, plan: Mapping[str, float], *, seed: int) -> dict[str, float]:
    """The best plan near this one, on ever finer tables of its neighbourhood."""
    here = dict(plan)
    for share in NEARER:
        table = zoom(problem, here, share)
        near = formulate(problem, table, estimate="under")
        solution = highs.solve(near, gap=1e-9, time_limit=SHORT, seed=seed)
        if solution.spend is None:
            break
        here = solution.spend
    return here


def better(problem: AllocationProblem, start: Mapping[str, float]) -> dict[str, float]:
    """The polished plan where it is feasible and worth more, else the start."""
    polished = polish(problem, start)
    if not satisfies(problem, polished):
        return dict(start)
    if satisfies(problem, start) and problem.value(polished) < problem.value(start):
        return dict(start)
    return polished
