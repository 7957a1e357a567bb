"""A fit and its trials, with random draws in place of the sampler: each fact from its own fit."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from model_case import data, random_raw, spec
from test_health_facts import GOOD

from mmm.card import Verdict
from mmm.experiments import Experiment
from mmm.fit.sampled import Sampled
from mmm.health import health_card
from mmm.health_facts import forecast, placebo_of
from mmm.judge import Bench, Trials, untested
from mmm.model.derived import derive
from mmm.model.evidence import Evidence
from mmm.model.gather import gather
from mmm.model.lifts import incremental, lifts_of

CHAINS, DRAWS = 2, 30
TRIALS = Trials(holdout=13, backtest=2, placebo=True, seed=3)


def sampled(own: Evidence, seed: int) -> Sampled:
    rng = np.random.default_rng(seed)
    raw = random_raw(own, rng, CHAINS * DRAWS)
    draws = {**raw, **own.resolved(raw)}
    apart = {
        name: values.reshape(CHAINS, DRAWS, *values.shape[1:]) for name, values in draws.items()
    }
    return Sampled(apart, {}, derive(own, raw, rng), GOOD, own.observed)


def trial_of_tv() -> Experiment:
    start = data().dates[40].astype("datetime64[D]").item()
    end = start + dt.timedelta(days=27)
    return Experiment(
        "revenue", ("tv",), ("all",), start, end, 2000.0, 1500.0, 400.0, "scale_up", end, "spring",
    )  # fmt: skip


@pytest.fixture(scope="module")
def bench() -> Bench:
    seen = {"revenue": gather(spec(), data(), "revenue")}
    seen |= TRIALS.of(spec(), data(), "revenue")
    done = {name: sampled(own, seed) for seed, (name, own) in enumerate(seen.items())}
    return Bench(TRIALS, seen, {**done, untested("revenue"): sampled(seen["revenue"], 99)})


def test_every_fact_is_of_the_fit_it_is_about(bench: Bench) -> None:
    facts = bench.facts("revenue", (), money=True)
    one, two = (f"revenue, without the last {weeks} weeks" for weeks in (13, 26))
    ahead = forecast(bench.seen[one], bench.sampled[one].derived, 13)
    assert facts.forecast == ahead
    # of 26 weeks held out only the quarter after the origin counts
    back = forecast(bench.seen[two], bench.sampled[two].derived, 13)
    assert facts.backtest is not None
    assert facts.backtest.weeks == 26
    assert facts.backtest.crps == pytest.approx((ahead.crps + back.crps) / 2)
    beside = "revenue, with a placebo"
    assert facts.placebo == placebo_of(bench.seen[beside], bench.sampled[beside].derived)
    assert facts.tests == ()
    assert not facts.synergy


def test_a_test_is_held_against_both_fits(bench: Bench) -> None:
    own = bench.seen["revenue"]
    tests = lifts_of(own, [trial_of_tv()])
    (fact,) = bench.facts("revenue", tests, money=True).tests
    assert (fact.name, fact.lines) == ("spring", ("tv",))
    assert (fact.measured, fact.se) == (1500, 400)
    for name, said in (("revenue", fact.after), (untested("revenue"), fact.before)):
        exact = incremental(own, tests[0], bench.sampled[name].flat)
        assert said is not None
        assert (said.mean, said.sd) == (pytest.approx(exact.mean()), pytest.approx(exact.std()))
    weekly = bench.sampled["revenue"].derived.average[:, 0, 0] / own.spend[0].mean()
    assert fact.returns_after["tv"] == pytest.approx(np.quantile(weekly, [0.05, 0.5, 0.95]))
    assert fact.returns_before["tv"] != fact.returns_after["tv"]


def test_the_whole_card_of_random_draws_does_not_shine_and_is_still_words(bench: Bench) -> None:
    facts = bench.facts("revenue", lifts_of(bench.seen["revenue"], [trial_of_tv()]), money=True)
    card = health_card([facts])
    assert card.verdict is not Verdict.PASS
    names = {check.name.removeprefix("revenue: ") for check in card.checks}
    assert {"placebo", "experiments against the series", "forecast error (MAPE)"} <= names
    assert "rolling forecast error (MAPE)" in names
    for check in card.checks:
        assert check.sentence.endswith(".")
        assert "nan" not in check.sentence.lower().split()


def test_nothing_is_tried_that_was_not_asked() -> None:
    seen = {"revenue": gather(spec(), data(), "revenue")}
    bench = Bench(Trials(), seen, {"revenue": sampled(seen["revenue"], 1)})
    facts = bench.facts("revenue", lifts_of(seen["revenue"], [trial_of_tv()]), money=True)
    assert (facts.forecast, facts.backtest, facts.placebo) == (None, None, None)
    assert facts.tests[0].before is None
    assert facts.tests[0].returns_before == {}
