"""How a steady plan spreads a line's total over the weeks, and which weeks are dark."""

from __future__ import annotations

import numpy as np

from allocator.complaint import Complaint
from allocator.scenario import LoadedScenario, PlanWeeks, Scenario
from allocator.scenario.flighting_binding import dark_weeks, profile_amounts
from mmm.curves import ResponseCurves
from mmm.errors import Fault


def shares_of(spent: np.ndarray) -> np.ndarray:
    """(line, week) shares of each line's total; even where it spends nothing."""
    total = spent.sum(axis=1, keepdims=True)
    even = np.full_like(spent, 1 / spent.shape[1])
    return np.where(total > 0, spent / np.where(total > 0, total, 1.0), even)


def profile_of(
    scenario: Scenario, curves: ResponseCurves, weeks: PlanWeeks, reference: np.ndarray
) -> np.ndarray:
    """(line, week) shares of a line's total: as asked, with nothing in its dark weeks.

    Where nothing of the profile is left, the other weeks get the same; a line that is dark in all
    weeks keeps its profile, and a rule keeps it off.
    """
    choice = scenario.flighting
    spread = reference
    if choice.profile_file is not None:
        known = profile_amounts(scenario, weeks)
        spread = np.array([[known[line][week] for week in weeks.labels] for line in curves.lines])
    elif choice.profile == "flat":
        spread = np.ones_like(reference)
    spread = shares_of(spread)
    for place, line in enumerate(curves.lines):
        dark = dark_in(scenario, curves, weeks).get(line)
        if dark is not None and not dark.all():
            lit = np.where(dark, 0.0, spread[place])
            spread[place] = lit if lit.sum() > 0 else ~dark
    return shares_of(spread)


def dark_in(scenario: Scenario, curves: ResponseCurves, weeks: PlanWeeks) -> dict[str, np.ndarray]:
    """Line -> (week,) where nothing may be spent on it, of lines with such weeks."""
    return {
        line: np.array([week in dark for week in weeks.labels])
        for line, dark in dark_weeks(scenario, curves.labels).items()
    }


def profile_faults(loaded: LoadedScenario, curves: ResponseCurves) -> list[Fault]:
    """Weeks moved about, on imported curves: they hold for the weeks they were made with."""
    flighting = loaded.scenario.flighting
    moved = flighting.profile not in (None, "reference") or flighting.dark is not None
    if curves.history is not None or not moved:
        return []
    complaint = Complaint(
        "weeks of its own, with imported curves that know no weeks",
        "`flighting: steady`",
        "or fit the curves here",
    )
    return [loaded.fault(("flighting",), complaint)]
