"""The statistic of an experiment: exposure without the change, and what the change brought."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from scipy.stats import norm

from mmm.adstock import by_name
from mmm.experiments import Experiment, TestWindow, incremental, log_likelihood, windows

WEEKS = np.arange(np.datetime64("2026-01-05"), np.datetime64("2026-03-02"), 7)
LINES = ("tv", "search/brand", "search/generic")


def experiment(change: float, *, lines: str = "search", geos: str = "DE") -> Experiment:
    """Weeks 2 and 3 changed (from 0), measured to week 5."""
    start, end, until = (dt.date(2026, 1, 19), dt.date(2026, 2, 1), dt.date(2026, 2, 15))
    kind = "holdout" if change < 0 else "scale_up"
    return Experiment("revenue", (lines,), (geos,), start, end, change, 10.0, 2.0, kind, until, "x")


def laid_out(
    one: Experiment, spend: np.ndarray, *, units: float = 1.0, geos: tuple[str, ...] = ("AT", "DE")
) -> TestWindow:
    (window,) = windows([one], LINES, geos, WEEKS, spend=spend, exposure=units * spend)
    return window


def some_spend(geos: int = 2) -> np.ndarray:
    return np.random.default_rng(7).uniform(50, 150, (3, geos, len(WEEKS)))


def test_the_change_is_spread_as_the_money_was() -> None:
    spend = some_spend()
    window = laid_out(experiment(80.0), spend, units=5.0)
    assert window.rows.tolist() == [1, 2]
    assert window.geos.tolist() == [1]
    assert window.weeks.tolist() == [2, 3, 4, 5]
    own = spend[1:, 1:, 2:4]
    without = window.counterfactual[..., 2:4] / 5.0
    np.testing.assert_allclose(without, own * (1 - 80.0 / own.sum()))
    outside = np.delete(np.arange(len(WEEKS)), [2, 3])
    np.testing.assert_array_equal(window.counterfactual[..., outside], 5 * spend[1:, 1:, outside])


def test_a_dark_test_is_lit_evenly_at_the_usual_cost() -> None:
    """Search in DE was dark for two weeks; it spends 3 : 1 elsewhere, at 5 units a euro."""
    spend = np.full((3, 2, len(WEEKS)), 100.0)
    spend[1] = 300.0
    spend[1:, :, 2:4] = 0.0
    window = laid_out(experiment(-800.0), spend, units=5.0)
    lit = window.counterfactual[..., 2:4]
    np.testing.assert_allclose(lit[0], 300 * 5.0)
    np.testing.assert_allclose(lit[1], 100 * 5.0)


def test_one_geo_in_a_national_model_moves_the_nation() -> None:
    spend = some_spend(1)
    window = laid_out(experiment(-80.0, geos="Bavaria"), spend, geos=())
    assert window.geos.tolist() == [0]
    assert (window.counterfactual - window.actual).sum() == pytest.approx(80.0)


def test_linear_media_bring_the_change_times_the_return_less_the_tail_not_measured() -> None:
    """Adstock (.5, .3, .2), return 3: all of week 2's and .5 + .3 + .2 of week 3's are in."""
    spend = some_spend()
    window = laid_out(experiment(80.0), spend)
    weights = np.array([0.5, 0.3, 0.2])

    def media(seen: np.ndarray) -> np.ndarray:
        return 3.0 * seen @ weights

    assert incremental(media, window, 3) == pytest.approx(3.0 * 80.0)
    slow = np.array([0.2, 0.2, 0.2, 0.2, 0.2])  # week 2 keeps .8 of it in weeks 2 to 5, week 3 .6
    change = window.actual - window.counterfactual
    expected = 3.0 * (0.8 * change[..., 2].sum() + 0.6 * change[..., 3].sum())
    assert incremental(lambda seen: 3.0 * seen @ slow, window, 5) == pytest.approx(expected)


def test_draws_go_in_front() -> None:
    window = laid_out(experiment(80.0), some_spend())
    returns = np.array([1.0, 2.0])[:, None, None, None]
    weights = by_name("geometric").weights(4, retention=np.array(0.5))
    found = incremental(lambda seen: returns * (seen @ weights), window, 4)
    assert found.shape == (2,)
    assert found[1] == pytest.approx(2 * found[0])


def test_the_likelihood_is_normal() -> None:
    found = log_likelihood(np.array([10.0, 13.0]), experiment(80.0))
    np.testing.assert_allclose(found, norm(10.0, 2.0).logpdf([10.0, 13.0]))


def test_the_same_lines_run_on_pytensor() -> None:
    import pytensor
    import pytensor.tensor as pt
    from pytensor.compile.mode import Mode

    window = laid_out(experiment(80.0), some_spend())
    rate = pt.dscalar("rate")
    statistic = incremental(lambda seen: rate * pt.as_tensor(seen)[..., 0], window, 1)
    logp = log_likelihood(statistic, window.experiment, xp=pt)
    interpreted = Mode(linker="py", optimizer=None)  # nothing to compile: a second, not twenty
    found = pytensor.function([rate], [statistic, logp], mode=interpreted)(0.25)
    assert float(found[0]) == pytest.approx(20.0)
    assert float(found[1]) == pytest.approx(-12.5 - math.log(2 * 2.5066282746))
