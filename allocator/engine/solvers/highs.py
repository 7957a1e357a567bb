"""HiGHS through Pyomo: LP and MILP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allocator.engine.solvers._base import Solution, solution_of

if TYPE_CHECKING:  # Pyomo is loaded where something is solved
    from allocator.engine.formulate import Formulation

NAME = "branch and bound where only the budget ties lines, else HiGHS through Pyomo"


def solve(formulation: Formulation, *, gap: float, time_limit: float, seed: int = 0) -> Solution:
    """Solve cold (a warm LP may end at a slightly worse point) to a relative ``gap``."""
    from pyomo.contrib.solver.common.factory import SolverFactory

    result = SolverFactory("highs").solve(
        formulation.model,
        load_solutions=False,
        raise_exception_on_nonoptimal_result=False,
        rel_gap=gap,
        time_limit=time_limit,
        threads=1,
        solver_options={"random_seed": seed},
    )
    return solution_of(result, formulation)
