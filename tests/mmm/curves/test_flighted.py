"""Weekly amounts: terms, their tangents, and bounds on S-shaped responses from concave ones."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from random_curves import FORMS_OF_CURVES, LINES, by_line, random_curves, random_window

from mmm.curves import FlightedResponse, ParametricCurves
from mmm.curves.flattened import Saturated
from mmm.saturation import Hill

WEEKS, DRAWS = 5, 7
UPPER = np.array([400.0, 900.0, 0.0, 3000.0, 150.0])
COUNT = np.array([0.0, 0.0, 1.0, 0.4, 0.0, 0.3])


def weights_at_random(seed: int) -> np.ndarray:
    """Two rows; draw 3 has no weight in either."""
    weights = np.random.default_rng([seed, 3]).gamma(1.0, 1.0, (2, DRAWS))
    weights[:, 3], weights[1, 0] = 0, 0
    return weights


def moved(slope: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Σ_l slope_mjl · step_{j−l}, one term and one lag at a time: (m, term)."""
    out = np.zeros(slope.shape[:2])
    for term in range(slope.shape[1]):
        for lag in range(slope.shape[2]):
            if 0 <= term - lag < len(step):
                out[:, term] += slope[:, term, lag] * step[term - lag]
    return out


def hill(half: float, slope: float, *, base: float = 0.0, weeks: int = 3) -> FlightedResponse:
    """One draw, no carry-over."""
    parameters = {"half_saturation": np.array([[half]]), "slope": np.array([[slope]])}
    ones = np.ones((1, weeks))
    return FlightedResponse(
        weeks, ones, base * ones, np.ones((1, 1)), Saturated(Hill(), parameters), np.arange(weeks)
    )


def concave_only(curves: ParametricCurves) -> ParametricCurves:
    slope = curves.data["saturation_slope"]
    return ParametricCurves(curves.data.assign(saturation_slope=np.minimum(slope, 0.8)))


@pytest.mark.parametrize("form", FORMS_OF_CURVES)
@pytest.mark.parametrize("seed", range(2))
def test_its_value_is_the_response(form: str, seed: int) -> None:
    curves, window = FORMS_OF_CURVES[form](random_curves(seed, DRAWS)), random_window(seed, WEEKS)
    plan = np.random.default_rng(seed).uniform(0, 1, (3, WEEKS)) * UPPER
    plan[2] = 0.0
    whole, timed = (f(by_line(plan), window) for f in (curves.response, curves.timed))
    counted = timed @ xr.DataArray(COUNT, dims="week")
    for row, line in enumerate(LINES):
        for count, expected in ((None, whole), (COUNT, counted)):
            own = expected.sel(kpi="customers", line=line).to_numpy()
            flighted = curves.flighted("customers", line, window, count)
            close = {"rtol": 1e-10, "atol": 1e-12 * float(whole.max())}
            np.testing.assert_allclose(flighted.value(plan[row]), own, **close)
            assert (flighted.weeks, flighted.draws) == (WEEKS, DRAWS)
            lags = int(curves.data["window"].sel(line=line)) if form == "adstock first" else 1
            assert (flighted.lags, flighted.terms) == (lags, WEEKS + lags - 1)


@pytest.mark.parametrize("form", FORMS_OF_CURVES)
@pytest.mark.parametrize("count", [None, COUNT])
@pytest.mark.parametrize("line", LINES)
def test_cuts_are_the_weighted_value_and_its_derivative(
    form: str, count: np.ndarray | None, line: str
) -> None:
    curves, window = FORMS_OF_CURVES[form](random_curves(4, DRAWS)), random_window(4, WEEKS)
    flighted, weights = curves.flighted("revenue", line, window, count), weights_at_random(4)
    spend = np.array([50.0, 300.0, 20.0, 120.0, 700.0])
    value, slope = flighted.cuts(spend, weights)
    assert value.shape == (2, flighted.terms)
    assert slope.shape == (2, flighted.terms, flighted.lags)
    np.testing.assert_allclose(value.sum(axis=1), weights @ flighted.value(spend), rtol=1e-10)
    for week in range(WEEKS):
        step = np.where(np.arange(WEEKS) == week, 1e-3, 0.0)
        up, down = (flighted.cuts(spend + s, weights)[0] for s in (step, -step))
        rough = (up - down) / 2e-3
        near = {"rtol": 1e-5, "atol": 1e-7 * abs(rough).max() + 1e-12}
        np.testing.assert_allclose(moved(slope, step / 1e-3), rough, **near)


