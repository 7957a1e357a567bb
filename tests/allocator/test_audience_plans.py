"""Audiences: what they know of people and prices, and plans that keep frequency in bounds."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case

from allocator.engine.setting import settle
from allocator.engine.setting.audiences import audiences_of
from allocator.engine.setting.pool import pool_of
from allocator.plan import Status
from allocator.scenario.schema.audience import NEEDED
from mmm.curves import ParametricCurves
from mmm.errors import InputError
from mmm.reach import ReachCurve
from mmm.reach.families import REACH_FAMILIES, by_name

WEEKS = 4
LINES = ("search", "tv", "video")
CURVES = curve_case.parametric(5, curve_case.Market(lines=LINES, kpis=("revenue",), draws=3))
CASE = (
    f"period: {{start: 2027-W01, weeks: {WEEKS}}}\n"
    f"reference: {{actuals: {{start: 2026-W01, weeks: {WEEKS}}}}}\n"
    "budget: {exactly: 120k}\n"
    "run: {gap: 1%}\n"
)
AUDIENCE = (
    "audiences:\n"
    "  adults:\n"
    "    people: 300k\n"
    "    lines: [tv, video]\n"
    "    reach: {family: nbd, shape: 0.8}\n"
    "    cost_per_thousand: {tv: 14, video: 9}\n"
)
PEOPLE = ReachCurve(by_name("nbd"), np.array([300_000.0]), {"shape": np.array([0.8])})
CPM = {"tv": 14.0, "video": 9.0}


def on_reach() -> ParametricCurves:
    """The same market, with video on reach: prices and people are the curves' own."""
    data = CURVES.data.copy()
    own = np.array([[np.nan, np.nan, at] for at in (250_000.0, 300_000.0, 350_000.0)])
    names = {"reach_audience": own, "reach_shape": own * 0 + 0.8,
             "frequency_half": own * 0 + 2.0, "frequency_slope": own * 0 + 1.5}  # fmt: skip
    for name in ("reach_audience", "reach_shape"):
        data[name] = (("draw", "line"), names[name])
    for name in ("frequency_half", "frequency_slope"):
        data[name] = (("kpi", "draw", "line"), names[name][None])
    data["cost_per_unit"] = ("line", [1.0, 1.0, 0.009])
    data["saturation"] = ("line", ["hill", "hill", "none"])
    return ParametricCurves(data)


def test_a_plan_keeps_the_frequency_and_goes_to_it(tmp_path: Path) -> None:
    rule = "constraints:\n  - {id: often, audience: adults, frequency: {max: 3, per: week}}\n"
    plan = run_case.planned(tmp_path, CURVES, CASE + AUDIENCE + rule)
    assert plan.certificate.status is Status.PROVEN
    weekly = {line.line: np.array(line.spend) for line in plan.lines}
    seen = np.sum([weekly[line] / CPM[line] * 1000 for line in CPM], axis=0)
    frequency = PEOPLE.frequency(seen)[0]
    assert frequency.max() == pytest.approx(3.0, rel=1e-6)
    stated = [c for c in plan.constraints if c.id == "often"]
    assert [c.value for c in stated] == pytest.approx(frequency)
    assert any(c.binding for c in stated)


def test_a_floor_is_kept_or_nothing_is_spent(tmp_path: Path) -> None:
    """At 150 times in the window there is not the money for it: the lines stay off."""
    for floor, on in (("2.5", True), ("150", False)):
        rule = f"{{id: enough, audience: adults, frequency: {{min: {floor}, per: window}}}}"
        folder = tmp_path / floor
        plan = run_case.planned(folder, CURVES, f"{CASE}{AUDIENCE}constraints:\n  - {rule}\n")
        spend = {line.line: line.total for line in plan.lines}
        assert (spend["tv"] + spend["video"] > 0) is on
        if on:
            seen = sum(spend[line] / CPM[line] * 1000 for line in CPM)
            assert PEOPLE.frequency(np.array([seen]))[0, 0] >= 2.5 - 1e-6


