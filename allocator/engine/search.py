"""Find the best plan: tabulate, solve, polish; then let the certificate look for a better one."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allocator.engine.feasible import satisfies
from allocator.engine.problem import AllocationProblem
from allocator.engine.proof.branch import branch, separable
from allocator.engine.proof.certificate import Certificate, certify
from allocator.engine.proof.cover import Cover, shared
from allocator.engine.proof.fill import fill, fits
from allocator.engine.proof.prove import aim_of, prove
from allocator.engine.solvers import highs
from allocator.engine.solvers._base import Solution, Solve, Termination
from allocator.engine.solvers.active import finished
from allocator.engine.solvers.newton import climb
from allocator.engine.solvers.scipy import SMALL_ENOUGH, polish
from allocator.engine.tabulate import FINER, POINTS, tabulate, zoom

NEARER = (1 / 12, 1 / 120)  # of each line's range, to each side
SHORT = 10.0  # seconds for a step that is worth taking only when it is quick
SEARCHING = 0.6  # of the time for the first plan, so that there is some left to prove it
FEW = 9  # points at which a curve is asked how it bends
STRAIGHT = 1e-2  # of the largest response: hardly bent upwards
TRIES = 6  # times the certificate's point is offered as a new start


InCents = Callable[[Mapping[str, float]], dict[str, float]]


@dataclass(frozen=True)
class Found:
    """The search's answer: a plan and its certificate, or the reason why there is none.

    spend is None when the problem is infeasible (the certificate says so) or the clock ran out.
    """

    termination: Termination
    spend: dict[str, float] | None
    certificate: Certificate


def search(
    problem: AllocationProblem,
    in_cents: InCents,
    *,
    time_limit: float,
    seed: int,
    near: Mapping[str, float] | None = None,
    solve: Solve = highs.solve,
) -> Found:
    """The best plan found within ``time_limit`` seconds, in whole cents, and a bound on any plan.

    ``in_cents`` rounds a plan; what is certified is what will be paid. ``near`` is a plan to climb
    from first, the reference, say: where the curves are concave the top it climbs to is the best
    of all, and the certificate knows. ``solve`` answers the LPs and MILPs on tables.
    """
    if problem.crossed:
        return Found(Termination.INFEASIBLE, None, Certificate(-math.inf, infeasible=True))
    started = time.monotonic()

    def left() -> float:
        return max(0.1, time_limit - (time.monotonic() - started))

    if separable(problem) and solve is highs.solve:
        return branched(problem, in_cents, time_limit=time_limit)
    if fits(problem) and solve is highs.solve:
        many = filled(problem, in_cents, time_limit=time_limit)
        if many is not None:
            return many
    quick = climbed(problem, in_cents, near, time_limit=SEARCHING * time_limit)
    if quick is not None:
        return quick
    solution = first_plan(problem, time_limit=SEARCHING * left(), seed=seed, solve=solve)
    if solution.spend is None:
        certificate = certify(problem, gap=0.0, time_limit=left())
        ended = Termination.INFEASIBLE if certificate.infeasible else solution.termination
        return Found(ended, None, certificate)
    best = better(
        problem, closer(problem, solution.spend, time_limit=left(), seed=seed, solve=solve)
    )
    for _ in range(TRIES):
        plan = in_cents(best)
        proving = max(left(), (1 - SEARCHING) * time_limit)
        certificate, aim = prove(problem, plan, time_limit=proving)
        if certificate.bound - problem.value(plan) <= aim or certificate.timed_out:
            break
        near = closer(problem, certificate.point, time_limit=left(), seed=seed, solve=solve)
        starts = (near, certificate.point)  # tables around the point may be coarser than it is
        other = worth_most(problem, [better(problem, start) for start in starts])
        if other is None or problem.value(other) <= problem.value(best) + aim:
            break
        best = other
    return Found(solution.termination, plan, certificate)


def branched(problem: AllocationProblem, in_cents: InCents, *, time_limit: float) -> Found:
    """The best plan where only the budget ties the lines: tops above the certificate's points.

    The bound is the certificate's own; the plan is worth what the exact curves say.
    """
    deadline = time.monotonic() + time_limit

    def top(start: Mapping[str, float]) -> dict[str, float]:
        return climb(problem, start)

    coarse = {line: Cover.start(problem, line, None) for line in problem.lines}
    first = branch(problem, coarse, None, gap=0.0, deadline=deadline)
    if first.infeasible:
        return Found(Termination.INFEASIBLE, None, Certificate(-math.inf, infeasible=True))
    plan = top(first.point)
    aim = aim_of(problem, plan)
    covers = {line: Cover.start(problem, line, plan) for line in problem.lines}
    found = branch(problem, covers, plan, gap=aim / 2, deadline=deadline, climb=top)
    assert found.plan is not None  # it began with one
    certificate = Certificate(
        found.bound, found.point, rounds=found.boxes, timed_out=found.timed_out
    )
    return Found(Termination.OPTIMAL, in_cents(found.plan), certificate)


def filled(problem: AllocationProblem, in_cents: InCents, *, time_limit: float) -> Found | None:
    """The best of the certificate's points for thousands of lines; None where none is a plan."""
    deadline = time.monotonic() + time_limit
    covers = {line: Cover.start(problem, line, None) for line in problem.lines}
    found = fill(problem, covers, None, gap=lambda plan: aim_of(problem, plan), deadline=deadline)
    if found.infeasible:
        return Found(Termination.INFEASIBLE, None, Certificate(-math.inf, infeasible=True))
    if found.plan is None:
        return None
    certificate = Certificate(
        found.bound, found.point, rounds=found.boxes, timed_out=found.timed_out
    )
    return Found(Termination.OPTIMAL, in_cents(found.plan), certificate)