@pytest.mark.parametrize("form", FORMS_OF_CURVES)
def test_parts_do_not_matter(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    curves, window = FORMS_OF_CURVES[form](random_curves(4, DRAWS)), random_window(4, WEEKS)
    for response in (curves.flighted("revenue", "tv", window),) * 2:
        whole = response.cuts(UPPER, weights_at_random(4))
        monkeypatch.setattr("mmm.curves.flighted.CELLS_AT_ONCE", 2 * response.terms)
        parts = response.cuts(UPPER, weights_at_random(4))
        monkeypatch.undo()
        for one, other in zip(whole, parts, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("form", FORMS_OF_CURVES)
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("seed", range(4))
def test_cuts_of_the_hull_bound_the_response(form: str, line: str, seed: int) -> None:
    curves, window = FORMS_OF_CURVES[form](random_curves(seed, DRAWS)), random_window(seed, WEEKS)
    count, rng = (COUNT if seed % 2 else None), np.random.default_rng([seed, 8])
    flighted, weights = curves.flighted("revenue", line, window, count), weights_at_random(seed)
    hull = flighted.hulled(UPPER)
    assert hull.concave
    for corner in range(6):
        at = UPPER * rng.uniform(0, 1, WEEKS) ** 3 * rng.integers(0, 2, WEEKS)
        at = [np.zeros(WEEKS), UPPER][corner] if corner < 2 else at
        value, slope = hull.cuts(at, weights)
        assert np.isfinite(slope).all()
        for _ in range(12):
            other = UPPER * rng.uniform(0, 1, WEEKS) ** 2 * rng.integers(0, 2, WEEKS)
            bound = value + moved(slope, other - at)
            true = flighted.cuts(other, weights)[0]
            assert (true <= bound + 1e-9 * (1 + abs(bound))).all()  # term by term
            exact = weights @ flighted.value(other)
            assert (exact <= bound.sum(axis=1) * (1 + 1e-9) + 1e-9).all()
            assert (flighted.value(other) <= hull.value(other) * (1 + 1e-12) + 1e-12).all()
            assert (hull.value((at + other) / 2) * (1 + 1e-9) + 1e-9 >= (
                hull.value(at) + hull.value(other)) / 2).all()  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_a_concave_response_is_its_own_hull(seed: int) -> None:
    curves = concave_only(random_curves(seed, DRAWS))
    for line in LINES:
        flighted = curves.flighted("revenue", line, random_window(seed, WEEKS))
        assert flighted.concave
        same = flighted.hulled(UPPER)
        np.testing.assert_array_equal(same.value(UPPER), flighted.value(UPPER))


def test_the_hull_of_a_square_hill_by_hand() -> None:
    """x² / (1 + x²): the tangent through 0 touches at 1, with slope 1/2; then the curve."""
    curve = hill(1.0, 2.0)
    assert not curve.concave
    hull = curve.hulled(np.array([5.0, 0.5, 5.0]))
    value, slope = hull.cuts(np.array([0.5, 0.25, 3.0]), np.ones((1, 1)))
    # in the second week at most 0.5: the chord to 0.2, slope 0.4
    np.testing.assert_allclose(value[0], [0.25, 0.1, 0.9], rtol=1e-9)
    np.testing.assert_allclose(slope[0, :, 0], [0.5, 0.4, 6 / 100], rtol=1e-9)
    # a hull of a hull is one of the curve: a wider range than before is covered
    wider = hull.hulled(np.full(3, 5.0))
    np.testing.assert_allclose(wider.value(np.array([0, 0.8, 0])), [0.4], rtol=1e-9)


def test_a_level_above_the_inflection_is_concave() -> None:
    """The inflection of x² / (1 + x²) is 1/√3 = 0.577."""
    assert hill(1.0, 2.0, base=0.58).concave
    assert not hill(1.0, 2.0, base=0.57).concave


def test_an_infinite_slope_at_zero_is_a_tangent_nearby() -> None:
    """√x / (1 + √x) at 0: the tangent at 1e-9 lies half of √1e-9 above it."""
    curve = hill(1.0, 0.5)
    assert curve.concave
    value, slope = curve.cuts(np.array([0.0, 4.0, 0.0]), np.ones((1, 1)))
    assert (curve.value(np.zeros(3)) == 0).all()
    np.testing.assert_allclose(value[0, [0, 1]], [1e-9**0.5 / 2, 2 / 3], rtol=1e-4)
    np.testing.assert_allclose(slope[0, [0, 1], 0], [1e9**0.5 / 2, 1 / 36], rtol=1e-4)
    for x in (1e-12, 1e-9, 1e-6, 1.0):
        assert curve.value(np.array([x, 0, 0]))[0] <= value[0, 0] + slope[0, 0, 0] * x


def test_a_count_of_one_week_leaves_the_other_terms_alone() -> None:
    curves, window = random_curves(2, DRAWS), random_window(2, WEEKS)
    only = np.array([0, 0, 1.0, 0, 0, 0])
    value, slope = curves.flighted("revenue", "tv", window, only).cuts(UPPER, weights_at_random(2))
    assert np.flatnonzero(value.any(axis=0)).tolist() == [2]
    assert np.flatnonzero(slope.any(axis=(0, 2))).tolist() == [2]
    assert (slope[:, 2, 3] == 0).all()  # the week before the window


def test_what_does_not_fit_is_refused() -> None:
    curve = hill(1.0, 2.0)
    for spend in (np.ones(2), np.array([1.0, -1e-9, 0]), np.array([1.0, np.inf, 0])):
        for call in (curve.value, curve.hulled, lambda x: curve.cuts(x, np.ones((1, 1)))):
            with pytest.raises(ValueError, match="3 finite weekly amounts"):
                call(spend)
    for weights in (np.ones(1), np.ones((1, 2)), -np.ones((1, 1))):
        with pytest.raises(ValueError, match="weights: expected rows of 1"):
            curve.cuts(np.ones(3), weights)
    with pytest.raises(ValueError, match="count has shape"):
        random_curves(1).flighted("revenue", "tv", random_window(1, WEEKS), np.ones(3))
