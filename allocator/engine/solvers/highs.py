"""HiGHS through Pyomo: LP and MILP."""

from __future__ import annotations

from pyomo.contrib.solver.common.factory import SolverFactory
from pyomo.contrib.solver.common.results import SolutionStatus, TerminationCondition

from allocator.engine.formulate import Formulation
from allocator.engine.solvers._base import Solution, Termination

ENDED = {
    TerminationCondition.convergenceCriteriaSatisfied: Termination.OPTIMAL,
    TerminationCondition.provenInfeasible: Termination.INFEASIBLE,
    TerminationCondition.infeasibleOrUnbounded: Termination.INFEASIBLE,  # spend is bounded
    TerminationCondition.maxTimeLimit: Termination.TIME_LIMIT,
}


def solve(formulation: Formulation, *, gap: float, time_limit: float, seed: int = 0) -> Solution:
    """Solve cold (a warm LP may end at a slightly worse point) to a relative ``gap``."""
    solver = SolverFactory("highs")
    result = solver.solve(
        formulation.model,
        load_solutions=False,
        raise_exception_on_nonoptimal_result=False,
        rel_gap=gap,
        time_limit=time_limit,
        threads=1,
        solver_options={"random_seed": seed},
    )
    termination = ENDED.get(result.termination_condition, Termination.FAILED)
    if result.solution_status not in (SolutionStatus.optimal, SolutionStatus.feasible):
        return Solution(termination)
    result.solution_loader.load_vars()
    return Solution(
        termination,
        spend=formulation.spend(),
        value=formulation.natural(result.incumbent_objective),
        bound=formulation.natural(result.objective_bound),
    )
