"""What every solver returns: a value that says how it ended, never an exception."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # Pyomo is loaded where something is solved
    from allocator.engine.formulate import Formulation


class Termination(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    TIME_LIMIT = "time limit"
    FAILED = "failed"


@dataclass(frozen=True)
class Solution:
    """spend: line -> total (currency), None where there is no incumbent.

    value is the objective at ``spend`` and bound the solver's own bound, both in the solver's
    model; the plan's bound comes from the certificate.
    """

    termination: Termination
    spend: dict[str, float] | None = None
    value: float | None = None
    bound: float | None = None


Solve = Callable[..., Solution]
"""(formulation, gap=, time_limit=, seed=) ↦ Solution"""


def solution_of(result: Any, formulation: Formulation) -> Solution:
    """A Pyomo result as a value, its incumbent loaded into the model on the way."""
    from pyomo.contrib.solver.common.results import SolutionStatus, TerminationCondition

    ended = {
        TerminationCondition.convergenceCriteriaSatisfied: Termination.OPTIMAL,
        TerminationCondition.provenInfeasible: Termination.INFEASIBLE,
        TerminationCondition.infeasibleOrUnbounded: Termination.INFEASIBLE,  # spend is bounded
        TerminationCondition.maxTimeLimit: Termination.TIME_LIMIT,
    }
    termination = ended.get(result.termination_condition, Termination.FAILED)
    if result.solution_status not in (SolutionStatus.optimal, SolutionStatus.feasible):
        return Solution(termination)
    result.solution_loader.load_vars()
    return Solution(
        termination,
        spend=formulation.spend(),
        value=formulation.natural(result.incumbent_objective),
        bound=formulation.natural(result.objective_bound),
    )
