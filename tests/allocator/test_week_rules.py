"""Rules about weeks, audiences and lines that are on: rows and measures must agree."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import numpy as np
import pytest
from week_case import FACTS, LINES, WEEKS, left, outcome, random_outcome, selection

from allocator.constraints import (
    AfterRule,
    AtMostRule,
    CommitmentRule,
    FrequencyRule,
    ImpressionsRule,
    PhasingRule,
    Rule,
    StepsRule,
)

BODIES: list[tuple[type[Rule], dict[str, Any], str]] = [
    (AtMostRule, {"lines": 2}, "at most 2 of these lines with any money"),
    (
        AfterRule,
        {"lines": ["search/brand", "search/generic"], "spend": "0.9k"},
        "only once search/brand + search/generic has 900 EUR",
    ),
    (CommitmentRule, {"weeks": WEEKS[1], "min": 90}, "at least 90 EUR in 2027-W15"),
    (
        CommitmentRule,
        {"weeks": list(WEEKS[:2]), "min": 60, "max": 210},
        "at least 60 EUR and at most 210 EUR in each of 2027-W14, 2027-W15",
    ),
    (
        CommitmentRule,
        {"weeks": {"from": WEEKS[0], "to": WEEKS[3]}, "max": 500, "per": "stretch"},
        "at most 500 EUR in 2027-W14 to 2027-W17 (4 weeks)",
    ),
    (PhasingRule, {"per": "week", "max": 200}, "at most 200 EUR a week"),
    (
        PhasingRule,
        {"per": "month", "min": 300, "budgets": {"2027-05": {"max": 400}}},
        "at least 300 EUR a month, at most 400 EUR in 2027-05",
    ),
    (
        PhasingRule,
        {"per": "4-4-5", "budgets": {"P1": {"min": 500, "max": 700}}},
        "at least 500 EUR and at most 700 EUR in P1",
    ),
    (StepsRule, {"between": ["-20%", "+60%"]}, "-20% to +60% from week to week"),
    (
        StepsRule,
        {"by": 100, "first_week": "free"},
        "at most 100 EUR more or less from week to week, the first week free",
    ),
    (
        FrequencyRule,
        {"max": 1.6, "per": "week"},
        "at most 1.6 exposures a week of a person reached, on the average",
    ),
    (
        FrequencyRule,
        {"min": 1.2, "max": 1.8, "per": "window"},
        "nothing, or at least 1.2 and at most 1.8 exposures in the window of a person reached, "
        "on the average",
    ),
    (ImpressionsRule, {"min": 2000, "max": "4.5k"},
     "at least 2,000 and at most 4,500 impressions"),
    (ImpressionsRule, {"max": 600, "per": "week"}, "at most 600 impressions a week"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "words"), BODIES)
@pytest.mark.parametrize("form", ["each", "together", "audience"])
def test_a_row_holds_exactly_where_there_is_slack(
    kind: type[Rule], body: dict[str, Any], words: str, form: str
) -> None:
    if form not in kind.forms:
        return
    rule = kind.model_validate(body)
    asked = selection(LINES if kind is AtMostRule else LINES[:2], form)
    assert rule.problems(asked, FACTS) == ()
    declared = rule.declare("r", asked, FACTS)
    rng = random.Random(f"{kind.key} {body} {form}")
    both = set()
    for _ in range(150):
        plan = random_outcome(rng)
        held = {(row.part, row.side): left(row, plan) >= row.bound - 1e-9 for row in declared.rows}
        found = rule.measure("r", asked, FACTS, plan)
        measured = {(m.part, m.side): m.slack is None or m.slack >= -1e-9 for m in found}
        assert len(found) == len(measured)
        assert measured == held
        both |= set(held.values())
    assert both == {True, False}


@pytest.mark.parametrize(("kind", "body", "words"), BODIES)
def test_every_rule_says_its_limit_in_words(
    kind: type[Rule], body: dict[str, Any], words: str
) -> None:
    assert kind.model_validate(body).words("EUR") == words


def values(rule: Rule, weekly: dict[str, list[float]], form: str = "each") -> dict[str, Any]:
    found = rule.measure("r", selection(("tv", "video"), form), FACTS, outcome(weekly))
    return {f"{m.part} {m.side}": (m.value, m.slack) for m in found}


def test_a_week_of_two_months_counts_by_days() -> None:
    rule = PhasingRule.model_validate({"per": "month", "max": 100})
    found = values(rule, {"tv": [0, 0, 0, 70, 0, 0], "video": [7, 0, 0, 0, 0, 100]}, "together")
    assert found == {
        "tv + video in 2027-04 max": (pytest.approx(57), pytest.approx(43)),
        "tv + video in 2027-05 max": (pytest.approx(120), pytest.approx(-20)),
    }


def test_blocks_are_cut_where_the_window_ends() -> None:
    rule = PhasingRule.model_validate({"per": "4-4-5", "max": 100})
    found = values(rule, {"tv": [1, 2, 3, 4, 5, 6]})
    assert [(name, value) for name, (value, _) in found.items()][:2] == [
        ("tv in P1 max", 10.0),
        ("tv in P2 max", 11.0),
    ]


def test_steps_by_hand() -> None:
    rule = StepsRule.model_validate({"between": ["-20%", "+50%"]})
    found = values(rule, {"tv": [150, 100, 100, 0, 0, 10]})
    assert found["tv in 2027-W14 max"] == (pytest.approx(1.5), pytest.approx(0.0))
    assert found["tv in 2027-W15 min"] == (pytest.approx(2 / 3), pytest.approx(2 / 3 - 0.8))
    assert found["tv in 2027-W18 max"] == (None, None)  # nothing after nothing
    assert found["tv in 2027-W19 max"] == (None, -10.0)  # something after nothing


def test_no_step_into_or_out_of_a_dark_week() -> None:
    dark = np.array([False, False, True, False, False, False])
    facts = dataclasses.replace(FACTS, dark={"tv": dark})
    rule = StepsRule.model_validate({"by": 5})
    rows = rule.declare("r", selection(("tv", "video"), "each"), facts).rows
    weeks = [row.part.partition(" in ")[2] for row in rows if row.part.startswith("tv")]
    assert sorted(set(weeks)) == [WEEKS[0], WEEKS[1], WEEKS[4], WEEKS[5]]
    together = rule.declare("r", selection(("tv", "video"), "together"), facts).rows
    assert [set(row.spend) for row in together][4:8] == [{"video"}] * 4


def test_a_frequency_floor_where_nothing_is_seen_in_a_week() -> None:
    rule = FrequencyRule.model_validate({"min": 1.2, "per": "week"})
    found = values(rule, {"tv": [100, 0, 100, 100, 100, 100]}, "audience")
    assert found["tv: audience people in 2027-W15 min"] == (None, -1.2)
    assert found["video: audience people in 2027-W15 min"] == (None, None)


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        (AfterRule, {"lines": ["vidoe"], "spend": 5}, "did you mean 'video'?"),
        (AfterRule, {"lines": ["tv", "search"], "spend": 5}, "tv, which would wait for its own"),
        (CommitmentRule, {"weeks": "2027-W20", "min": 5}, "the week 2027-W20"),
        (PhasingRule, {"per": "month", "budgets": {"2027-06": 5}}, "the period '2027-06'"),
        (PhasingRule, {"per": "4-4-5", "budgets": {"P3": 5}}, "known: P1, P2"),
    ],
)
def test_what_is_not_there_is_refused(kind: type[Rule], body: dict[str, Any], message: str) -> None:
    (complaint,) = kind.model_validate(body).problems(selection(("tv",), "each"), FACTS)
    assert message in f"{complaint.found} {complaint.fix}"
    assert complaint.at


def test_steps_need_a_week_to_start_from() -> None:
    asked = selection(("tv", "video"), "each")
    share, money = ({"between": ["-9%", "+9%"]}, {"by": 5})
    nothing = dataclasses.replace(FACTS, past={})
    off = dataclasses.replace(FACTS, past={"tv": np.array([3.0, 0.0]), "video": np.ones(2)})
    for body, facts, count in ((share, nothing, 1), (money, nothing, 1), (share, off, 1)):
        assert len(StepsRule.model_validate(body).problems(asked, facts)) == count
        free = StepsRule.model_validate({**body, "first_week": "free"})
        assert free.problems(asked, facts) == ()
    assert StepsRule.model_validate(money).problems(asked, off) == ()


def test_impressions_need_a_price() -> None:
    rule = ImpressionsRule.model_validate({"max": 5})
    (complaint,) = rule.problems(selection(("tv", "search/brand"), "each"), FACTS)
    assert "search/brand, of which no price is known" in complaint.found
