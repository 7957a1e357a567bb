"""Steady flighting solved: one amount a line in whole cents, spread by its profile."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from allocator.cents import cents, to_cents
from allocator.engine.figures.risk import SafeForm
from allocator.engine.pose import pose
from allocator.engine.problem import AllocationProblem
from allocator.engine.risk.asked import stated_of
from allocator.engine.risk.proof import safe_bound
from allocator.engine.risk.search import RiskyFound, search_risky
from allocator.engine.risk.stated import Stated
from allocator.engine.search import search
from allocator.engine.setting import Setting
from allocator.engine.solved import Solved
from allocator.engine.solvers import highs, scip

SOLVERS = {"highs": highs, "scip": scip}
DUST = 1e-6  # of a cent: what floats add to a whole one


def solve_steady(
    setting: Setting, *, time_limit: float, seed: int, near: np.ndarray | None = None
) -> Solved:
    """The best totals found, spread over the weeks, and their certificate."""
    problem = pose(setting)

    def in_cents(spend: Mapping[str, float]) -> dict[str, float]:
        return {line: c / 100 for line, c in rounded(setting, problem, spend).items()}

    start = (setting.scaled.to_numpy() if near is None else near).sum(axis=1).tolist()
    totals_near = dict(zip(setting.curves.lines, start, strict=True))
    stated = stated_of(setting)
    if stated is not None:
        risky = search_risky(
            problem, stated, in_cents, time_limit=time_limit, seed=seed, near=totals_near
        )
        return _risky(setting, problem, stated, risky)
    found = search(
        problem,
        in_cents,
        time_limit=time_limit,
        seed=seed,
        near=totals_near,
        solve=SOLVERS[setting.scenario.run.solver].solve,
    )
    spend = None
    if found.spend is not None:
        totals = {line: cents(amount) for line, amount in found.spend.items()}
        spend = setting.weekly(totals).to_numpy()
    return Solved(found.termination, spend, found.certificate)


def _risky(
    setting: Setting, problem: AllocationProblem, stated: Stated, found: RiskyFound
) -> Solved:
    """What a search that looks at draws has found, with the bound of its safe form."""
    if found.spend is None:
        return Solved(found.termination, None, found.certificate)
    totals = {line: cents(amount) for line, amount in found.spend.items()}
    spend = setting.weekly(totals).to_numpy()
    safe, form = found.safe, None
    limit = setting.scenario.run.time_limit
    if safe is not None:
        form_of = safe.shares, safe.shifts
        bound = safe_bound(problem, stated, form_of, found.spend, time_limit=limit)
        form = SafeForm(safe.shares, safe.shifts, bound) if math.isfinite(bound) else None
    return Solved(found.termination, spend, found.certificate, form)


def rounded(
    setting: Setting, problem: AllocationProblem, spend: Mapping[str, float]
) -> dict[str, int]:
    """Totals in whole cents that keep the budget exactly and the limits of single lines.

    A limit that is no whole cent is kept on its inner side, or, where the budget cannot be met so,
    to the cent. Where a target is to be reached no line loses by rounding, where a return is to be
    earned none gains.
    """
    total = budget = cents(setting.money)
    if not problem.budget.exact:
        asked = setting.scenario.budget
        whole_cents = cents
        if asked.least_for is not None:
            whole_cents = lambda amount: math.ceil(amount * 100 - DUST)  # noqa: E731
        elif asked.most_with is not None:
            whole_cents = lambda amount: math.floor(amount * 100 + DUST)  # noqa: E731
        total = min(budget, sum(map(whole_cents, spend.values())))
    for inside in (True, False):
        limits = [_cent_limits(problem, line, spend[line], inside) for line in problem.lines]
        lower, upper = (list(side) for side in zip(*limits, strict=True))
        least, most = sum(lower), sum(upper)
        if least <= total <= most or (not problem.budget.exact and least <= budget):
            break
    total = min(max(total, least), most)
    amounts = to_cents([spend[line] for line in problem.lines], total, lower, upper)
    return dict(zip(problem.lines, amounts, strict=True))


def _cent_limits(
    problem: AllocationProblem, line: str, amount: float, inside: bool
) -> tuple[int, int]:
    """Smallest and largest total of a line in cents; a line that is off stays off."""
    if line in problem.steps:
        step = cents(problem.steps[line])
        whole = round(amount * 100 / step) * step
        return whole, whole
    low, high = _clear(problem, line, amount)
    known = int(np.floor(min(problem.domain[line], 1e12) * 100 + 1e-6))
    off = line in problem.on_from or any(a <= 0 for a, _ in problem.inner_holes.get(line, ()))
    if amount <= 0.005 and low == 0 and (inside or off):  # half a cent
        return 0, 0
    least = max(low, problem.on_from.get(line, 0.0)) if amount > 0.005 else low
    inner = int(np.ceil(least * 100 - 1e-6)), int(np.floor(high * 100 + 1e-6))
    outer = int(np.floor(least * 100)), min(int(np.ceil(high * 100)), known)
    return inner if inside and inner[0] <= inner[1] else outer


def _clear(problem: AllocationProblem, line: str, amount: float) -> tuple[float, float]:
    """The stretch of a line's range between holes that is nearest to an amount.

    A search ends within its accuracy of a hole's edge, on either side of it.
    """
    low, high = problem.bounds[line]
    if amount <= 0.005 and low == 0:  # off, which a hole that begins at nothing allows
        return low, high
    for start, end in problem.inner_holes.get(line, ()):
        if amount < (start + end) / 2:
            high = min(high, start)
        else:
            low = max(low, end)
    return low, high
