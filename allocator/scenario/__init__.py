"""The planner's file: read, checked, resolved, and bound to the curves it names."""

from allocator.scenario.binding import (
    BoundRule,
    bound_rules,
    name_faults,
    objective_of,
    rule_faults,
)
from allocator.scenario.calendar import plan_calendar
from allocator.scenario.constraint import Constraint
from allocator.scenario.loader import (
    LoadedScenario,
    from_resolved,
    load,
    resolved_form,
    scenario_digest,
    written_form,
)
from allocator.scenario.period import PlanWeeks, plan_weeks
from allocator.scenario.schema import (
    Actuals,
    Budget,
    Economics,
    ObjectiveChoice,
    Period,
    Reference,
    Run,
    Scenario,
    TableRow,
)
from allocator.selectors import select, unknown

__all__ = [
    "Actuals",
    "BoundRule",
    "Budget",
    "Constraint",
    "Economics",
    "LoadedScenario",
    "ObjectiveChoice",
    "Period",
    "PlanWeeks",
    "Reference",
    "Run",
    "Scenario",
    "TableRow",
    "bound_rules",
    "from_resolved",
    "load",
    "name_faults",
    "objective_of",
    "plan_calendar",
    "plan_weeks",
    "resolved_form",
    "rule_faults",
    "scenario_digest",
    "select",
    "unknown",
    "written_form",
]
