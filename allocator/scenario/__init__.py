"""The planner's file: read, checked, resolved, and bound to the curves it names."""

from allocator.scenario.agreed import Agreed
from allocator.scenario.binding import (
    BoundRule,
    bound_rules,
    name_faults,
    rule_faults,
)
from allocator.scenario.calendar import plan_calendar
from allocator.scenario.cell import Cell
from allocator.scenario.forms import from_resolved, resolved_form, scenario_digest, written_form
from allocator.scenario.goal_binding import Worth, goal_terms, objective_of
from allocator.scenario.loaded import LoadedScenario
from allocator.scenario.loader import cells, load
from allocator.scenario.origins import Origin
from allocator.scenario.period import PlanWeeks, plan_weeks
from allocator.scenario.schema import (
    Period,
    Reference,
    Run,
    Scenario,
)
from allocator.scenario.schema.assumption import Assumption
from allocator.scenario.schema.budget import Budget, Floor, Target
from allocator.scenario.schema.constraint import Constraint
from allocator.scenario.schema.economics import Economics, LifetimeValues
from allocator.scenario.schema.extrapolation import Extrapolation
from allocator.scenario.schema.named_reference import Actuals
from allocator.scenario.schema.objective import Caution, ObjectiveChoice
from allocator.scenario.schema.table_row import TableRow

__all__ = [
    "Actuals",
    "Agreed",
    "Assumption",
    "BoundRule",
    "Budget",
    "Caution",
    "Cell",
    "Constraint",
    "Economics",
    "Extrapolation",
    "Floor",
    "LifetimeValues",
    "LoadedScenario",
    "ObjectiveChoice",
    "Origin",
    "Period",
    "PlanWeeks",
    "Reference",
    "Run",
    "Scenario",
    "TableRow",
    "Target",
    "Worth",
    "bound_rules",
    "cells",
    "from_resolved",
    "goal_terms",
    "load",
    "name_faults",
    "objective_of",
    "plan_calendar",
    "plan_weeks",
    "resolved_form",
    "rule_faults",
    "scenario_digest",
    "written_form",
]
