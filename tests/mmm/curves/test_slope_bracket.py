"""Bounds on the mean slope hold within every cell, and close as cells shrink."""

from __future__ import annotations

import numpy as np
import pytest
from random_curves import FORMS_OF_CURVES, LINES, random_curves, random_window
from test_reached import KINDS, MOST, random_curve

from mmm.curves import Adstocked, SteadyResponse, StraightLines
from mmm.saturation import Hill

WEEKS = 6


def check_bounds(curve: SteadyResponse, totals: np.ndarray, rng: np.random.Generator) -> None:
    low, high = curve.slope_bracket(totals)
    assert low.shape == high.shape == (len(totals) - 1,)
    for cell in range(len(totals) - 1):
        step = totals[cell + 1] - totals[cell]
        shares = [rng.uniform(0, 1, 60), 0.1 ** np.arange(1, 9), 1 - 0.1 ** np.arange(1, 9)]
        mean = curve.slope(totals[cell] + step * np.concatenate(shares)).mean(axis=0)
        assert (mean >= low[cell] * (1 - 1e-9) - 1e-12).all()
        assert (mean <= high[cell] * (1 + 1e-9) + 1e-12).all()


@pytest.mark.parametrize("form", FORMS_OF_CURVES)
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("seed", range(4))
def test_fitted_lines(form: str, line: str, seed: int) -> None:
    curves, rng = FORMS_OF_CURVES[form](random_curves(seed)), np.random.default_rng([seed, 9])
    count = rng.uniform(0, 1, WEEKS + 1) * rng.integers(0, 2, WEEKS + 1) if seed % 2 else None
    profile = rng.dirichlet(np.full(WEEKS, 0.7))
    curve = curves.steady("revenue", line, profile, random_window(seed, WEEKS), count)
    totals = np.unique(np.concatenate([[0.0], rng.gamma(1.0, 1500.0, size=6)]))
    check_bounds(curve, totals, rng)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_curves_on_reach(kind: str, seed: int) -> None:
    half, slope = KINDS[kind]
    curve, rng = (
        random_curve(seed, median_half=half, median_slope=slope),
        np.random.default_rng(seed),
    )
    check_bounds(curve, np.unique(np.append(0.0, rng.gamma(1.0, MOST / 8, size=8))), rng)
    widths = []
    for cells in (50, 100):
        low, high = curve.slope_bracket(np.linspace(0, MOST, cells + 1))
        widths.append((high - low).max())
    assert widths[1] < 0.65 * widths[0]  # closes with the cell
    assert (low >= 0).all()


def test_a_concave_curve_is_between_its_end_slopes() -> None:
    """effect · √-like Hill of slope 0.5: infinite at 0, 1 / (2 · (1 + √x)² · √x) elsewhere."""
    half = {"half_saturation": np.ones((1, 1)), "slope": np.full((1, 1), 0.5)}
    curve = Adstocked(np.ones(1), np.zeros((1, 1)), np.ones((1, 1)), Hill(), half)
    low, high = curve.slope_bracket(np.array([0.0, 1.0, 4.0]))
    np.testing.assert_allclose(low, [1 / 8, 1 / 36])
    np.testing.assert_allclose(high, [np.inf, 1 / 8])


def test_an_s_shape_cell_around_the_inflection() -> None:
    """x² / (1 + x²) has its steepest slope, 3√3 / 8, at 1/√3, inside the cell."""
    square = {"half_saturation": np.ones((1, 1)), "slope": np.full((1, 1), 2.0)}
    curve = Adstocked(np.ones(1), np.zeros((1, 1)), np.ones((1, 1)), Hill(), square)
    low, high = curve.slope_bracket(np.array([0.1, 2.0]))
    assert low[0] <= 2 * 2.0 / 25  # at the right end
    assert high[0] == pytest.approx(3 * 3**0.5 / 8)  # rising up to the bend, falling after


def test_a_table_is_exact() -> None:
    table = StraightLines(
        np.array([0.0, 1.0, 2.0, 4.0]), np.array([[0.0, 3.0, 4.0, 4.5], [0.0, 1.0, 4.0, 5.0]])
    )
    # mean slopes 2, 2, 0.375
    steeper = StraightLines(table.points, table.response[:1])  # slopes 3, 1, 0.25
    for totals, low, high in [
        ([0.0, 1.0, 2.0, 4.0], [3, 1, 0.25], [3, 1, 0.25]),
        ([0.5, 1.5, 1.75, 3.0], [1, 1, 0.25], [3, 1, 1]),
        ([0.0, 4.0], [0.25], [3]),
    ]:
        found = steeper.slope_bracket(np.array(totals))
        np.testing.assert_allclose(found, [low, high])
    np.testing.assert_allclose(table.slope_bracket(np.array([0.0, 1.5, 4.0])), [[2, 0.375], [2, 2]])
    with pytest.raises(ValueError, match="lies beyond"):
        table.slope_bracket(np.array([0.0, 5.0]))
