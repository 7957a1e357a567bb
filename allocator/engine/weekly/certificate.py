"""A bound on the best weekly plan, by a computation of its own.

No plan that satisfies the rules can be worth more, given the model. Planes above every term give
a linear relaxation (``relaxation``), tightest next to the plan in question; planes are added
where its solution takes terms for more than they are, until the bound is near enough. Concave
responses need no more. Others lie below their concave majorants, which are as far off as the
amounts may range: the range of one amount is then cut in two, and both halves are bounded by
themselves, the loosest first (spatial branch and bound). It shares with the search the curves,
the rules' rows and HiGHS, but no code.
"""

from __future__ import annotations

import heapq
import itertools
import time
from dataclasses import dataclass, field

import numpy as np

from allocator.engine.proof.certificate import Certificate
from allocator.engine.weekly.problem import WeeklyProblem
from allocator.engine.weekly.relaxation import Relaxation, Relaxed

AROUND = (0.8, 0.9, 1.0, 1.1, 1.25)  # of the plan's amounts: planes around it
LIFTS = (3e-4, 3e-3, 0.03, 0.2)  # of the even split: planes at more, for amounts of less
LITTLE = 0.02  # of the even split: planes around an amount of nothing
ANYWHERE = (0.05, 0.2, 0.5, 1.0, 1.8, 3.5)  # of the even split, where there is no plan
ROUNDS = 12  # of planes in a box
STALLED = 0.05  # of the gap; a round that takes less off is the last, if the range can be cut
BOXES = 400  # bounded at most; what is open then keeps its bound
EDGE = 0.1  # of a range: a cut no nearer to its ends
NARROW = 1e-6  # of the even split; a range that narrow is not cut


@dataclass(frozen=True, eq=False)
class Bound:
    """The certificate, and plans where the relaxation stands: something better may be near."""

    certificate: Certificate
    points: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True, eq=False)
class _Box:
    """A part of the range and its relaxation."""

    lower: np.ndarray
    upper: np.ndarray
    relaxation: Relaxation
    found: Relaxed


@dataclass(eq=False)
class _Search:
    """One certificate in the making."""

    problem: WeeklyProblem
    plan: np.ndarray | None
    value: float
    gap: float
    end: float
    rounds: int = 0
    timed_out: bool = False
    points: list[np.ndarray] = field(default_factory=list)

    def left(self) -> float:
        return self.end - time.monotonic()

    def enough(self, bound: float) -> bool:
        return bound - self.value <= self.gap

    def bounded(self, lower: np.ndarray, upper: np.ndarray, parent: _Box | None) -> _Box | None:
        """A box with its bound, planes added until that helps no more; None: no time at all."""
        relaxation = Relaxation(
            self.problem, lower, upper, parent.relaxation if parent is not None else None
        )
        later = self._begin(relaxation, parent)
        best: Relaxed | None = None
        for turn in range(ROUNDS):
            found = relaxation.solve(max(0.01, self.left()))
            if found is None:
                self.timed_out = True
                break
            self.rounds += 1
            before = best.bound if best is not None else np.inf
            best = found if best is None or found.bound <= before else _with(found, before)
            if best.bound == -np.inf or (self.plan is not None and self.enough(best.bound)):
                break
            if turn == 0 and later:
                for point in later:
                    relaxation.touch(point)
                continue
            close = STALLED * (best.bound - self.value)
            if not self.problem.concave and before - best.bound < close < np.inf:
                break
            if self.left() <= 0:
                self.timed_out = True
                break
            if not relaxation.cut(found.spend, found.estimate, 1e-8):
                break
        return None if best is None else _Box(lower, upper, relaxation, best)

    def _begin(self, relaxation: Relaxation, parent: _Box | None) -> list[np.ndarray]:
        """The first planes; where to put more, if they are not enough.

        At the top of a concave problem its own planes are all it takes, but for small amounts: a
        cent is much of them, and their slopes miss the top's by as much.
        """
        plan = self.plan
        even = self.problem.budget.total / relaxation.lower.size
        if plan is None:
            for share in ANYWHERE:
                relaxation.touch(np.full(relaxation.lower.shape, even * share))
            return []
        around = [np.maximum(plan, LITTLE * even) * share for share in AROUND]
        relaxation.touch(plan)
        for share in LIFTS:
            relaxation.touch(np.maximum(plan, share * even), plan < share * even)
        if parent is None:
            return around
        for point in (*around, parent.found.spend):
            relaxation.touch(point)
        return []


