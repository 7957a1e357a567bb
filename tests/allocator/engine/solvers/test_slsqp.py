"""The climb of SLSQP against the closed form of two concave lines."""

from __future__ import annotations

import pytest
from curve_case import hill

from allocator.constraints._base import Row
from allocator.engine.problem import AllocationProblem, Budget
from allocator.engine.solvers.scipy import polish
from allocator.objectives._base import Terms

LINES = ("a", "b")
RESPONSES = {
    ("revenue", "a"): hill(100.0, 50.0, 1.0),
    ("revenue", "b"): hill(120.0, 60.0, 1.0),
    ("customers", "a"): hill(1.0, 50.0, 0.5),  # rises without bound at nothing
    ("customers", "b"): hill(1.0, 50.0, 0.5),
}
SPEAKS = Row("served", "all", "min", 0.1, response=dict.fromkeys(
    (("customers", "a"), ("customers", "b")), 1.0))  # fmt: skip


@pytest.mark.parametrize("rows", [(), (SPEAKS,)])
def test_a_line_at_nothing_moves_whatever_another_outcome_does_there(rows: tuple[Row, ...]) -> None:
    """100 · 50 / (50 + x)² = 120 · 60 / (60 + 100 − x)² where x = 100 / 2.2."""
    goal = Terms({"revenue": 1.0}, 0.0, "currency")
    domain = dict.fromkeys(LINES, 1_000.0)
    problem = AllocationProblem(LINES, Budget(100.0, True), goal, RESPONSES, domain, rows=rows)
    found = polish(problem, {"a": 0.0, "b": 100.0})
    assert found["a"] == pytest.approx(100 / 2.2, abs=0.01)
    assert sum(found.values()) == pytest.approx(100.0)
