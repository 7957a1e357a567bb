"""A fit that knows the truth has the true curves, for nations, campaigns and regions."""

from __future__ import annotations

import numpy as np
import pytest
import truth_case

from mmm.fit.conduct import to_curves
from mmm.simulate import true_curves
from mmm.simulate.response import responses


@pytest.mark.parametrize("name", ["campaign", "geo"])
def test_curves_of_a_fit_that_knows_the_truth(name: str) -> None:
    world = truth_case.world(name)
    true = responses(true_curves(world), "revenue")
    learnt = responses(to_curves(truth_case.knowing_fit(world, np.ones(3))), "revenue")
    assert set(learnt) == set(true)
    assert all("@" in line for line in true) == (name == "geo")
    for line, own in learnt.items():
        assert own.spend == pytest.approx(true[line].spend)
        np.testing.assert_allclose(own.outcome, true[line].outcome, rtol=1e-4, atol=0.1)
