"""What arithmetic alone says of rules in conflict: sums of limits against money and shares."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import linprog

from allocator.constraints import Rule
from allocator.constraints._base import parts
from allocator.engine.problem import AllocationProblem
from allocator.engine.setting import Setting


def arithmetic(setting: Setting, problem: AllocationProblem) -> tuple[str, ...]:
    """Conflicts that need no search: sums of limits against the budget, and limits that cross."""
    currency, total = setting.scenario.currency, problem.budget.total
    found = []
    ceilings = {line: _ceiling(problem, line) for line in problem.lines}
    low, high = _money(problem, ceilings, most=False), _money(problem, ceilings, most=True)
    if low > total * (1 + 1e-9):
        found.append(
            f"the minima add up to {low:,.2f} {currency}, {low - total:,.2f} more than the budget"
        )
    if problem.budget.exact and high < total * (1 - 1e-9):
        found.append(
            f"the maxima add up to {high:,.2f} {currency}, {total - high:,.2f} less than the "
            "budget, which must be spent exactly"
        )
    for line, (least, _) in problem.bounds.items():
        most = ceilings[line]
        if least > most:
            found.append(
                f"{line} must get at least {least:,.2f} and at most {most:,.2f} {currency}"
            )
    return tuple(found + _shares(setting))


def _money(problem: AllocationProblem, ceilings: Mapping[str, float], *, most: bool) -> float:
    """The least or the most that all amounts in rules add up to; NaN where they cross.

    Minima of groups may overlap: a small LP adds them up without counting a line twice.
    """
    unit = problem.budget.total
    rows = [
        row
        for row in problem.rows
        if row.price is None and row.bound and not (row.response or row.active)  # shares: below
    ]
    weights = np.array([[-row.spend.get(line, 0.0) for line in problem.lines] for row in rows])
    found = linprog(
        np.full(len(problem.lines), -1.0 if most else 1.0),
        A_ub=weights if rows else None,
        b_ub=[-row.bound / unit for row in rows] if rows else None,
        bounds=[
            (problem.bounds[line][0] / unit, _finite(ceilings[line] / unit))
            for line in problem.lines
        ],
    )
    return abs(float(found.fun)) * unit if found.status == 0 else np.nan


def _finite(amount: float) -> float | None:
    return amount if np.isfinite(amount) else None


def _ceiling(problem: AllocationProblem, line: str) -> float:
    """The most a line may spend; a budget that is too small is no limit of the line's own."""
    most = [limit.amount for limit in problem.limits if limit.line == line and limit.side == "max"]
    return min([problem.domain[line], *most])


def _shares(setting: Setting) -> list[str]:
    """Share caps that leave no room for all spend, and floors that ask for more than all."""
    caps: list[tuple[np.ndarray, float]] = []
    floors: list[tuple[np.ndarray, float]] = []
    for bound in setting.rules:
        if bound.rule.key != "share" or bound.price is not None or _of_some(bound.rule):
            continue
        for _, lines in parts(bound.selection):
            member = np.array([line in lines for line in setting.curves.lines], dtype=float)
            for side, rows in (("max", caps), ("min", floors)):
                limit = getattr(bound.rule, side, None)
                if limit is not None:
                    rows.append((member, limit))
    found = []
    if caps and (room := _extreme(caps, most=True)) < 1 - 1e-9:
        found.append(f"the share caps leave room for {room:.1%}, less than all spend")
    if floors and (asked := _extreme(floors, most=False)) > 1 + 1e-9:
        found.append(f"the share floors ask for {asked:.1%}, more than all spend")
    return found


def _of_some(rule: Rule) -> bool:
    """A share of some lines only, which says nothing of all spend."""
    return getattr(rule, "of", ("all",)) != ("all",)


def _extreme(rows: list[tuple[np.ndarray, float]], *, most: bool) -> float:
    """The largest sum of shares under caps, or the smallest above floors; no share exceeds 1."""
    sign = 1.0 if most else -1.0
    members = np.array([member for member, _ in rows])
    limits = np.array([limit for _, limit in rows])
    found = linprog(
        np.full(members.shape[1], -sign), A_ub=sign * members, b_ub=sign * limits, bounds=(0, 1)
    )
    return -sign * float(found.fun) if found.status == 0 else 1.0
