"""A second solver's opinion of the same tables, and a global referee of the exact curves."""

from __future__ import annotations

import curve_case
import numpy as np
import pytest

from allocator.constraints import MinimumIfActive, Row
from allocator.engine.problem import AllocationProblem, Budget
from allocator.engine.search import search
from allocator.engine.solvers import highs, scip
from allocator.objectives import Terms

LINES = ("a", "b", "c")


def s_shaped(seed: int) -> tuple[AllocationProblem, dict[str, tuple[float, float, float]]]:
    rng = np.random.default_rng(seed)
    shapes = {
        line: (float(rng.uniform(50, 150)), float(rng.uniform(0.2, 0.6)), float(rng.uniform(2, 4)))
        for line in LINES
    }
    problem = AllocationProblem(
        LINES,
        Budget(1.0, True),
        Terms({"revenue": 1.0}, 0.0, "currency"),
        {("revenue", line): curve_case.hill(*shape) for line, shape in shapes.items()},
        dict.fromkeys(LINES, np.inf),
        minima=(MinimumIfActive("small", "b", 0.15),),
        rows=(Row("most", "a + b", "max", -0.8, {"a": -1.0, "b": -1.0}),),
    )
    return problem, shapes


@pytest.mark.parametrize("seed", [1, 2])
def test_both_solvers_find_the_same_plan(seed: int) -> None:
    problem, _ = s_shaped(seed)
    plans = [
        search(problem, dict, time_limit=30, seed=0, solve=solve).spend
        for solve in (highs.solve, scip.solve)
    ]
    assert plans[0] is not None
    assert plans[1] is not None
    assert problem.value(plans[1]) == pytest.approx(problem.value(plans[0]), rel=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_scip_on_the_exact_curves_finds_nothing_better(seed: int) -> None:
    from pyscipopt import Model, quicksum

    problem, shapes = s_shaped(seed)
    found = search(problem, dict, time_limit=30, seed=0)
    assert found.spend is not None
    model = Model()
    model.hideOutput()
    model.setParam("limits/time", 30)
    x = {line: model.addVar(lb=0.0, ub=1.0) for line in LINES}
    r = {line: model.addVar(lb=0.0, ub=200.0) for line in LINES}
    on = model.addVar(vtype="B")
    for line, (top, half, slope) in shapes.items():
        power = (x[line] + 1e-12) ** slope
        model.addCons(r[line] * (power + half**slope) <= top * power)
    model.addCons(quicksum(x.values()) == 1)
    model.addCons(x["a"] + x["b"] <= 0.8)
    model.addCons(x["b"] >= 0.15 * on)
    model.addCons(x["b"] <= on)
    model.setObjective(quicksum(r.values()), "maximize")
    model.optimize()
    assert model.getStatus() == "optimal"
    assert model.getObjVal() <= found.certificate.bound * (1 + 1e-5)
    assert model.getObjVal() == pytest.approx(problem.value(found.spend), rel=1e-4)
