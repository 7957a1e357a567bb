"""Rules on outcomes, next units, ratios and reserves: figures worked out by hand."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case

from allocator.constraints import (
    Facts,
    KpiRule,
    MarginalCacRule,
    MarginalRoasRule,
    Measure,
    Outcome,
    RatioRule,
    ReserveRule,
    RoasRule,
    Rule,
    Selection,
    SpendRule,
)

LINES = ("tv", "search", "new")
FACTS = Facts(
    LINES,
    reference=dict.fromkeys(LINES, 100.0),
    units={"revenue": "currency", "customers": "count"},
    labels={line: {"channel": line} for line in LINES},
    weeks=("2027-W01", "2027-W02"),
    past={"tv": np.array([9.0, 3.0, 1.0]), "search": np.array([0.0, 5.0, 5.0]), "new": np.zeros(3)},
    new=frozenset(["new"]),
)
DRAWS = {"tv": [300.0, 500.0], "search": [100.0, 500.0], "new": [0.0, 0.0]}
WEEKLY = {"tv": [4.0, 3.0, 2.0], "search": [1.0, 6.0, 0.0], "new": [0.0, 0.0, 0.0]}
SLOPES = {"tv": 1.0, "search": 4.0, "new": 9.0}
OUTCOME = Outcome(
    {"tv": 300.0, "search": 100.0, "new": 0.0},
    {("revenue", line): sum(draws) / 2 for line, draws in DRAWS.items()},
    draws={("revenue", line): np.array(draws) for line, draws in DRAWS.items()},
    timed=lambda kpi, line: np.array(WEEKLY[line]),
    timed_draws=lambda kpi, line: np.array(WEEKLY[line]) * [[0.5], [1.5]],
    slope=lambda kpi, line: SLOPES[line],
)


def measured(rule: Rule, lines: tuple[str, ...], together: bool) -> list[Measure]:
    selection = Selection(lines, together, " + ".join(lines))
    assert rule.problems(selection, FACTS) == ()
    return list(rule.measure("r", selection, FACTS, OUTCOME))


def test_the_next_unit() -> None:
    """(300 · 1 + 100 · 4) / 400 = 1.75 of the two together; the line that is off is exempt."""
    rule = MarginalRoasRule(kpi="revenue", min=2.0)
    (both,) = measured(rule, LINES, True)
    assert both.value == 1.75
    assert both.slack == -0.25
    each = measured(rule, LINES, False)
    assert [one.slack for one in each] == [-1.0, 2.0, None]
    cac = measured(MarginalCacRule(kpi="customers", max=0.5), LINES, False)
    assert [one.value for one in cac] == [1.0, 0.25, None]
    assert [one.slack for one in cac] == [-0.5, 0.25, None]


def test_a_kpi_by_week() -> None:
    rule = KpiRule.model_validate({"customers": {"max": 7, "per": "week"}})
    found = measured(rule, ("tv", "search"), True)
    assert [one.part for one in found] == ["customers in 2027-W01", "customers in 2027-W02"]
    assert [one.value for one in found] == [5.0, 9.0]  # what falls after the last is in none
    assert [one.slack for one in found] == [2.0, -2.0]
    assert {one.unit for one in found} == {"count"}
    assert measured(rule, ("tv",), False)[0].part == "tv: customers in 2027-W01"


def test_shares_of_draws() -> None:
    """Revenue 400 and 1000 in the two draws, at a spend of 400; 5 and 9 customers, halved or not"""
    roas = RoasRule.model_validate({"kpi": "revenue", "min": 2, "probability": "80%"})
    (found,) = measured(roas, ("tv", "search"), True)
    assert (found.value, found.probability) == (1.75, 0.5)
    assert found.slack == pytest.approx(-0.3)
    assert found.tolerance == 0.25
    limit = {"max": 7.5, "per": "week", "probability": "50%"}
    weeks = measured(KpiRule.model_validate({"customers": limit}), ("tv", "search"), True)
    assert [one.probability for one in weeks] == [1.0, 0.5]


def test_a_ratio_to_nothing() -> None:
    rule = RatioRule.model_validate({"to": ["new"], "min": 1, "max": 2})
    low, high = measured(rule, ("tv",), False)
    assert (low.value, low.slack) == (None, None)
    assert (high.value, high.slack) == (None, -300.0)
    (both,) = measured(RatioRule.model_validate({"to": ["search"], "max": 2}), ("tv",), False)
    assert (both.value, both.slack) == (3.0, -1.0)


def test_a_reserve_counts_new_lines_only() -> None:
    (part,) = measured(ReserveRule.model_validate({"min_share": "10%"}), LINES, True)
    assert (part.value, part.slack) == (0.0, -0.1)
    (money,) = measured(ReserveRule(min=50.0), LINES, True)
    assert (money.value, money.slack) == (0.0, -50.0)
    rows = ReserveRule(min=50.0).declare("r", Selection(LINES, True, "all"), FACTS).rows
    assert [dict(row.spend) for row in rows] == [{"new": 1.0}]


def test_the_weeks_before_are_as_many_as_are_planned() -> None:
    rule = SpendRule.model_validate({"from": "previous", "between": ["-50%", "+50%"]})
    found = measured(rule, ("tv", "search"), False)
    assert [one.limit for one in found] == [2.0, 6.0, 5.0, 15.0]
    (problem,) = rule.problems(Selection(("new",), False, "new"), FACTS)
    assert "the weeks before spend nothing" in problem.found


TABLE = curve_case.tabulated(
    {"l0": [0, 40_000, 90_000, 200_000], "l1": [0, 200_000]},
    {"revenue": {"l0": np.array([[0, 120e3, 220e3, 260e3]]), "l1": np.array([[0, 150e3]])}},
)
RULE = run_case.FLAT + "constraints:\n  - {id: r, each: [l0], "


def test_at_a_kink_the_unit_before_counts(tmp_path: Path) -> None:
    """Slopes 3, then 2, then 0.36, against 0.75: at least 2 allows the line up to its kink."""
    rule = "marginal_roas: {kpi: revenue, min: 2}}"
    plan = run_case.planned(tmp_path, TABLE, RULE.replace("90k", "150k") + rule)
    assert {line.line: line.total for line in plan.lines} == {"l0": 90_000.0, "l1": 60_000.0}
    found = [entry for entry in plan.constraints if entry.id == "r"]
    assert [(entry.value, entry.binding) for entry in found] == [(2.0, True)]
    assert str(plan.certificate.status) == "proven within gap"


def test_cents_stay_on_the_kept_side_of_a_next_unit(tmp_path: Path) -> None:
    """Slope 3 ends at 90,000.007, then 1: the cents nearest to the best split would be beyond."""
    table = curve_case.tabulated(
        {"l0": [0, 90_000.007, 200_000], "l1": [0, 200_000]},
        {"revenue": {"l0": np.array([[0, 270_000.021, 380e3]]), "l1": np.array([[0, 100e3]])}},
    )
    rule = "marginal_roas: {kpi: revenue, min: 2}}"
    plan = run_case.planned(tmp_path, table, RULE.replace("90k", "150k") + rule)
    assert {line.line: line.total for line in plan.lines} == {"l0": 90_000.0, "l1": 60_000.0}
    assert str(plan.certificate.status) == "proven within gap"


def test_a_soft_cap_is_broken_where_that_pays(tmp_path: Path) -> None:
    """A unit moved from l1 to l0 brings 2 − 0.75 and costs 2 prices: worth it below 0.625."""
    for price, total in (("0.5", 90_000.0), ("0.9", 55_000.0)):
        rule = f"kpi: {{revenue: {{max: 150k}}}}, soft: {{price: {price}}}}}"
        plan = run_case.planned(tmp_path / price, TABLE, RULE + rule)
        assert plan.lines[0].total == pytest.approx(total, abs=0.02)
