"""Totals: baseline and media together, in plans, in rules, and with a context for the controls."""

from __future__ import annotations

import math
from pathlib import Path

import context_case as case
import curve_case
import numpy as np
import pytest
import scenario_case

from allocator import run
from allocator.engine.figures.check import check
from allocator.engine.figures.document import evaluate
from allocator.engine.risk.cuts import row_cut
from allocator.engine.risk.judge import Cut
from allocator.engine.setting import Setting, settle
from allocator.plan import Plan
from allocator.scenario import from_resolved, load, written_form
from allocator.verify import verify
from mmm.curves import ParametricCurves, save
from mmm.errors import InputError

MADE = case.curves()
ASK = (
    "period: {start: 2027-W01, weeks: 6}\n"
    "reference: {actuals: {start: 2026-W01, weeks: 6}}\n"
    "until_start: zero\n"
    "budget: {exactly: 250k}\n"
)
CONTEXT = ASK + "context: {spring: spring.csv}\n"


def setting(
    tmp_path: Path,
    changes: str,
    table: str | None = None,
    curves: ParametricCurves = MADE,
) -> Setting:
    path = scenario_case.write_scenario(tmp_path, changes)
    save(curves, path.parent / "curves.nc", force=True)
    if table is not None:
        (path.parent / "spring.csv").write_text(table, encoding="utf-8")
    return settle(load(path), curves)


def planned(tmp_path: Path, changes: str, table: str | None = None) -> Plan:
    """A plan of which verify says nothing else."""
    setting(tmp_path, changes, table)
    folder = tmp_path / "scenarios"
    answer = run.plan(load(folder / "q1.yaml"), MADE, folder=folder)
    assert answer.plan is not None
    (folder / "plan.json").write_text(answer.plan.to_json(), encoding="utf-8")
    assert verify(folder / "plan.json").differences == ()
    return answer.plan


def faults(
    tmp_path: Path, changes: str, table: str | None = None, curves: ParametricCurves = MADE
) -> list[str]:
    with pytest.raises(InputError) as caught:
        setting(tmp_path, changes, table, curves)
    return [str(fault).replace(str(tmp_path), "") for fault in caught.value.faults]


def rule(limits: str, selection: str = "together: all") -> str:
    return ASK + f"constraints: [{{id: sales, {selection}, kpi: {limits}}}]\n"


def test_what_is_given_moves_the_baseline_by_its_coefficient(tmp_path: Path) -> None:
    """A promotion comes a week late; price acts at once; the third week is given for both."""
    plain = setting(tmp_path / "plain", ASK).facts.baseline
    given = setting(tmp_path / "given", CONTEXT, case.table(range(1, 7))).facts.baseline
    late = np.array([0, 1, 1, 1, 1, 1])
    for kpi, level in case.LEVEL.items():
        own = MADE.data["control_coefficient"].sel(kpi=kpi).to_numpy()
        base = case.expected(MADE, kpi, 1, 6)
        np.testing.assert_allclose(plain[kpi].expected, base, rtol=1e-12)
        moved = own[:, :1] * (95 - case.PATH["price"][1:7]) + own[:, 1:] * late
        np.testing.assert_allclose(given[kpi].expected, base + moved, rtol=1e-12)
        noise = plain[kpi].observed - plain[kpi].expected
        np.testing.assert_allclose(noise.mean(axis=0), 0, atol=1e-9 * level)
        assert noise.std() == pytest.approx(case.NOISE * level, rel=0.25)


