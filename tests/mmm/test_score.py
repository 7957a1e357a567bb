"""Scores: closed forms, and a fit that knows its truth up to a factor."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import truth_case
from scipy.stats import norm

from mmm.errors import InputError
from mmm.score import accuracy, crps, held, read_truth, score, true_return


def test_crps_of_a_normal_is_the_published_form() -> None:
    """σ [z (2Φ(z) − 1) + 2φ(z) − 1/√π] with z = (y − μ) / σ (Gneiting & Raftery 2007, eq. 21)."""
    draws = 3 + 2 * norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    for true in (3.0, 4.5, -1.0):
        z = (true - 3) / 2
        expected = 2 * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
        assert crps(draws, np.array(true)) == pytest.approx(expected, rel=1e-3)


def test_crps_of_a_point_is_its_distance() -> None:
    np.testing.assert_allclose(crps(np.full((4, 2), 5.0), np.array([7.0, 5.0])), [2.0, 0.0])


def test_accuracy_is_of_channels_not_of_campaigns() -> None:
    """Two campaigns whose errors cancel are right as a channel: 1 − |3 − 2| / (4 + 2)."""
    found = accuracy(("tv", "tv", "ooh"), np.array([1.0, 3.0, 3.0]), np.array([2.0, 2.0, 2.0]))
    assert found == pytest.approx(1 - 1 / 6)


def test_an_interval_holds_what_lies_in_it() -> None:
    draws = np.linspace(0, 100, 1001)
    assert (held(draws, 5.1).covered, held(draws, 4.9).covered) == (True, False)
    assert (held(draws, 94.9).covered, held(draws, 95.1).covered) == (True, False)
    assert held(draws, 40.0).bias == pytest.approx(10.0)


def test_a_return_from_a_cost() -> None:
    assert true_return({"cac": 50.0}, "roas", "cac") == pytest.approx(0.02)
    assert true_return({"roas": 3.0}, "roas", "cac") == 3.0


@pytest.mark.parametrize("name", ["campaign", "geo"])
def test_who_knows_the_truth_scores_full_marks(name: str) -> None:
    world = truth_case.world(name)
    fit = truth_case.knowing_fit(world, np.linspace(0.9, 1.1, 101))
    (found,) = score(fit, truth_case.truth(world))
    assert found.accuracy == pytest.approx(1.0, abs=1e-5)
    assert found.covered == found.marginal_covered == len(world.spec.lines)
    assert found.roas_bias == pytest.approx(0.0, abs=1e-5)
    assert found.marginal_bias == pytest.approx(0.0, abs=1e-5)


def test_ten_per_cent_too_much_is_seen_everywhere() -> None:
    world = truth_case.world()
    fit = truth_case.knowing_fit(world, np.full(20, 1.1))
    (found,) = score(fit, truth_case.truth(world))
    assert found.accuracy == pytest.approx(0.9, abs=1e-5)
    assert found.roas_bias == pytest.approx(0.1, abs=1e-5)
    assert found.marginal_bias == pytest.approx(0.1, abs=1e-5)
    assert found.weekly_crps == pytest.approx(0.1, abs=1e-5)
    assert found.roas_crps == pytest.approx(0.1 * float(world.truth["roas"].mean()), rel=1e-4)
    assert found.covered == 0


def test_another_world_is_refused_with_every_difference(tmp_path: Path) -> None:
    fit = truth_case.knowing_fit(truth_case.world(weeks=60), np.ones(2))
    other = truth_case.truth(truth_case.world("easy", weeks=61))
    with pytest.raises(InputError) as caught:
        score(fit, other, file="t.json")
    assert [fault.path for fault in caught.value.faults] == ["lines", "weeks"]
    for name, text in {"a.json": "[1]", "b.json": "{", "c.json": json.dumps({"kpis": {}})}.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(InputError, match=r"expected a truth\.json"):
            read_truth(tmp_path / name)
    with pytest.raises(InputError, match="no such file"):
        read_truth(tmp_path / "none.json")
