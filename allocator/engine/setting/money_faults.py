"""What a scenario says of money that its curves or its reference cannot bear."""

from __future__ import annotations

from allocator.complaint import Complaint
from allocator.scenario import LoadedScenario
from mmm.curves import ResponseCurves
from mmm.errors import Fault


def interest_faults(loaded: LoadedScenario, curves: ResponseCurves) -> list[Fault]:
    """Interest on curves that know no weeks, or on a goal that is no money."""
    economics = loaded.scenario.economics
    if economics is None or economics.discount is None:
        return []
    maximise = loaded.scenario.objective.maximise
    complaint = None
    if curves.history is None:
        found = "interest, with imported curves that know no weeks"
        complaint = Complaint(found, "curves of a fit", "leave out `discount`")
    elif isinstance(maximise, str) and curves.units.get(maximise) == "count":
        complaint = Complaint(f"interest on {maximise}, which is a count", "a goal that is money")
    return [] if complaint is None else [loaded.fault(("economics", "discount"), complaint)]


def money_faults(loaded: LoadedScenario, reference: float) -> list[Fault]:
    """A budget that rests on a reference that cannot bear it."""
    budget = loaded.scenario.budget
    if budget.money(reference) > 0:
        return []
    spent = f"a reference that spends {reference:,.2f}"
    if budget.cut is not None:
        complaint = Complaint(f"{spent} in all", "more than is to be cut", "cut less")
    else:
        fix = "write `at_most: 2.0M` beside the KPI, the most that may be spent"
        complaint = Complaint(spent, "something to look around", fix)
    return [loaded.fault(("budget", budget.form), complaint)]
