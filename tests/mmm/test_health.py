"""The health card: every threshold on both sides, and words a planner can read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from model_case import evidence, random_raw
from rich.console import Console

from mmm.card import HealthCard, Verdict
from mmm.console_health import health_table
from mmm.derived import derive, explained
from mmm.health import RULES, health_card
from mmm.health_facts import KpiFacts, facts_of
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
FACTS = KpiFacts(
    kpi="revenue",
    diagnostics=GOOD,
    explained=0.9,
    holdout=13,
    predicted=0.5,
    shift={"tv": 0.6, "search/brand": -0.1},
    narrowing={"tv": 0.1, "search/brand": 0.5},
    returns={"tv": 1.4, "search/brand": 3.0},
    negative=0.0,
    money=True,
)


def check_of(name: str, **changes: object):
    own = {key: value for key, value in changes.items() if key in Diagnostics.__annotations__}
    rest = {key: value for key, value in changes.items() if key not in own}
    facts = replace(FACTS, diagnostics=replace(GOOD, **own), **rest)
    return next(c for c in health_card([facts]).checks if c.name == f"revenue: {name}")


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
    ("variance foreseen", {"predicted": 0.0}, PASS),
    ("variance foreseen", {"predicted": -0.1}, REVIEW),
    ("lines that follow the prior", {}, PASS),
    ("lines that follow the prior", {"narrowing": {"tv": 0.1, "search/brand": 0.1}}, REVIEW),
    ("highest ROAS", {"returns": {"tv": 10.0}}, PASS),
    ("highest ROAS", {"returns": {"tv": 11.0}}, REVIEW),
    ("highest ROAS", {"returns": {"tv": 51.0}}, FAIL),
    ("weeks below zero without media", {"negative": 0.0}, PASS),
    ("weeks below zero without media", {"negative": 0.05}, REVIEW),
    ("weeks below zero without media", {"negative": 0.2}, FAIL),
]


@pytest.mark.parametrize(("name", "changes", "verdict"), CASES)
def test_thresholds(name: str, changes: dict[str, object], verdict: Verdict) -> None:
    check = check_of(name, **changes)
    assert check.verdict is verdict
    assert check.sentence.endswith(".")
    assert check.limit


def test_every_rule_is_tested() -> None:
    assert len({name for name, _, _ in CASES}) == len(RULES)


def test_a_healthy_fit_passes_everything() -> None:
    card = health_card([FACTS])
    assert card.verdict is PASS
    assert len(card.checks) == len(RULES)


def test_lines_are_named() -> None:
    both = {"tv": 0.0, "search/brand": 0.0}
    sentence = check_of("lines that follow the prior", shift=both, narrowing=both).sentence
    assert "tv and search/brand" in sentence
    assert "highest ROAS" not in sentence
    assert "x[3]" in check_of("R-hat", r_hat=Worst(1.2, "x[3]")).sentence
    assert "search/brand" in check_of("highest ROAS", returns={"search/brand": 20.0}).sentence


def test_what_was_not_asked_is_not_on_the_card() -> None:
    facts = replace(FACTS, predicted=None, money=False)
    names = {check.name for check in health_card([facts]).checks}
    assert len(names) == len(RULES) - 2
    assert not names & {"revenue: variance foreseen", "revenue: highest ROAS"}


def test_each_kpi_has_its_own_checks() -> None:
    bad = replace(FACTS, kpi="customers", explained=0.0)
    card = health_card([FACTS, bad])
    assert len({check.name for check in card.checks}) == 2 * len(RULES)
    assert card.verdict is FAIL
    assert HealthCard.from_json(card.to_json()) == card


def test_the_card_on_the_terminal() -> None:
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(health_table(health_card([replace(FACTS, explained=0.3)])))
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


def test_facts_of_a_posterior_that_is_the_prior() -> None:
    own, rng = evidence(), np.random.default_rng(6)
    logs = own.effect_mu + own.effect_sigma * rng.normal(size=(4000, 3))
    logs[:, 1] = own.effect_mu[1] + own.effect_sigma[1] * (1 + 0.5 * rng.normal(size=4000))
    derived = replace(derive(own, random_raw(own, rng, 100), rng), average=np.exp(logs)[..., None])
    facts = facts_of(own, derived, GOOD, money=True)
    assert facts.shift["search"] == pytest.approx(1, abs=0.05)
    assert facts.narrowing["search"] == pytest.approx(0.5, abs=0.03)
    assert abs(facts.shift["tv"]) < 0.1
    assert abs(facts.narrowing["tv"]) < 0.05
    # the default ROAS belief has median 1.2, so that is what the prior returns
    assert facts.returns["tv"] == pytest.approx(1.2, rel=0.1)
    check = next(c for c in health_card([facts]).checks if "prior" in c.name)
    assert (check.verdict, check.value) == (REVIEW, 2)
    assert "tv and social" in check.sentence


def test_share_of_variance_explained() -> None:
    actual = np.array([1.0, 2.0, 3.0, 4.0])
    assert explained(actual, actual) == 1
    assert explained(actual, np.full(4, 2.5)) == 0
    assert explained(actual, actual[::-1]) == -3