def test_a_plan_says_baseline_and_total(tmp_path: Path) -> None:
    plan = planned(tmp_path, CONTEXT, case.table(range(1, 7)))
    whole = plan.totals.plan
    for kpi in MADE.kpis:
        assert whole.total[kpi].mean == pytest.approx(
            whole.baseline[kpi].mean + whole.kpis[kpi].mean, rel=1e-9
        )
        wide = whole.total[kpi].p95 - whole.total[kpi].p05
        assert wide > whole.baseline[kpi].p95 - whole.baseline[kpi].p05  # weeks scatter
        assert plan.totals.reference.baseline[kpi] == whole.baseline[kpi]
    again = from_resolved(plan.scenario.resolved)
    assert again.context is not None
    assert again.context["spring"].rows[0].values == {"price": 95.0, "promo": 1.0}  # type: ignore[index]
    assert written_form(again)["context"] == {"spring": "spring.csv"}


def test_curves_without_a_forecast_say_no_total(tmp_path: Path) -> None:
    curves = curve_case.parametric(7)
    answer = run.plan(curve_case.project(tmp_path, curves, ASK), curves, folder=tmp_path)
    assert answer.plan is not None
    said = answer.plan.totals.plan.model_dump()
    assert "baseline" not in said
    assert "total" not in said


def test_a_floor_under_a_total_is_one_under_the_rest(tmp_path: Path) -> None:
    """min on the total ≡ min less the mean baseline on what media bring: the same plan."""
    free = planned(tmp_path / "free", ASK + "objective: {maximise: revenue}\n")
    base = float(case.expected(MADE, "new_customers", 1, 6).mean(axis=0).sum())
    media = free.totals.plan.kpis["new_customers"].mean
    floor = math.floor(base + media + 2)
    total = planned(tmp_path / "total", rule(f"{{new_customers: {{min: {floor}, total: true}}}}"))
    alone = planned(tmp_path / "alone", rule(f"{{new_customers: {{min: {floor - base:.2f}}}}}"))
    assert [line.total for line in total.lines] == pytest.approx(
        [line.total for line in alone.lines], abs=2.0
    )
    said = next(one for one in total.constraints if one.id == "sales")
    assert said.value == pytest.approx(base + total.totals.plan.kpis["new_customers"].mean)
    assert said.binding
    assert "with the baseline" in said.words
    assert total.certificate.value < free.certificate.value


def test_the_least_money_for_a_total_is_that_for_the_rest(tmp_path: Path) -> None:
    """A rule about the total beside a target that any plan reaches, as the page has it."""
    base = float(case.expected(MADE, "revenue", 1, 6).mean(axis=0).sum())
    aim = math.floor(base + 150_000)
    least = "-objective\nbudget: {{least_for: {{kpi: revenue, at_least: {:.2f}}}}}\n".format
    ask = ASK.replace("budget: {exactly: 250k}\n", "")
    limit = rule(f"{{revenue: {{min: {aim}, total: true}}}}").removeprefix(ASK)
    total = planned(tmp_path / "total", ask + least(1) + limit).totals.plan
    alone = planned(tmp_path / "alone", ask + least(aim - base)).totals.plan
    assert total.spend == pytest.approx(alone.spend, abs=0.05)
    assert total.total["revenue"].mean == pytest.approx(aim, abs=1)


def test_a_probability_counts_baseline_and_noise(tmp_path: Path) -> None:
    """Kept in as many draws as asked, counted by hand."""
    own = setting(tmp_path / "free", ASK)
    observed = own.facts.baseline["new_customers"].observed.sum(axis=1)
    brought = evaluate(own, own.scaled).draws("new_customers")
    floor = math.floor(np.quantile(observed + brought, 0.28))
    limit = rule(f"{{new_customers: {{min: {floor}, total: true, probability: 75%}}}}")
    plan = planned(tmp_path / "kept", limit)
    spend = own.labelled(np.array([line.spend for line in plan.lines]))
    reached = observed + evaluate(own, spend).draws("new_customers") >= floor
    assert reached.mean() >= 0.75
    said = next(one for one in plan.constraints if one.id == "sales")
    assert said.probability == pytest.approx(reached.mean())


