"""The certificate of a plan, as tight as this house asks for."""

from __future__ import annotations

from collections.abc import Mapping

from allocator.engine.certificate import Certificate, certify
from allocator.engine.problem import AllocationProblem

AIM = 1e-5  # of the incremental outcome: well below any gap a scenario asks for


def prove(
    problem: AllocationProblem, plan: Mapping[str, float], *, time_limit: float
) -> tuple[Certificate, float]:
    """The certificate around ``plan`` and the aim it was held to, in objective units.

    Where nothing is earned the aim is a part of the money that need not be spent.
    """
    response = problem.response(plan)
    weights = problem.terms.response
    outcome = sum(weights.get(kpi, 0.0) * mean for (kpi, _), mean in response.items())
    aim = AIM * (abs(outcome) or abs(problem.terms.spend) * problem.budget.total or 1.0)
    return certify(problem, plan, gap=aim, time_limit=time_limit), aim
