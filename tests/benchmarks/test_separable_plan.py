"""The benchmark's own optimiser finds known optima, S-shapes included, and keeps the budget."""

from __future__ import annotations

import numpy as np
import pytest
from separable_plan import Curve, best_plan, charged, worth

FINE = np.linspace(0, 3, 601)


def test_two_square_roots_share_in_proportion_to_the_squares_of_their_weights() -> None:
    """max a√x + b√(2 − x): x = 2 a² / (a² + b²); with a = 1 and b = 1.2, 2 / 2.44."""
    curves = {"one": Curve(1.0, FINE, np.sqrt(FINE)), "two": Curve(1.0, FINE, 1.2 * np.sqrt(FINE))}
    plan = best_plan(curves)
    assert plan["one"] == pytest.approx(2 / 2.44, abs=2e-3)
    assert plan["one"] + plan["two"] == pytest.approx(2.0)


def test_an_s_shape_is_climbed_where_a_gradient_would_stay() -> None:
    """Two lines of x²: equal is the worst split, and one end is best."""
    curves = {name: Curve(1.0, FINE, FINE**2) for name in ("one", "two")}
    plan = best_plan(curves)
    assert sorted(plan.values()) == pytest.approx([0.5, 1.5])
    assert worth(curves, plan) == pytest.approx(0.25 + 2.25)


def test_three_lines_against_every_split() -> None:
    rng = np.random.default_rng(5)
    points = np.arange(0, 3.01, 0.25)
    curves = {
        name: Curve(spend, points, np.cumsum(rng.exponential(size=len(points))))
        for name, spend in (("a", 1.0), ("b", 2.0), ("c", 1.0))
    }
    one, two = np.meshgrid(np.arange(-50, 101) / 100, np.arange(-100, 201) / 100, indexing="ij")
    three = -(one + two)
    whole = curves["a"].at(1 + one) + curves["b"].at(1 + two / 2) + curves["c"].at(1 + three)
    inside = (three >= -0.5 - 1e-9) & (three <= 1 + 1e-9)
    plan = best_plan(curves, steps=400)
    assert worth(curves, plan) == pytest.approx(whole[inside].max(), rel=1e-9)


def test_a_charge_keeps_a_plan_where_it_is() -> None:
    """Gains of equal lines that are uncertain are not worth moving for."""
    rng = np.random.default_rng(1)
    slopes = rng.normal([1.0, 1.1], 1.0, size=(4000, 2)).T
    each = {name: slope[:, None] * FINE for name, slope in zip("ab", slopes, strict=True)}
    free = best_plan({name: charged(1.0, FINE, draws, 0.0) for name, draws in each.items()})
    careful = best_plan({name: charged(1.0, FINE, draws, 0.5) for name, draws in each.items()})
    assert free["b"] == pytest.approx(1.5)
    assert careful == pytest.approx({"a": 1.0, "b": 1.0})
