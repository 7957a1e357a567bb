"""What a later decision costs: until it is made, money is spent as in the scaled reference."""

from __future__ import annotations

import numpy as np

from allocator.engine.figures.document import interval
from allocator.findings.dossier import Waiting
from allocator.plan import Interval
from allocator.prepare.source import Source

WEEKS = 4  # a month, the usual distance between two meetings that could decide


def waiting(source: Source, weeks: int = WEEKS) -> Waiting | None:
    """Objective of the plan less that of the reference's first ``weeks`` weeks and then the plan.

    Both in the same draws. Half of the plan's weeks at most; None for a plan of one week, and
    where the mixture lies beyond the last point of an imported curve.
    """
    setting = source.setting
    late = min(weeks, setting.window.weeks // 2)
    if late < 1:
        return None
    spend = np.hstack([setting.scaled.to_numpy()[:, :late], source.opened.known.spend[:, late:]])
    totals = spend.sum(axis=1).tolist()
    ends = [setting.curves.largest_total(line) for line in setting.curves.lines]
    if any(total > end for total, end in zip(totals, ends, strict=True)):
        return None
    cost = source.worth(source.chosen) - source.worth(source.evaluated(spend))
    return Waiting(weeks=late, cost=Interval.model_validate(interval(cost)))
