"""What rules may refer to besides the decision, read off the curves and the reference."""

from __future__ import annotations

import numpy as np

from allocator.constraints import Facts
from allocator.periods import Months, shares_of
from allocator.scenario import PlanWeeks
from mmm.curves import ResponseCurves


def facts_of(
    curves: ResponseCurves,
    weeks: PlanWeeks,
    reference: np.ndarray,
    profile: np.ndarray,
    before: np.ndarray,
) -> Facts:
    """reference, profile: (line, week); before: (line, week) between the data and the start."""
    lines = curves.lines
    spent = curves.spent
    past = before
    new = frozenset(curves.prior_driven)
    if spent is not None:
        past = np.concatenate([spent, before], axis=1)
        new = frozenset(
            line for line, own in zip(lines, spent.sum(axis=1).tolist(), strict=True) if own <= 0
        )
    return Facts(
        lines=lines,
        reference=dict(zip(lines, reference.sum(axis=1).tolist(), strict=True)),
        units=curves.units,
        labels=curves.labels,
        weeks=weeks.labels,
        months=months_of(weeks),
        weekly=dict(zip(lines, reference, strict=True)),
        profile=dict(zip(lines, profile, strict=True)),
        past=dict(zip(lines, past, strict=True)),
        new=new,
        timed=spent is not None,  # imported tables carry neither
    )


def months_of(weeks: PlanWeeks) -> dict[str, np.ndarray]:
    """Month -> (week,) the share of each week's days that fall in it: a week that straddles two
    months belongs to both, by days."""
    return {month: np.array(shares) for month, shares in shares_of(weeks.days, Months()).items()}
