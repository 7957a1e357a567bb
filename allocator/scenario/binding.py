"""A scenario meets the curves: its names become lines and KPIs, or faults with their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allocator.complaint import Complaint
from allocator.constraints import Facts, Rule, Selection
from allocator.objectives import Objective, objective_for
from allocator.scenario.loader import LoadedScenario
from allocator.scenario.schema import Scenario
from allocator.selectors import Labels, as_written, select, unknown
from mmm.errors import Fault, nearest


@dataclass(frozen=True)
class BoundRule:
    """A rule of a scenario with the lines it speaks of.

    id, reason, owner: as written; ``place`` is its position under ``constraints``, from 0
    price: of a soft rule, what one unit short costs (objective units); None: it may not be broken
    """

    id: str
    rule: Rule
    selection: Selection
    place: int
    reason: str | None
    owner: str | None
    price: float | None = None


def bound_rules(scenario: Scenario, labels: Labels) -> tuple[BoundRule, ...]:
    """Every rule with its lines, by the curves' ``labels``.

    Raises ValueError for a selector that means no line.
    """
    return tuple(
        BoundRule(
            entry.id,
            entry.rule,
            Selection(
                select(entry.selectors, labels),
                entry.form == "together",
                as_written(entry.selectors),
            ),
            place,
            entry.reason,
            entry.owner,
            entry.soft.price if entry.soft is not None else None,
        )
        for place, entry in enumerate(scenario.constraints)
    )


def objective_of(scenario: Scenario, units: Mapping[str, str]) -> Objective | Complaint:
    """The scenario's objective on curves with these KPIs, or why there is none."""
    margin = scenario.economics.margin if scenario.economics is not None else None
    return objective_for(scenario.objective.maximise, margin, units)


def name_faults(loaded: LoadedScenario, labels: Labels, units: Mapping[str, str]) -> list[Fault]:
    """Every name in the scenario that the curves do not have, before a reference is known."""
    scenario = loaded.scenario
    faults: list[Fault] = []
    objective = objective_of(scenario, units)
    if isinstance(objective, Complaint):
        faults.append(loaded.fault(("objective", "maximise"), objective))
    for place, entry in enumerate(scenario.constraints):
        for item, complaint in unknown(entry.selectors, labels).items():
            path = ("constraints", place, entry.form, item)
            faults.append(loaded.fault(path, complaint))
    return faults + _table_faults(loaded, tuple(labels))


def _table_faults(loaded: LoadedScenario, lines: Sequence[str]) -> list[Fault]:
    rows = loaded.scenario.reference.rows
    if rows is None:
        return []
    faults = [
        loaded.row_fault(
            place,
            Complaint(f"the line {row.line!r}", "a line of the curves", nearest(row.line, lines)),
        )
        for place, row in enumerate(rows)
        if row.line not in lines
    ]
    missing = [line for line in lines if line not in {row.line for row in rows}]
    if missing:
        complaint = Complaint(
            f"a table without {', '.join(missing)}",
            "a row for every line of the curves",
            f"add `{missing[0]},0` where nothing is spent",
        )
        faults.append(loaded.fault(("reference", "table"), complaint))
    return faults


def rule_faults(loaded: LoadedScenario, labels: Labels, facts: Facts) -> list[Fault]:
    """Every rule that cannot be applied to these curves and this reference.

    To be asked once ``name_faults`` is empty.
    """
    return [
        loaded.fault(("constraints", bound.place, bound.rule.key), complaint)
        for bound in bound_rules(loaded.scenario, labels)
        for complaint in bound.rule.problems(bound.selection, facts)
    ]
