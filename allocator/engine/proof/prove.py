"""The certificate of a plan, as tight as this house asks for."""

from __future__ import annotations

from collections.abc import Mapping

from allocator.engine.problem import AllocationProblem
from allocator.engine.proof.certificate import Certificate, certify
from allocator.engine.proof.fill import MANY

AIM = 1e-5  # of the incremental outcome: well below any gap a scenario asks for
AIM_OF_MANY = 1e-4  # with more lines than ``fill.MANY``, whose bound comes nearer only slowly
SOUGHT = 5  # times that of money which a rule alone holds: its price magnifies what a rule is short


def prove(
    problem: AllocationProblem, plan: Mapping[str, float], *, time_limit: float
) -> tuple[Certificate, float]:
    """The certificate around ``plan`` and the aim it was held to, in objective units.

    Where the goal earns nothing the aim is a part of the money that is spent, or that need not be.
    """
    aim = aim_of(problem, plan)
    return certify(problem, plan, gap=aim, time_limit=time_limit), aim


def aim_of(problem: AllocationProblem, plan: Mapping[str, float]) -> float:
    """How near a bound is asked to come to the plan's value, in objective units."""
    response = problem.response(plan)
    goals = (problem.terms, *problem.floors[:1])
    outcome = sum(terms.weight(*cell) * response[cell] for cell in response for terms in goals)
    cost = max(abs(terms.cost(line)) for terms in goals for line in problem.lines)
    spent = sum(plan.values())
    money = SOUGHT * cost * spent or cost * problem.budget.total
    aim = AIM_OF_MANY if len(problem.lines) > MANY else AIM
    return aim * (abs(outcome) or money or 1.0)
