"""Beliefs as random variables: one kind, several kinds side by side, half-lives."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from scipy import stats

from mmm.model.beliefs import VARIABLES, variable
from mmm.model.half_life import retention
from mmm.spec import BetaPrior, HalfLifePrior, LogNormalPrior

BETA = BetaPrior(alpha=3, beta=2)
WEEKS = LogNormalPrior(median=2.0, low90=1.0, high90=4.0)
HALF = HalfLifePrior.of(WEEKS, "geometric", 13)
LATE = HalfLifePrior.of(LogNormalPrior(median=3.0, high90=5.0), "binomial", 8)


def test_every_belief_of_the_file_has_a_variable() -> None:
    assert set(VARIABLES) == {BetaPrior, LogNormalPrior, HalfLifePrior}


def test_one_kind_is_one_variable_of_that_name() -> None:
    with pm.Model() as model:
        variable("adstock_retention", [BETA, BETA])
    assert [var.name for var in model.free_RVs] == ["adstock_retention"]
    assert not model.deterministics


def test_several_kinds_keep_their_order() -> None:
    with pm.Model() as model:
        variable("adstock_retention", [HALF, BETA, LATE])
    assert {var.name for var in model.free_RVs} == {
        "adstock_retention_half_life",
        "adstock_retention_beta",
    }
    kept = model["adstock_retention"]
    weeks, beta = model["adstock_retention_half_life"], model["adstock_retention_beta"]
    given = {weeks: np.array([2.0, 4.0]), beta: np.array([0.9])}
    found = kept.eval(given, mode="FAST_COMPILE")  # nothing is worth compiling for one call
    expected = [2**-0.5, 0.9, retention(np.array(4.0), "binomial", 8)]
    np.testing.assert_allclose(found, expected)


def test_the_density_is_that_of_the_half_life() -> None:
    with pm.Model() as model:
        variable("adstock_retention", [HALF, LATE])
    weeks = np.array([1.7, 2.6])
    density = model.compile_logp(jacobian=False, mode="FAST_COMPILE")
    found = density({"adstock_retention_half_life_log__": np.log(weeks)})
    expected = sum(
        stats.lognorm(s=prior.sigma, scale=prior.median).logpdf(week)
        for prior, week in zip((HALF, LATE), weeks, strict=True)
    )
    assert found == pytest.approx(expected)
