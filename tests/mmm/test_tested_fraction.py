"""The incremental fraction after experiments, against quadrature and the normal limit."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, logit

from mmm.commission import expected_incremental
from mmm.experiments import Experiment
from mmm.spec import FractionPrior
from mmm.unlearnt import incremental_given

BELIEF = FractionPrior(median=0.3, low90=0.1, high90=0.6)
PRICE = 0.1


def test(change: float, outcome: float, error: float) -> Experiment:
    day = dt.date(2023, 5, 1)
    return Experiment(
        "revenue", ("affiliate",), ("all",), day, day, change, outcome, error, "holdout", day, "t"
    )


test.__test__ = False  # type: ignore[attr-defined]


def moments(*tests: Experiment) -> tuple[float, float]:
    """Mean and standard deviation by adaptive quadrature in log-odds."""

    def density(odds: float) -> float:
        z = (odds - BELIEF.mu) / BELIEF.sigma
        fit = [
            (expit(odds) * one.spend_change / PRICE - one.incremental_outcome) / one.standard_error
            for one in tests
        ]
        return float(np.exp(-0.5 * (z**2 + sum(part**2 for part in fit))))

    ends = {"a": BELIEF.mu - 9 * BELIEF.sigma, "b": BELIEF.mu + 9 * BELIEF.sigma, "limit": 500}
    whole = quad(density, **ends)[0]
    mean = quad(lambda odds: expit(odds) * density(odds), **ends)[0] / whole
    square = quad(lambda odds: expit(odds) ** 2 * density(odds), **ends)[0] / whole
    return mean, float(np.sqrt(square - mean**2))


def test_without_tests_it_is_the_belief() -> None:
    found = incremental_given(BELIEF)
    assert found.mean == pytest.approx(expected_incremental(BELIEF), rel=1e-9)
    draws = found.draws((400_000,), np.random.default_rng(3))
    expected = expit(BELIEF.mu + BELIEF.sigma * np.array([-1.6448536, 0, 1.6448536]))
    np.testing.assert_allclose(np.quantile(draws, [0.05, 0.5, 0.95]), expected, rtol=0.01)


@pytest.mark.parametrize(
    "tests",
    [
        (test(-1000.0, -6000.0, 1500.0),),
        (test(-1000.0, -6000.0, 1500.0), test(500.0, 1500.0, 400.0)),
        (test(-1000.0, 500.0, 800.0),),  # a result no fraction can explain
    ],
    ids=["one", "two", "impossible"],
)
def test_mean_and_width_by_quadrature(tests: tuple[Experiment, ...]) -> None:
    found = incremental_given(BELIEF, [(one, PRICE) for one in tests])
    mean, width = moments(*tests)
    assert found.mean == pytest.approx(mean, rel=1e-6)
    draws = found.draws((200_000,), np.random.default_rng(1))
    assert draws.std() == pytest.approx(width, rel=0.01)
    assert found.tests == len(tests)


def test_an_exact_test_leaves_nothing_of_the_belief() -> None:
    """x = ŷ · price / Δ with standard error s · price / Δ, at any width of the grid."""
    found = incremental_given(BELIEF, [(test(10_000.0, 45_000.0, 45.0), PRICE)])
    draws = found.draws((100_000,), np.random.default_rng(2))
    assert found.mean == pytest.approx(0.45, rel=1e-5)
    assert draws.std() == pytest.approx(0.00045, rel=0.02)
    assert logit(found.mean) > BELIEF.mu
