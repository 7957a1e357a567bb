"""First files for a newcomer: a model.yaml and a scenario from the columns of a CSV."""

from allocator.starter.columns import Roles, roles_of
from allocator.starter.model_text import model_text
from allocator.starter.new_scenario import Wish, new_scenario
from allocator.starter.scenario_text import scenario_text
from allocator.starter.table import Table, read_table

__all__ = [
    "Roles",
    "Table",
    "Wish",
    "model_text",
    "new_scenario",
    "read_table",
    "roles_of",
    "scenario_text",
]
