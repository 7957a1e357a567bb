"""Effective reach: the formula, its derivatives, and which pieces are convex or concave."""

from __future__ import annotations

import numpy as np
import pytest

from mmm.reach import EffectiveReach, ReachCurve, effective_reach
from mmm.reach.families import by_name

DRAWS = 6
SIZE = np.full(DRAWS, 1e6)
HALF = np.array([1.5, 2.5, 4.0, 2.0, 3.0, 1.2])
SLOPE = np.array([0.6, 1.0, 1.5, 2.5, 6.0, 3.0])
CURVES = {
    "independence": ReachCurve(by_name("independence"), SIZE, {}),
    "nbd": ReachCurve(by_name("nbd"), SIZE, {"shape": np.full(DRAWS, 0.6)}),
    "binomial": ReachCurve(by_name("binomial"), SIZE, {}, 20),
    "beta_binomial": ReachCurve(
        by_name("beta_binomial"), SIZE, {"overlap": np.full(DRAWS, 0.05)}, 20
    ),
}
EFFECTS = {name: EffectiveReach(curve, HALF, SLOPE) for name, curve in CURVES.items()}
GRID = np.linspace(1e4, 1.2e7, 800)

every = pytest.mark.parametrize("name", EFFECTS)


def test_the_formula() -> None:
    """reach · f^s / (f^s + half^s), and nothing where nobody is reached."""
    found = effective_reach(np.array([5e5, 0.0]), np.array([3.0, 0.0]), 2.0, 1.5)
    np.testing.assert_allclose(found, [5e5 * 3**1.5 / (3**1.5 + 2**1.5), 0.0], rtol=1e-12)
    assert effective_reach(100.0, 2.0, 2.0, 7.0) == pytest.approx(50)


def test_pytensor_computes_the_same_with_finite_gradients() -> None:
    import pytensor
    import pytensor.tensor as pt

    reach, frequency = np.array([5e5, 0.0, 2e5]), np.array([3.0, 0.0, 1.1])
    half, slope = pt.dscalar("half"), pt.dscalar("slope")
    symbolic = effective_reach(pt.as_tensor(reach), pt.as_tensor(frequency), half, slope, xp=pt)
    gradient = pt.grad(symbolic.sum(), [half, slope])
    compute = pytensor.function([half, slope], [symbolic, *gradient], mode="FAST_COMPILE")
    value, by_half, by_slope = compute(2.0, 1.5)
    np.testing.assert_allclose(value, effective_reach(reach, frequency, 2.0, 1.5), rtol=1e-12)
    step = 1e-6
    rise = effective_reach(reach, frequency, 2.0 + step, 1.5).sum()
    fall = effective_reach(reach, frequency, 2.0 - step, 1.5).sum()
    assert by_half == pytest.approx((rise - fall) / (2 * step), rel=1e-6)
    assert np.isfinite(by_slope)


@every
def test_derivatives_are_finite_differences(name: str) -> None:
    effect, at, step = EFFECTS[name], np.array([2e4, 4e5, 2e6, 6e6]), 20.0
    rise = (effect.value(at + step) - effect.value(at - step)) / (2 * step)
    np.testing.assert_allclose(effect.marginal(at), rise, rtol=1e-6)
    turn = (effect.marginal(at + step) - effect.marginal(at - step)) / (2 * step)
    np.testing.assert_allclose(effect.curvature(at), turn, rtol=1e-4, atol=1e-17)


@every
def test_convex_then_unknown_then_concave(name: str) -> None:
    effect = EFFECTS[name]
    convex_to, concave_from = effect.pieces()
    curvature = effect.curvature(GRID)
    assert (convex_to <= concave_from).all()
    for draw in range(DRAWS):
        assert (curvature[draw, convex_to[draw] > GRID] >= -1e-18).all()
        assert (curvature[draw, concave_from[draw] < GRID] <= 1e-18).all()
    assert (concave_from[SLOPE <= 1] == 0).all()  # concave throughout
    assert (convex_to[SLOPE > 5] > 0).all()  # the bracket says something: S-shaped there


@every
@pytest.mark.parametrize("width", [3e5, 2e6])
def test_curvature_is_within_its_bounds(name: str, width: float) -> None:
    effect = EFFECTS[name]
    low = np.linspace(2e5, 8e6, 25)
    below, above = effect.curvature_bounds(low, low + width)
    for part in np.linspace(0, 1, 9):
        inside = effect.curvature(low + part * width)
        assert (inside >= below - 1e-18).all()
        assert (inside <= above + 1e-18).all()


@every
def test_bounds_close_as_the_interval_does(name: str) -> None:
    effect, at = EFFECTS[name], np.linspace(5e5, 5e6, 10)
    below, above = effect.curvature_bounds(at, at * (1 + 1e-6))
    scale = np.abs(effect.curvature(at)).max(axis=1, keepdims=True)
    assert ((above - below) / scale < 1e-3).all()