def test_impressions_are_money_over_their_price(tmp_path: Path) -> None:
    rules = (
        "constraints:\n"
        "  - {id: few, audience: adults, impressions: {max: 2M}}\n"
        "  - {id: tv, each: [tv], impressions: {min: 150k, per: week}}\n"
    )
    plan = run_case.planned(tmp_path, CURVES, CASE + AUDIENCE + rules)
    spend = {line.line: line.total for line in plan.lines}
    assert sum(spend[line] / CPM[line] * 1000 for line in CPM) == pytest.approx(2e6, rel=1e-5)
    tv = next(line for line in plan.lines if line.line == "tv")
    assert min(tv.spend) >= 150 * 14 - 0.01


def test_a_line_on_reach_brings_its_people_and_its_price(tmp_path: Path) -> None:
    text = "audiences:\n  adults: {lines: [tv, video], cost_per_thousand: {tv: 14}}\n"
    curves = on_reach()
    loaded = curve_case.project(tmp_path, curves, CASE + text)
    made, faults = audiences_of(loaded, curves)
    assert not faults
    audience = made["adults"]
    assert audience.per_impression == {"tv": 0.014, "video": 0.009}
    own = ReachCurve(
        by_name("nbd"), np.array([250_000.0, 300_000.0, 350_000.0]), {"shape": np.full(3, 0.8)}
    )
    most = audience.impressions_at(4.0, 1)
    assert own.frequency(np.array([most])).mean() == pytest.approx(4.0)
    assert audience.frequency_at(most, 1) == pytest.approx(4.0)
    facts = settle(loaded, curves).facts
    assert facts.per_impression == {"tv": 0.014, "video": 0.009}


@pytest.mark.parametrize("family", NEEDED)
def test_every_family_has_its_inverse(family: str) -> None:
    parameters = {"shape": 0.8, "overlap": 0.1}
    known = {name: np.array([parameters[name]]) for name in by_name(family).parameters}
    chances = 8 if by_name(family).needs_chances else None
    pool = pool_of(family, np.array([1000.0]), known, chances)
    for weeks in (1, 3):
        most = pool.impressions_at(2.5, weeks)
        assert pool.frequency_at(most, weeks) == pytest.approx(2.5)
        curve = ReachCurve(by_name(family), np.array([1000.0]), known, chances and chances * weeks)
        assert most == pytest.approx(curve.impressions_at(np.array([2.5]))[0, 0])
    assert pool.impressions_at(1.0, 1) == 0.0


def test_the_scenario_knows_every_family_and_what_it_needs() -> None:
    known = {
        family.name: (("chances",) if family.needs_chances else ()) + family.parameters
        for family in REACH_FAMILIES
    }
    assert known == NEEDED


@pytest.mark.parametrize(
    ("audience", "message"),
    [
        ("{lines: [tv, video], cost_per_thousand: {tv: 14}}", "no price of impressions of video"),
        ("{lines: [tv], cost_per_thousand: {tv: 14}}", "no line on reach, expected"),
        ("{lines: [vt]}", "the line 'vt'"),
        ("{}", "the label 'audience:adults'"),
        ("{lines: [tv], cost_per_thousand: {video: 14}}", "'video', expected a line of this"),
    ],
)
def test_what_is_not_known_is_asked_for(audience: str, message: str, tmp_path: Path) -> None:
    loaded = curve_case.project(tmp_path, CURVES, f"{CASE}audiences:\n  adults: {audience}\n")
    with pytest.raises(InputError) as caught:
        settle(loaded, CURVES)
    assert message in str(caught.value.faults[0])
    assert caught.value.faults[0].line == 12


def test_two_prices_of_one_line_are_no_price(tmp_path: Path) -> None:
    two = AUDIENCE + AUDIENCE.replace("audiences:\n", "").replace("adults", "young").replace(
        "tv: 14", "tv: 20"
    )
    rule = "constraints:\n  - {id: tv, each: [tv], impressions: {max: 5M}}\n"
    loaded = curve_case.project(tmp_path, CURVES, CASE + two + rule)
    with pytest.raises(InputError, match="impressions of tv, of which no price is known"):
        settle(loaded, CURVES)
