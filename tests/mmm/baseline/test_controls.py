"""Controls with lag and carry-over, treatments against a base."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from mmm.baseline import analytic_controls, carried, control_lags, treatment_contribution
from mmm.spec import BetaPrior, ControlAdstockSpec, ControlSpec, LogNormalPrior

PRICE = np.array([4.0, 4.0, 6.0, 2.0, 4.0])  # mean 4, standard deviation √1.6
UNIT = np.sqrt(1.6)


def test_a_lag_holds_the_first_value() -> None:
    columns = analytic_controls([ControlSpec(column="price", lag=2)], {"price": PRICE})
    np.testing.assert_allclose(columns["control price"] * UNIT, [0, 0, 0, 0, 2])


def test_a_control_with_carry_over_is_left_to_the_sampler() -> None:
    specs = [ControlSpec(column="price", adstock=ControlAdstockSpec()), ControlSpec(column="rain")]
    assert set(analytic_controls(specs, {"price": PRICE, "rain": PRICE})) == {"control rain"}


def test_carry_over_by_hand() -> None:
    """Two weeks of window at retention 1/3: three quarters now, one quarter a week later."""
    spec = ControlSpec(column="price", adstock=ControlAdstockSpec(window=2))
    column = carried(control_lags(spec, PRICE), np.array(1 / 3))
    np.testing.assert_allclose(column * UNIT, [0, 0, 1.5, -1, -0.5], atol=1e-12)


def test_what_was_before_the_data_is_the_first_value_not_zero() -> None:
    spec = ControlSpec(column="price", lag=1, adstock=ControlAdstockSpec(window=4))
    steady = np.array([9.0, 9.0, 9.0, 9.0, 9.0, 10.0])
    column = carried(control_lags(spec, steady), np.array(0.6))
    np.testing.assert_allclose(column * steady.std() + steady.mean(), 9.0)


def test_carry_over_of_many_draws_and_geos() -> None:
    spec = ControlSpec(column="price", adstock=ControlAdstockSpec(window=3))
    geos = np.stack([PRICE, PRICE[::-1]])
    lags = control_lags(spec, geos)
    assert lags.shape == (2, 5, 3)
    retention = np.array([0.2, 0.5])
    for geo in range(2):
        assert carried(lags[geo], retention[:, None])[1, 0].shape == (5,)


@pytest.mark.parametrize(
    ("base", "level"), [("min", 2.0), ("max", 6.0), ("mean", 4.0), (0, 0.0), (3.5, 3.5)]
)
def test_a_treatment_is_counted_from_its_base(base: object, level: float) -> None:
    """−3 KPI units for each unit of price, whatever the standard deviation."""
    spec = ControlSpec(column="price", kind="treatment", base=base)
    column = analytic_controls([spec], {"price": PRICE})["treatment price"]
    brought = treatment_contribution(spec, PRICE, column, np.array([-3.0 * UNIT]))
    np.testing.assert_allclose(brought[0], -3 * (PRICE - level), atol=1e-12)


def test_a_treatment_without_base_is_refused_and_a_base_without_treatment() -> None:
    with pytest.raises(ValidationError, match="a base beside kind treatment"):
        ControlSpec(column="price", kind="treatment")
    with pytest.raises(ValidationError, match="kind treatment beside base"):
        ControlSpec(column="price", base="max")


def test_beliefs_about_carry_over() -> None:
    assert ControlAdstockSpec().belief == BetaPrior(alpha=2, beta=2)
    half = ControlAdstockSpec(half_life=LogNormalPrior(median=2, high90=4), window=9).belief
    assert (half.median, half.decay, half.window) == (2, "geometric", 9)
    with pytest.raises(ValidationError, match="not both"):
        ControlAdstockSpec(
            half_life=LogNormalPrior(median=2, high90=4), retention=BetaPrior(alpha=1, beta=1)
        )
