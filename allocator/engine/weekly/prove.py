"""The certificate of a weekly plan, as tight as this house asks for."""

from __future__ import annotations

import numpy as np

from allocator.engine.weekly.certificate import Bound, certify
from allocator.engine.weekly.problem import WeeklyProblem

AIM = 1e-6  # of the incremental outcome
BENT = 5e-5  # the same where a response is not concave: nearness costs a cut after another


def prove(problem: WeeklyProblem, plan: np.ndarray, *, time_limit: float) -> tuple[Bound, float]:
    """The bound around ``plan`` ((line, week) currency) and the aim it was held to, in objective
    units. Where nothing is earned the aim is a part of the money that need not be spent."""
    aim = aim_of(problem, plan)
    return certify(problem, plan, gap=aim, time_limit=time_limit), aim


def aim_of(problem: WeeklyProblem, plan: np.ndarray) -> float:
    """How near a bound is asked to come to the plan's value, in objective units."""
    response = problem.response(plan)
    goals = (problem.terms, *problem.floors[:1])
    outcome = sum(terms.weight(*cell) * response[cell] for cell in response for terms in goals)
    cost = max(float(np.abs(problem.cost(terms)).max()) for terms in goals)
    near = AIM if problem.concave else BENT
    return near * (abs(outcome) or cost * problem.budget.total or 1.0)
