"""Ranges of near-optimal plans and splits over draws, against closed forms and brute force."""

from __future__ import annotations

import itertools
import math

import curve_case
import numpy as np
import pytest
import sensitivity_case
from sensitivity_case import asked

from allocator import together
from allocator.sensitivity.draws import redrawn
from allocator.sensitivity.ranges import ranges_of
from mmm.curves.importing import from_points

BUDGET = 100_000.0


def test_two_roots_within_one_percent() -> None:
    """30√x + 40√(B − x) ≥ 0.99 · 50√B: with x = B·sin²t it is cos(t − t*) ≥ 0.99."""
    _, known = asked(sensitivity_case.roots(tv=30.0, search=40.0), {"exactly": BUDGET})
    tv, search = ranges_of(known)
    best, apart = math.asin(0.6), math.acos(0.99)
    low, high = (BUDGET * math.sin(best + side * apart) ** 2 for side in (-1, 1))
    assert (tv.low, tv.high) == pytest.approx((low, high), rel=5e-3)
    assert (search.low, search.high) == pytest.approx((BUDGET - high, BUDGET - low), rel=5e-3)
    assert tv.least <= tv.low <= tv.planned <= tv.high <= tv.most
    assert tv.most - tv.high < 0.01 * BUDGET


@pytest.mark.parametrize("seed", range(2))
def test_ranges_against_every_split_of_a_grid(seed: int) -> None:
    """Curves of any shape with kinks at whole steps: a plan of the grid within the loss is within
    the range, and the range is reached by a plan next to the grid."""
    rng = np.random.default_rng(seed)
    step, steps, names = 1000.0, 8, ("a", "b", "c")
    heights = {name: np.cumsum([0, *rng.gamma(0.7, 300, steps)]) for name in names}
    points = {
        name: {"revenue": [(step * n, float(h)) for n, h in enumerate(own)]}
        for name, own in heights.items()
    }
    curves = from_points(points, currency="EUR", weeks=1)
    rule = together("a", "b").spend(id="most", max=6 * step)
    _, known = asked(curves, {"exactly": step * steps}, [rule])
    splits = [
        split
        for split in itertools.product(range(steps + 1), repeat=3)
        if sum(split) == steps and split[0] + split[1] <= 6
    ]
    worth = {s: sum(heights[n][k] for n, k in zip(names, s, strict=True)) for s in splits}
    best = max(worth.values())
    assert known.value == pytest.approx(best, rel=1e-6)
    near = [split for split, value in worth.items() if value >= 0.95 * best]
    for place, one in enumerate(ranges_of(known, within=0.05)):
        reached = [split[place] * step for split in near]
        assert one.low <= min(reached) + 0.01
        assert one.high >= max(reached) - 0.01
        for end in (one.low, one.high):
            assert _worth_at(heights, names, place, end, step) >= 0.95 * best * (1 - 1e-6)


def _worth_at(
    heights: dict[str, np.ndarray], names: tuple[str, ...], place: int, amount: float, step: float
) -> float:
    """The best split that gives one line this amount: at a kink of another, or the rule's edge."""
    total = 8 * step
    others = [name for index, name in enumerate(names) if index != place]
    kinks = step * np.arange(9)
    breaks = np.concatenate([kinks, total - amount - kinks, [6 * step - amount]])
    first = breaks[(breaks >= 0) & (breaks <= total - amount)]
    second = total - amount - first
    totals = {names[place]: np.full(len(first), amount), others[0]: first, others[1]: second}
    worth = sum(np.interp(totals[name], kinks, heights[name]) for name in names)
    allowed = totals["a"] + totals["b"] <= 6 * step + 0.02
    return float(np.max(np.where(allowed, worth, 0.0)))


def test_soft_rules_stay_as_short_as_they_are() -> None:
    """With 60,000 asked of a at a low price, the plan is short of it, and so may others be."""
    curves = sensitivity_case.roots(a=10.0, b=40.0)
    soft = together("a").spend(id="wish", min=60_000, soft={"price": 0.001})
    _, known = asked(curves, {"exactly": BUDGET}, [soft])
    a, _ = ranges_of(known)
    assert a.planned < 60_000
    assert a.low == pytest.approx(a.planned, abs=0.02)
    assert a.high > a.planned


def test_the_best_split_of_each_draw() -> None:
    """Two draws of two roots: B a²/(a² + b²) in each; the plan has the mean factors."""
    at = 400_000.0 * np.linspace(0, 1, 401) ** 2
    factors = {"tv": (30.0, 10.0), "search": (20.0, 40.0)}
    heights = {line: np.outer(own, np.sqrt(at)) for line, own in factors.items()}
    curves = curve_case.tabulated(
        dict.fromkeys(factors, at.tolist()), {"revenue": heights}, weeks=1
    )
    _, known = asked(curves, {"exactly": BUDGET})
    found = redrawn(known)
    assert found.draws == 2
    shares = [
        tv**2 / (tv**2 + search**2)
        for tv, search in zip(factors["tv"], factors["search"], strict=True)
    ]
    (tv, _) = found.lines
    ends = np.quantile([share * BUDGET for share in shares], [0.1, 0.9])
    assert (tv.p10, tv.p90) == pytest.approx(tuple(ends), rel=2e-2)
    each = [math.sqrt((a**2 + b**2) * BUDGET) for a, b in zip(*factors.values(), strict=True)]
    whole = math.sqrt((20.0**2 + 30.0**2) * BUDGET)
    assert found.knowing == pytest.approx(np.mean(each) - whole, rel=2e-2)
