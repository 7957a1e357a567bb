"""Weights on draws: the mean of the weighted curve is the weighted sum of the draws."""

from __future__ import annotations

import numpy as np
import pytest
from random_curves import FORMS_OF_CURVES, LINES, random_curves, random_window

from mmm.curves import Adstocked, Reached, SteadyResponse, StraightLines
from mmm.saturation import Hill, MichaelisMenten

WEEKS, DRAWS = 5, 7
AT = np.array([0.0, 30.0, 500.0, 4000.0])
PROFILE = np.array([0.1, 0.0, 0.4, 0.2, 0.3])


def weights_at_random(seed: int) -> np.ndarray:
    """A few draws out of all, as of a worst tenth."""
    rng = np.random.default_rng([seed, 3])
    return rng.gamma(1.0, 1.0, DRAWS) * rng.integers(0, 2, DRAWS)


def check_weighted(curve: SteadyResponse, weights: np.ndarray) -> None:
    seen = curve.weighted(weights)
    expected = weights @ curve.value(AT)
    np.testing.assert_allclose(seen.value(AT).mean(axis=0), expected, rtol=1e-12)
    slope = curve.slope(AT)[:, 1:]  # at 0 it may be infinite
    np.testing.assert_allclose(seen.slope(AT)[:, 1:].mean(axis=0), weights @ slope, rtol=1e-12)
    assert len(seen.value(AT)) == max(1, np.count_nonzero(weights))
    value, rise = seen.mean_at(500.0)
    np.testing.assert_allclose([value, rise], [expected[2], (weights @ slope)[1]], rtol=1e-12)
    assert (seen.knots() == curve.knots()).all()
    bracket = seen.bracket(AT)
    np.testing.assert_allclose(bracket.value, expected, rtol=1e-12)
    between = np.linspace(AT[2], AT[3], 41)
    mean, chord = weights @ curve.value(between), np.interp(between, AT, bracket.value)
    slack = 1e-9 * abs(expected).max()
    assert (mean <= chord + bracket.above[2] + slack).all()
    assert (mean >= chord - bracket.below[2] - slack).all()


@pytest.mark.parametrize("form", FORMS_OF_CURVES)
@pytest.mark.parametrize("seed", range(2))
def test_fitted_lines(form: str, seed: int) -> None:
    curves, window = FORMS_OF_CURVES[form](random_curves(seed, DRAWS)), random_window(seed, WEEKS)
    for count in (None, np.array([1.0, 0.5, 0.0, 2.0, 0.0, 0.3])):
        for line in LINES:
            curve = curves.steady("revenue", line, PROFILE, window, count)
            curve.bracket(AT)  # what it remembers is not the weighted curve's
            check_weighted(curve, weights_at_random(seed))


@pytest.mark.parametrize("seed", range(2))
def test_tables(seed: int) -> None:
    response = np.cumsum(np.random.default_rng(seed).gamma(1.0, 1.0, (DRAWS, 6)), axis=1)
    response[:, 0] = 0
    points = np.array([0.0, 100, 400, 900, 2000, 5000])
    check_weighted(StraightLines(points, response), weights_at_random(seed))


def test_one_row_of_parameters_for_all_draws() -> None:
    effect = np.array([1.0, 2.0, 4.0])
    curve = Adstocked(
        effect, np.full((1, 2), 0.1), np.ones((1, 2)) / 300, MichaelisMenten(),
        {"half_saturation": np.array([[2.0]])},
    )  # fmt: skip
    seen = curve.weighted(np.array([0.0, 0.5, 0.25]))
    np.testing.assert_allclose(seen.value(AT).mean(axis=0), 2 * curve.value(AT)[0], rtol=1e-12)


def test_no_weight_at_all_is_a_curve_of_nothing() -> None:
    """Even where the slope at 0 is infinite: 0 times it is not nothing."""
    steep = {"half_saturation": np.ones((DRAWS, 1)), "slope": np.full((DRAWS, 1), 0.5)}
    flat = np.zeros((DRAWS, 1))
    curve = Adstocked(np.ones(DRAWS), flat, flat + 0.001, Hill(), steep)
    seen = curve.weighted(np.zeros(DRAWS))
    assert (seen.value(AT) == 0).all()
    assert (seen.slope(AT) == 0).all()
    assert seen.mean_at(0.0) == (0.0, 0.0)
    assert (seen.bracket(AT).above == 0).all()


@pytest.mark.parametrize(
    "weights", [np.ones(DRAWS - 1), np.full(DRAWS, -1e-9), np.full(DRAWS, np.nan)]
)
def test_weights_that_do_not_fit(weights: np.ndarray) -> None:
    for form in FORMS_OF_CURVES.values():
        curves = form(random_curves(1, DRAWS))
        curve = curves.steady("revenue", "tv", PROFILE, random_window(1, WEEKS))
        assert isinstance(curve, Adstocked | Reached)
        with pytest.raises(ValueError, match="weights on draws"):
            curve.weighted(weights)
