"""Weekly plans that keep rows in a share of the draws, and plans that reach a target in most.

A safe form, CVaR_share(row) ≥ height on half of the draws, is moved by bisection until the row is
kept, on all draws, in just as many as it must be; so is the mean (a share of 1). From the best of
them the same is done with the draws that are near their limit: at the edge they are what decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from allocator.engine.risk.chance import Share, Worst
from allocator.engine.risk.chance_search import Safe
from allocator.engine.risk.judge import Blend, Guard, Judge, Risk, Stake
from allocator.engine.weekly.flown import Plan
from allocator.engine.weekly.lifted import Fixed, Ground, between

HALVINGS = 7
HIGHER = (0.25, 0.5, 1.0, 2.0)  # of a row's spread: where its safe form on half is not enough
EDGE = (0.5, 0.2)  # of a row's spread: draws this near to their limit decide
TAILS = (1.0, 0.5, 0.2)  # of the draws, whose mean is lifted towards a target
NEARER = (1.0, 0.3, 0.1)  # of the spread: draws this near to a target decide
WAYS = (1.0, 0.5, 0.25, 0.1)

Judges = Callable[[float], tuple[Judge, ...]]
"""Height, in spreads of each row -> how the rows are read."""


def held_from(ground: Ground, free: Plan) -> tuple[Plan | None, Safe | None]:
    """The best plan met that keeps every row in its share of the draws, and its safe form.

    free: the best plan without the rows
    """
    if ground.allowed(free):
        return free, None  # the rows hold by themselves
    rows, among = ground.stated.rows, ground.stated.among(ground.draws.many)
    sizes = [_size(ground, stake, free) for stake in ground.stated.stakes]
    best: Plan | None = None
    form: Safe | None = None
    own = tuple(max(1 - (row.probability or 0.0), 1 / len(among)) for row in rows)
    for shares in (own, tuple(1.0 for _ in rows)):

        def judges(height: float, shares: tuple[float, ...] = shares) -> tuple[Judge, ...]:
            return tuple(
                Worst(share, -height * size, among)
                for share, size in zip(shares, sizes, strict=True)
            )

        met = _moved(ground, best or free, judges, _least(ground, free, judges, sizes))
        if met is not None and (best is None or ground.value(met[0]) > ground.value(best)):
            best, form = met[0], Safe(shares, tuple(-met[1] * size for size in sizes))
    for width in EDGE if best is not None else ():
        assert best is not None
        met = _moved(ground, free, *_edge(ground, best, sizes, width))
        if met is not None and ground.value(met[0]) > ground.value(best):
            best = met[0]
    return best, form


def _size(ground: Ground, stake: Stake, spend: Plan) -> float:
    z = ground.draws.of(stake, spend)
    return float(np.std(z)) or float(np.abs(z).mean()) or 1.0


def _least(ground: Ground, spend: Plan, judges: Judges, sizes: list[float]) -> float:
    """By how many of its spreads the worst kept row is kept, as it is read."""
    kept = []
    for stake, judge, size in zip(ground.stated.stakes, judges(0.0), sizes, strict=True):
        cut = judge.cut(ground.draws.of(stake, spend), 0.0)
        assert cut is not None  # only a guard of a proof may have nothing to say
        kept.append(cut.at(ground.draws.of(stake, spend)) / size)
    return min(kept)


def _moved(ground: Ground, start: Plan, judges: Judges, loose: float) -> tuple[Plan, float] | None:
    """The best plan allowed, and the height it was found at; ``loose`` is too low."""
    best: tuple[Plan, float] | None = None

    def at(height: float) -> bool | None:
        """Whether an allowed plan was found; None: no plan keeps rows so high."""
        nonlocal best
        plan = _kept(ground, best[0] if best is not None else start, judges(height))
        if plan is None:
            return None
        if not ground.allowed(plan):
            return False
        if best is None or ground.value(plan) > ground.value(best[0]):
            best = plan, height
        return True

    tight = max(0.0, loose)
    for higher in (0.0, *HIGHER):
        said = at(tight + higher)
        if said is not False:
            tight = tight + higher
            break
        loose = tight + higher
    else:
        return None
    for _ in range(HALVINGS):
        if ground.clock.left() <= 0:
            break
        middle = (tight + loose) / 2
        if at(middle) is False:
            loose = middle
        else:
            tight = middle
    return best


def _kept(ground: Ground, start: Plan, judges: tuple[Judge, ...]) -> Plan | None:
    """The best plan that keeps the rows as they are read."""
    guards = tuple(map(Guard, ground.stated.rows, judges))
    risk = replace(ground.true.risk, guards=guards)
    for first in (start, *_lighter(ground, start)):
        met = ground.lifted(first, risk, rough=True)
        if len(met) > 1:
            return met[-1]
    return None


def _lighter(ground: Ground, spend: Plan) -> list[Plan]:
    """The plan without the lines that may be off: no climb leaves their smallest buy by itself."""
    weekly = ground.problem.weekly
    on = [line for line in weekly.switched if spend[line].sum() > 0]
    left = sum(float(own.sum()) for line, own in spend.items() if line not in on)
    if not on or left <= 0:
        return []
    grown = weekly.budget.total / left if weekly.budget.exact else 1.0
    return [{line: own * (0.0 if line in on else grown) for line, own in spend.items()}]


def _edge(ground: Ground, best: Plan, sizes: list[float], width: float) -> tuple[Judges, float]:
    """Rows read by the draws near their limit at ``best``, and a height that is too low."""
    weights = []
    for stake, size in zip(ground.stated.stakes, sizes, strict=True):
        cut, _ = Share(0.0).soft(ground.draws.of(stake, best), width * size)
        weights.append(cut.draws / (cut.draws.sum() or 1.0))

    def judges(height: float) -> tuple[Judge, ...]:
        return tuple(Fixed(own, -height * size) for own, size in zip(weights, sizes, strict=True))

    return judges, _least(ground, best, judges, sizes) - width


def towards(ground: Ground, start: Plan) -> Plan | None:
    """The plan that reaches the target in most draws of those met: the mean of the worse draws
    lifted, then that of the draws near the target."""
    (goal,) = ground.true.risk.goals
    (stake,) = ground.true.risk.stakes(ground.problem)
    plans, here = [start], start
    for tail in TAILS:
        lifted = Risk((replace(goal, judge=Blend(tail, 1.0)),), (), ground.stated.meters)
        met = ground.lifted(here, lifted)
        here = met[-1]
        plans += met[1:]
    best = ground.most(plans)
    for width in NEARER if best is not None else ():
        assert best is not None
        z = ground.draws.of(stake, best)
        target = ground.stated.target
        assert target is not None
        cut, _ = Share(target.amount).soft(z, width * (float(np.std(z)) or 1.0))
        weights = cut.draws / (cut.draws.sum() or 1.0)
        risk = Risk((replace(goal, judge=Fixed(weights)),), (), ground.stated.meters)
        there = ground.lifted(best, risk)[-1]
        best = ground.most([best, *(between(best, there, way) for way in WAYS)])
    return best
