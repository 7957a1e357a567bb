"""Lines that are flattened week by week before carry-over: plan and bound against enumeration."""

from __future__ import annotations

import curve_case
import geo_case
import numpy as np
import pytest

from allocator.engine.problem import AllocationProblem, Budget
from allocator.engine.proof.prove import prove
from allocator.objectives import Terms

LINES = ("video/brand@DE", "video/brand@FR")
PROFILE = np.array([0.6, 0.1, 0.0, 0.3])
STEPS = 60


@pytest.mark.parametrize("seed", range(3))
def test_no_split_beats_the_plan_and_none_exceeds_the_bound(seed: int) -> None:
    curves = geo_case.curves(draws=3, seed=seed, lines=LINES)
    window = curve_case.window(curves, len(PROFILE), weekly=4000.0)  # what follows: no difference
    budget = 1.5 * float(curves.data["scale"].sum())
    problem = AllocationProblem(
        LINES,
        Budget(budget, exact=True),
        Terms({"revenue": 1.0}, 0.0, "currency"),
        {("revenue", line): curves.steady("revenue", line, PROFILE, window) for line in LINES},
        dict.fromkeys(LINES, np.inf),
    )
    amounts = np.linspace(0, budget, STEPS + 1)
    first, second = (
        np.array(
            [
                geo_case.by_hand(curves, "revenue", line, PROFILE * amount, idle=0).mean()
                for amount in amounts
            ]
        )
        for line in LINES
    )
    every = first + second[::-1]
    found = curve_case.found(problem)
    assert found.spend is not None
    value = problem.value(found.spend)
    assert value >= every.max() * (1 - 1e-9)
    bound = prove(problem, found.spend, time_limit=30)[0].bound
    assert bound >= every.max()
    assert bound - value <= 1e-3 * value
    one = next(iter(found.spend))
    spent = PROFILE * found.spend[one]
    by_hand = geo_case.by_hand(curves, "revenue", one, spent, idle=0).mean()
    assert problem.response(found.spend)["revenue", one] == pytest.approx(by_hand, rel=1e-9)
