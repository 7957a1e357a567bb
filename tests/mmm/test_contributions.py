"""Weekly contributions from draws: the truth of simulated worlds, and formulas written out."""

from __future__ import annotations

import numpy as np
import pytest
import truth_case
import xarray as xr

from mmm.contributions import contributions, shapes, thinned
from mmm.fit.conduct import Fit


def of(fit: Fit, **options: float):
    return contributions(fit.posterior, fit.constants, "revenue", **options)


@pytest.mark.parametrize("name", ["campaign", "geo"])
def test_the_true_parameters_give_the_true_weeks(name: str) -> None:
    world = truth_case.world(name)
    own = of(truth_case.knowing_fit(world, np.array([1.0, 2.0])))
    true = world.truth.isel(kpi=0)
    weekly = true["contribution"].transpose("line", "geo", "week").to_numpy()
    np.testing.assert_allclose(own.weekly[0], weekly, rtol=1e-5)
    np.testing.assert_allclose(own.weekly[1], 2 * weekly, rtol=1e-5)
    np.testing.assert_allclose(own.totals[0] / own.money, true["roas"], rtol=1e-5)
    marginal = own.marginal[0].sum(axis=1) / own.money
    np.testing.assert_allclose(marginal, true["marginal_roas"], rtol=1e-9)
    assert own.lines == tuple(line.id for line in world.spec.lines)
    assert own.geos == tuple(world.spec.geos)


def test_marginal_is_the_derivative_of_more_in_every_week() -> None:
    fit = truth_case.knowing_fit(truth_case.world(), np.ones(1))
    step = 0.01
    more, less = of(fit, times=1 + step), of(fit, times=1 - step)
    np.testing.assert_allclose(
        (more.totals - less.totals) / (2 * step), of(fit).marginal.sum(axis=2), rtol=2e-3
    )


def test_each_week_flattened_before_it_is_carried_over() -> None:
    """Σ_l w_l g(u_{t−l}) with logistic g and delayed weights, written out."""
    at = xr.Dataset(
        {
            "adstock": "delayed",
            "window": 3,
            "saturation": "logistic",
            "order": "saturation_first",
        }
    )
    drawn = xr.Dataset(
        {
            "adstock_retention": ("sample", [0.5]),
            "adstock_delay": ("sample", [1.0]),
            "saturation_rate": ("sample", [2.0]),
        }
    )
    unit = np.array([[1.0, 0.0, 3.0]])
    value, bend = shapes(at, drawn, unit)

    def g(u: float) -> float:
        return (1 - np.exp(-2 * u)) / (1 + np.exp(-2 * u))

    weights = np.array([0.5, 1.0, 0.5]) / 2  # retention ** ((lag − delay)²)
    expected = [
        weights[0] * g(1),
        weights[1] * g(1),
        weights[0] * g(3) + weights[2] * g(1),
    ]
    np.testing.assert_allclose(value[0, 0], expected)
    tiny = 1e-6
    up, down = shapes(at, drawn, unit * (1 + tiny))[0], shapes(at, drawn, unit * (1 - tiny))[0]
    np.testing.assert_allclose(bend, (up - down) / (2 * tiny), rtol=1e-6)


def test_draws_are_thinned_evenly_over_all_chains() -> None:
    fit = truth_case.knowing_fit(truth_case.world(), np.arange(1.0, 11.0))
    kept = thinned(fit.posterior, "revenue", 5)["effect"].isel(line=0, geo=0).to_numpy()
    np.testing.assert_allclose(kept / kept[0], [1, 3, 5, 7, 9])
    assert thinned(fit.posterior, "revenue", 50).sizes["sample"] == 10
