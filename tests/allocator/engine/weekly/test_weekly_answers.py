"""Weekly plans with known answers: closed forms and every plan of a grid."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import weekly_case as case

from allocator.constraints import Meter, MinimumIfActive, Row
from allocator.engine.problem import Limit
from allocator.engine.solvers._base import Termination
from allocator.objectives import Terms

NEAR = 1e-5  # relative: plans are in whole cents


def test_one_week_of_two_roots() -> None:
    """a·√x + b·√y of x + y = B is a²:b² and worth √(B·(a² + b²))."""
    found = case.found(case.posed([case.root(3, 1), case.root(4, 1)], 1000.0))
    assert found.spend == pytest.approx(np.array([[360.0], [640.0]]), abs=0.02)
    assert found.certificate.bound == pytest.approx(np.sqrt(1000 * 25), rel=1e-6)


def test_without_carry_over_every_week_gets_the_same() -> None:
    found = case.found(case.posed([case.root(3, 4), case.root(4, 4)], 4000.0))
    assert found.spend == pytest.approx(np.repeat([[360.0], [640.0]], 4, axis=1), abs=0.05)
    assert found.certificate.bound == pytest.approx(4 * np.sqrt(1000 * 25), rel=1e-6)


def test_money_is_left_where_it_does_not_pay() -> None:
    """√x − x/10 is largest at 25; there is more money than that."""
    found = case.found(case.posed([case.root(1, 2)], 1000.0, exact=False, spend=-0.1))
    assert found.spend == pytest.approx(np.array([[25.0, 25.0]]), abs=0.02)
    assert found.certificate.bound == pytest.approx(5.0, rel=1e-5)


@pytest.mark.parametrize(
    ("budget", "plan", "worth"), [(130.0, [1.3, 0.0], 0.62825), (150.0, [0.75, 0.75], 0.72)]
)
def test_pulses_below_the_switch_and_an_even_split_above(
    budget: float, plan: list[float], worth: float
) -> None:
    """Two weeks of x²/(1+x²): all in one week as long as B² < 2 (here in hundreds)."""
    hundred = case.response(case.hill([1.0], [2.0]), 2, kernel=[[0.01]])
    found = case.found(case.posed([hundred], budget))
    assert found.spend is not None
    assert np.sort(found.spend[0])[::-1] == pytest.approx(np.array(plan) * 100, abs=0.5)
    assert found.certificate.bound == pytest.approx(worth, rel=2e-4)


@pytest.mark.parametrize("slopes", [(0.6, 0.95), (1.2, 2.5)])
def test_no_plan_of_a_grid_is_better(slopes: tuple[float, float]) -> None:
    """Two lines, two weeks, carry-over of three: every split into tenths."""
    responses, budget = case.market(1, 2, 2, draws=3, slopes=slopes)
    problem = case.posed(responses, budget)
    found = case.found(problem, seconds=3.0)
    assert found.spend is not None
    steps = 10
    best = max(
        problem.value(np.array(parts).reshape(2, 2) * budget / steps)
        for parts in itertools.product(range(steps + 1), repeat=4)
        if sum(parts) == steps
    )
    value = problem.value(found.spend)
    assert best <= value * (1 + 1e-9) <= found.certificate.bound * (1 + 2e-9)
    assert value <= best * 1.05  # the grid is coarse, not blind
    assert found.certificate.bound - value <= 2e-3 * value


def test_a_month_has_its_own_money() -> None:
    """A quarter of the money in the first two of four weeks, whatever curves would like."""
    problem = case.posed([case.root(3, 4), case.root(4, 4)], 4000.0)
    first, second = (
        replace(case.money(problem, {0: 1.0, 1: 1.0}, sign=s), bound=s * 1000.0) for s in (1, -1)
    )
    found = case.found(replace(problem, rows=(first, second)))
    assert found.spend is not None
    assert found.spend[:, :2].sum() == pytest.approx(1000.0, abs=0.02)
    assert found.spend[0] == pytest.approx([180.0, 180.0, 540.0, 540.0], abs=0.1)
    worth = 2 * 5 * (np.sqrt(500) + np.sqrt(1500))
    assert found.certificate.bound == pytest.approx(worth, rel=1e-6)


def test_steps_from_week_to_week() -> None:
    """A line locked at 100 in week 0 may rise by half a week: 100, 150, 225, and no further."""
    problem = case.posed([case.root(9, 3), case.root(0.1, 3)], 2000.0)
    rows = [
        Row("locked", "l0", side, sign * 100.0, {"l0": np.array([sign, 0.0, 0.0])})
        for side, sign in (("min", 1.0), ("max", -1.0))
    ]
    for week in (1, 2):
        weight = np.zeros(3)
        weight[week], weight[week - 1] = -1.0, 1.5
        rows.append(Row("steps", "l0", "max", 0.0, {"l0": weight}))
    found = case.found(replace(problem, rows=tuple(rows)))
    assert found.spend is not None
    assert found.spend[0] == pytest.approx([100.0, 150.0, 225.0], abs=0.02)
    assert found.certificate.bound - problem.value(found.spend) <= 1e-5 * found.certificate.bound


def test_a_smallest_buy_is_taken_whole_or_not_at_all() -> None:
    """700 for one of two lines or for none, of 1,000: the better line has all of it."""
    problem = case.posed([case.root(3, 2), case.root(4, 2), case.root(1, 2)], 1000.0)
    minima = tuple(MinimumIfActive("buy", line, 700.0) for line in ("l0", "l1"))
    found = case.found(replace(problem, minima=minima))
    assert found.spend is not None
    sets = [1.0], [3.0, 1.0], [4.0, 1.0]  # of lines that are on, each by its own closed form
    worth = max(np.sqrt(2 * 1000) * np.sqrt(sum(a * a for a in on)) for on in sets)
    assert found.spend[0].sum() == 0
    assert problem.value(found.spend) == pytest.approx(worth, rel=NEAR)
    assert found.certificate.bound == pytest.approx(worth, rel=1e-4)


def test_at_most_one_line_is_on() -> None:
    problem = case.posed([case.root(3, 2), case.root(4, 2)], 1000.0)
    row = Row("count", "all", "max", -1.0, active={"l0": -1.0, "l1": -1.0})
    found = case.found(replace(problem, rows=(row,)))
    assert found.spend == pytest.approx(np.array([[0.0, 0.0], [500.0, 500.0]]), abs=0.02)


def test_a_soft_rule_is_broken_where_its_price_is_lower() -> None:
    """√x of 100 with x ≥ 64 at 0.02 a unit short, against 2·√(100 − x)."""
    problem = case.posed([case.root(1, 1), case.root(2, 1)], 100.0)
    row = Row("soft", "l0", "min", 64.0, {"l0": 1.0}, price=0.02)
    found = case.found(replace(problem, rows=(row,)))
    x = np.linspace(0, 64, 640_001)
    best = np.sqrt(x) + 2 * np.sqrt(100 - x) - 0.02 * (64 - x)
    assert found.spend is not None
    assert found.spend[0, 0] == pytest.approx(x[best.argmax()], abs=0.02)
    assert found.certificate.bound == pytest.approx(best.max(), rel=1e-5)


def test_a_cap_on_an_outcome() -> None:
    """3·√x ≤ 30 stops at 100, of a line that would like 360."""
    problem = case.posed([case.root(3, 1), case.root(4, 1)], 1000.0)
    row = Row("cap", "l0", "max", -30.0, response={(case.KPI, "l0"): -1.0})
    found = case.found(replace(problem, rows=(row,)))
    assert found.spend is not None
    assert found.spend[0, 0] == pytest.approx(100.0, abs=0.05)
    worth = 30 + 4 * np.sqrt(900)
    assert problem.value(found.spend) == pytest.approx(worth, rel=1e-4)
    assert worth * (1 - 1e-9) <= found.certificate.bound <= worth * (1 + 1e-3)


def test_a_floor_on_an_outcome() -> None:
    """3·√x ≥ 75 asks for 625, of a line that would take 360."""
    problem = case.posed([case.root(3, 1), case.root(4, 1)], 1000.0)
    row = Row("floor", "l0", "min", 75.0, response={(case.KPI, "l0"): 1.0})
    found = case.found(replace(problem, rows=(row,)))
    assert found.spend is not None
    assert found.spend[0, 0] == pytest.approx(625.0, abs=0.05)
    assert found.certificate.bound == pytest.approx(75 + 4 * np.sqrt(375), rel=1e-5)


def test_the_least_of_two_goals() -> None:
    """max min(√x, 2·√y) of x + y = 100: √x = 2·√y at x = 80."""
    one, two = (Terms({case.KPI: 1.0}, 0.0, "currency", scale=scale) for scale in (
        {"l0": 1.0, "l1": 0.0}, {"l0": 0.0, "l1": 1.0}
    ))  # fmt: skip
    problem = case.posed([case.root(1, 1), case.root(2, 1)], 100.0)
    nothing = Terms({}, 0.0, "currency")
    found = case.found(replace(problem, terms=nothing, floors=(one, two)))
    assert found.spend == pytest.approx(np.array([[80.0], [20.0]]), abs=0.05)
    assert found.certificate.bound == pytest.approx(np.sqrt(80), rel=1e-5)


@pytest.mark.parametrize(
    "rows",
    [
        (Row("much", "l0", "min", 2000.0, {"l0": 1.0}),),
        (Row("out of reach", "l0", "min", 99.0, response={(case.KPI, "l0"): 1.0}),),
        (Row("week", "l0", "min", 1001.0, {"l0": np.array([1.0])}),),
    ],
)
def test_no_plan_is_said_to_be_none(rows: tuple[Row, ...]) -> None:
    problem = case.posed([case.root(3, 1), case.root(4, 1)], 1000.0, rows=rows)
    found = case.found(problem)
    assert found.termination is Termination.INFEASIBLE
    assert found.spend is None
    assert found.certificate.infeasible


def test_more_limits_rows_and_floors() -> None:
    problem = case.posed([case.root(3, 1), case.root(4, 1)], 1000.0)
    more = problem.having([Limit("cap", "l1", "max", 500.0)])
    found = case.found(more)
    assert found.spend == pytest.approx(np.array([[500.0], [500.0]]), abs=0.01)
    assert case.found(more.without({"cap"})).spend == pytest.approx(
        np.array([[360.0], [640.0]]), abs=0.02
    )
    with pytest.raises(AssertionError):  # draws are known only where it was posed from a setting
        problem.having(meters={"bad weeks": Meter(case.KPI)})
