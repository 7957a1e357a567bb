"""The health card: every threshold on both sides, and words a planner can read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from mmm import health_facts as of
from mmm.card import HealthCard, Verdict
from mmm.console_health import health_table
from mmm.health import RULES, health_card
from mmm.posterior import Diagnostics, Worst, diagnose

PASS, REVIEW, FAIL = Verdict.PASS, Verdict.REVIEW, Verdict.FAIL

GOOD = Diagnostics(
    r_hat=Worst(1.002, "sigma"),
    ess_bulk=Worst(2000.0, "sigma"),
    ess_tail=Worst(1500.0, "sigma"),
    bfmi=0.9,
    divergences=0,
    draws=4000,
)
AHEAD = of.Forecast(
    weeks=13, explained=0.5, mape=0.1, crps=80.0, naive=100.0, inside=of.Coverage(0.92, 13)
)
TEST = of.TestFact(
    name="tv spring",
    lines=("tv",),
    measured=100.0,
    se=15.0,
    before=of.Predicted(120.0, 40.0),
    after=of.Predicted(103.0, 14.0),
    returns_before={"tv": (0.5, 1.5, 2.5)},
    returns_after={"tv": (1.1, 1.3, 1.5)},
)
PAIR = of.Alike(
    lines=("tv", "search/brand"),
    posterior=-0.8,
    exposure=0.95,
    together=(1.1, 1.5, 1.9),
    alone=((0.2, 1.0, 2.0), (0.3, 2.0, 4.0)),
    per_spend=True,
)
TIED = of.Followed(share=0.94, calendar=0.25, slope=0.1, p=1e-20)
FACTS = of.KpiFacts(
    kpi="revenue",
    diagnostics=GOOD,
    explained=0.9,
    shift={"tv": 0.6, "search/brand": -0.1},
    narrowing={"tv": 0.1, "search/brand": 0.5},
    returns={"tv": 1.4, "search/brand": 3.0},
    negative=0.0,
    money=True,
    likelihood="normal",
    smallest=5000.0,
    tails={"standard deviation": 0.4, "largest week": 0.8},
    inside=of.Coverage(0.93, 104),
    outlier=of.Outlier(2.9, "2024-05-06", "", 104),
    alike=(),
    followed={"tv": of.Followed(0.4, 0.3, 0.1, 0.01)},
    bands={"tv": of.Band(3.1, 0.8), "search/brand": of.Band(1.6, 0.2)},
    beliefs=of.Beliefs({"tv": 0.3, "search/brand": 0.1}, 1500.0, None),
    leaning={"search/brand": 0.4},
    tests=(TEST,),
    forecast=AHEAD,
    backtest=replace(AHEAD, origins=3, weeks=39, inside=of.Coverage(0.9, 39)),
    placebo=of.Placebo("tv", share=0.2, low=0.05),
)


def check_of(name: str, **changes: object):
    own = {key: value for key, value in changes.items() if key in Diagnostics.__annotations__}
    rest = {key: value for key, value in changes.items() if key not in own}
    facts = replace(FACTS, diagnostics=replace(GOOD, **own), **rest)
    return next(c for c in health_card([facts]).checks if c.name == f"revenue: {name}")


def ahead(**changes: object) -> dict[str, object]:
    return {"forecast": replace(AHEAD, **changes)}


def back(**changes: object) -> dict[str, object]:
    return {"backtest": replace(FACTS.backtest, **changes)}


def tried(**changes: object) -> dict[str, object]:
    return {"placebo": replace(FACTS.placebo, **changes)}


def with_test(**changes: object) -> dict[str, object]:
    return {"tests": (replace(TEST, **changes),)}


COUNT = {"money": False}
CASES = [
    ("R-hat", {"r_hat": Worst(1.01, "x")}, PASS),
    ("R-hat", {"r_hat": Worst(1.0101, "x")}, FAIL),
    ("R-hat", {"r_hat": Worst(float("nan"), "x")}, FAIL),
    ("bulk ESS", {"ess_bulk": Worst(400.0, "x")}, PASS),
    ("bulk ESS", {"ess_bulk": Worst(399.9, "x")}, FAIL),
    ("bulk ESS", {"ess_bulk": Worst(float("nan"), "x")}, FAIL),
    ("tail ESS", {"ess_tail": Worst(399.0, "x")}, FAIL),
    ("divergences", {"divergences": 1}, REVIEW),
    ("divergences", {"divergences": 40}, REVIEW),
    ("divergences", {"divergences": 41}, FAIL),
    ("E-BFMI", {"bfmi": 0.3}, PASS),
    ("E-BFMI", {"bfmi": 0.25}, REVIEW),
    ("E-BFMI", {"bfmi": 0.19}, FAIL),
    ("variance explained", {"explained": 0.5}, PASS),
    ("variance explained", {"explained": 0.3}, REVIEW),
    ("variance explained", {"explained": 0.1}, FAIL),
    ("posterior predictive check", {"tails": {"largest week": 0.01}}, PASS),
    ("posterior predictive check", {"tails": {"largest week": 0.009}}, REVIEW),
    ("posterior predictive check", {"tails": {"a": 0.5, "b": 0.995}}, REVIEW),
    # P(Binomial(104, 0.9) ≤ 85) = 0.72 % and P(… ≤ 86) = 1.5 %: 86 of 104 is the least that passes
    ("weeks inside the 90 % range", {"inside": of.Coverage(86 / 104, 104)}, PASS),
    ("weeks inside the 90 % range", {"inside": of.Coverage(85 / 104, 104)}, REVIEW),
    ("weeks inside the 90 % range", {"inside": of.Coverage(1.0, 104)}, PASS),
    ("outliers", {"outlier": of.Outlier(4.0, "2024-05-06", "", 104)}, PASS),
    ("outliers", {"outlier": of.Outlier(4.1, "2024-05-06", "", 104)}, REVIEW),
    ("outliers", {"outlier": of.Outlier(4.4, "2024-05-06", "DE", 2500)}, PASS),
    ("size of counts", COUNT | {"smallest": 30.0}, PASS),
    ("size of counts", COUNT | {"smallest": 29.0}, REVIEW),
    ("weeks below zero without media", {"negative": 0.0}, PASS),
    ("weeks below zero without media", {"negative": 0.05}, REVIEW),
    ("weeks below zero without media", {"negative": 0.2}, FAIL),
    ("variance foreseen", ahead(explained=0.0), PASS),
    ("variance foreseen", ahead(explained=-0.1), REVIEW),
    ("forecast error (MAPE)", ahead(mape=0.2), PASS),
    ("forecast error (MAPE)", ahead(mape=0.21), REVIEW),
    ("forecast against last year (CRPS ratio)", ahead(crps=100.0), PASS),
    ("forecast against last year (CRPS ratio)", ahead(crps=101.0), REVIEW),
    # P(Binomial(13, 0.9) ≤ 8) = 0.65 % and P(… ≤ 9) = 3.4 %
    ("forecast weeks inside the 90 % range", ahead(inside=of.Coverage(9 / 13, 13)), PASS),
    ("forecast weeks inside the 90 % range", ahead(inside=of.Coverage(8 / 13, 13)), REVIEW),
    ("rolling forecast error (MAPE)", back(mape=0.3), REVIEW),
    ("rolling forecast against last year (CRPS ratio)", back(crps=101.0), REVIEW),
    ("rolling forecast weeks inside the 90 % range", back(inside=of.Coverage(0.6, 39)), REVIEW),
    ("spend that follows the KPI", {"followed": {"tv": TIED}}, REVIEW),
    ("spend that follows the KPI", {"followed": {"tv": replace(TIED, share=0.8)}}, PASS),
    ("spend that follows the KPI", {"followed": {"tv": replace(TIED, slope=-0.1)}}, PASS),
    ("spend that follows the KPI", {"followed": {"tv": replace(TIED, p=0.01)}}, PASS),
    ("lines that cannot be told apart", {"alike": (PAIR,)}, REVIEW),
    ("lines that cannot be told apart", {}, PASS),
    ("placebo", tried(share=0.5, low=0.25), PASS),
    ("placebo", tried(share=0.51), REVIEW),
    ("placebo", tried(low=0.26), REVIEW),
    ("placebo", tried(share=1.2), REVIEW),
    # (100 − 172.9) / √(15² + 33.3²) = −1.996, and −2.01 from 173.4
    ("experiments against the series", with_test(before=of.Predicted(172.9, 33.3)), PASS),
    ("experiments against the series", with_test(before=of.Predicted(173.6, 33.3)), REVIEW),
    ("experiments against the series", with_test(before=None, after=of.Predicted(150, 14)), REVIEW),
    ("lines that follow the prior", {}, PASS),
    ("lines that follow the prior", {"narrowing": {"tv": 0.1, "search/brand": 0.1}}, REVIEW),
    ("sensitivity to beliefs", {"beliefs": of.Beliefs({"tv": 0.5}, 900.0, None)}, PASS),
    ("sensitivity to beliefs", {"beliefs": of.Beliefs({"tv": 0.51}, 900.0, None)}, REVIEW),
    ("range of spend seen", {"bands": {"tv": of.Band(1.2, 0.1)}}, PASS),
    ("range of spend seen", {"bands": {"tv": of.Band(1.2, 0.09)}}, REVIEW),
    ("campaigns that lean on siblings", {"leaning": {"search/brand": 0.9}}, PASS),
    ("campaigns that lean on siblings", {"leaning": {"search/brand": 0.95}}, REVIEW),
    ("synergy", {"synergy": 1}, REVIEW),
    ("highest ROAS", {"returns": {"tv": 10.0}}, PASS),
    ("highest ROAS", {"returns": {"tv": 11.0}}, REVIEW),
    ("highest ROAS", {"returns": {"tv": 51.0}}, FAIL),
]


@pytest.mark.parametrize(("name", "changes", "verdict"), CASES)
def test_thresholds(name: str, changes: dict[str, object], verdict: Verdict) -> None:
    check = check_of(name, **changes)
    assert check.verdict is verdict
    assert check.sentence.endswith(".")
    assert check.limit


def test_every_rule_is_tested() -> None:
    assert len({name for name, _, _ in CASES}) == len(RULES)


def test_every_check_is_on_its_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "health.md").read_text(encoding="utf-8").lower()
    names = {name.lower().removeprefix("rolling ") for name, _, _ in CASES}
    assert [name for name in sorted(names) if name not in page] == []


def test_a_healthy_fit_passes_everything_it_is_asked() -> None:
    card = health_card([FACTS])
    assert card.verdict is PASS
    asked_of_others = {"size of counts", "synergy"}
    assert len(card.checks) == len(RULES) - len(asked_of_others)
    assert all((check.value or 0) >= 0 for check in card.checks)


def test_lines_are_named() -> None:
    both = {"tv": 0.0, "search/brand": 0.0}
    sentence = check_of("lines that follow the prior", shift=both, narrowing=both).sentence
    assert "tv and search/brand" in sentence
    assert "x[3]" in check_of("R-hat", r_hat=Worst(1.2, "x[3]")).sentence
    assert "search/brand" in check_of("highest ROAS", returns={"search/brand": 20.0}).sentence
    pair = check_of("lines that cannot be told apart", alike=(PAIR,)).sentence
    assert "tv and search/brand cannot be told apart: together they bring 1.1 to 1.9" in pair
    assert "search/brand by itself 0.3 to 4" in pair
    tied = check_of("spend that follows the KPI", followed={"tv": TIED}).sentence
    assert "tv (94%)" in tied
    assert "whether the spend made the revenue or the revenue made the spend" in tied.lower()
    assert "experiment" in tied
    flat = check_of("range of spend seen", bands={"tv": of.Band(1.1, 0.01)}).sentence
    assert flat.startswith("tv ran at nearly the same level")
    known = check_of("range of spend seen").sentence
    assert "1.6 times the average were seen of search/brand, up to 3.1 times of tv" in known
    moves = of.Beliefs({"tv": 0.7, "search/brand": 0.1}, 900.0, None)
    assert "Belief decides about tv:" in check_of("sensitivity to beliefs", beliefs=moves).sentence
    lean = check_of("campaigns that lean on siblings", leaning={"search/brand": 0.96}).sentence
    assert "search/brand (4%)" in lean


def test_a_conflict_between_series_and_test_is_told_in_words() -> None:
    far = check_of("experiments against the series", **with_test(before=of.Predicted(800.0, 60.0)))
    assert far.value == pytest.approx(700 / np.hypot(15, 60))
    assert "Test tv spring and the series disagree: it measured 100" in far.sentence
    assert "the series alone said 800, with the test 103" in far.sentence
    assert "tv from 1.5 (0.5 to 2.5) to 1.3 (1.1 to 1.5)" in far.sentence
    near = check_of("experiments against the series").sentence
    assert "they agree" in near
    assert "tv from 1.5" in near


def test_what_to_do_about_outliers_and_counts_is_said() -> None:
    out = of.Outlier(6.2, "2024-05-06", "DE", 104)
    sentence = check_of("outliers", outlier=out).sentence
    assert sentence.startswith("The week of 2024-05-06 in DE is 6.2 standard deviations")
    assert "student_t" in sentence
    counted = check_of("size of counts", money=False, smallest=4.2).sentence
    assert "With 4.2 revenue a week" in counted
    assert "negative_binomial" in counted


def test_what_was_not_asked_is_not_on_the_card() -> None:
    facts = replace(
        FACTS, forecast=None, backtest=None, placebo=None, tests=(), leaning={}, followed={},
        money=False, likelihood="student_t",
    )  # fmt: skip
    names = {check.name.removeprefix("revenue: ") for check in health_card([facts]).checks}
    assert not any(
        word in name
        for name in names
        for word in ("forese", "forecast", "placebo", "experiments", "lean", "follows the KPI")
    )
    assert not names & {"highest ROAS", "outliers", "size of counts"}


def test_a_forecast_that_cannot_be_compared_is_not_judged() -> None:
    facts = replace(FACTS, **ahead(naive=None, mape=None))
    names = {check.name for check in health_card([facts]).checks}
    assert "revenue: variance foreseen" in names
    assert "revenue: forecast error (MAPE)" not in names
    assert "revenue: forecast against last year (CRPS ratio)" not in names


def test_each_kpi_has_its_own_checks() -> None:
    bad = replace(FACTS, kpi="customers", explained=0.0)
    card = health_card([FACTS, bad])
    assert len({check.name for check in card.checks}) == 2 * len(health_card([FACTS]).checks)
    assert card.verdict is FAIL
    assert HealthCard.from_json(card.to_json()) == card


def test_the_card_on_the_terminal() -> None:
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(health_table(health_card([replace(FACTS, explained=0.3, alike=(PAIR,))])))
    text = console.export_text()
    assert "REVIEW" in text
    assert "A plan can be made" in text
    assert "30% of the ups and downs" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100
    console.print(health_table(HealthCard()))
    assert "NOT FITTED" in console.export_text()


def test_diagnostics_on_chains_with_known_faults() -> None:
    rng = np.random.default_rng(5)
    good = {"a": rng.normal(size=(4, 500)), "b": rng.normal(size=(4, 500, 3))}
    stats = {"energy": rng.normal(size=(4, 500)), "diverging": np.zeros((4, 500), dtype=bool)}
    stats["diverging"][1, :7] = True
    found = diagnose(good, stats)
    assert found.r_hat.value < 1.01
    assert found.ess_bulk.value > 1500
    assert (found.divergences, found.draws) == (7, 2000)
    assert found.bfmi == pytest.approx(2, abs=0.2)  # independent energies: variance of differences
    apart = {**good, "b": good["b"] + np.array([0, 0, 0, 1])[:, None, None] * np.eye(3)[1]}
    worst = diagnose(apart, stats).r_hat
    assert worst.value > 1.05
    assert worst.where == "b[1]"
    sticky = {**good, "a": np.cumsum(good["a"], axis=1)}
    assert diagnose(sticky, stats).ess_bulk.where == "a"
    assert diagnose(sticky, stats).ess_bulk.value < 100