def climbed(
    problem: AllocationProblem,
    in_cents: InCents,
    near: Mapping[str, float] | None,
    *,
    time_limit: float,
) -> Found | None:
    """The top above ``near``, where the certificate finds nothing higher; else None."""
    if (
        near is None
        or problem.steps
        or len(problem.lines) > SMALL_ENOUGH
        or not looks_concave(problem)
    ):
        return None
    inside = {}
    for line, amount in near.items():
        least, most = problem.bounds[line]
        low, high = problem.room(line, min(max(amount, least), most))
        inside[line] = min(max(amount, low), high)
    top = top_above(problem, inside)
    if not satisfies(problem, top):
        return None
    plan = in_cents(top)
    certificate, aim = prove(problem, plan, time_limit=time_limit)
    proven = certificate.bound - problem.value(plan) <= aim
    return Found(Termination.OPTIMAL, plan, certificate) if proven else None


def looks_concave(problem: AllocationProblem) -> bool:
    """No curve that counts bends upwards much over its range, and none is capped.

    A guess that saves time: the certificate decides what a climb is worth.
    """
    if problem.capped:
        return False
    for cell in problem.cells:
        low, high = problem.bounds[cell[1]]
        if high <= low:
            continue
        points = shared(low + (high - low) * np.linspace(0, 1, FEW) ** 2)
        points = np.unique(points[(points >= low) & (points <= high)])
        if len(points) < 2:
            continue
        bracket = problem.responses[cell].bracket(points)
        if bracket.below.max() > STRAIGHT * max(float(np.abs(bracket.value).max()), 1e-300):
            return False
    return True


def first_plan(
    problem: AllocationProblem, *, time_limit: float, seed: int, solve: Solve = highs.solve
) -> Solution:
    """The best plan on tables that never promise more than the curves hold."""
    from allocator.engine.formulate import formulate  # Pyomo takes a second or two

    solution = Solution(Termination.FAILED)
    started = time.monotonic()
    for factor in FINER:
        if factor > FINER[0] and time.monotonic() - started >= time_limit:
            break  # the finest table alone may cost more than all the time there was
        table = tabulate(problem, (POINTS - 1) * factor + 1)
        safe = formulate(problem, table, estimate="under")
        solution = solve(safe, gap=1e-5, time_limit=time_limit, seed=seed)
        if solution.spend is not None:
            return solution
        hopeful = formulate(problem, table, estimate="over")
        relaxed = solve(hopeful, gap=1e-2, time_limit=time_limit, seed=seed)
        if relaxed.termination is Termination.INFEASIBLE:
            return relaxed
    return solution


def closer(
    problem: AllocationProblem,
    plan: Mapping[str, float],
    *,
    time_limit: float,
    seed: int,
    solve: Solve = highs.solve,
) -> dict[str, float]:
    """The best plan near this one, on ever finer tables of its neighbourhood, time allowing."""
    from allocator.engine.formulate import formulate  # Pyomo takes a second or two

    started = time.monotonic()
    here = dict(plan)
    for share in NEARER:
        left = time_limit - (time.monotonic() - started)
        if left <= 0:
            break
        table = zoom(problem, here, share)
        near = formulate(problem, table, estimate="under")
        solution = solve(near, gap=1e-9, time_limit=min(SHORT, left), seed=seed)
        if solution.spend is None:
            break
        here = solution.spend
    return here


def worth_most(
    problem: AllocationProblem, plans: Sequence[dict[str, float]]
) -> dict[str, float] | None:
    """The best of those that satisfy the problem, None if none does."""
    allowed = [plan for plan in plans if satisfies(problem, plan)]
    return max(allowed, key=problem.value, default=None)


def better(problem: AllocationProblem, start: Mapping[str, float]) -> dict[str, float]:
    """The polished plan where it is feasible and worth more, else the start."""
    polished = top_above(problem, start)
    if not satisfies(problem, polished):
        return dict(start)
    if satisfies(problem, start) and problem.value(polished) < problem.value(start):
        return dict(start)
    return polished


def top_above(problem: AllocationProblem, start: Mapping[str, float]) -> dict[str, float]:
    """The top of the basin that ``start`` stands in, to the last digits where it has such."""
    near = polish(problem, start, exact=False)
    top = finished(problem, near)
    return top if top != near else polish(problem, near)
