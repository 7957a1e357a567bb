"""What is expected to be otherwise than the model saw it: from file to plan, proof and page."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case
import scenario_case
import xarray as xr

from allocator.engine.setting import Setting, settle
from allocator.reports._base.assumptions import assumptions
from allocator.scenario import from_resolved, load, written_form
from mmm.curves import ParametricCurves, TabulatedCurves
from mmm.errors import InputError
from mmm.yamlfile import to_text

MONTH = (
    "period: {start: 2027-W01, weeks: 4}\n"
    "reference: {actuals: {start: 2026-W01, weeks: 4}, scale_to: 150k}\n"
    "until_start: same_weeks_last_year\nbudget: {exactly: 150k}\n"
)
CHEAP = "assumptions:\n  - {id: a, lines: [l0], cost_per_unit: +25%, source: a rate card}\n"


def small(**more: object) -> ParametricCurves:
    return curve_case.parametric(3, curve_case.Market(draws=6, lags=3, **more))  # type: ignore[arg-type]


def assuming(*items: str) -> str:
    """The assumptions with an id and a source each."""
    rows = [f"  - {{id: a{n}, {item}, source: somebody}}\n" for n, item in enumerate(items)]
    return "assumptions:\n" + "".join(rows)


def setting(tmp_path: Path, curves: ParametricCurves | TabulatedCurves, changes: str) -> Setting:
    return settle(curve_case.project(tmp_path, curves, changes), curves)


def test_a_dearer_line_is_planned_as_on_curves_with_that_price(tmp_path: Path) -> None:
    curves = run_case.alike(points=201)
    plan = run_case.checked(tmp_path / "a", curves, run_case.FLAT + CHEAP)
    factor = xr.DataArray([1.25, 1.0, 1.0], {"line": list(curves.lines)}, ("line",))
    dearer = TabulatedCurves(curves.data.assign(points=curves.data["points"] * factor))
    same = run_case.checked(tmp_path / "b", dearer, run_case.FLAT)
    assert [line.total for line in plan.lines] == [line.total for line in same.lines]
    assert plan.certificate.value == pytest.approx(same.certificate.value, rel=1e-12)
    # by hand: 300 · √(x / price), so that x goes as 1 / price: 4 : 5 : 5 of 90,000
    best = 300 * np.sqrt(90_000 * (1 / 1.25 + 2))
    assert plan.certificate.value == pytest.approx(best, rel=1e-4)  # straight lines lie below
    assert plan.curves.digest == curves.digest != dearer.digest


def test_assumptions_about_one_line_multiply(tmp_path: Path) -> None:
    curves = small()
    said = assuming(
        "lines: [search], cost_per_unit: +10%, effectiveness: -10%",
        "lines: [search/brand], cost_per_unit: x1.2",
        "lines: all, effectiveness: ×1.5",
    )
    found = setting(tmp_path, curves, MONTH + said)
    ratio = (found.curves.data["effect"] / curves.data["effect"]).mean(("kpi", "draw"))
    assert ratio.to_numpy().tolist() == pytest.approx([1.5, 1.35, 1.35, 1.5])
    assert found.curves.price.tolist() == pytest.approx([1.0, 1.32, 1.1, 1.0])
    assert found.curves.given is curves


def test_only_the_planned_weeks_are_bought_at_the_price(tmp_path: Path) -> None:
    curves = small()
    said = assuming("lines: [tv], cost_per_unit: +25%")
    dear, plain = (setting(tmp_path / name, curves, MONTH + more) for name, more in
                   (("a", said), ("b", "")))  # fmt: skip
    assert np.array_equal(dear.window.before, plain.window.before)
    assert np.array_equal(dear.window.after, plain.window.after)
    spend = plain.labelled(np.full((4, 4), 10_000.0))
    less = plain.labelled(np.array([[8_000.0] * 4, *[[10_000.0] * 4] * 3]))
    found = dear.curves.response(spend, dear.window).to_numpy()
    assert found == pytest.approx(curves.response(less, plain.window).to_numpy(), rel=1e-12)
    assert dear.facts.past["tv"].tolist() == plain.facts.past["tv"].tolist()
    assert dear.caps["tv"] == pytest.approx(1.25 * plain.caps["tv"])  # the same units of media


def test_an_amount_is_over_what_the_model_knows(tmp_path: Path) -> None:
    curves = small()
    cost = xr.DataArray([0.02, 1.0, 1.0, 1.0], {"line": list(curves.lines)}, ("line",))
    exposure = (curves.data["exposure"] / cost).transpose("line", "week")
    counted = ParametricCurves(curves.data.assign(cost_per_unit=cost, exposure=exposure))
    found = setting(tmp_path, counted, MONTH + assuming("lines: [tv], cost_per_unit: 0.025"))
    assert found.curves.price.tolist() == pytest.approx([1.25, 1.0, 1.0, 1.0])
    both = assuming("lines: [tv], cost_per_unit: 0.025", "lines: [tv], cost_per_unit: +10%")
    again = setting(tmp_path / "both", counted, MONTH + both)
    assert again.curves.price[0] == pytest.approx(1.375)


@pytest.mark.parametrize(
    ("economics", "said", "worth"),
    [
        ("value_of: {new_customers: 180}", "revenue_per_conversion: {new_customers: +10%}", 198.0),
        ("value_of: {new_customers: 180}", "revenue_per_conversion: {new_customers: 150}", 150.0),
        ("value_of: {new_customers: 180}", "revenue_per_conversion: {revenue: +5%}", 180.0),
    ],
)
def test_what_one_is_worth(tmp_path: Path, economics: str, said: str, worth: float) -> None:
    changes = f"objective: {{maximise: value}}\neconomics: {{{economics}}}\n" + assuming(said)
    found = setting(tmp_path, small(), MONTH + changes)
    assert found.terms.response == {"new_customers": pytest.approx(worth)}
    assert found.terms.spend == -1.0


def test_revenue_of_a_conversion_is_more_revenue_of_the_lines(tmp_path: Path) -> None:
    curves = small()
    found = setting(
        tmp_path, curves,
        MONTH + assuming("lines: [tv], revenue_per_conversion: {revenue: +5%}"),
    )  # fmt: skip
    ratio = (found.curves.data["effect"] / curves.data["effect"]).mean("draw").sel(line="tv")
    assert ratio.to_dict()["data"] == pytest.approx([1.05, 1.0])  # revenue, new customers


def test_a_margin(tmp_path: Path) -> None:
    changes = "objective: {maximise: profit}\neconomics: {margin: 40%}\n"
    curves = small(kpis=("revenue",))
    plan = run_case.checked(tmp_path, curves, MONTH + changes + assuming("margin: 33%"))
    assert plan.goal is not None
    assert plan.goal.worth == {"revenue": 0.33}
    revenue = plan.totals.plan.kpis["revenue"].mean
    assert plan.certificate.value == pytest.approx(0.33 * revenue - 150_000)
    assert dict(assumptions(plan))["Most of"].startswith("profit: 33")


def test_the_plan_says_what_was_assumed_and_who_said_so(tmp_path: Path) -> None:
    said = (
        "assumptions:\n"
        "  - {id: rates, lines: [tv], cost_per_unit: +6%, source: 'agency rate card 2027-01'}\n"
        '  - {id: copy, lines: all, effectiveness: x0.9, source: "a\\u202eb\\nc"}\n'
    )
    plan = run_case.checked(tmp_path, small(), MONTH + said)
    facts = dict(assumptions(plan))
    assert facts["Assumed: rates"] == "tv: cost per unit +6% (agency rate card 2027-01)"
    assert facts["Assumed: copy"] == "all lines: effect -10% (a\ufffdb c)"
    first, second = plan.scenario.resolved["assumptions"]
    assert first["cost_per_unit"] == {"factor": 1.06}
    assert second["effectiveness"] == 0.9
    loaded = load(tmp_path / "scenarios" / "q1.yaml")
    assert from_resolved(loaded.resolved) == loaded.scenario
    again = tmp_path / "scenarios" / "again.yaml"
    again.write_text(to_text(written_form(loaded.scenario)), encoding="utf-8")
    assert load(again).scenario == loaded.scenario


def test_a_setting_made_anew_from_its_own_curves_assumes_once(tmp_path: Path) -> None:
    curves = small()
    loaded = curve_case.project(
        tmp_path, curves, MONTH + assuming("lines: [tv], cost_per_unit: +25%")
    )
    first = settle(loaded, curves)
    assert settle(loaded, first.curves).curves is first.curves


def faults(tmp_path: Path, changes: str) -> list[str]:
    curves = small()
    with pytest.raises(InputError) as caught:
        setting(tmp_path, curves, MONTH + changes)
    return [str(fault).rpartition("scenarios/")[2] for fault in caught.value.faults]


FAULTS = (
    ("lines: [tw], effectiveness: +5%", "assumptions.0.lines.0: found the line 'tw'"),
    ("lines: [tv], cost_per_unit: 6%", "a change with its sign; write +6% for more, -6% for less"),
    ("lines: [tv], effectiveness: 0.9", "write x0.9 if it is a factor"),
    ("lines: [tv], effectiveness: -100%", "a change from -99% to x100"),
    ("lines: [tv], cost_per_unit: 12", "the cost of a unit of tv, which the model measures in mon"),
    ("lines: [tv], cost_per_unit: -3", "a change such as +6%, or an amount above 0"),
    ("lines: [tv]", "cost_per_unit, effectiveness, revenue_per_conversion or margin"),
    ("effectiveness: +5%", "`lines: [tv]`, or `lines: all`"),
    ("lines: [tv], margin: 30%", "a margin for all lines"),
    ("margin: +2%", "the margin itself, such as 33%, not a change of it"),
    ("revenue_per_conversion: {orders: +5%}", "found the KPI 'orders'"),
    ("revenue_per_conversion: {revenue: 50}", "an amount, 50, for revenue, which is money already"),
    ("revenue_per_conversion: {new_customers: +5%}", "which nothing says"),
    ("lines: [tv], cost: +5%", "assumptions.0.cost"),
)


@pytest.mark.parametrize(("said", "found"), FAULTS)
def test_what_cannot_be_assumed(tmp_path: Path, said: str, found: str) -> None:
    told = faults(tmp_path, assuming(said))
    assert len(told) == 1
    assert told[0].startswith("q1.yaml:1")
    assert found in told[0]


def test_what_does_not_go_together(tmp_path: Path) -> None:
    twice = "assumptions:\n" + "  - {id: a, margin: 30%, source: b}\n" * 2
    first, second = faults(tmp_path / "a", twice)
    assert "assumptions.1.id: found the id 'a' again (first on line 12)" in first
    assert "assumptions.1.margin: found a margin again ('a' states it), expected one" in second
    unsourced = "assumptions:\n  - {id: a, margin: 30%}\n"
    (told,) = faults(tmp_path / "b", unsourced)
    assert "assumptions.0.source: found nothing, expected the key source" in told
    some = assuming("lines: [tv], revenue_per_conversion: {new_customers: +5%}")
    (told,) = faults(tmp_path / "c", f"economics: {{value_of: {{new_customers: 9}}}}\n{some}")
    assert "assumptions.0.lines: found the worth of one of new_customers for some lines" in told


def test_without_assumptions_nothing_changes(tmp_path: Path) -> None:
    path = scenario_case.write_scenario(tmp_path)
    assert "assumptions" not in load(path).resolved
    curves = small()
    assert setting(tmp_path / "p", curves, MONTH).curves is curves
