"""Plans that keep rows in a share of the draws: a safe form, moved until the share is just met.

The safe form is CVaR_share(row) + shift ≥ 0 on half of the draws. At a share of 1 − p and no
shift it keeps the row in p of those draws, and mostly in more; the shift is moved by bisection
until, on all draws, the row is kept in just as many as it must be. The mean of the row (a share
of 1) is tried as well: where the row's draws move together it leaves more room. Then draws are
counted smoothly from the best plan so far, for what is left to gain.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from allocator.engine.feasible import satisfies
from allocator.engine.problem import AllocationProblem
from allocator.engine.risk.ascend import Ground, Judged, Plan
from allocator.engine.risk.chance import Share, Worst
from allocator.engine.risk.cuts import Posed
from allocator.engine.risk.judge import Guard, Risk
from allocator.engine.search import first_plan
from allocator.objectives._base import Terms

HALVINGS = 7
NEAR = (0.03, 3e-3)  # widths from a plan that is nearly there
FAR = 1e3  # of a row's spread: out of reach, so that more is always better
HEIGHTS = (0.0, 0.5, 1.0)  # of a row's spread, above its limit, that its mean is kept
COUNTING = (0.1, 0.03, 0.01)


@dataclass(frozen=True)
class Safe:
    """CVaR_share(row) + shift ≥ 0 on half of the draws, one share and shift for every row.

    shifts: in the row's units; above 0 the form is relaxed, below it is tightened
    """

    shares: tuple[float, ...]
    shifts: tuple[float, ...]


def safe_guards(ground: Ground, safe: Safe) -> tuple[Judged, ...]:
    """The safe form as what a climb keeps at 0 or more."""
    stated = ground.stated
    return tuple(
        Judged(stake, Worst(share, shift, stated.among(ground.draws.many)), size)
        for stake, share, shift, size in zip(
            stated.stakes, safe.shares, safe.shifts, ground.sizes, strict=True
        )
    )


def safe_risk(ground: Ground, safe: Safe, risk: Risk) -> Risk:
    """The same for a proof: the goals of ``risk``, and rows that the safe form asks for."""
    guards = zip(ground.stated.rows, safe_guards(ground, safe), strict=True)
    return replace(risk, guards=tuple(Guard(row, judged.judge) for row, judged in guards))


def cuts_of(
    problem: AllocationProblem, ground: Ground, safe: Safe, plan: Mapping[str, float]
) -> AllocationProblem:
    """The problem with the safe form's rows at the weights that a plan asks for."""
    risk = safe_risk(ground, safe, Risk((), (), ground.stated.meters))
    return Posed.of(problem, risk).at(plan).problem


def _on_tables(ground: Ground, height: float, *, time_limit: float, seed: int) -> list[Plan]:
    """The best plan on tables that keeps every row on average, by so many of its spreads."""
    rows = [
        replace(row, probability=None, bound=row.bound + height * size)
        for row, size in zip(ground.stated.rows, ground.sizes, strict=True)
    ]
    used = {meter: ground.stated.meters[meter] for row in rows for meter, _ in row.response}
    posed = replace(ground.problem, terms=ground.means).having(rows=rows, meters=used)
    found = first_plan(posed, time_limit=time_limit, seed=seed).spend
    return [] if found is None else [found]


def _highest(ground: Ground, *, time_limit: float, seed: int) -> list[Plan]:
    """The plan on tables in which the means of the rows are highest: another basin, maybe."""
    nothing = Terms({}, 0.0, ground.problem.terms.unit)
    rows = [
        replace(row, probability=None, bound=row.bound + FAR * size, price=1 / size)
        for row, size in zip(ground.stated.rows, ground.sizes, strict=True)
    ]
    used = {meter: ground.stated.meters[meter] for row in rows for meter, _ in row.response}
    lifted = replace(ground.problem, terms=nothing).having(rows=rows, meters=used)
    found = first_plan(lifted, time_limit=time_limit, seed=seed).spend
    return [] if found is None else [found]


def held_from(
    ground: Ground, start: Mapping[str, float], *, time_limit: float, seed: int
) -> tuple[Plan | None, Safe | None]:
    """The best plan met that keeps every row in its share of the draws, and its safe form."""
    free = ground.met(start)
    kept = ground.most([dict(start), *free])
    top = max(
        (p for p in (dict(start), *free) if satisfies(ground.problem, p)),
        key=ground.value,
        default=free[-1],
    )
    if kept is not None and ground.value(kept) >= ground.value(top):
        return kept, None  # the rows hold by themselves
    found: list[tuple[Plan, Safe | None]] = [] if kept is None else [(kept, None)]
    own = tuple(1 - (row.probability or 0.0) for row in ground.stated.rows)
    least = 1 / len(ground.stated.among(ground.draws.many))
    highest = _highest(ground, time_limit=time_limit, seed=seed)
    for shares in (tuple(max(share, least) for share in own), tuple(1.0 for _ in own)):
        met = _moved(ground, top, highest, shares)
        found += [met] if met is not None else []
    for height in HEIGHTS:
        if time.monotonic() > ground.ends:
            break
        started = _on_tables(ground, height, time_limit=time_limit, seed=seed)
        for start in started:
            counted = ground.most([start, *ground.met(start, _counting(ground), COUNTING)])
            found += [] if counted is None else [(counted, None)]
    if not found:
        return None, None
    best, safe = max(found, key=lambda met: ground.value(met[0]))
    counted = ground.most([best, *ground.met(best, _counting(ground), COUNTING)])
    return counted or best, safe


def _moved(
    ground: Ground, free: Plan, highest: list[Plan], shares: tuple[float, ...]
) -> tuple[Plan, Safe] | None:
    """The best plan with the safe form at these shares, its shift found by bisection.

    free: the best plan without the rows; highest: plans far inside the rows on average
    """
    none = Safe(shares, tuple(0.0 for _ in shares))
    sizes = ground.sizes
    rows = safe_guards(ground, none)

    def least(plan: Plan) -> float:
        return min(row.value(ground.draws, plan) for row in rows)

    tops = [ground.met(start, widths=NEAR, goals=rows)[-1] for start in (free, *highest)]
    lifted = max(filter(ground.allowed, tops), key=least, default=None)
    if lifted is None:
        return None
    tight, loose = least(lifted), least(free)
    best, here = (lifted, tight), lifted
    for _ in range(HALVINGS):
        if time.monotonic() > ground.ends:
            break
        middle = (tight + loose) / 2
        safe = Safe(shares, tuple(-middle * size for size in sizes))
        here = ground.met(here, safe_guards(ground, safe), NEAR)[-1]
        if ground.allowed(here):
            tight = middle
            best = max(best, (here, middle), key=lambda met: ground.value(met[0]))
        else:
            loose = middle
    return best[0], Safe(shares, tuple(-best[1] * size for size in sizes))


def _counting(ground: Ground) -> tuple[Judged, ...]:
    """Every row in as many draws as it must, counted smoothly."""
    return tuple(
        Judged(stake, Share(0.0, row.probability or 0.0))
        for stake, row in zip(ground.stated.stakes, ground.stated.rows, strict=True)
    )
