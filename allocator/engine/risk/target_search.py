"""The plan that reaches a target in most draws: lift the mean of the worse ones, then count."""

from __future__ import annotations

import time
from collections.abc import Mapping

from allocator.engine.risk.ascend import Ground, Judged, Plan
from allocator.engine.risk.judge import Blend

TAILS = (1.0, 0.5, 0.2, 0.1)  # of the draws, whose mean is lifted
NEAR = (0.03, 3e-3)  # widths: the start of what follows need not be exact
COUNTING = (1.0, 0.3, 0.1, 0.03, 0.01)  # widths, of the spread, in which draws are counted
MANY = 2  # starts from which draws are counted


def towards(ground: Ground, start: Mapping[str, float]) -> Plan | None:
    """The best plan met: CVaR of the worse draws lifted, a safe form of the target, and from
    there the share of draws that reach it, counted ever more sharply."""
    (goal,) = ground.goals
    plans, here = [dict(start)], dict(start)
    for tail in TAILS:
        lifted = Judged(goal.stake, Blend(tail, 1.0), _size(ground, goal, here))
        here = ground.met(here, widths=NEAR, goals=(lifted,))[-1]
        plans.append(here)
    allowed = sorted(filter(ground.allowed, plans), key=ground.value, reverse=True)
    for promising in allowed[: MANY if time.monotonic() < ground.ends else 0]:
        plans += ground.met(promising, widths=COUNTING)
    return ground.most(plans)


def _size(ground: Ground, goal: Judged, spend: Mapping[str, float]) -> float:
    return float(abs(ground.draws.of(goal.stake, spend)).mean()) or 1.0
