"""x · dR/dx: its value by hand, its slope by formula, and bounds that hold within every cell."""

from __future__ import annotations

import numpy as np
import pytest
from random_curves import FORMS_OF_CURVES, LINES, random_curves, random_window

from mmm.curves import Adstocked, Elasticity, SteadyResponse, StraightLines
from mmm.saturation import Hill

WEEKS = 6
SPOTS = np.concatenate([np.linspace(0, 1, 40), 0.1 ** np.arange(2, 10)])


def hill(slope: float, effect: float = 1.0) -> Adstocked:
    form = {"half_saturation": np.ones((1, 1)), "slope": np.full((1, 1), slope)}
    return Adstocked(np.array([effect]), np.zeros((1, 1)), np.ones((1, 1)), Hill(), form)


def check_bounds(curve: SteadyResponse, totals: np.ndarray) -> None:
    bracket = curve.bracket(totals)
    assert np.isfinite([bracket.value[1:], bracket.above, bracket.below]).all()
    for cell, (a, b) in enumerate(zip(totals[:-1], totals[1:], strict=True)):
        mean = curve.value(a + (b - a) * SPOTS).mean(axis=0)
        chord = bracket.value[cell] + np.diff(bracket.value)[cell] * SPOTS
        small = 1e-9 * max(1.0, np.abs(bracket.value).max())
        assert (mean <= chord + bracket.above[cell] + small).all()
        assert (mean >= chord - bracket.below[cell] - small).all()


@pytest.mark.parametrize("form", FORMS_OF_CURVES)
@pytest.mark.parametrize("line", LINES)
def test_bounds_hold_on_fitted_lines(form: str, line: str) -> None:
    curves, rng = FORMS_OF_CURVES[form](random_curves(3)), np.random.default_rng(5)
    profile = rng.dirichlet(np.full(WEEKS, 0.7))
    curve = curves.steady("revenue", line, profile, random_window(3, WEEKS))
    totals = np.unique(np.concatenate([[0.0], rng.gamma(1.0, 1500.0, size=6)]))
    check_bounds(Elasticity(curve), totals)
    check_bounds(Elasticity(curve.weighted(rng.uniform(0, 1, 7))), totals)


@pytest.mark.parametrize("slope", [0.5, 1.0, 2.5])
def test_of_a_hill_curve(slope: float) -> None:
    """R = u/(1+u), u = x^s: x·R' = s·u/(1+u)², and its own slope s²·u·(1−u)/(x·(1+u)³)."""
    curve, x = Elasticity(hill(slope)), np.array([0.2, 1.0, 1.7, 30.0])
    u = x**slope
    np.testing.assert_allclose(curve.value(x)[0], slope * u / (1 + u) ** 2, rtol=1e-12)
    expected = slope**2 * u * (1 - u) / (x * (1 + u) ** 3)
    np.testing.assert_allclose(curve.slope(x)[0], expected, rtol=1e-6, atol=1e-7)
    check_bounds(curve, np.array([0.0, 0.01, 0.5, 1.0, 4.0]))


def test_nothing_is_spent() -> None:
    assert Elasticity(hill(0.5)).mean_at(0.0) == (0.0, np.inf)
    assert Elasticity(hill(1.0, effect=7.0)).mean_at(0.0) == (0.0, 7.0)  # the limit of x·R'/x


def test_bounds_close_as_cells_shrink() -> None:
    """Also where the slope at 0 is infinite: of √-like curves x·R' is below R."""
    for slope in (0.5, 2.0):
        widths = []
        for cells in (50, 400):
            bracket = Elasticity(hill(slope)).bracket(5 * np.linspace(0, 1, cells + 1) ** 2)
            widths.append((bracket.above + bracket.below).max())
        assert widths[1] < 0.2 * widths[0]


def test_a_kink_is_a_jump() -> None:
    """Slope 2 up to 3, then 1: x·R' is 2x below 3 and x from there, whatever the cells."""
    curve = Elasticity(StraightLines(np.array([0.0, 3.0, 9.0]), np.array([[0.0, 6.0, 12.0]])))
    assert curve.value(np.array([0.0, 2.9, 3.0, 9.0])).tolist() == [[0.0, 5.8, 3.0, 9.0]]
    assert curve.slope(np.array([1.0, 5.0, 9.0]))[0] == pytest.approx([2.0, 1.0, 1.0])
    assert curve.knots().tolist() == [0.0, 3.0, 9.0]
    for totals in ([0.0, 3.0, 9.0], [0.0, 2.0, 8.0], [2.9, 3.1]):
        check_bounds(curve, np.array(totals))


def test_nothing_is_promised_of_a_second_derivative() -> None:
    low, high = Elasticity(hill(2.0)).slope_bracket(np.array([0.0, 1.0, 2.0]))
    assert low.tolist() == [-np.inf, -np.inf]
    assert high.tolist() == [np.inf, np.inf]
