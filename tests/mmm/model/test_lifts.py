"""Experiments in the model: the change recomputed by hand, and what a sharp test does to a fit."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from model_case import data, evidence, random_raw
from scipy.stats import norm

from mmm import adstock, saturation
from mmm.experiments import Experiment
from mmm.model.build import build
from mmm.model.lifts import incremental, lifts_of, log_lifts

WEEK = dt.timedelta(days=7)


def experiment(lines: tuple[str, ...] = ("search",), *, weeks: int = 4, longer: int = 2):
    start = data().dates[40].astype("datetime64[D]").item()
    end = start + weeks * WEEK - dt.timedelta(days=1)
    return Experiment(
        "revenue", lines, ("all",), start, end, 2000.0, 1500.0, 400.0, "scale_up",
        end + longer * WEEK, "a test",
    )  # fmt: skip


def test_the_change_is_the_model_s_own_media_with_and_without() -> None:
    """search: geometric over three weeks, logistic; the spend of four weeks raised by 2,000."""
    own = evidence()
    (test,) = lifts_of(own, [experiment()])
    raw = random_raw(own, np.random.default_rng(1), 3)
    values = own.resolved(raw)
    spend = own.exposure[1, 0]
    without = spend.copy()
    without[40:44] -= 2000 * spend[40:44] / spend[40:44].sum()
    found = incremental(own, test, values)
    for draw in range(3):
        rate = values["saturation_rate"][draw, 0]
        weights = adstock.by_name("geometric").weights(
            3, retention=values["adstock_retention"][draw, 1]
        )
        curve = saturation.by_name("logistic")
        level = [
            curve.value(np.convolve(series / own.scale[1], weights)[: len(series)], rate=rate)
            for series in (spend, without)
        ]
        effect = values["average"][draw, 1] * own.unit / level[0].mean()
        expected = effect * (level[0] - level[1])[40:46].sum()  # measured two weeks longer
        assert found[draw] == pytest.approx(expected, rel=1e-10)


def test_a_test_of_several_families_adds_them_up() -> None:
    own = evidence()
    both, *alone = (
        lifts_of(own, [experiment(lines)])[0] for lines in (("tv", "social"), ("tv",), ("social",))
    )
    assert len(both.changes) == 2
    values = own.resolved(random_raw(own, np.random.default_rng(2), 2))
    # the change is shared in proportion to spend, so each part is smaller than alone
    assert (incremental(own, both, values) > 0).all()
    assert (
        incremental(own, both, values) < sum(incremental(own, one, values) for one in alone)
    ).all()


def test_the_model_s_density_gains_exactly_the_tests_likelihood() -> None:
    own = evidence()
    tests = lifts_of(own, [experiment(), experiment(("tv",))])
    bare, model = build(own), build(own, tests)
    point = bare.initial_point()
    raw = {name.split("_log__")[0].split("_logodds__")[0]: value for name, value in point.items()}
    raw = {
        name: 1 / (1 + np.exp(-value)) if "retention" in name else
        (value if name == "channel_return" else np.exp(value))
        for name, value in raw.items()
    }  # fmt: skip
    values = own.resolved(raw)
    gain = sum(norm.logpdf(float(incremental(own, one, values)), 1500.0, 400.0) for one in tests)
    assert float(log_lifts(own, tests, values)) == pytest.approx(gain)
    logps = [one.compile_logp(mode="FAST_COMPILE")(point) for one in (bare, model)]
    assert float(logps[1] - logps[0]) == pytest.approx(gain, rel=1e-6)


def test_a_test_in_weeks_held_out_is_not_seen() -> None:
    own = evidence(holdout=40)
    assert lifts_of(own, [experiment()]) == ()
    assert len(lifts_of(evidence(), [experiment()])) == 1
    assert lifts_of(evidence(), [replace(experiment(), kpi="customers")]) == ()
