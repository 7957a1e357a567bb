"""How the best split moves with what is not known: the plan re-optimised on single draws.

Each draw of the curves is one way the market may be. The goal is read in that draw alone, the
rules as they stand. Lines whose best amount is wild over the draws are not worth fighting over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from allocator.constraints import Meter
from allocator.engine.problem import AllocationProblem
from allocator.engine.search import search
from allocator.sensitivity.again import Known
from allocator.sensitivity.posed import totals_problem

DRAWS = 40  # single draws that are asked; p10 and p90 are then four from either end


@dataclass(frozen=True)
class Spread:
    """The best totals of a line over single draws, currency: quantiles."""

    line: str
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True)
class Redrawn:
    """draws: how many were asked; knowing: what the goal would gain on the average if it were
    known which draw is true."""

    draws: int
    lines: tuple[Spread, ...]
    knowing: float


def redrawn(
    known: Known, *, count: int = DRAWS, tell: Callable[[str], None] = lambda _: None
) -> Redrawn:
    """The best plan of ``count`` draws, evenly chosen, each on its own."""
    run, totals, whole = known.setting.scenario.run, known.totals, totals_problem(known)
    many = known.setting.curves.draws
    chosen = np.unique(np.linspace(0, many - 1, min(count, many)).round().astype(int)).tolist()
    plans, gains = [], []
    for number, draw in enumerate(chosen, 1):
        tell(f"the best plan of one draw, {number} of {len(chosen)}")
        problem = in_draw(known, whole, draw)
        found = search(problem, dict, time_limit=run.time_limit, seed=run.seed, near=totals)
        best = totals
        if found.spend is not None and problem.value(found.spend) > problem.value(totals):
            best = found.spend
        plans.append([best[line] for line in whole.lines])
        gains.append(problem.value(best) - problem.value(totals))
    ends = np.quantile(np.array(plans), [0.1, 0.5, 0.9], axis=0)
    lines = (
        Spread(line, *column) for line, column in zip(whole.lines, ends.T.tolist(), strict=True)
    )
    return Redrawn(len(chosen), tuple(lines), float(np.mean(gains)))


def in_draw(known: Known, problem: AllocationProblem, draw: int) -> AllocationProblem:
    """The same problem with its goal read in one draw."""
    setting = known.setting
    alone = np.zeros(setting.curves.draws)
    alone[draw] = 1.0
    named = {name: f"{name} in draw {draw}" for name in problem.terms.response}
    meters = {
        new: replace(setting.meters.get(name, Meter(name)), draws=alone)
        for name, new in named.items()
    }
    response = {named[name]: weight for name, weight in problem.terms.response.items()}
    terms = replace(problem.terms, response=response)
    return replace(problem.having(meters=meters), terms=terms, floors=())
