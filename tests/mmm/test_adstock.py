"""Adstock families against numbers that others printed, and against their own definition."""

from __future__ import annotations

import numpy as np
import pytest

from mmm import adstock
from mmm.adstock import lagged

# Meridian's own test: three series, oldest week first, window 5; printed to three digits, here
# from the formula to ten.
MEDIA = np.array(
    [[0.12, 0.55, 0.89], [0.34, 0.71, 0.23], [0.91, 0.08, 0.67], [0.45, 0.82, 0.11],
     [0.78, 0.29, 0.95]]
)  # fmt: skip

PARAMETERS = {"geometric": {"retention": np.array([0.1, 0.5, 0.9])}}


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
    assert weights.shape == (3, window)
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-14)


@pytest.mark.parametrize("name", adstock.names())
def test_pytensor_computes_the_same(name: str) -> None:
    import pytensor.tensor as pt

    parameters = {key: pt.as_tensor(value) for key, value in PARAMETERS[name].items()}
    symbolic = adstock.by_name(name).weights(8, xp=pt, **parameters).eval(mode="FAST_COMPILE")
    plain = adstock.by_name(name).weights(8, **PARAMETERS[name])
    np.testing.assert_allclose(symbolic, plain, rtol=1e-14)


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(KeyError, match="geometrical"):
        adstock.by_name("geometrical")
