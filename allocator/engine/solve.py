"""A setting solved as its flighting asks: one amount a line, or one for every week of it."""

from __future__ import annotations

import numpy as np

from allocator.engine.pose import pose
from allocator.engine.possible import Oracle, Steady
from allocator.engine.problem import AllocationProblem
from allocator.engine.setting import Setting
from allocator.engine.solved import Solved
from allocator.engine.solvers import highs
from allocator.engine.steady import SOLVERS as PROGRAMMES
from allocator.engine.steady import rounded, solve_steady
from allocator.engine.weekly.pose import pose_weekly
from allocator.engine.weekly.possible import Weekly, by_total
from allocator.engine.weekly.solve import solve_weekly

SOLVERS = {"steady": solve_steady, "weekly": solve_weekly}
USED = {
    "steady": {
        "structure": highs.NAME,
        "polish": "SciPy SLSQP",
        "certificate": "HiGHS through scipy.optimize.milp",
    },
    "weekly": {
        "structure": "HiGHS",
        "polish": "quadratic models by an interior point method",
        "certificate": "HiGHS through scipy.optimize.linprog and milp",
    },
}
"""flighting -> what finds a plan and proves it, for the record"""


def used(setting: Setting) -> dict[str, str]:
    """Which solvers found the plan and proved it."""
    form, named = setting.scenario.flighting.form, PROGRAMMES[setting.scenario.run.solver].NAME
    return {**USED[form], **({"structure": named} if form == "steady" else {})}


def solve(
    setting: Setting, *, time_limit: float, seed: int, near: np.ndarray | None = None
) -> Solved:
    """The best plan found within ``time_limit`` seconds, and a bound on any plan.

    near: (line, week) currency, where the search begins; the reference, if it is not said
    """
    solver = SOLVERS[setting.scenario.flighting.form]
    return solver(setting, time_limit=time_limit, seed=seed, near=near)


def asked_of(setting: Setting) -> tuple[AllocationProblem, Oracle]:
    """What explains why there is no plan: limits on totals, and who knows whether there is one."""
    if setting.scenario.flighting.form == "weekly":
        return by_total(pose_weekly(setting)), Weekly()
    return pose(setting), Steady(rounded)
