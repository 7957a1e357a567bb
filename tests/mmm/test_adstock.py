"""Adstock families against numbers that others printed, and against their own definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import weibull_min

from mmm import adstock
from mmm.adstock import lagged

# Meridian's own test: three series, oldest week first, window 5; printed to three digits, here
# from the formula to ten.
MEDIA = np.array(
    [[0.12, 0.55, 0.89], [0.34, 0.71, 0.23], [0.91, 0.08, 0.67], [0.45, 0.82, 0.11],
     [0.78, 0.29, 0.95]]
)  # fmt: skip

RETENTION = np.array([0.1, 0.5, 0.9])
SHAPE, SCALE = np.array([0.5, 1.0, 2.5]), np.array([3.0, 1.0, 4.0])
PARAMETERS: dict[str, dict[str, np.ndarray]] = {
    "geometric": {"retention": RETENTION},
    "delayed": {"retention": RETENTION, "delay": np.array([0.0, 2.0, 3.5])},
    "binomial": {"retention": RETENTION},
    "weibull_cdf": {"shape": SHAPE, "scale": SCALE},
    "weibull_pdf": {"shape": SHAPE, "scale": SCALE},
    "none": {},
}


def test_every_family_has_parameters_to_be_tested_with() -> None:
    assert set(PARAMETERS) == set(adstock.names())


def carried(exposure: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return lagged(exposure, weights.shape[-1]) @ weights


def test_meridian_geometric_normalised() -> None:
    weights = adstock.by_name("geometric").weights(5, **PARAMETERS["geometric"])
    last = [carried(MEDIA[:, i], weights[i])[-1] for i in range(3)]
    np.testing.assert_allclose(last, [0.7510143101, 0.4351612903, 0.5722202144], atol=5e-11)


def test_robyn_geometric_not_normalised() -> None:
    raw = adstock.by_name("geometric").raw_weights(5, retention=np.array(0.5))
    np.testing.assert_allclose(
        carried(np.full(5, 100.0), raw), [100, 150, 175, 187.5, 193.75], rtol=1e-14
    )


def test_pymc_marketing_geometric() -> None:
    family, retention = adstock.by_name("geometric"), np.array(0.3)
    raw = family.raw_weights(3, retention=retention)
    np.testing.assert_allclose(carried(np.ones(5), raw), [1, 1.3, 1.39, 1.39, 1.39], rtol=1e-14)
    normal = family.weights(3, retention=retention)
    expected = [0.71942446, 0.9352518, 1, 1, 1]
    np.testing.assert_allclose(carried(np.ones(5), normal), expected, rtol=1e-7)


def test_meridian_binomial_normalised() -> None:
    weights = adstock.by_name("binomial").weights(5, retention=RETENTION)
    last = [carried(MEDIA[:, i], weights[i])[-1] for i in range(3)]
    np.testing.assert_allclose(last, [0.7423457894, 0.4626666667, 0.5670511702], atol=5e-11)
    raw = adstock.by_name("binomial").raw_weights(5, retention=np.array(0.25))
    np.testing.assert_allclose(raw, [1, 0.512, 0.216, 0.064, 0.008], rtol=1e-14)


def test_pymc_marketing_delayed() -> None:
    raw = adstock.by_name("delayed").raw_weights(7, retention=np.array(0.5), delay=np.array(2.0))
    expected = [0.0625, 0.5, 1, 0.5, 0.0625, 0.001953125, 0.5**16]
    np.testing.assert_allclose(raw, expected, rtol=1e-14)


def test_robyn_weibull_cdf() -> None:
    raw = adstock.by_name("weibull_cdf").raw_weights(5, shape=np.array(0.5), scale=np.array(3.0))
    expected = [1, 0.5613839138, 0.2481189898, 0.0912778753, 0.0287663957]
    np.testing.assert_allclose(raw, expected, atol=5e-11)


def test_weibull_pdf_is_the_density_of_scipy() -> None:
    density = weibull_min.pdf(np.arange(1, 9), 2.5, scale=4.0)
    weights = adstock.by_name("weibull_pdf").weights(8, shape=np.array(2.5), scale=np.array(4.0))
    np.testing.assert_allclose(weights, density / density.sum(), rtol=1e-12)


def test_no_adstock_acts_at_once() -> None:
    weights = adstock.by_name("none").weights(4)
    np.testing.assert_array_equal(carried(MEDIA[:, 0], weights), MEDIA[:, 0])


def test_lagged_is_a_look_back() -> None:
    exposure = np.arange(1.0, 5.0)
    expected = [[1, 0, 0], [2, 1, 0], [3, 2, 1], [4, 3, 2]]
    np.testing.assert_array_equal(lagged(exposure, 3), expected)
    np.testing.assert_array_equal(
        lagged(np.stack([exposure, -exposure]), 3)[1], np.negative(expected)
    )


@pytest.mark.parametrize("name", adstock.names())
@pytest.mark.parametrize("window", [1, 2, 13])
def test_weights_sum_to_one_and_keep_shape(name: str, window: int) -> None:
    weights = adstock.by_name(name).weights(window, **PARAMETERS[name])
    assert weights.shape == ((3, window) if PARAMETERS[name] else (window,))
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-14)


@pytest.mark.parametrize("name", adstock.names())
def test_pytensor_computes_the_same(name: str) -> None:
    import pytensor.tensor as pt

    parameters = {key: pt.as_tensor(value) for key, value in PARAMETERS[name].items()}
    weights = pt.as_tensor(adstock.by_name(name).weights(8, xp=pt, **parameters))
    symbolic = weights.eval(mode="FAST_COMPILE")
    plain = adstock.by_name(name).weights(8, **PARAMETERS[name])
    np.testing.assert_allclose(symbolic, plain, rtol=1e-14)


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(KeyError, match="geometrical"):
        adstock.by_name("geometrical")
