"""How far a plan goes beyond anything ever spent, and how far it may go.

In no week a line spends more than USUAL times its largest week in the history (more where the
scenario allows it by name, or where the reference already does). Lines without history, and those
whose curve is their prior, have no such limit: nothing was observed that could be left behind.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from allocator.constraints import Measure
from allocator.constraints._base import CENT
from allocator.engine.problem import Limit
from allocator.scenario import Extrapolation
from allocator.scenario.schema.extrapolation import USUAL
from allocator.selectors import select
from mmm.curves import ResponseCurves

EXTRAPOLATION = "extrapolation"
"""id under which these limits appear among the rules"""
FLAGGED = 1.2
"""Times the largest week in the history: beyond it a line's part of the gain is told."""
NEAR = 1e-9  # relative: a profile's largest share is a float


def caps_of(
    curves: ResponseCurves, chosen: Extrapolation | None, reference: np.ndarray
) -> dict[str, float]:
    """Line -> the most it may spend in any week, currency. reference: (line, week)."""
    seen = observed(curves)
    times = dict.fromkeys(seen, USUAL)
    if chosen is not None:
        allowed = select(chosen.allow, curves.labels)
        times |= {line: chosen.up_to for line in allowed if line in seen}
    own = dict(zip(curves.lines, reference.max(axis=1).tolist(), strict=True))
    return {line: max(times[line] * most, own[line]) for line, most in seen.items()}


def observed(curves: ResponseCurves) -> dict[str, float]:
    """Line -> its largest week in the history, currency; only lines that have one."""
    prior = set(curves.prior_driven)
    return {
        line: most
        for line, most in curves.observed_weekly.items()
        if most > 0 and line not in prior
    }


def steady_limits(
    caps: Mapping[str, float], profiles: Mapping[str, np.ndarray]
) -> tuple[Limit, ...]:
    """The caps as limits on totals that are spread by these profiles (week,)."""
    return tuple(
        Limit(EXTRAPOLATION, line, "max", cap / float(profiles[line].max()))
        for line, cap in caps.items()
    )


def measures_of(
    caps: Mapping[str, float], seen: Mapping[str, float], weekly: Mapping[str, np.ndarray]
) -> tuple[Measure, ...]:
    """The largest week of every line that goes beyond its history, against its cap."""
    measures = []
    for line, cap in caps.items():
        most = float(weekly[line].max())
        if most > seen[line] + CENT:
            blur = CENT + NEAR * cap
            measures.append(
                Measure(EXTRAPOLATION, line, "max", cap, most, cap - most, "currency", blur)
            )
    return tuple(measures)


def beyond(curves: ResponseCurves, weekly: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Line -> its largest week over that of the history, where it is more than FLAGGED times."""
    times = {line: float(weekly[line].max()) / most for line, most in observed(curves).items()}
    return {line: factor for line, factor in times.items() if factor > FLAGGED * (1 + NEAR)}