def test_a_row_cut_at_weights_of_draws_is_its_weighted_sum(tmp_path: Path) -> None:
    """Σ_s w_s (R_s + given_s) ≥ w · bound, of the row that a total with a probability declares."""
    own = setting(tmp_path, rule("{revenue: {max: 2.6M, total: true, probability: 80%}}"))
    (row,) = own.rules[0].rule.declare("sales", own.rules[0].selection, own.facts).rows
    known = own.facts.baseline["revenue"]
    mean = known.expected.mean(axis=0).sum()
    assert row.bound == pytest.approx(-(2.6e6 - mean))
    np.testing.assert_allclose(row.given, -(known.observed.sum(axis=1) - mean), rtol=1e-9)
    weights = np.random.default_rng(3).uniform(size=MADE.draws)
    cut, used = row_cut(row, Cut(0.0, weights, 0.5), "a cut")
    assert row.given is not None
    assert cut.bound == pytest.approx(row.bound * weights.sum() - 0.5 - weights @ row.given)
    assert cut.given is None
    assert list(used.values()) == ["revenue"]


def test_a_limit_by_the_week_has_the_weeks_baseline(tmp_path: Path) -> None:
    own = setting(tmp_path, rule("{revenue: {max: 500k, total: true, per: week}}"))
    plan = evaluate(own, own.scaled)
    said = [one for one in check(own, plan.spend, plan.response) if one.rule == "sales"]
    base = case.expected(MADE, "revenue", 1, 6).mean(axis=0)
    timed = MADE.timed(plan.spend, own.window).sel(kpi="revenue").sum("line").mean("draw")
    assert [one.value for one in said] == pytest.approx(list(base + timed.to_numpy()[:6]))
    bounds = [
        row.bound
        for row in own.rules[0].rule.declare("sales", own.rules[0].selection, own.facts).rows
    ]
    assert bounds == pytest.approx(list(base - 5e5))


@pytest.mark.parametrize(
    ("changes", "table", "said"),
    [
        (CONTEXT, case.table(range(1, 7), "week,price,promi"),
         "spring.csv:1: found the column promi, expected week and controls of the model; "
         "did you mean 'promo'?"),
        (CONTEXT, case.table(range(1, 5)),
         "context.spring: found no row for 2027-W05 and 1 more, expected a row for every planned "
         "week"),
        (CONTEXT, "week,price\n2027-W01,dear\n2027-W02,1\n",
         "spring.csv:2: price: found 'dear', expected a plain number such as 98.5"),
        (CONTEXT, "week,price\n2027-W01,1\n2027-W01,1\n",
         "spring.csv:3: found the week 2027-W01 again, expected each week once"),
        (CONTEXT, "price\n1\n",
         "spring.csv:1: found the columns price, expected the column week and one for every "
         "control, each once"),
        (CONTEXT, None, "context.spring: found no file spring.csv, expected a CSV file"),
        (ASK + "context: {spring: ../../spring.csv}\n", None, "context.spring: found"),
        (rule("{revenue: {min: 1M, total: true}}", "together: [tv]"), None,
         "kpi.revenue.total: found a total with the baseline, of some lines, expected all lines "
         "together"),
        (rule("{revenue: {min: 1M, total: true}}").replace("weeks: 6", "weeks: 26"), None,
         "kpi.revenue.total: found a baseline forecast of 2026-12-28 to 2027-05-16, expected a "
         "baseline forecast of every planned week"),
    ],
)  # fmt: skip
def test_faults_have_their_place(
    tmp_path: Path, changes: str, table: str | None, said: str
) -> None:
    found = faults(tmp_path, changes, table)
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        (CONTEXT, "context"),
        (rule("{revenue: {min: 1M, total: true}}"), "kpi.revenue.total"),
    ],
)
def test_curves_without_a_forecast_are_to_be_fitted_again(
    tmp_path: Path, changes: str, place: str
) -> None:
    (fault,) = faults(tmp_path, changes, case.table(range(1, 7)), curve_case.parametric(7))
    assert f"{place}: found curves without a baseline forecast" in fault
    assert "fit again" in fault
