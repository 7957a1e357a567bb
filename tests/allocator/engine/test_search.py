"""The search: budgets far above what pays, and one line alone."""

from __future__ import annotations

from dataclasses import replace

import curve_case
import numpy as np
import pytest

from allocator.engine import search
from allocator.engine.problem import AllocationProblem
from allocator.engine.solvers._base import Solution, Termination
from allocator.engine.tabulate import LineTable, tabulate
from allocator.objectives import Terms

LINES = tuple(f"l{place}" for place in range(10))


@pytest.mark.parametrize("times", [3, 60, 2000])
def test_a_budget_far_above_what_pays_changes_nothing(times: float) -> None:
    """effect·x/(half + x) − x is greatest at √(effect·half) − half, whatever there is to spend."""
    effects, halves = np.array([90.0, 40.0, 250.0, 3.0]), np.array([10.0, 30.0, 5.0, 4.0])
    best = np.maximum(np.sqrt(effects * halves) - halves, 0)
    value = (effects * best / (halves + best) - best).sum()
    curves = [curve_case.hill(e, h, 1.0) for e, h in zip(effects, halves, strict=True)]
    problem = curve_case.separable(curves, best.sum() * times, exact=False)
    problem = replace(problem, terms=Terms({"revenue": 1.0}, -1.0, "currency"))
    found = curve_case.found(problem)
    assert found.spend is not None
    assert problem.value(found.spend) == pytest.approx(value, rel=1e-5)
    assert found.certificate.bound == pytest.approx(value, rel=1e-4)


def _market(seed: int, budget: float) -> tuple[float, float, float]:
    """Profit found on a fitted market with at most this budget; its bound; what is earned."""
    curves = curve_case.parametric(seed, curve_case.Market(lines=LINES))
    window = curve_case.window(curves, 6)
    even = np.full(6, 1 / 6)
    shapes = [curves.steady("revenue", line, even, window) for line in curves.lines]
    problem = curve_case.separable(shapes, budget, exact=False)
    problem = replace(problem, terms=Terms({"revenue": 0.6}, -1.0, "currency"))
    found = curve_case.found(problem)
    assert found.spend is not None
    value = problem.value(found.spend)
    return value, found.certificate.bound, value + sum(found.spend.values())


@pytest.mark.parametrize("seed", [0, 2])
def test_a_fitted_market_with_money_to_spare(seed: int) -> None:
    """S-shapes and a budget a hundred times too large: tables alone are far too coarse."""
    snug, _, earned = _market(seed, 1e6)
    wide, bound, _ = _market(seed, 100e6)
    assert wide == pytest.approx(snug, abs=1e-5 * earned)
    assert bound - wide <= 1e-3 * earned


def test_no_finer_table_is_made_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    tables: list[int] = []

    def counted(problem: AllocationProblem, points: int) -> dict[str, LineTable]:
        tables.append(points)
        return tabulate(problem, points)

    monkeypatch.setattr(search, "tabulate", counted)
    problem = curve_case.separable([curve_case.hill(90.0, 10.0, 1.0)], 1000.0)

    def no_time(*_: object, **__: object) -> Solution:
        return Solution(Termination.TIME_LIMIT)

    assert search.first_plan(problem, time_limit=0.0, seed=0, solve=no_time).spend is None
    assert tables == [33]


def test_one_line_alone_finds_its_top() -> None:
    problem = curve_case.separable([curve_case.hill(90.0, 10.0, 1.0)], 1000.0, exact=False)
    problem = replace(problem, terms=Terms({"revenue": 1.0}, -1.0, "currency"))
    found = curve_case.found(problem)
    assert found.spend is not None
    assert found.spend["l0"] == pytest.approx(20.0, abs=0.01)  # √(90·10) − 10
