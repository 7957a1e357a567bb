"""A scenario meets the curves: its names become lines and KPIs, or faults with their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from allocator.complaint import Complaint
from allocator.constraints import Facts, Rule, Selection
from allocator.scenario.goal_binding import UNSAID, Worth, goal_faults
from allocator.scenario.loaded import LoadedScenario
from allocator.scenario.schema import Scenario
from allocator.scenario.schema.constraint import Constraint
from allocator.selectors import Labels, as_written, chosen, select, unknown
from mmm.errors import Fault, nearest

HARD_ONLY = Complaint(
    "a price on a rule about the next unit of single lines",
    "a rule that is kept: a line cannot be a little below such a floor, only off",
    "leave `soft` out, or write `together` in place of `each`",
)


@dataclass(frozen=True)
class BoundRule:
    """A rule of a scenario with the lines it speaks of.

    id, reason, owner: as written; ``place`` is its position under ``constraints``, from 0; None of
    what stands under the key that is its id
    price: of a soft rule, what one unit short costs (objective units); None: it may not be broken
    """

    id: str
    rule: Rule
    selection: Selection
    place: int | None
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
            selection_of(entry, scenario, labels),
            place,
            entry.reason,
            entry.owner,
            entry.soft.price if entry.soft is not None else None,
        )
        for place, entry in enumerate(scenario.constraints)
    )


def selection_of(entry: Constraint, scenario: Scenario, labels: Labels) -> Selection:
    """The lines an entry is about. Raises ValueError for a selector that means no line."""
    if entry.audience is not None:
        shared = (scenario.audiences or {})[entry.audience].selectors(entry.audience)
        return Selection(select(shared, labels), True, entry.about, entry.audience)
    text = as_written(entry.selectors)
    return Selection(select(entry.selectors, labels), entry.form == "together", text)


def name_faults(
    loaded: LoadedScenario, labels: Labels, units: Mapping[str, str], worth: Worth = UNSAID
) -> list[Fault]:
    """Every name in the scenario that the curves do not have, before a reference is known."""
    scenario = loaded.scenario
    faults = goal_faults(loaded, labels, units, worth)
    for place, entry in enumerate(scenario.constraints):
        for item, complaint in unknown(entry.selectors, labels).items():
            path = ("constraints", place, entry.form, item)
            faults.append(loaded.fault(path, complaint))
    return faults + audience_faults(loaded, labels) + _table_faults(loaded, tuple(labels))


def audience_faults(loaded: LoadedScenario, labels: Labels) -> list[Fault]:
    """Audiences without lines, costs of lines that are not theirs, and two costs of one line."""
    faults: list[Fault] = []
    for name, audience in (loaded.scenario.audiences or {}).items():
        here = ("audiences", name)
        shared = audience.selectors(name)
        wrong = unknown(shared, labels)
        for item, complaint in wrong.items():
            path = here if audience.lines is None else (*here, "lines", item)
            fix = "" if audience.lines else "write `lines: [video, tv/prime]`"
            faults.append(loaded.fault(path, replace(complaint, fix=complaint.fix or fix)))
        lines = () if wrong else select(shared, labels)
        stated: dict[str, str] = {}
        for written in audience.cost_per_thousand:
            theirs = [line for line in chosen(written, labels) if line in lines]
            again = next((stated[line] for line in theirs if line in stated), None)
            stated |= dict.fromkeys(theirs, written)
            found, expected, fix = f"the line {written!r}", "a line of this audience", ""
            if again is not None:
                found = f"the cost of {written} again ({again!r} has it already)"
                expected = "one cost a line"
            elif lines and not theirs:
                fix = nearest(written, {*lines, *shared})
            else:
                continue
            place = (*here, "cost_per_thousand", written)
            faults.append(loaded.fault(place, Complaint(found, expected, fix)))
    return faults


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
    faults: list[Fault] = []
    for bound in bound_rules(loaded.scenario, labels):
        complaints = bound.rule.problems(bound.selection, facts)
        here = ("constraints", bound.place or 0)
        faults += [loaded.fault((*here, bound.rule.key, *one.at), one) for one in complaints]
        if bound.price is None or complaints:
            continue
        if bound.rule.declare(bound.id, bound.selection, facts).marginals:
            faults.append(loaded.fault((*here, "soft"), HARD_ONLY))
    return faults
