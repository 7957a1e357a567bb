"""Find the best weekly plan: from several starts, planes in boxes that close in on what is best.

Within a box around a plan every term lies below planes put at several of its points (below those
of its concave majorant there, where it is not concave), so a linear programme finds a better plan
if there is one and the box is small enough; the response itself says whether it is better. Where
less money is spread in boxes ever smaller, what planes give too much vanishes with the square of
the box. Then the certificate looks for something better, and where it does, the search goes on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allocator.engine.problem import Cell
from allocator.engine.proof.certificate import Certificate
from allocator.engine.solvers._base import Termination
from allocator.engine.weekly.ascent import Around, uphill
from allocator.engine.weekly.certificate import certify
from allocator.engine.weekly.feasible import hard, satisfies, short
from allocator.engine.weekly.master import Place, climb
from allocator.engine.weekly.problem import WeeklyProblem
from allocator.engine.weekly.prove import prove
from allocator.engine.weekly.rounding import in_cents
from allocator.engine.weekly.starts import pulsed

SPREAD = (0.02, 0.15, 0.4, 0.8, 1.3, 2.2, 4.0)  # of a plan's amounts: planes over the whole range
ALONG = (1.0, 0.5, 0.2)  # of the way to the model's best
FIRST, SMALLEST = 3.0, 1e-4  # of an amount, to each side: the box around a plan
WIDER, NARROWER = 2.0, 0.25
STEPS = 40
SEARCHING = 0.6  # of the time for the first plan, so that there is some left to prove it
TRIES = 6  # times the certificate's points are offered as new starts
MOST = 12  # starts
STARTS_AGREE = 3  # on the highest top: then no more are asked
ALIKE = 1e-6  # relative
HELPS = 1e-8  # relative gain that is worth another box
NEARER = 0.01  # of what rows are short of, that is worth another box
FLAT = 0.05  # of the even split: planes are put no nearer to nothing
SMALL = 0.02  # of the even split: what less may become nothing in one step
FALL = 0.2  # of an amount must stay: where curves are steep at nothing, the way back is long
ROOM = 0.5  # of the even split: what even an amount of nothing may rise by, times the box's size


@dataclass(frozen=True, eq=False)
class Candidate:
    """A plan, what it is worth, and what hard rows are short of in it (row number -> units)."""

    spend: np.ndarray
    value: float
    allowed: bool
    short: Mapping[int, float]

    @property
    def lack(self) -> float:
        """What hard rows are short of in all."""
        return sum(self.short.values())

    def beats(self, other: Candidate | None) -> bool:
        """Allowed before not; then worth more, or short of less."""
        if other is None or self.allowed != other.allowed:
            return other is None or self.allowed
        if self.allowed:
            return self.value > other.value
        return self.lack < other.lack


@dataclass(frozen=True, eq=False)
class Found:
    """The search's answer: (line, week) whole cents in currency and a certificate, or the reason
    why there is none."""

    termination: Termination
    spend: np.ndarray | None
    certificate: Certificate


@dataclass(frozen=True)
class Clock:
    """When to end."""

    end: float

    @staticmethod
    def of(seconds: float) -> Clock:
        """So many seconds from now."""
        return Clock(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds."""
        return max(0.0, self.end - time.monotonic())


def judge(problem: WeeklyProblem, spend: np.ndarray) -> Candidate:
    """A plan on the exact curves."""
    response: dict[Cell, float] = problem.response(spend)
    kept = hard(problem)
    missing = {
        problem.rows.index(row): lack
        for row in kept
        if (lack := short(problem, row, spend, response)) > 0
    }
    value = problem.value_of(spend, response)
    return Candidate(spend, value, not missing and satisfies(problem, spend, response), missing)


def search(
    problem: WeeklyProblem, starts: Sequence[np.ndarray], *, time_limit: float, seed: int
) -> Found:
    """The best plan found within ``time_limit`` seconds, in whole cents, and a bound on any plan.

    starts: plans to set out from, (line, week) currency; they need satisfy nothing.
    """
    if problem.crossed:
        return Found(Termination.INFEASIBLE, None, Certificate(-np.inf, infeasible=True))
    clock = Clock.of(time_limit)
    searching = Clock.of(SEARCHING * time_limit)
    ended, plans = first_plans(problem, starts, clock=searching, seed=seed)
    best = plans[0] if problem.one_top else best_plan(problem, plans, clock=searching)
    if best is None or not best.allowed:
        bound = certify(problem, gap=0.0, time_limit=max(clock.left(), 1.0)).certificate
        if bound.infeasible:
            ended = Termination.INFEASIBLE
        elif ended is Termination.OPTIMAL:
            ended = Termination.FAILED
        return Found(ended, None, bound)
    for _ in range(TRIES):
        plan = in_cents(problem, best.spend)
        patience = max(clock.left(), (1 - SEARCHING) * time_limit)
        found, aim = prove(problem, plan, time_limit=patience)
        certificate = found.certificate
        if certificate.bound - problem.value(plan) <= aim or certificate.timed_out:
            break
        others = [judge(problem, point) for point in found.points]
        other = best_plan(problem, others, clock=clock)
        if other is None or other.value <= best.value + aim:
            break
        best = other
    return Found(Termination.OPTIMAL, plan, certificate)


