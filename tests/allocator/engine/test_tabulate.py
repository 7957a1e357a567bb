"""Brackets, tables and their piecewise linear programmes against the curves themselves."""

from __future__ import annotations

import itertools
from dataclasses import replace

import curve_case
import numpy as np
import pytest

from allocator.constraints import MinimumIfActive
from allocator.engine.formulate import formulate, stretches
from allocator.engine.problem import AllocationProblem
from allocator.engine.proof.cover import hull_edges
from allocator.engine.solvers import highs
from allocator.engine.tabulate import grid, tabulate, zoom
from mmm.curves import SteadyResponse, StraightLines

WEEKS = 6


def _curves(seed: int) -> list[SteadyResponse]:
    """Every kind: fitted with carry-over (with and without spend around), formulas, tables."""
    rng = np.random.default_rng(seed)
    fitted = curve_case.parametric(seed, curve_case.Market(draws=4, slopes=(0.5, 4.0)))
    profile = rng.dirichlet(np.ones(WEEKS))
    profile[0] = 0.0  # a week without spend
    around = curve_case.window(fitted, WEEKS, weekly=float(rng.integers(0, 2)) * 9000.0)
    return [
        fitted.steady("revenue", "tv", profile / profile.sum(), around),
        fitted.steady("new_customers", "social", profile / profile.sum(), around),
        curve_case.hill(50.0, 30_000.0, 2.5),
        curve_case.hill(50.0, 30_000.0, 0.6),
        curve_case.exponential(10.0, 1e-4),
        StraightLines(np.linspace(0, 1e5, 30), rng.normal(1, 2, (3, 30)).cumsum(axis=1)),
    ]


