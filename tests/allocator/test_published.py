"""Published optima of linear media plans, asked in Python and answered to the last digit.

Sources stand beside each case. A unit of a medium costs UNIT of money here, so that a cent is
nothing; what the book calls cost, exposure or audience is a weighted sum of spend.
"""

from __future__ import annotations

from collections.abc import Mapping

import curve_case
import numpy as np
import pytest

from allocator import Problem, allocate, together
from allocator.engine.problem import AllocationProblem, Budget
from allocator.engine.solvers.scipy import Curved, polish
from allocator.objectives import Terms
from allocator.plan import Plan
from allocator.scenario import Constraint
from mmm.curves import TabulatedCurves
from mmm.curves.importing import from_points

MANY = 100.0
UNIT = 10_000.0


def lines(gain: Mapping[str, float], most: Mapping[str, float]) -> TabulatedCurves:
    """A straight line for every medium: ``gain`` for each unit, nothing known beyond ``most``."""
    points = {
        name: {"gain": [(0.0, 0.0), (most.get(name, MANY) * UNIT, most.get(name, MANY) * each)]}
        for name, each in gain.items()
    }
    return from_points(points, currency="EUR", weeks=1)


def rule(name: str, weights: Mapping[str, float], **limit: float) -> Constraint:
    per_unit = {line: weight / UNIT for line, weight in weights.items()}
    return together(*weights).linear(id=name, spend=per_unit, **limit)


def solve(curves: TabulatedCurves, rules: list[Constraint], **budget: object) -> Plan:
    reference = {"flat": True, "scale_to": 1}
    return allocate(
        Problem(
            curves,
            period={"start": "2027-W01", "weeks": 1},
            reference=reference,
            budget=budget or {"at_most": MANY * UNIT * len(curves.lines)},
            objective=None if "least_for" in budget else {"maximise": "gain"},
            rules=rules,
        )
    )


def amounts(plan: Plan) -> dict[str, float]:
    return {line.line: line.total / UNIT for line in plan.lines}


def test_super_grain() -> None:
    """Hillier & Hillier, Introduction to Management Science: Super Grain advertising mix."""
    plan = solve(
        lines({"tv": 1300.0, "magazines": 600.0, "sunday": 500.0}, {"tv": 5.0}),
        [
            rule("advertising", {"tv": 300, "magazines": 150, "sunday": 100}, max=4000),
            rule("planning", {"tv": 90, "magazines": 30, "sunday": 40}, max=1000),
            rule("children", {"tv": 1.2, "magazines": 0.1}, min=5),
            rule("parents", {"tv": 0.5, "magazines": 0.2, "sunday": 0.2}, min=5),
            rule("coupons", {"magazines": 40, "sunday": 120}, min=1490, max=1490),
        ],
    )
    assert amounts(plan) == {"tv": 3.0, "magazines": 14.0, "sunday": 7.75}
    assert plan.certificate.value == pytest.approx(16_175, rel=1e-9)
    assert plan.certificate.gap_of_outcome <= 1e-6


def test_relax_and_enjoy() -> None:
    """Anderson, Sweeney & Williams: Relax-and-Enjoy Lake Development."""
    cost = {"day": 1500, "evening": 3000, "daily": 400, "sunday": 1000, "radio": 100}
    seen = {"day": 1000, "evening": 2000, "daily": 1500, "sunday": 2500, "radio": 300}
    plan = solve(
        lines(
            {"day": 65.0, "evening": 90.0, "daily": 40.0, "sunday": 60.0, "radio": 20.0},
            {"day": 15.0, "evening": 10.0, "daily": 25.0, "sunday": 4.0, "radio": 30.0},
        ),
        [
            rule("budget-of-media", cost, max=30_000),
            rule("spots", {"day": 1, "evening": 1}, min=10),
            rule("television", {"day": 1500, "evening": 3000}, max=18_000),
            rule("customers", seen, min=50_000),
        ],
    )
    assert list(amounts(plan).values()) == [10.0, 0.0, 25.0, 2.0, 30.0]
    assert plan.certificate.value == pytest.approx(2370, rel=1e-9)


def test_win_big() -> None:
    """Render & Stair: Win Big Gambling Club."""
    plan = solve(
        lines(
            {"tv": 5000.0, "newspaper": 8500.0, "prime": 2400.0, "afternoon": 2800.0},
            {"tv": 12.0, "newspaper": 5.0, "prime": 25.0, "afternoon": 20.0},
        ),
        [
            rule("money", {"tv": 800, "newspaper": 925, "prime": 290, "afternoon": 380}, max=8000),
            rule("contracts", {"prime": 1, "afternoon": 1}, min=5),
            rule("radio", {"prime": 290, "afternoon": 380}, max=1800),
        ],
    )
    assert plan.certificate.bound == pytest.approx(67_240.3, abs=0.05)
    assert plan.certificate.value == pytest.approx(67_240.3, abs=50)  # in whole cents of a spot


