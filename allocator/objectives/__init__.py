"""What a plan may maximise: one file each, declared without a solver."""

from collections.abc import Mapping

from allocator.complaint import Complaint
from allocator.objectives._base import Objective, Terms
from allocator.objectives.kpi import KpiObjective
from allocator.objectives.profit import ProfitObjective
from mmm.errors import nearest

OBJECTIVES: tuple[type[Objective], ...] = (KpiObjective, ProfitObjective)
"""Every objective of scenario version 1."""

__all__ = [
    "OBJECTIVES",
    "KpiObjective",
    "Objective",
    "ProfitObjective",
    "Terms",
    "objective_for",
]


def objective_for(
    maximise: str, margin: float | None, units: Mapping[str, str]
) -> Objective | Complaint:
    """The objective that ``objective: {maximise: …}`` asks for, or why there is none.

    maximise: the name of a KPI, or ``profit``; margin: a fraction, needed for profit;
    units: every KPI of the curves -> ``currency`` or ``count``.
    """
    if maximise == ProfitObjective.name:
        return _profit(margin, units)
    if maximise in units:
        return KpiObjective(maximise, units[maximise])
    known = (*units, ProfitObjective.name)
    return Complaint(repr(maximise), "a KPI of the curves, or profit", nearest(maximise, known))


def _profit(margin: float | None, units: Mapping[str, str]) -> Objective | Complaint:
    if ProfitObjective.name in units:
        return Complaint(
            "'profit', which is a KPI of the curves too",
            "one meaning",
            "give the KPI another name in model.yaml",
        )
    revenues = [kpi for kpi, unit in units.items() if unit == "currency"]
    if len(revenues) != 1:
        found = "curves whose KPIs with unit currency are: " + (", ".join(revenues) or "none")
        return Complaint(found, "exactly one for profit = margin · revenue − spend")
    if margin is None:
        return Complaint("no margin", "`economics: {margin: 35%}` for profit")
    return ProfitObjective(revenues[0], margin)
