"""Each plan in the eyes of each other: its value, regret and broken rules under their curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from allocator.compare.contender import Contender
from allocator.compare.worlds import Read, read_in, same_curves, same_prices
from allocator.engine.figures.check import check, holds
from allocator.engine.figures.document import interval


def judges_of(plans: Sequence[Contender]) -> tuple[Contender, ...]:
    """One plan for every different world: other curves, prices, weeks or goals."""
    out: list[Contender] = []
    for one in plans:
        if not any(_alike(one, other) for other in out):
            out.append(one)
    return tuple(out)


def judged(plans: Sequence[Contender], judge: Contender) -> list[dict[str, Any]]:
    """Every plan in the judge's world.

    Regret: best mean of the compared plans less its own. Hindsight: mean over the draws of the
    best plan of each draw less its own: what it would be worth to know which draw is true before
    choosing among them (the expected value of perfect information of decision analysis).
    """
    reads: list[Read | None] = []
    whys: list[str] = []
    for plan in plans:
        try:
            reads.append(read_in(plan, judge))
            whys.append("")
        except ValueError as error:
            reads.append(None)
            whys.append(str(error))
    draws = [None if read is None else read.objective for read in reads]
    known = np.array([own for own in draws if own is not None])
    means, best = known.mean(axis=1), known.max(axis=0)
    out = []
    for plan, read, own, why in zip(plans, reads, draws, whys, strict=True):
        entry: dict[str, Any] = {
            "judge": judge.name, "plan": plan.name, "value": None, "regret": None,
            "hindsight": None, "best": None, "breaks": [], "why": why,
        }  # fmt: skip
        if read is not None and own is not None:
            entry |= {
                "value": interval(own),
                "regret": float(means.max() - own.mean()),
                "hindsight": float((best - own).mean()),
                "best": float((own >= best).mean()),
                "breaks": broken_rules(read),
            }
        out.append(entry)
    return out


def broken_rules(read: Read) -> list[str]:
    """Ids of the rules of a world that the plan breaks, in their order."""
    measures = check(read.setting, read.found.spend, read.found.response)
    return list(dict.fromkeys(measure.rule for measure in measures if not holds(measure)))


def _alike(a: Contender, b: Contender) -> bool:
    goal = a.plan.objective == b.plan.objective
    return goal and same_prices(a, b) and same_curves(a, b)