def first_plans(
    problem: WeeklyProblem, starts: Sequence[np.ndarray], *, clock: Clock, seed: int
) -> tuple[Termination, list[Candidate]]:
    """Plans to climb from, the best first; how the model of the whole range ended.

    Where all is concave and nothing is switched one climb finds the top, and no more is asked.
    """
    low, high = problem.box
    flat = _even(problem)
    bases = [np.clip(start, low, high) for start in (*starts, flat)]
    plans = [judge(problem, base) for base in bases]
    if problem.one_top:
        top = closer(problem, max(plans, key=_rank), clock=clock)
        if top.allowed:
            return Termination.OPTIMAL, [top]
    base = np.maximum(np.mean(bases, axis=0), FLAT * flat)
    points = [np.clip(base * share, low, high) for share in (1.0, *SPREAD)]
    ended = Termination.FAILED
    for _ in range(2):
        place = Place(low, high, points, choose=bool(problem.switched))
        ended, found = climb(problem, place, time_limit=clock.left(), seed=seed)
        if found is None:
            break
        plans.append(judge(problem, found))
        points = [found, *points]
    if found is not None:
        plans += [judge(problem, plan) for plan in pulsed(problem, found)]
    different = {plan.spend.tobytes(): plan for plan in plans}
    return ended, sorted(different.values(), key=_rank, reverse=True)[:MOST]


def _rank(plan: Candidate) -> tuple[bool, float]:
    return plan.allowed, plan.value if plan.allowed else -sum(plan.short.values())


def best_plan(
    problem: WeeklyProblem, starts: Sequence[Candidate], *, clock: Clock
) -> Candidate | None:
    """The best allowed plan that climbing from these starts finds in the time."""
    best: Candidate | None = None
    tops: list[float] = []
    for start in starts:
        if best is not None and (clock.left() <= 0 or _agree(tops)):
            break
        found = closer(problem, start, clock=clock)
        tops += [found.value] if found.allowed else []
        if found.allowed and found.beats(best):
            best = found
    return best


def _agree(tops: Sequence[float]) -> bool:
    """Whether the highest top was found from several starts."""
    top = max(tops, default=0.0)
    return sum(top - value <= ALIKE * abs(top) for value in tops) >= STARTS_AGREE


def closer(problem: WeeklyProblem, start: Candidate, *, clock: Clock) -> Candidate:
    """The top that steps uphill from ``start`` lead to, time allowing."""
    best, reach, prices, still = start, FIRST, None, 0
    for _ in range(STEPS):
        if clock.left() <= 0 or still >= 2 or reach < SMALLEST:
            break
        found, prices = _step(problem, best, reach, prices)
        if found is None or not found.beats(best):
            reach, still = reach * NARROWER, still + (found is not None)
            continue
        if best.allowed:
            small = found.value - best.value <= HELPS * abs(best.value)
        else:
            small = not found.allowed and found.lack > (1 - NEARER) * best.lack
        still = still + (2 if small and reach == FIRST else 1) if small else 0
        best, reach = found, min(FIRST, reach * WIDER)
    return best


def _step(
    problem: WeeklyProblem, here: Candidate, reach: float, prices: np.ndarray | None
) -> tuple[Candidate | None, np.ndarray | None]:
    """The best of what the model proposes within a box and of the way there; its prices."""
    best: Candidate | None = None
    extra: dict[int, float] = {}
    low, high = problem.box
    room = reach * (here.spend + ROOM * _even(problem))
    off = frozenset(line for line in problem.switched if here.spend[problem.place[line]].sum() <= 0)
    small = here.spend <= SMALL * _even(problem)
    fallen = np.where(small, 0.0, np.maximum(here.spend - room, FALL * here.spend))
    lower, upper = np.maximum(low, fallen), np.minimum(high, here.spend + room)
    for _ in range(2):  # a second time where rows on responses were promised too much
        found = uphill(problem, here.spend, Around(lower, upper, off, extra, prices))
        if found is None:
            break
        there, prices = found
        for part in ALONG:
            candidate = judge(problem, here.spend + part * (there - here.spend))
            if part == 1.0:
                missing = candidate.short
            if candidate.beats(best):
                best = candidate
            if candidate.beats(here):
                break
        if not missing:
            break
        extra = {row: extra.get(row, 0.0) + 1.05 * lack for row, lack in missing.items()}
    return best, prices


def _even(problem: WeeklyProblem) -> np.ndarray:
    shape = len(problem.lines), problem.weeks
    return np.full(shape, problem.budget.total / (shape[0] * shape[1]))
