"""The curves under a scenario's assumptions, and what is wrong with those."""

from __future__ import annotations

from allocator.complaint import Complaint
from allocator.scenario import LoadedScenario, Scenario, Worth
from allocator.scenario.assumed_worth import worth_complaints
from allocator.scenario.goal_binding import economy_of
from allocator.selectors import select, unknown
from mmm.curves import Change, ResponseCurves, assumed
from mmm.errors import Fault


def as_given(curves: ResponseCurves) -> ResponseCurves:
    """The curves without anything that was assumed of them."""
    return curves if curves.given is None else curves.given


def assumption_faults(
    loaded: LoadedScenario, models: tuple[ResponseCurves, ...], worth: Worth
) -> list[Fault]:
    """Lines and KPIs that there are not, amounts where no cost is known, and two of one line.

    models: all curves as given, the scenario's own first.
    """
    scenario, curves = loaded.scenario, models[0]
    faults: list[Fault] = []
    stated: dict[str, str] = {}
    for place, assumption in enumerate(scenario.assumptions or ()):
        here = ("assumptions", place)
        wrong = unknown(assumption.lines or (), curves.labels)
        for item, complaint in wrong.items():
            faults.append(loaded.fault((*here, "lines", item), complaint))
        price = assumption.cost_per_unit
        if price is None or price.amount is None or wrong:
            continue
        lines = select(assumption.lines or ("all",), curves.labels)
        refused = _amount(lines, models, stated)
        if refused is not None:
            faults.append(loaded.fault((*here, "cost_per_unit"), refused))
        stated |= dict.fromkeys(lines, assumption.id)
    economy = economy_of(scenario, curves.labels, worth)
    return faults + [
        loaded.fault(path, complaint)
        for path, complaint in worth_complaints(economy, scenario, curves.units)
    ]


def _amount(
    lines: tuple[str, ...], models: tuple[ResponseCurves, ...], stated: dict[str, str]
) -> Complaint | None:
    """Why the cost of a unit of these lines cannot be stated as an amount."""
    unknown_cost = [i for i in lines if any(_cost(curves, i) is None for curves in models)]
    if unknown_cost:
        return Complaint(
            f"the cost of a unit of {unknown_cost[0]}, which the model measures in money",
            "a change",
            "write +6%, or x1.06",
        )
    again = next((line for line in lines if line in stated), None)
    if again is not None:
        found = f"the cost of a unit of {again} again ({stated[again]!r} states it)"
        return Complaint(found, "one amount a line", "write the second as a change such as +6%")
    return None


def under_assumptions(scenario: Scenario, curves: ResponseCurves) -> ResponseCurves:
    """The curves as the scenario expects them; to be asked where there are no faults."""
    if not scenario.assumptions:
        return curves
    price = dict.fromkeys(curves.lines, 1.0)
    outcome = {line: dict.fromkeys(curves.kpis, 1.0) for line in curves.lines}
    for assumption in scenario.assumptions or ():
        worth = assumption.revenue_per_conversion or {}
        for line in select(assumption.lines or ("all",), curves.labels):
            if assumption.cost_per_unit is not None:
                price[line] *= assumption.cost_per_unit.over(_cost(curves, line) or 1.0)
            for kpi, unit in curves.units.items():
                money = worth[kpi].factor if kpi in worth and unit == "currency" else None
                outcome[line][kpi] *= (assumption.effectiveness or 1.0) * (money or 1.0)
    return assumed(curves, {line: Change(price[line], outcome[line]) for line in curves.lines})


def _cost(curves: ResponseCurves, line: str) -> float | None:
    """Currency for a unit of a line's exposure; None where that is spend itself, or not known."""
    if "cost_per_unit" not in curves.data:
        return None
    own = curves.data[["cost_per_unit", "exposure", "spend"]].sel(line=line)
    if bool((own["exposure"] == own["spend"]).all()):
        return None
    return float(own["cost_per_unit"])
