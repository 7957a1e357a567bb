"""Weekly flighting solved: an amount in whole cents for every line and week."""

from __future__ import annotations

import numpy as np

from allocator.engine.risk.asked import stated_of
from allocator.engine.setting import Setting
from allocator.engine.solved import Solved
from allocator.engine.weekly.pose import pose_weekly
from allocator.engine.weekly.risky import search_risky_weeks
from allocator.engine.weekly.search import search


def solve_weekly(
    setting: Setting, *, time_limit: float, seed: int, near: np.ndarray | None = None
) -> Solved:
    """The best amounts found and their certificate; the reference is where the search begins."""
    starts: tuple[np.ndarray, ...] = (setting.scaled.to_numpy(), setting.reference.to_numpy())
    if near is not None:
        starts = (near, *starts)
    problem, stated = pose_weekly(setting), stated_of(setting)
    if stated is not None:
        return search_risky_weeks(problem, stated, starts, time_limit=time_limit, seed=seed)
    found = search(problem, starts, time_limit=time_limit, seed=seed)
    return Solved(found.termination, found.spend, found.certificate)
