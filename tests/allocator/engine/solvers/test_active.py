"""The last digits of a plan against closed forms."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from curve_case import hill, root

from allocator.constraints._base import Row
from allocator.engine.problem import AllocationProblem, Budget, Limit
from allocator.engine.solvers.active import finished
from allocator.objectives._base import Terms
from mmm.curves import SteadyResponse

LINES = ("a", "b")
REVENUE = Terms({"revenue": 1.0}, 0.0, "currency")
PROFIT = Terms({"revenue": 1.0}, -1.0, "currency")
CLOSE = 1e-7  # of a budget of 100


def problem_of(
    a: SteadyResponse,
    b: SteadyResponse,
    *,
    terms: Terms = REVENUE,
    exact: bool = True,
    limits: tuple[Limit, ...] = (),
    rows: tuple[Row, ...] = (),
) -> AllocationProblem:
    responses = {("revenue", "a"): a, ("revenue", "b"): b}
    domain = dict.fromkeys(LINES, 1_000.0)
    return AllocationProblem(
        LINES, Budget(100.0, exact), terms, responses, domain, limits=limits, rows=rows
    )


def near(plan: Mapping[str, float], a: float, b: float) -> bool:
    return plan == pytest.approx({"a": a, "b": b}, abs=CLOSE)


def test_two_lines_share_a_budget() -> None:
    """100 · 50 / (50 + x)² = 120 · 60 / (60 + 100 − x)² where x = 100 / 2.2."""
    problem = problem_of(hill(100.0, 50.0, 1.0), hill(120.0, 60.0, 1.0))
    assert near(finished(problem, {"a": 45.0, "b": 55.0}), 100 / 2.2, 100 - 100 / 2.2)


def test_a_line_leaves_zero_where_its_curve_rises_without_end() -> None:
    """c·√x: shares go with c²."""
    problem = problem_of(root(0.1), root(1.0))
    assert near(finished(problem, {"a": 0.0, "b": 100.0}), 1 / 1.01, 100 / 1.01)


def test_what_need_not_be_spent_is_not() -> None:
    """10·√x − x is highest at 25."""
    problem = problem_of(root(10.0), root(10.0), terms=PROFIT, exact=False)
    assert near(finished(problem, {"a": 24.5, "b": 25.3}), 25.0, 25.0)


@pytest.mark.parametrize("start", [60.0 - 1e-8, 60.0, 61.0])
def test_a_share_that_binds(start: float) -> None:
    rows = (Row("share", "a", "min", 0.0, {"a": 0.4, "b": -0.6}),)
    problem = problem_of(root(1.0), root(1.0), rows=rows)
    assert near(finished(problem, {"a": start, "b": 100.0 - start}), 60.0, 40.0)


def test_an_outcome_that_binds() -> None:
    """√x = 7.5 where x = 56.25, beyond the even split that is best without the row."""
    rows = (Row("least", "a", "min", 7.5, response={("revenue", "a"): 1.0}),)
    problem = problem_of(root(1.0), root(1.0), rows=rows)
    assert near(finished(problem, {"a": 56.9, "b": 43.1}), 56.25, 43.75)


def test_a_row_and_a_limit_that_only_seem_to_hold_are_let_go() -> None:
    problem = problem_of(
        root(1.0),
        root(1.0),
        limits=(Limit("most", "b", "max", 50.5),),
        rows=(Row("least", "a", "min", 49.5, {"a": 1.0}),),
    )
    assert near(finished(problem, {"a": 49.5, "b": 50.5}), 50.0, 50.0)


def test_limits_that_hold() -> None:
    problem = problem_of(root(1.0), root(1.0), limits=(Limit("most", "a", "max", 30.0),))
    assert near(finished(problem, {"a": 29.9, "b": 70.1}), 30.0, 70.0)


def test_a_start_that_is_no_top_comes_back() -> None:
    problem = problem_of(root(1.0), root(1.0))
    assert finished(problem, {"a": 10.0, "b": 90.0}) == {"a": 10.0, "b": 90.0}


def test_the_bottom_between_two_tops_comes_back() -> None:
    """Two S-shaped lines at their even split: either alone is worth more."""
    problem = problem_of(hill(100.0, 200.0, 3.0), hill(100.0, 200.0, 3.0))
    start = {"a": 49.99, "b": 50.01}
    found = finished(problem, start)
    assert problem.value(found) >= problem.value(start) * (1 - 1e-9)


def test_prices_of_soft_rows_are_not_smooth() -> None:
    rows = (Row("least", "a", "min", 60.0, {"a": 1.0}, price=0.001),)
    problem = problem_of(root(1.0), root(1.0), rows=rows)
    assert finished(problem, {"a": 50.1, "b": 49.9}) == {"a": 50.1, "b": 49.9}