@pytest.mark.parametrize("seed", range(8))
def test_a_bracket_holds_the_mean_response_everywhere(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for curve in _curves(seed):
        totals = np.unique(np.concatenate([[0.0], rng.uniform(0, 1e5, int(rng.integers(2, 25)))]))
        bracket = curve.bracket(totals)
        fine = np.sort(np.concatenate([totals, rng.uniform(0, totals[-1], 3000)]))
        mean = curve.value(fine).mean(axis=0)
        chord = np.interp(fine, totals, bracket.value)
        cell = np.clip(np.searchsorted(totals, fine, side="right") - 1, 0, len(totals) - 2)
        size = np.abs(mean).max()
        assert np.all(mean <= chord + bracket.above[cell] + 1e-10 * size)
        assert np.all(mean >= chord - bracket.below[cell] - 1e-10 * size)
        assert bracket.value == pytest.approx(curve.value(totals).mean(axis=0), rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_a_bracket_closes_with_the_square_of_the_cell(seed: int) -> None:
    """Ten times as many cells leave a hundredth of the doubt, away from an infinite slope."""
    for curve in _curves(seed)[:3]:
        few, many = (curve.bracket(np.linspace(2e4, 9e4, 1 + n)) for n in (20, 200))
        doubt = [(b.above + b.below).max() for b in (few, many)]
        assert doubt[1] <= doubt[0] / 50


def test_mean_and_slope_in_one_pass_are_those_of_the_curve() -> None:
    for curve in _curves(3):
        for total in (0.0, 1234.5, 5e4, 1e5):
            at = np.array([total])
            mean, slope = curve.mean_at(total)
            assert mean == pytest.approx(curve.value(at).mean(), rel=1e-12, abs=1e-12)
            expected = curve.slope(at).mean()
            assert slope == pytest.approx(expected, rel=1e-9) or np.isinf(expected)


def _problem(seed: int, lines: int) -> AllocationProblem:
    rng = np.random.default_rng(seed)
    problem = curve_case.separable([curve_case.mixed(rng, 60.0) for _ in range(lines)], 60.0)
    return replace(problem, minima=(MinimumIfActive("active", "l0", 12.0),))


@pytest.mark.parametrize("seed", range(5))
def test_tables_lie_below_and_above(seed: int) -> None:
    problem = _problem(seed, 3)
    plan = {"l0": 0.0, "l1": 20.0, "l2": 40.0}
    for tables in (tabulate(problem), zoom(problem, plan, 1 / 12)):
        for line, table in tables.items():
            curve = problem.responses["revenue", line]
            inside = np.linspace(table.totals[0], table.totals[-1], 2001)
            mean = curve.value(inside).mean(axis=0)
            small = 1e-10 * np.abs(mean).max(initial=1.0)
            under, over = table.under["revenue"], table.over["revenue"]
            assert np.all(np.interp(inside, table.totals, under) <= mean + small)
            assert np.all(np.interp(inside, table.totals, over) >= mean - small)


def test_a_near_table_stays_within_bounds_and_keeps_off_what_is_off() -> None:
    problem = _problem(1, 2)
    near = zoom(problem, {"l0": 0.0, "l1": 59.9}, 1 / 12)
    assert near["l0"].totals.tolist() == [0.0]
    assert near["l1"].totals[-1] == 60.0
    assert 59.9 in near["l1"].totals
    on = zoom(problem, {"l0": 12.5, "l1": 47.5}, 1 / 12)
    assert on["l0"].totals[0] == 12.0


def test_a_grid_has_the_ends_and_few_kinks_exactly() -> None:
    problem = curve_case.separable([curve_case.rough(np.random.default_rng(0), 9)], 7.5)
    assert grid(problem, "l0", 33).tolist() == [*map(float, range(8)), 7.5]
    many = curve_case.straight(np.sqrt, 100.0, pieces=5000)
    totals = grid(curve_case.separable([many], 50.0), "l0", 33)
    assert (totals[0], totals[-1]) == (0.0, 50.0)
    assert 100 < len(totals) < 200


def test_stretches_break_where_a_slope_rises() -> None:
    totals = np.arange(6.0)
    concave, s_shaped = np.sqrt(totals), np.array([0, 1, 3, 6, 8, 9.0])
    assert stretches([concave], totals) == [range(0, 5)]
    assert stretches([s_shaped], totals) == [range(0, 1), range(1, 2), range(2, 5)]
    assert stretches([concave, s_shaped], totals) == stretches([s_shaped], totals)
    assert stretches([np.array([0.0, 0, 5, 5, 10, 10])], totals) == [
        range(0, 1), range(1, 3), range(3, 5),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_the_programme_finds_the_best_of_its_own_table(seed: int) -> None:
    """Whole points, whole budget: the best plan is whole, so enumeration has it."""
    rng = np.random.default_rng(seed)
    curves = [curve_case.rough(rng, 8, rising=False) for _ in range(3)]
    problem = curve_case.separable(curves, 8, exact=seed % 2 == 0)
    problem = replace(problem, minima=(MinimumIfActive("active", "l1", 3.0),))
    best = max(
        sum(curve.response[0][x] for curve, x in zip(curves, plan, strict=True))
        for plan in itertools.product(range(9), repeat=3)
        if (sum(plan) == 8 if problem.budget.exact else sum(plan) <= 8) and plan[1] not in (1, 2)
    )
    for estimate in ("under", "over"):
        solution = highs.solve(
            formulate(problem, tabulate(problem), estimate=estimate), gap=1e-9, time_limit=20
        )
        assert solution.value == pytest.approx(best, abs=1e-7)
        assert solution.spend is not None
        assert problem.value(solution.spend) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_the_two_programmes_enclose_the_best_plan(seed: int) -> None:
    problem = _problem(seed, 3)
    found = curve_case.found(problem)
    assert found.spend is not None
    value = problem.value(found.spend)
    under, over = (
        highs.solve(formulate(problem, tabulate(problem), estimate=e), gap=1e-9, time_limit=20)
        for e in ("under", "over")
    )
    assert under.value is not None
    assert over.value is not None
    assert under.value <= value + 1e-7 * abs(value)
    assert over.value >= value - 1e-7 * abs(value)


def test_hull_edges_of_points_with_a_known_hull() -> None:
    edges = hull_edges(np.array([0.0, 1, 2, 3, 4]), np.array([0.0, 3, 2, 4, 4]))
    np.testing.assert_allclose(edges, [(3.0, 0.0), (0.5, 2.5), (0.0, 4.0)])
    np.testing.assert_allclose(hull_edges(np.array([2.0]), np.array([5.0])), [[0.0, 5.0]])