def certify(
    problem: WeeklyProblem,
    plan: np.ndarray | None = None,
    *,
    gap: float,
    time_limit: float,
    most: int = BOXES,
) -> Bound:
    """Bound the problem from above, tightest around ``plan`` ((line, week) currency).

    Stops when the bound is within ``gap`` (in objective units) of the plan's value, when no plane
    and no cut brings it nearer, after ``most`` boxes or after ``time_limit`` seconds, with the
    best bound found so far: any of them is valid.
    """
    value = problem.value(plan) if plan is not None else -np.inf
    state = _Search(problem, plan, value, gap, time.monotonic() + time_limit)
    low, high = problem.box
    if problem.crossed:
        return Bound(Certificate(-np.inf, infeasible=True))
    root = state.bounded(low, high, None)
    if root is None:
        return Bound(Certificate(_by_itself(problem), timed_out=True))
    number = itertools.count()
    open_ = [(-root.found.bound, next(number), root)]
    closed = -np.inf  # the largest bound of a box that no cut makes better
    boxes = 1
    while open_ and not state.enough(max(-open_[0][0], closed)):
        if state.left() <= 0 or boxes >= most or closed >= -open_[0][0]:
            state.timed_out |= state.left() <= 0
            break
        _, _, box = heapq.heappop(open_)
        state.points.append(box.found.spend)
        halves = _cut(problem, box)
        if not halves:
            closed = max(closed, box.found.bound)
            continue
        for lower, upper in halves:
            half = state.bounded(lower, upper, box)
            boxes += 1
            bound = box.found.bound
            if half is None:
                closed = max(closed, bound)
            elif (bound := min(bound, half.found.bound)) > -np.inf:
                heapq.heappush(open_, (-bound, next(number), half))
    bound = max([closed, *(-item[0] for item in open_)])
    certificate = Certificate(
        bound, {}, bound == -np.inf, state.rounds, state.timed_out and not state.enough(bound)
    )
    points = [root.found.spend, *state.points[-3:], *(item[2].found.spend for item in open_[:1])]
    return Bound(certificate, tuple(points))


def _with(found: Relaxed, bound: float) -> Relaxed:
    return Relaxed(bound, found.spend, found.estimate, found.on)


def _by_itself(problem: WeeklyProblem) -> float:
    """A bound that needs no solver: every amount at its largest, paid for as cheaply as it may."""
    response = problem.response(problem.box[1])
    most = 0.0
    for terms in (problem.terms, *problem.floors[:1]):
        most += sum(max(0.0, terms.weight(*cell)) * response[cell] for cell in problem.cells)
        paid = float(problem.cost(terms).max()) * problem.budget.total
        most += terms.base + (paid if problem.budget.exact else max(0.0, paid))
    return most


def _cut(problem: WeeklyProblem, box: _Box) -> list[tuple[np.ndarray, np.ndarray]]:
    """The box in two, where the relaxation stands, at the amount whose estimate is loosest there;
    empty where none is. At the cut the estimates of both halves are exact."""
    spend, width = box.found.spend, box.upper - box.lower
    wide = width > NARROW * problem.budget.total / width.size
    loose = np.where(wide, _looseness(problem, box, spend), 0.0)
    if loose.max() <= 0:
        return []
    at = np.unravel_index(int(np.argmax(loose)), loose.shape)
    edge = EDGE * width[at]
    where = float(np.clip(spend[at], box.lower[at] + edge, box.upper[at] - edge))
    under, over = box.upper.copy(), box.lower.copy()
    under[at], over[at] = where, where
    return [(box.lower, under), (over, box.upper)]


def _looseness(problem: WeeklyProblem, box: _Box, spend: np.ndarray) -> np.ndarray:
    """How much of the bound may go where an amount's range is cut: (line, week), goal units."""
    out = np.zeros_like(box.lower)
    worth = _worth(problem, spend)
    for (source, line), meters in problem.metered.items():
        place = problem.place[line]
        over = box.relaxation.boxes[source, line].over(spend[place])
        for meter, (each, held) in zip(meters, over, strict=True):
            cell = meter, line
            if cell in problem.raised:
                out[place] += worth[meter] * each
            if cell in problem.capped:
                out[place] += worth[meter] * held
    return out


def _worth(problem: WeeklyProblem, spend: np.ndarray) -> dict[str, float]:
    """What a unit of a meter is worth: in the goal, or, where only rules speak of it, what makes
    the same relative error in it count as much."""
    response = problem.response(spend)
    goals = (problem.terms, *problem.floors)
    size = {
        meter: sum(value for (name, _), value in response.items() if name == meter) or 1.0
        for meter in {meter for meter, _ in problem.cells}
    }
    most = {
        meter: max(abs(terms.weight(meter, line)) for terms in goals for line in problem.lines)
        for meter in size
    }
    goal = max((most[meter] * abs(size[meter]) for meter in size), default=1.0) or 1.0
    ruled = {meter for row in problem.rows for meter, _ in row.response}
    return {m: max(most[m], goal / abs(size[m]) if m in ruled else 0.0) for m in size}
