"""SCIP through Pyomo: LP and MILP, for who wants another solver's opinion (extra ``scip``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.engine.solvers._base import Solution, solution_of

if TYPE_CHECKING:  # Pyomo is loaded where something is solved
    from allocator.engine.formulate import Formulation

NAME = "SCIP through Pyomo"


def solve(formulation: Formulation, *, gap: float, time_limit: float, seed: int = 0) -> Solution:
    """Solve cold to a relative ``gap``."""
    from pyomo.contrib.solver.common.factory import SolverFactory

    result = SolverFactory("scip_direct").solve(
        formulation.model,
        load_solutions=False,
        raise_exception_on_nonoptimal_result=False,
        rel_gap=gap,
        time_limit=time_limit,
        threads=1,
        solver_options={"randomization/randomseedshift": seed % 2**31, "numerics/feastol": 1e-9},
    )
    return solution_of(result, formulation)
