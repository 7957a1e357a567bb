"""Why a scenario cannot have weekly flighting."""

from __future__ import annotations

from allocator.complaint import Complaint
from allocator.constraints import Facts
from allocator.scenario import BoundRule, LoadedScenario
from mmm.curves import ResponseCurves
from mmm.errors import Fault

FLIGHTING = ("flighting",)
STEADY = "write `flighting: steady`"


def flight_faults(loaded: LoadedScenario, curves: ResponseCurves) -> list[Fault]:
    """Curves that know no weeks."""
    if loaded.scenario.flighting.form != "weekly" or curves.history is not None:
        return []
    complaint = Complaint(
        "weekly flighting, with imported curves, which know no weeks",
        "curves of a model fitted here, or steady flighting",
        STEADY,
    )
    return [loaded.fault(FLIGHTING, complaint)]


def unflown_faults(
    loaded: LoadedScenario, rules: tuple[BoundRule, ...], facts: Facts
) -> list[Fault]:
    """Rules on the next unit of a line's total, or on whole steps of it: they speak of money spent
    along a fixed profile. To be asked where the rules can be applied."""
    if loaded.scenario.flighting.form != "weekly":
        return []
    faults = []
    for bound in rules:
        declared = bound.rule.declare(bound.id, bound.selection, facts)
        if declared.multiples:
            complaint = Complaint(
                f"`{bound.rule.key}` with weekly flighting",
                "steady flighting: a total in whole steps says nothing of its weeks",
                STEADY,
            )
            assert bound.place is not None  # only ``flighting`` itself has none
            faults.append(loaded.fault(("constraints", bound.place, bound.rule.key), complaint))
        if declared.marginals or any(meter.marginal for meter in declared.meters.values()):
            complaint = Complaint(
                f"`{bound.rule.key}` with weekly flighting",
                "steady flighting: the return on the next unit needs to know in which week it is "
                "spent",
                STEADY,
            )
            assert bound.place is not None  # only ``flighting`` itself has none
            faults.append(loaded.fault(("constraints", bound.place, bound.rule.key), complaint))
    return faults
