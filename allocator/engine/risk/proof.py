"""A bound on a problem with risk: certify with the weights at the plan, then with those where the
relaxation would rather be, until the gap is met.

Every round's bound holds by itself: no plan is worth more than it is at any fixed weights.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from allocator.engine.proof.certificate import Certificate, certify
from allocator.engine.proof.prove import prove
from allocator.engine.risk.chance import Worst
from allocator.engine.risk.cuts import P, Posed
from allocator.engine.risk.drawn import Amounts, Judged
from allocator.engine.risk.judge import Draws, Guard, Risk
from allocator.engine.risk.stated import Stated, outside

ROUNDS = 12
SLOW = 2
BETWEEN = 0.5  # of the way from the plan to the relaxation's point: weights in the middle, too

Prove = Callable[..., tuple[Certificate, float]]
Certify = Callable[..., Certificate]


def prove_risky(
    problem: Judged, risk: Risk, plan: Amounts, *, time_limit: float, prove: Prove = prove
) -> tuple[Certificate, float]:
    """The certificate around ``plan`` and the aim it was held to, in objective units.

    ``risk`` holds guards that every allowed plan keeps: of rows with a probability, not the safe
    ones. ``prove`` is what proves an ordinary problem.
    """
    _, found, aim = weighted(problem, risk, plan, time_limit=time_limit, prove=prove)
    return found, aim


def weighted(
    problem: P,
    risk: Risk,
    plan: Amounts,
    *,
    time_limit: float,
    prove: Prove = prove,
    stalled: float = 0.0,
) -> tuple[Posed[P], Certificate, float]:
    """The problem with all weights that were asked for on the way, and what ``prove_risky`` says.

    stalled: a part of the gap; where two rounds in a row take less off it they are the last
    """
    started = time.monotonic()
    posed = Posed.of(problem, risk).at(plan)
    value = posed.value(plan)
    best, found, aim, slow = math.inf, None, 0.0, 0
    for _ in range(ROUNDS):
        left = time_limit - (time.monotonic() - started)
        if found is not None and left <= 0:
            return posed, replace(found, bound=best, timed_out=True), aim
        found, aim = prove(posed.problem, plan, time_limit=max(left, 0.1))
        slow = slow + 1 if best - found.bound < stalled * (best - value) < math.inf else 0
        best = min(best, found.bound)
        if best - value <= aim or found.timed_out or found.infeasible or not found.point:
            break
        promised = posed.problem.value(found.point)
        exact = promised - posed.value(found.point) <= aim / 2 and posed.kept(found.point)
        if exact or slow == SLOW:  # exact: no weights say less of it, the point is a better plan
            break
        middle = {
            line: amount + BETWEEN * (plan[line] - amount) for line, amount in found.point.items()
        }
        posed = posed.at(found.point).at(middle)
    assert found is not None
    return posed, replace(found, bound=best), aim


def safe_bound(
    problem: Judged,
    stated: Stated,
    safe: tuple[Sequence[float], Sequence[float]],
    plan: Amounts,
    *,
    time_limit: float,
    proven: Callable[..., tuple[Certificate, float]] = prove_risky,
) -> float:
    """No plan is worth more that keeps the safe form of every row: CVaR + shift ≥ 0 on the half.

    safe: (shares, shifts), one of each a row. Infinite where the clock ended the proof: such a
    bound nobody need find again.
    """
    outer = outside(problem, stated)
    many = Draws(problem, stated.stakes, stated.meters).many
    guards = tuple(
        Guard(row, Worst(share, shift, stated.among(many)))
        for row, share, shift in zip(stated.rows, *safe, strict=True)
    )
    held = replace(outer, guards=guards)
    found, _ = proven(problem, held, plan, time_limit=time_limit)
    return math.inf if found.timed_out else found.bound


def impossible(
    problem: Judged, risk: Risk, *, time_limit: float, certify: Certify = certify
) -> Certificate:
    """Whether rules and guards leave any plan: asked with the weights of where they might."""
    started = time.monotonic()
    posed = Posed.of(problem, replace(risk, goals=()))
    for _ in range(ROUNDS):
        left = max(0.1, time_limit - (time.monotonic() - started))
        found = certify(posed.problem, gap=0.0, time_limit=left)
        if found.infeasible or not found.point or found.timed_out or posed.kept(found.point):
            return found
        posed = posed.at(found.point)
    return found
