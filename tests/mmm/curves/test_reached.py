"""Curves on reach: slopes, and bounds that hold for S-shaped, concave and mixed draws."""

from __future__ import annotations

import numpy as np
import pytest

from mmm.curves.reached import Reached
from mmm.reach import EffectiveReach, ReachCurve
from mmm.reach.families import by_name

DRAWS, WEEKS = 9, 5
MOST = 40_000.0  # with 0.01 a unit and 200,000 people: up to 20 impressions a head and week


def random_curve(seed: int, *, median_half: float, median_slope: float) -> Reached:
    rng = np.random.default_rng(seed)
    shape = np.exp(rng.normal(0, 1, DRAWS))
    curve = ReachCurve(by_name("nbd"), 2e5 * np.exp(rng.normal(0, 0.2, DRAWS)), {"shape": shape})
    half = median_half * np.exp(rng.normal(0, 0.4, DRAWS))
    slope = median_slope * np.exp(rng.normal(0, 0.4, DRAWS))
    weight = np.exp(rng.normal(0, 0.5, DRAWS))
    profile = rng.dirichlet(np.full(WEEKS, 0.8)) / 0.01
    profile[2] = 0.0
    return Reached(weight, profile, EffectiveReach(curve, half, slope))


# S-shaped from the first impression on; concave throughout; inflection of h below frequency 1
KINDS = {"S-shaped": (3.0, 3.0), "concave": (2.0, 0.5), "mixed": (1.2, 1.6)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_the_mean_response_stays_inside(kind: str, seed: int) -> None:
    half, slope = KINDS[kind]
    curve = random_curve(seed, median_half=half, median_slope=slope)
    rng = np.random.default_rng([seed, 1])
    totals = np.unique(np.concatenate([[0.0], rng.gamma(1.0, MOST / 8, size=8)]))
    bracket = curve.bracket(totals)
    assert (bracket.above >= 0).all()
    assert (bracket.below >= 0).all()
    np.testing.assert_allclose(bracket.value, curve.value(totals).mean(axis=0), rtol=1e-12)
    for cell in range(len(totals) - 1):
        step = totals[cell + 1] - totals[cell]
        at = totals[cell] + step * np.concatenate(
            [rng.uniform(0, 1, 60), 0.1 ** np.arange(1, 9), 1 - 0.1 ** np.arange(1, 9)]
        )
        chord = np.interp(at, totals, bracket.value)
        mean = curve.value(at).mean(axis=0)
        slack = 1e-9 * bracket.value[-1]
        assert (mean <= chord + bracket.above[cell] + slack).all()
        assert (mean >= chord - bracket.below[cell] - slack).all()


@pytest.mark.parametrize("kind", KINDS)
def test_bounds_close_with_the_square_of_the_cell(kind: str) -> None:
    half, slope = KINDS[kind]
    curve = random_curve(0, median_half=half, median_slope=slope)
    wide, narrow = (curve.bracket(np.linspace(0, MOST, n)) for n in (101, 201))
    for side in ("above", "below"):
        assert getattr(narrow, side).max() < 0.4 * getattr(wide, side).max() + 1e-9
    loose = (narrow.above + narrow.below).max()
    assert loose < 2e-3 * narrow.value[-1]


def test_cells_are_remembered_and_refined_in_place() -> None:
    curve = random_curve(1, median_half=3.0, median_slope=3.0)
    first = curve.bracket(np.array([0.0, 1000.0, 4000.0]))
    again = curve.bracket(np.array([0.0, 1000.0, 2000.0, 4000.0]))
    assert again.above[0] == first.above[0]
    assert again.above[2] + again.below[2] < first.above[1] + first.below[1]


@pytest.mark.parametrize("kind", KINDS)
def test_slope_is_that_of_the_value(kind: str) -> None:
    half, slope = KINDS[kind]
    curve = random_curve(2, median_half=half, median_slope=slope)
    at, step = np.array([300.0, 4000.0, 30_000.0]), 0.5
    rise = (curve.value(at + step) - curve.value(at - step)) / (2 * step)
    np.testing.assert_allclose(curve.slope(at), rise, rtol=1e-5)
    assert (curve.value(np.zeros(1)) == 0).all()
    assert np.isfinite(curve.slope(np.zeros(1))).all()
    assert len(curve.knots()) == 0