def test_profit_and_gamble() -> None:
    """Hillier: Profit & Gamble; least cost, TV hurts one product's sales."""
    plan = solve(
        lines({"tv": -1.0, "print": -2.0}, {}),
        [
            rule("detergent", {"print": 1}, min=3),
            rule("liquid", {"tv": 3, "print": 2}, min=18),
            rule("powder", {"tv": -1, "print": 4}, min=4),
        ],
    )
    assert amounts(plan) == {"tv": 4.0, "print": 3.0}
    assert plan.certificate.value == -10.0


def test_dorian_auto() -> None:
    """Winston, Operations Research: Dorian Auto; the optimum is no whole number of spots."""
    plan = solve(
        lines({"comedy": -50.0, "football": -100.0}, {}),
        [
            rule("women", {"comedy": 7, "football": 2}, min=28),
            rule("men", {"comedy": 2, "football": 12}, min=24),
        ],
    )
    assert amounts(plan) == {"comedy": 3.6, "football": 1.4}
    assert plan.certificate.value == pytest.approx(-320.0, rel=1e-9)


def test_media_buying_at_least_cost() -> None:
    """Solver.com: media buying at least cost with caps on each medium."""
    audience = {"a": 50_000.0, "b": 25_000.0, "c": 20_000.0, "d": 15_000.0}
    price = {"a": 500.0, "b": 200.0, "c": 250.0, "d": 125.0}
    most = {"a": 20.0, "b": 15.0, "c": 10.0, "d": 15.0}
    points = {
        name: {"audience": [(0.0, 0.0), (most[name] * price[name], most[name] * audience[name])]}
        for name in audience
    }
    curves = from_points(points, currency="EUR", weeks=1, counts=["audience"])
    plan = solve(
        curves, [], least_for={"kpi": "audience", "at_least": 1_500_000, "at_most": 20_000}
    )
    spots = {line.line: line.total / price[line.line] for line in plan.lines}
    assert spots == {"a": 18.0, "b": 15.0, "c": 0.0, "d": 15.0}
    assert plan.totals.plan.spend == 13_875.0


def climb(names: tuple[str, str], total: float, goal: Curved, *, exact: bool) -> dict[str, float]:
    """Where the exact solver ends with a goal that is no sum over lines, from an even split."""
    problem = AllocationProblem(
        names, Budget(total, exact), Terms({}, 0.0, "currency"), {}, dict.fromkeys(names, np.inf)
    )
    plan = dict.fromkeys(names, total / 2)
    for _ in range(5):
        plan = polish(problem, plan, goal)
    return plan


def test_green_lawns_leaves_money() -> None:
    """Anderson, Sweeney & Williams: GreenLawns; spending all of it is wrong."""

    def profit(plan: Mapping[str, float]) -> tuple[float, Mapping[str, float]]:
        r, m = plan["radio"], plan["mail"]
        slope = {"radio": -4 * r - 9 * m + 16, "mail": -24 * m - 9 * r + 34}
        return -2 * r * r - 12 * m * m - 9 * r * m + 16 * r + 34 * m, slope

    plan = climb(("radio", "mail"), 6.0, Curved(goals=(profit,), size=32.0), exact=False)
    assert plan["radio"] == pytest.approx(4.0, abs=1e-5)
    assert plan["mail"] == pytest.approx(0.0, abs=1e-5)
    assert profit(plan)[0] == pytest.approx(32.0, rel=1e-6)


def test_two_media_that_multiply() -> None:
    """8·x^¼·y^¾ − x − y with x + y = 20,000: 5,000, 15,000 and 71,180.28."""

    def profit(plan: Mapping[str, float]) -> tuple[float, Mapping[str, float]]:
        x, y = plan["x"], plan["y"]
        height = 8 * x**0.25 * y**0.75
        return height - x - y, {"x": height / 4 / x - 1, "y": height * 0.75 / y - 1}

    plan = climb(("x", "y"), 20_000.0, Curved(goals=(profit,), size=71_180.0), exact=True)
    assert plan["x"] == pytest.approx(5_000, rel=1e-4)
    assert profit(plan)[0] == pytest.approx(71_180.28, abs=0.01)


def test_dorfman_steiner() -> None:
    """Price 100, marginal cost 60, advertising elasticity ½: a fifth of revenue is advertising."""
    height = 1_000_000 / np.sqrt(200_000)
    problem = AllocationProblem(
        ("tv",),
        Budget(1_000_000, False),
        Terms({"revenue": 0.4}, -1.0, "currency"),
        {("revenue", "tv"): curve_case.root(height)},
        {"tv": np.inf},
    )
    plan = curve_case.found(problem).spend
    assert plan is not None
    assert plan["tv"] == pytest.approx(200_000, rel=1e-4)
    assert problem.value(plan) == pytest.approx(200_000, rel=1e-8)
