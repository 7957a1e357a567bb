"""What a plan may maximise: one file each, declared without a solver."""

from collections.abc import Mapping

from allocator.complaint import Complaint
from allocator.objectives._base import Economy, Objective, Terms
from allocator.objectives.efficient_spend import EfficientSpendObjective
from allocator.objectives.kpi import KpiObjective
from allocator.objectives.least_spend import LeastSpendObjective
from allocator.objectives.most_spend import MostSpendObjective
from allocator.objectives.profit import ProfitObjective
from allocator.objectives.value import ValueObjective
from allocator.objectives.weighted import WeightedObjective
from mmm.errors import nearest

OBJECTIVES: tuple[type[Objective], ...] = (
    KpiObjective,
    ProfitObjective,
    ValueObjective,
    WeightedObjective,
    LeastSpendObjective,
    MostSpendObjective,
    EfficientSpendObjective,
)
"""Every objective of scenario version 1."""

NAMED = (ProfitObjective.name, ValueObjective.name)
"""What a scenario may name besides its KPIs."""

__all__ = [
    "NAMED",
    "OBJECTIVES",
    "Economy",
    "EfficientSpendObjective",
    "KpiObjective",
    "LeastSpendObjective",
    "MostSpendObjective",
    "Objective",
    "ProfitObjective",
    "Terms",
    "ValueObjective",
    "WeightedObjective",
    "objective_for",
]


def objective_for(
    maximise: str | Mapping[str, float], economy: Economy, units: Mapping[str, str]
) -> Objective | Complaint:
    """The objective that ``objective: {maximise: …}`` asks for, or why there is none.

    maximise: the name of a KPI, ``profit``, ``value``, or KPI -> what one of it counts;
    units: every KPI of the curves -> ``currency`` or ``count``.
    """
    if not isinstance(maximise, str):
        return _weighted(maximise, units)
    if maximise in NAMED and maximise in units:
        return Complaint(
            f"{maximise!r}, which is a KPI of the curves too",
            "one meaning",
            "give the KPI another name in model.yaml",
        )
    if maximise == ProfitObjective.name:
        return _profit(economy, units)
    if maximise == ValueObjective.name:
        return _value(economy, units)
    if maximise in units:
        return KpiObjective(maximise, units[maximise])
    known = (*units, *NAMED)
    return Complaint(
        repr(maximise), "a KPI of the curves, profit or value", nearest(maximise, known)
    )


def _weighted(weights: Mapping[str, float], units: Mapping[str, str]) -> Objective | Complaint:
    unknown = _unknown(weights, units)
    if unknown is not None:
        return unknown
    money = any(units[kpi] == "currency" for kpi in weights)
    return WeightedObjective(dict(weights), "currency" if money else "count")


def _profit(economy: Economy, units: Mapping[str, str]) -> Objective | Complaint:
    revenues = [kpi for kpi, unit in units.items() if unit == "currency"]
    price = 1.0
    if not revenues:
        revenues = [kpi for kpi in units if kpi in economy.values]
        price = economy.values[revenues[0]] if len(revenues) == 1 else 1.0
    if len(revenues) != 1:
        found = "curves whose KPIs with unit currency are: " + (", ".join(revenues) or "none")
        return Complaint(found, "exactly one for profit = margin · revenue − spend")
    if economy.margin is not None:
        return ProfitObjective(revenues[0], economy.margin * price)
    own = economy.margins.get(revenues[0])
    if own is None:
        return Complaint("no margin", "`economics: {margin: 35%}` for profit")
    return ProfitObjective(revenues[0], own * price, "curves")


def _value(economy: Economy, units: Mapping[str, str]) -> Objective | Complaint:
    if economy.lifetime:
        counts = [kpi for kpi, unit in units.items() if unit == "count"]
        if len(counts) != 1:
            found = "curves whose counted KPIs are: " + (", ".join(counts) or "none")
            return Complaint(
                found, "exactly one, new customers, for `clv`", "say what one is worth: `value_of`"
            )
        mean = sum(economy.lifetime.values()) / len(economy.lifetime)
        scale = {line: worth / mean for line, worth in economy.lifetime.items()}
        return ValueObjective({counts[0]: mean}, scale, "clv")
    if economy.value_of:
        return _unknown(economy.value_of, units) or ValueObjective(dict(economy.value_of))
    own = {
        kpi: value * economy.margins.get(kpi, 1.0)
        for kpi, value in economy.values.items()
        if kpi in units
    }
    if not own:
        return Complaint(
            "nothing that says what an outcome is worth",
            "`economics: {value_of: {new_customers: 180}}` or `economics: {clv: clv.yaml}`",
        )
    return ValueObjective(own, said_by="curves")


def _unknown(kpis: Mapping[str, float], units: Mapping[str, str]) -> Complaint | None:
    for kpi in kpis:
        if kpi not in units:
            return Complaint(f"the KPI {kpi!r}", "a KPI of the curves", nearest(kpi, units))
    return None
