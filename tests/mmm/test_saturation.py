"""Saturation families: printed values, curvature on both sides of the inflection, derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from mmm import saturation

# parameters that cover every shape a family has
CASES = [
    ("hill", {"half_saturation": 0.8, "slope": 0.6}),
    ("hill", {"half_saturation": 1.7, "slope": 1.0}),
    ("hill", {"half_saturation": 0.5, "slope": 1.2}),
    ("hill", {"half_saturation": 2.0, "slope": 4.0}),
    ("logistic", {"rate": 0.7}),
    ("logistic", {"rate": 5.0}),
    ("michaelis_menten", {"half_saturation": 0.3}),
    ("michaelis_menten", {"half_saturation": 4.0}),
    ("tanh", {"reach": 0.4}),
    ("tanh", {"reach": 3.0}),
    ("exponential", {"rate": 0.4}),
    ("exponential", {"rate": 3.0}),
    ("none", {}),
]
U = np.concatenate([np.geomspace(1e-3, 0.09, 20), np.linspace(0.1, 12, 200)])

by_case = pytest.mark.parametrize(("name", "parameters"), CASES)


def arrays(parameters: dict[str, float]) -> dict[str, np.ndarray]:
    return {key: np.array(value) for key, value in parameters.items()}


def test_every_family_has_cases() -> None:
    assert {name for name, _ in CASES} == set(saturation.names())


def test_printed_values() -> None:
    hill, logistic = saturation.by_name("hill"), saturation.by_name("logistic")
    menten = saturation.by_name("michaelis_menten")
    u = np.array([0.25, 1.0, 3.0])
    np.testing.assert_allclose(hill.value(u, half_saturation=1.0, slope=0.0), 0.5)
    np.testing.assert_allclose(hill.value(u, half_saturation=1.0, slope=1.0), u / (1 + u))
    np.testing.assert_allclose(hill.value(u, half_saturation=2.0, slope=3.0), u**3 / (u**3 + 8))
    assert logistic.value(1.0, rate=1.0) == pytest.approx(0.46211715726, abs=5e-12)
    e = np.exp(-1.3 * u)
    np.testing.assert_allclose(logistic.value(u, rate=1.3), (1 - e) / (1 + e), rtol=1e-14)
    # PyMC-Marketing prints alpha · x / (lambda + x): (10, 100, 5) -> 66.67, (20, 100, 5) -> 80
    assert 100 * menten.value(10.0, half_saturation=5.0) == pytest.approx(66.67, abs=0.005)
    assert 100 * menten.value(20.0, half_saturation=5.0) == pytest.approx(80)


def test_printed_values_of_tanh_and_exponential() -> None:
    # PyMC-Marketing prints b·tanh(x/(b·c)) for b = .5, c = 1, x = 1
    tanh = saturation.by_name("tanh").value(1.0, reach=np.array(0.5 * 1))
    assert 0.5 * tanh == pytest.approx(0.482013790, abs=5e-10)
    exponential = saturation.by_name("exponential").value(1e-9, rate=np.array(2.0))
    assert exponential == pytest.approx(2e-9, rel=1e-8)  # no digits lost near 0


@by_case
def test_zero_gives_exactly_zero_and_no_warning(name: str, parameters: dict[str, float]) -> None:
    with np.errstate(all="raise"):
        value = saturation.by_name(name).value(np.array([0.0, 1.0]), **arrays(parameters))
    assert value[0] == 0
    assert 0 < value[1] <= 1


@by_case
def test_rising_and_bounded(name: str, parameters: dict[str, float]) -> None:
    family = saturation.by_name(name)
    value = family.value(U, **arrays(parameters))
    assert (np.diff(value) > 0).all() or value[-1] > 1 - 1e-12
    assert (value[-1] <= 1) == family.bounded


@by_case
def test_slope_is_the_finite_difference(name: str, parameters: dict[str, float]) -> None:
    family, step = saturation.by_name(name), 1e-5 * U
    up = family.value(U + step, **arrays(parameters))
    down = family.value(U - step, **arrays(parameters))
    slope = family.slope(U, **arrays(parameters))
    np.testing.assert_allclose(slope, (up - down) / (2 * step), rtol=1e-5, atol=1e-9)


@by_case
def test_slope_at_zero_is_never_nan(name: str, parameters: dict[str, float]) -> None:
    slope = saturation.by_name(name).slope(np.array([0.0]), **arrays(parameters))
    assert not np.isnan(slope).any()
    assert np.isinf(slope[0]) == (name == "hill" and parameters["slope"] < 1)


@by_case
def test_convex_before_the_inflection_and_concave_after(
    name: str, parameters: dict[str, float]
) -> None:
    family = saturation.by_name(name)
    bend = float(family.inflection(**arrays(parameters)))
    assert bool(family.is_concave(**arrays(parameters))) == (bend == 0)
    assert (bend > 0) == (name == "hill" and parameters["slope"] > 1)
    after = np.linspace(bend * (1 + 1e-6) + 1e-9, bend + 8, 400)
    assert (np.diff(family.slope(after, **arrays(parameters))) <= 1e-15).all()
    if bend:
        before = np.linspace(1e-6, bend * (1 - 1e-6), 400)
        assert (np.diff(family.slope(before, **arrays(parameters))) > 0).all()


@by_case
def test_pytensor_computes_the_same(name: str, parameters: dict[str, float]) -> None:
    import pytensor.tensor as pt

    family = saturation.by_name(name)
    symbolic = family.value(
        pt.as_tensor(U), xp=pt, **{key: pt.as_tensor(v) for key, v in arrays(parameters).items()}
    )
    plain = family.value(U, **arrays(parameters))
    np.testing.assert_allclose(symbolic.eval(mode="FAST_COMPILE"), plain, rtol=1e-13)


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(KeyError, match="power"):
        saturation.by_name("power")
