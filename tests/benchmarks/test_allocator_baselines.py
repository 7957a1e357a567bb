"""What the allocator is compared with does what it says, on problems whose answers are known."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from allocator_speed import local_search, market
from allocator_speed.ours import untouched
from allocator_speed.part import percent, seconds, times
from allocator_speed.plot import plot
from allocator_speed.registry import PARTS
from speed_runs import PAGE

from mmm.curves import StraightLines

GRID = np.linspace(0, 12, 13)


def straight(*heights: list[float]) -> dict[str, StraightLines]:
    """Lines through heights at 0, 1, … 12."""
    return {
        f"l{place}": StraightLines(GRID, np.array([height])) for place, height in enumerate(heights)
    }


def roots() -> market.AllocationProblem:
    """√x and 2√x by straight lines: of 10, 2 and 8 are best (in proportion to the squares)."""
    return market.posed(straight(np.sqrt(GRID).tolist(), (2 * np.sqrt(GRID)).tolist()), 10.0)


def squares() -> market.AllocationProblem:
    """x² twice: the equal split is worst, either end is best."""
    return market.posed(straight((GRID**2).tolist(), (GRID**2).tolist()), 10.0)


def random_steps(seed: int) -> market.AllocationProblem:
    rng = np.random.default_rng(seed)
    rises = rng.gamma(0.5, 1.0, (3, 12))
    heights = np.concatenate([np.zeros((3, 1)), rises.cumsum(axis=1)], axis=1)
    return market.posed(straight(*heights.tolist()), 12.0)


@pytest.mark.parametrize("seed", range(5))
def test_dynamic_programming_against_every_split(seed: int) -> None:
    problem = random_steps(seed)
    spend = local_search.every_split(problem, 12)
    every = (
        local_search.worth(problem, np.array([one, two, 12 - one - two], dtype=float))
        for one, two in product(range(13), repeat=2)
        if one + two <= 12
    )
    assert spend.sum() == pytest.approx(12)
    assert local_search.worth(problem, spend) == pytest.approx(max(every))


def test_dynamic_programming_keeps_bounds() -> None:
    free = squares()
    problem = market.posed(
        dict(zip(free.lines, free.responses.values(), strict=True)),
        10.0,
        bounds={"l0": (2.0, 6.0), "l1": (1.0, 7.0)},
    )
    spend = local_search.every_split(problem, 7)
    assert spend.tolist() == [3.0, 7.0]


def test_concave_curves_are_solved_by_all_of_them() -> None:
    problem = roots()
    best = local_search.worth(problem, np.array([2.0, 8.0]))
    average, unspent = local_search.best_average(problem, 10)
    for spend in (local_search.exchange(problem, 10), average):
        assert spend.tolist() == [2.0, 8.0]
        assert local_search.worth(problem, spend) == pytest.approx(best)
    assert unspent == pytest.approx(0.0)


def test_climbing_stays_where_the_slopes_are_equal() -> None:
    problem = squares()
    start = local_search.equal_split(problem)
    assert local_search.exchange(problem, 10).tolist() == [5.0, 5.0]
    assert local_search.every_split(problem, 10).max() == pytest.approx(10.0)
    many = local_search.many_starts(problem, 8, seed=1)
    assert local_search.worth(problem, many) == pytest.approx(100.0)
    assert local_search.worth(problem, start) == pytest.approx(50.0)


def test_the_best_average_may_leave_money_over() -> None:
    """Jumps of 7 earn most each, and the second no longer fits: 3 of 10 are left."""
    jump = [0.0] * 7 + [10.0] * 6
    problem = market.posed(straight(jump, jump), 10.0)
    spend, unspent = local_search.best_average(problem, 10)
    assert sorted(spend.tolist()) == [0.0, 7.0]
    assert unspent == pytest.approx(0.3)


@pytest.mark.parametrize("unit", [1.0, 30.0])
def test_slsqp_finds_the_interior_of_smooth_concave_curves(unit: float) -> None:
    """Three equal concave curves: the equal split is best, from any start."""
    draws = market.scattered(1, market.Size(1, 3), slopes=(0.9, 0.9))
    (curve,) = market.curves_of(draws, 2, 1).values()
    problem = market.posed({"a": curve, "b": curve, "c": curve}, 30.0)
    ended = local_search.slsqp(problem, np.array([20.0, 9.0, 1.0]), unit=unit)
    best = local_search.worth(problem, np.full(3, 10.0))
    assert ended.spend.sum() == pytest.approx(30)
    assert local_search.worth(problem, ended.spend) == pytest.approx(best, rel=1e-4)


def test_a_plan_is_moved_into_bounds_and_budget() -> None:
    problem = market.posed(dict(straight(GRID.tolist(), GRID.tolist())), 10.0,
                           bounds={"l0": (0.0, 4.0), "l1": (0.0, 12.0)})  # fmt: skip
    assert local_search.within(problem, np.array([9.0, 3.0])).tolist() == [4.0, 6.0]
    assert local_search.equal_split(problem).tolist() == [4.0, 6.0]


def test_a_market_by_hand() -> None:
    """Two weeks of 3, weights 2/3 and 1/3, scale 3, nothing around: levels 2/3, 1, 1/3."""
    draws = market.Draws(
        retention=np.array([[0.5]]),
        effect=np.array([[10.0]]),
        scale=np.array([3.0]),
        parameters={"half_saturation": np.array([[1.0]]), "slope": np.array([[2.0]])},
    )
    (curve,) = market.curves_of(draws, 2, 2, around=0.0).values()
    levels = np.array([2 / 3, 1.0, 1 / 3])
    expected = 10 * (levels**2 / (1 + levels**2)).sum()
    assert curve.value(np.array([6.0]))[0, 0] == pytest.approx(expected)
    (among,) = market.curves_of(draws, 2, 2, around=1.0).values()
    assert among.carried.tolist() == [pytest.approx([1 / 3, 0.0, 2 / 3])]


def test_a_market_is_the_same_for_the_same_seed() -> None:
    size = market.Size(3, 2)
    one, budget = market.hill_market(7, size)
    two, _ = market.hill_market(7, replace(size))
    assert len(one) == 3
    for line, curve in one.items():
        at = np.array([budget / 3])
        assert np.array_equal(curve.value(at), two[line].value(at))


def test_every_part_has_its_place_in_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = [part.name for part in PARTS]
    assert len(set(names)) == len(names)
    for name in names:
        assert text.count(f"<!-- allocator {name} -->") == 1
        assert text.count(f"<!-- end of allocator {name} -->") == 1


def test_figures_in_words() -> None:
    assert [seconds(cpu) for cpu in (0.0123, 4.56, 215.4)] == ["0.012", "4.6", "215"]
    assert [times(ratio) for ratio in (0.063, 3.21, 1234.5)] == ["0.063", "3.2", "1,234"]
    shares = {1e-12: "0", 5e-8: "< 0.0001 %", 3.21e-6: "0.00032 %", 0.309: "30.9 %"}
    assert {share: percent(share) for share in shares} == shares


def test_the_plot_is_the_same_twice(tmp_path: Path) -> None:
    points = {"lines": [(5.0, 0.1), (10.0, 0.3)], "draws": [(20.0, 0.1), (200.0, 1.0)]}
    for name in ("one", "two"):
        plot(points, tmp_path / f"{name}.svg")
    one, two = ((tmp_path / f"{name}.svg").read_bytes() for name in ("one", "two"))
    assert one == two
    assert b"CPU seconds" in one


def test_scip_agrees_on_a_small_problem() -> None:
    from allocator_speed.scip import solved

    curves, budget = market.hill_market(4, market.Size(3, 1, weeks=1, lags=1), slopes=(1.5, 3.0))
    problem = market.posed(curves, 0.5 * budget)
    share, bound = solved(curves, 0.5 * budget, limit=10.0)
    assert share is not None
    grid = local_search.every_split(problem, 200)
    value = local_search.worth(problem, share * problem.budget.total)
    assert value >= local_search.worth(problem, grid) * (1 - 1e-4)
    assert bound >= value * (1 - 1e-6)


def test_slopes_of_a_grid_fall_or_rise_as_the_curve_does() -> None:
    low, value = local_search.on_grid(squares(), 10)
    assert low.tolist() == [0.0, 0.0]
    assert all(b > a for a, b in pairwise(np.diff(value[0]).tolist()))


def test_curves_taken_anew_remember_nothing_and_are_the_same() -> None:
    curves, budget = market.hill_market(2, market.Size(2, 3))
    problem = market.posed(curves, budget)
    at = np.linspace(0, budget, 4)
    for curve in curves.values():
        curve.bracket(at)
    for cell, curve in untouched(problem).responses.items():
        assert not curve.split_at
        assert np.array_equal(curve.value(at), problem.responses[cell].value(at))
