"""Agreement with exact dynamic programming where the best plan is made of whole steps.

Straight lines between whole totals, whole limits and smallest buys: some best plan is whole, and
the recursion best(i, b) = max_a best(i − 1, b − a) + height_i(a) finds its worth (Bellman 1957).
"""

from __future__ import annotations

import math
from dataclasses import replace

import curve_case
import numpy as np

from allocator.constraints import MinimumIfActive
from allocator.engine.problem import Limit
from tests.qa.part import PATIENCE, Findings, Part

FOUND, BOUND = 1e-7, 1e-5  # relative: the polish ends here, the certificate aims there


def best_whole(heights: list[np.ndarray], budget: int, allowed: list[np.ndarray]) -> float:
    """The best sum of heights at whole totals that add up to the budget; −∞ if there are none."""
    best = np.full(budget + 1, -np.inf)
    best[0] = 0.0
    for height, may in zip(heights, allowed, strict=True):
        after = np.full(budget + 1, -np.inf)
        for amount in np.flatnonzero(may):
            after[amount:] = np.maximum(
                after[amount:], best[: budget + 1 - amount] + height[amount]
            )
        best = after
    return float(best[budget])


def dynamic(seed: int) -> Findings:
    """Two to eight lines that rise, rough or S-shaped, a third of the time with falls."""
    rng = np.random.default_rng([7, seed])
    count, budget = int(rng.integers(2, 9)), int(rng.integers(6, 25))
    curves = [curve_case.rough(rng, budget, rising=seed % 3 > 0) for _ in range(count)]
    problem = curve_case.separable(curves, budget)
    allowed, limits, minima = [], [], []
    for line in problem.lines:
        may = np.ones(budget + 1, dtype=bool)
        if rng.random() < 0.4:
            most = int(rng.integers(budget // 2, budget + 1))
            limits.append(Limit("most", line, "max", most))
            may[most + 1 :] = False
        if rng.random() < 0.4:
            least = int(rng.integers(1, budget // 2 + 1))
            minima.append(MinimumIfActive("active", line, least))
            may[1:least] = False
        allowed.append(may)
    problem = replace(problem, limits=tuple(limits), minima=tuple(minima))
    best = best_whole([curve.response[0] for curve in curves], budget, allowed)
    found = curve_case.found(problem, seconds=PATIENCE)
    if best == -math.inf:
        missed = not (found.spend is None and found.certificate.infeasible)
        return {"value": "not seen that there is no plan" if missed else None}
    if found.spend is None:
        return dict.fromkeys(("value", "bound"), "no plan where there is one")
    value, bound = problem.value(found.spend), found.certificate.bound
    size = max(abs(best), 1e-2)  # of heights of order one
    near = -1e-9 * size <= bound - best <= BOUND * size
    ended = " (ended by the clock)" if found.certificate.timed_out else ""
    return {
        "value": _apart(value, best, abs(value - best) <= FOUND * size),
        "bound": _apart(bound, best, near, ended),
    }


def _apart(found: float, best: float, near: bool, ended: str = "") -> str | None:
    return None if near else f"{found!r}{ended} where the recursion finds {best!r}"


DYNAMIC = Part(
    "dynamic",
    {
        "value": "the plan is worth what dynamic programming finds, to 1e-7, or there is none",
        "bound": "the bound lies above it, by 1e-5 at most",
    },
    dynamic,
)
