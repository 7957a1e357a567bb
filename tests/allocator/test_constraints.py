"""Every rule, declared as rows and measured in plain numbers: the two must agree."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from allocator.constraints import (
    RULES,
    ActiveRule,
    CacRule,
    Declared,
    Facts,
    KpiRule,
    LinearRule,
    MarginalCacRule,
    MarginalRoasRule,
    Outcome,
    RatioRule,
    ReserveRule,
    RoasRule,
    Row,
    Rule,
    Selection,
    ShareRule,
    SpendRule,
)
from allocator.scenario import Constraint

LINES = ("tv", "search/brand", "search/generic", "new")
FACTS = Facts(
    LINES,
    reference={"tv": 1000.0, "search/brand": 400.0, "search/generic": 600.0, "new": 0.0},
    units={"revenue": "currency", "new_customers": "count"},
    labels={
        "tv": {"channel": "tv", "geo": "DE"},
        "search/brand": {"channel": "search", "campaign": "brand", "geo": "DE"},
        "search/generic": {"channel": "search", "campaign": "generic"},
        "new": {"channel": "new"},
    },
    weeks=("2027-W01", "2027-W02"),
    past={line: np.array([700.0, 100.0, 300.0]) for line in LINES},
    new=frozenset(["new", "search/generic"]),
    references={"approved": dict.fromkeys(LINES, 700.0)},
)
OUTCOME = Outcome(
    spend={"tv": 900.0, "search/brand": 500.0, "search/generic": 600.0, "new": 0.0},
    response={
        ("revenue", "tv"): 1800.0,
        ("revenue", "search/brand"): 2500.0,
        ("revenue", "search/generic"): 1500.0,
        ("revenue", "new"): 0.0,
        ("new_customers", "tv"): 9.0,
        ("new_customers", "search/brand"): 20.0,
        ("new_customers", "search/generic"): 12.0,
        ("new_customers", "new"): 0.0,
    },
)
SEARCH = ("search/brand", "search/generic")
DRAWS = 5

BODIES: list[tuple[type[Rule], dict[str, Any]]] = [
    (SpendRule, {"min": 500}),
    (SpendRule, {"max": "0.7k"}),
    (SpendRule, {"min": 300, "max": 800}),
    (SpendRule, {"from": "reference", "between": ["-30%", "+30%"], "new_lines": "exempt"}),
    (SpendRule, {"from": "reference", "between": ["-30%", "+30%"], "max": 700}),
    (ShareRule, {"min": "20%", "max": "70%"}),
    (ShareRule, {"max": "100%"}),
    (RoasRule, {"kpi": "revenue", "min": 2.5}),
    (CacRule, {"kpi": "new_customers", "max": 42}),
    (ActiveRule, {"min": 550}),
    (SpendRule, {"from": "previous", "between": ["-30%", "+100%"]}),
    (SpendRule, {"from": "approved", "between": ["-30%", "+30%"], "new_lines": "exempt"}),
    (ShareRule, {"min": "20%", "max": "70%", "of": ["tv", "search", "new"]}),
    (RatioRule, {"to": ["rest"], "min": 0.5, "max": 1.5}),
    (ReserveRule, {"min": 500}),
    (ReserveRule, {"min_share": "25%"}),
    (RoasRule, {"kpi": "revenue", "min": 2.5, "probability": "60%"}),
    (CacRule, {"kpi": "new_customers", "max": 42, "probability": "60%"}),
    (MarginalRoasRule, {"kpi": "revenue", "min": 2.5}),
    (MarginalCacRule, {"kpi": "new_customers", "max": 42}),
    (KpiRule, {"revenue": {"min": 2000, "max": 9000}}),
    (KpiRule, {"revenue": {"min": 2000}, "new_customers": {"max": 30, "per": "week"}}),
    (KpiRule, {"revenue": {"max": 3000, "probability": "60%"}}),
    (KpiRule, {"revenue": {"min": 900, "per": "week", "probability": "60%"}}),
    (LinearRule, {"spend": {"all": 2}, "outcome": {"revenue": -1.5}, "min": -900, "max": "1k"}),
    (LinearRule, {"spend": {"all": -1}, "max": -700}),
]


def select(lines: tuple[str, ...], together: bool) -> Selection:
    return Selection(lines, together, " + ".join(lines))


def holds(row: Row, declared: Declared, outcome: Outcome) -> bool | None:
    """The row as its docstring says, in the mean or in a share of the draws.

    None where a draw lies within cents of the limit: it counts as kept.
    """
    assert outcome.timed_draws is not None
    assert outcome.slope is not None
    total = np.zeros(DRAWS)
    for line, weight in row.spend.items():
        total = total + weight * outcome.spend[line]
    for (name, line), weight in row.response.items():
        meter = declared.meters.get(name)
        if meter is None:
            total = total + weight * outcome.draws[name, line]
        elif meter.marginal:
            total = total + weight * outcome.spend[line] * outcome.slope(meter.kpi, line)
        else:
            total = total + weight * outcome.timed_draws(meter.kpi, line)[:, meter.week]
    if row.probability is None:
        return bool(total.mean() >= row.bound)
    shares = {(total >= row.bound + cents).mean() for cents in (-0.5, 0.5)}
    return None if len(shares) > 1 else bool(shares.pop() >= row.probability)


def random_outcome(rng: random.Random) -> Outcome:
    numbers = np.random.default_rng(rng.getrandbits(32))
    spend = {line: rng.choice([0.0, rng.uniform(0, 1500)]) for line in LINES}
    cells = {
        (kpi, line): scale * money * numbers.uniform(0, 1) * numbers.gamma(2, 0.5, (DRAWS, 3))
        for kpi, scale in (("revenue", 6.0), ("new_customers", 0.06))
        for line, money in spend.items()
    }
    slopes = {cell: numbers.uniform(0, 6 if cell[0] == "revenue" else 0.06) for cell in cells}
    return Outcome(
        spend,
        {cell: float(by_week.sum(axis=1).mean()) for cell, by_week in cells.items()},
        draws={cell: by_week.sum(axis=1) for cell, by_week in cells.items()},
        timed=lambda kpi, line: cells[kpi, line].mean(axis=0),
        timed_draws=lambda kpi, line: cells[kpi, line],
        slope=lambda kpi, line: slopes[kpi, line],
    )


def rule_for(kind: type[Rule], body: dict[str, Any], lines: tuple[str, ...]) -> Rule:
    """A ratio is to the lines that are not selected."""
    rest = tuple(line for line in LINES if line not in lines) or ("new",)
    return kind.model_validate({**body, "to": rest} if kind is RatioRule else body)


@pytest.mark.parametrize(("kind", "body"), BODIES)
@pytest.mark.parametrize("form", ["each", "together"])
@pytest.mark.parametrize("lines", [("tv",), SEARCH, LINES])
def test_a_row_holds_exactly_where_there_is_slack(
    kind: type[Rule], body: dict[str, Any], form: str, lines: tuple[str, ...]
) -> None:
    if form not in kind.forms:
        return
    rule = rule_for(kind, body, lines)
    selection = select(lines, form == "together")
    if rule.problems(selection, FACTS):
        return
    declared = rule.declare("r", selection, FACTS)
    rng = random.Random(f"{kind.key} {body} {form} {lines}")
    both = set()
    for _ in range(200):
        outcome = random_outcome(rng)
        held = {(row.part, row.side): holds(row, declared, outcome) for row in declared.rows}
        for minimum in declared.minima:
            spent = outcome.spend[minimum.line]
            held[minimum.line, "min"] = spent == 0 or spent >= minimum.minimum
        for floor in declared.marginals:
            assert outcome.slope is not None
            enough = outcome.slope(floor.kpi, floor.line) >= floor.floor
            side = "min" if kind is MarginalRoasRule else "max"
            held[floor.line, side] = outcome.spend[floor.line] == 0 or enough
        measured = {
            (m.part, m.side): m.slack is None or m.slack >= 0
            for m in rule.measure("r", selection, FACTS, outcome)
        }
        unclear = {key for key, kept in held.items() if kept is None}
        assert measured == {**held, **{key: measured[key] for key in unclear}}
        both |= set(measured.values())
    everything = kind is ShareRule and lines == LINES and form == "together"
    if body != {"max": "100%"} and not everything:
        assert both == {True, False}  # or else the comparison says nothing


@pytest.mark.parametrize(("kind", "body"), BODIES)
def test_only_caps_on_outcome_are_broken_by_more_of_it(
    kind: type[Rule], body: dict[str, Any]
) -> None:
    rule = rule_for(kind, body, LINES[:3])
    capping = kind in (KpiRule, LinearRule)
    for row in rule.declare("r", select(LINES[:3], "together" in kind.forms), FACTS).rows:
        assert capping or all(weight >= 0 for weight in row.response.values())


def measured(rule: Rule, lines: tuple[str, ...], together: bool) -> dict[tuple[str, str], Any]:
    found = rule.measure("r", select(lines, together), FACTS, OUTCOME)
    return {(m.part, m.side): (m.limit, m.value, m.slack, m.unit) for m in found}


def test_spend_by_hand() -> None:
    rule = SpendRule.model_validate({"min": 500, "max": 650})
    assert measured(rule, SEARCH, False) == {
        ("search/brand", "min"): (500.0, 500.0, 0.0, "currency"),
        ("search/brand", "max"): (650.0, 500.0, 150.0, "currency"),
        ("search/generic", "min"): (500.0, 600.0, 100.0, "currency"),
        ("search/generic", "max"): (650.0, 600.0, 50.0, "currency"),
    }
    assert measured(rule, SEARCH, True) == {
        ("search/brand + search/generic", "min"): (500.0, 1100.0, 600.0, "currency"),
        ("search/brand + search/generic", "max"): (650.0, 1100.0, -450.0, "currency"),
    }


def test_change_from_the_reference_by_hand() -> None:
    rule = SpendRule.model_validate({"from": "reference", "between": ["-50%", "+25%"]})
    assert measured(rule, ("tv",), False) == {
        ("tv", "min"): (500.0, 900.0, 400.0, "currency"),
        ("tv", "max"): (1250.0, 900.0, 350.0, "currency"),
    }
    together = measured(rule, (*SEARCH, "new"), True)
    assert together["search/brand + search/generic + new", "max"][0] == 1250.0


def test_the_tighter_limit_holds_where_both_stand() -> None:
    body = {"from": "reference", "between": ["-50%", "+25%"], "min": 450, "max": 700}
    rule = SpendRule.model_validate(body)
    limits = {key: found[0] for key, found in measured(rule, LINES, False).items()}
    assert limits == {
        ("tv", "min"): 500.0,
        ("tv", "max"): 700.0,
        ("search/brand", "min"): 450.0,
        ("search/brand", "max"): 500.0,
        ("search/generic", "min"): 450.0,
        ("search/generic", "max"): 700.0,
        ("new", "min"): 450.0,
        ("new", "max"): 700.0,
    }


def test_new_lines_are_exempt_from_the_sum_too() -> None:
    body = {"from": "reference", "between": ["-10%", "+10%"], "new_lines": "exempt"}
    rule = SpendRule.model_validate(body)
    rows = rule.declare("r", select(("tv", "new"), True), FACTS).rows
    assert [set(row.spend) for row in rows] == [{"tv"}, {"tv"}]
    assert [row.bound for row in rows] == pytest.approx([900.0, -1100.0])


def test_new_line_without_exemption_is_a_fault() -> None:
    body = {"from": "reference", "between": ["-30%", "+30%"]}
    rule = SpendRule.model_validate(body)
    (problem,) = rule.problems(select(LINES, False), FACTS)
    assert "for new, where the reference spends nothing" in problem.found
    assert "new_lines: exempt" in problem.fix
    assert rule.problems(select(LINES, True), FACTS) == ()  # the sum has a reference
    for more in ({"new_lines": "exempt"}, {"max": 500}):
        other = SpendRule.model_validate({**body, **more})
        assert other.problems(select(LINES, False), FACTS) == ()


def test_share_by_hand() -> None:
    rule = ShareRule.model_validate({"max": "50%"})
    assert measured(rule, SEARCH, True) == {
        ("search/brand + search/generic", "max"): (0.5, 0.55, pytest.approx(-0.05), "share")
    }
    (row,) = rule.declare("r", select(("tv",), False), FACTS).rows
    assert row.spend == {"tv": -0.5, "search/brand": 0.5, "search/generic": 0.5, "new": 0.5}


def test_roas_and_cac_by_hand() -> None:
    roas = measured(RoasRule(kpi="revenue", min=3.0), ("tv", *SEARCH), True)
    assert list(roas.values()) == [(3.0, 2.9, pytest.approx(-0.1), "ratio")]
    cac = measured(CacRule(kpi="new_customers", max=50.0), ("tv", *SEARCH), False)
    assert {part: found[1] for (part, _), found in cac.items()} == {
        "tv": 100.0,
        "search/brand": 25.0,
        "search/generic": 50.0,
    }


def test_absent_is_not_zero() -> None:
    for rule in (RoasRule(kpi="revenue", min=3.0), CacRule(kpi="new_customers", max=50.0)):
        (nothing,) = rule.measure("r", select(("new",), False), FACTS, OUTCOME)
        assert nothing.value is None
        assert nothing.slack is None
    (off,) = ActiveRule(min=50.0).measure("r", select(("new",), False), FACTS, OUTCOME)
    assert off.value == 0.0
    assert off.slack is None


def test_money_that_wins_nobody_breaks_a_cap() -> None:
    outcome = Outcome({**OUTCOME.spend, "new": 10.0}, OUTCOME.response)
    rule = CacRule(kpi="new_customers", max=50.0)
    (found,) = rule.measure("r", select(("new",), False), FACTS, outcome)
    assert found.value is None
    assert found.slack == -10.0


def test_a_rounded_plan_is_within_tolerance() -> None:
    spend = {"tv": 333.34, "search/brand": 333.33, "search/generic": 333.33, "new": 0.0}
    third = Facts(LINES, dict.fromkeys(LINES, 1000 / 3))
    equal = SpendRule.model_validate({"from": "reference", "between": ["0%", "0%"]})
    share = ShareRule.model_validate({"max": "33.333333333333%"})
    for rule in (equal, share):
        found = rule.measure("r", select(LINES[:3], False), third, Outcome(spend, {}))
        assert any(m.slack is not None and m.slack < 0 for m in found)
        assert all(m.slack is not None and m.slack >= -m.tolerance for m in found)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (RoasRule(kpi="revenu", min=2.0), "did you mean 'revenue'?"),
        (RoasRule(kpi="new_customers", min=2.0), "cap the spend per unit of it with `cac`"),
        (CacRule(kpi="revenue", max=2.0), "set a floor on its return with `roas`"),
    ],
)
def test_kpis_of_the_wrong_kind(rule: Rule, message: str) -> None:
    (problem,) = rule.problems(select(("tv",), False), FACTS)
    assert message in problem.fix


def test_every_rule_says_its_limit_in_words() -> None:
    words = [kind.model_validate(body).words("EUR") for kind, body in BODIES]
    assert words == [
        "at least 500 EUR",
        "at most 700 EUR",
        "at least 300 EUR and at most 800 EUR",
        "-30% to +30% against the reference, new lines exempt",
        "at most 700 EUR and -30% to +30% against the reference",
        "at least 20% and at most 70% of all spend",
        "at most 100% of all spend",
        "at least 2.5 revenue for 1 EUR",
        "at most 42 EUR for one of new_customers",
        "nothing, or at least 550 EUR",
        "-30% to +100% against the weeks before",
        "-30% to +30% against approved, new lines exempt",
        "at least 20% and at most 70% of tv + search + new",
        "at least 0.5 EUR and at most 1.5 EUR for 1 EUR of rest",
        "at least 500 EUR for lines without history",
        "at least 25% of all spend for lines without history",
        "at least 2.5 revenue for 1 EUR in 60% of the draws",
        "at most 42 EUR for one of new_customers in 60% of the draws",
        "at least 2.5 revenue for the next 1 EUR",
        "at most 42 EUR for the next one of new_customers",
        "at least 2,000 revenue and at most 9,000 revenue",
        "at most 30 new_customers a week, and at least 2,000 revenue",
        "at most 3,000 revenue in 60% of the draws",
        "at least 900 revenue a week in 60% of the draws",
        "2 × all + -1.5 × revenue at least -900 and at most 1,000",
        "-1 × all at most -700",
    ]


def test_the_scenario_knows_exactly_the_registered_rules() -> None:
    bodies = {
        name: kind
        for name, field in Constraint.model_fields.items()
        for kind in RULES
        if kind in getattr(field.annotation, "__args__", ())
    }
    assert bodies == {kind.key: kind for kind in RULES}
