"""Reach curves draw by draw: units, average frequency and its inverse."""

from __future__ import annotations

import numpy as np
import pytest

from mmm.reach import ReachCurve
from mmm.reach.families import by_name

SIZE = np.array([1e6, 2e6, 5e6])
CURVES = {
    "independence": ReachCurve(by_name("independence"), SIZE, {}),
    "binomial": ReachCurve(by_name("binomial"), SIZE, {}, 6),
    "beta_binomial": ReachCurve(
        by_name("beta_binomial"), SIZE, {"overlap": np.array([0.0, 0.4, 1.0])}, 6
    ),
    "nbd": ReachCurve(by_name("nbd"), SIZE, {"shape": np.array([0.2, 1.0, 9.0])}),
}
IMPRESSIONS = np.array([0.0, 1e4, 8e5, 3e6, 9e6])

every = pytest.mark.parametrize("name", CURVES)


@every
def test_reach_is_within_people_and_impressions(name: str) -> None:
    reach = CURVES[name].value(IMPRESSIONS)
    assert reach.shape == (3, 5)
    assert (reach <= SIZE[:, None] * (1 + 1e-12)).all()
    assert (reach <= IMPRESSIONS * (1 + 1e-12)).all()


@every
def test_impressions_are_reach_times_frequency(name: str) -> None:
    curve = CURVES[name]
    product = curve.value(IMPRESSIONS) * curve.frequency(IMPRESSIONS)
    np.testing.assert_allclose(product, np.tile(IMPRESSIONS, (3, 1)), rtol=1e-12)
    frequency = curve.frequency(IMPRESSIONS)
    assert np.isfinite(frequency).all()
    assert (frequency >= 1 - 1e-12).all()
    assert (np.diff(frequency, axis=1) >= -1e-12).all()
    np.testing.assert_allclose(frequency[:, 0], frequency[:, 1], rtol=0.06)  # its limit at zero


def test_people_scale_with_the_audience() -> None:
    """Twice the audience and twice the impressions reach twice the people."""
    shape = {"shape": np.array([0.7])}
    one = ReachCurve(by_name("nbd"), np.array([1e6]), shape)
    two = ReachCurve(by_name("nbd"), np.array([2e6]), shape)
    np.testing.assert_allclose(two.value(2 * IMPRESSIONS), 2 * one.value(IMPRESSIONS), rtol=1e-14)
    assert one.value(np.array([1e6]))[0, 0] == pytest.approx(1e6 * (1 - (1 + 1 / 0.7) ** -0.7))


@every
def test_slope_and_bend_are_per_impression(name: str) -> None:
    curve, at, step = CURVES[name], IMPRESSIONS[1:4], 50.0
    rise = (curve.value(at + step) - curve.value(at - step)) / (2 * step)
    np.testing.assert_allclose(curve.slope(at), rise, rtol=1e-5, atol=1e-9)
    turn = (curve.slope(at + step) - curve.slope(at - step)) / (2 * step)
    np.testing.assert_allclose(curve.bend(at), turn, rtol=1e-3, atol=1e-15)


@every
def test_a_cap_on_frequency_is_a_cap_on_impressions(name: str) -> None:
    curve, caps = CURVES[name], np.array([1.5, 3.0, 5.5])
    impressions = curve.impressions_at(caps)
    reached = curve.frequency(impressions)
    met = impressions > 0
    np.testing.assert_allclose(reached[met], np.tile(caps, (3, 1))[met], rtol=1e-9)
    assert (reached[~met] > np.tile(caps, (3, 1))[~met]).all()  # above the cap from the start
    assert met.any()
    assert (curve.impressions_at(np.array([0.5])) == 0).all()


@every
def test_the_inverse_is_in_impressions(name: str) -> None:
    curve = CURVES[name]
    reach = curve.value(IMPRESSIONS[1:3])
    back = curve.inverse(reach)
    keep = reach < 0.999 * SIZE[:, None]
    np.testing.assert_allclose(back[keep], np.tile(IMPRESSIONS[1:3], (3, 1))[keep], rtol=1e-8)
    assert np.isinf(curve.inverse(np.array([6e6]))).all()


@pytest.mark.parametrize(
    "arguments",
    [
        ("nbd", SIZE, {}, None),
        ("independence", SIZE, {"shape": SIZE}, None),
        ("binomial", SIZE, {}, None),
        ("independence", SIZE, {}, 5),
        ("nbd", SIZE, {"shape": np.ones(2)}, None),
        ("independence", np.array([0.0]), {}, None),
    ],
)
def test_parameters_that_do_not_fit_are_refused(arguments: tuple[object, ...]) -> None:
    name, *rest = arguments
    with pytest.raises(ValueError, match=r"has the parameters|chances|one positive number"):
        ReachCurve(by_name(str(name)), *rest)  # type: ignore[arg-type]
