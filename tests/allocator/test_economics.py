"""What outcomes are worth: value, several KPIs, weights by label, interest; from file to plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import curve_case
import numpy as np
import pytest
from run_case import checked, faults_of, planned

from allocator.engine.figures.document import evaluate
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.figures.worth import objective_draws, shares_of_gain
from allocator.engine.pose import pose
from allocator.engine.setting import settle
from allocator.engine.setting.interest import factors
from mmm.clv import ClvFile, Range, Segment
from mmm.clv.file import save as save_clv
from mmm.curves import ParametricCurves

MONTH = (
    "period: {start: 2027-W01, weeks: 4}\n"
    "reference: {actuals: {start: 2026-W01, weeks: 4}, scale_to: 150k}\n"
    "until_start: zero\nbudget: {exactly: 150k}\n"
)


def small(seed: int = 3) -> ParametricCurves:
    return curve_case.parametric(seed, curve_case.Market(draws=6, lags=3))


def test_value_of_new_customers(tmp_path: Path) -> None:
    changes = MONTH + "objective: {maximise: value}\neconomics: {value_of: {new_customers: 180}}\n"
    plan = checked(tmp_path, small(), changes)
    customers = plan.totals.plan.kpis["new_customers"].mean
    assert plan.certificate.value == pytest.approx(180 * customers - 150_000)
    assert plan.goal is not None
    assert (plan.goal.worth, plan.goal.said_by) == ({"new_customers": 180.0}, "scenario")


def segment(mean: float, customers: int) -> Segment:
    one = Range(median=mean, p05=mean, p95=mean)
    return Segment(
        customers=customers, value=one, first_order=one, repeat=one, repeat_orders=one,
        order_revenue=one, mu=0.0, sigma=0.0, draws=(mean - 10, mean + 10), parameters={},
    )  # fmt: skip


def clv_file(path: Path, currency: str = "EUR") -> None:
    segments = {"tv": segment(200.0, 60), "social": segment(50.0, 60)}
    file = ClvFile(
        schema_version=1, currency=currency, margin=0.4, horizon_weeks=104, discount_rate=0.1,
        first_date="2025-01-01", last_date="2026-11-22", customers=120, orders=200,
        rows_without_consent=None, min_size=50, merged_segments=0, data_digest="0" * 64, seed=1,
        holdout=None, notes=(), total=segment(125.0, 120), segments=segments,
    )  # fmt: skip
    save_clv(file, path)


VALUE = MONTH + "objective: {maximise: value}\neconomics: {clv: clv.yaml}\n"


def test_value_by_the_channel_that_wins_them(tmp_path: Path) -> None:
    """Customers of tv are worth 200, of social 50, of search the mean of all, 125."""
    project = tmp_path / "scenarios"
    project.mkdir()
    clv_file(project / "clv.yaml")
    project.joinpath("clv.yaml").rename(tmp_path / "clv.yaml")
    project.rmdir()
    changes = VALUE.replace("clv.yaml", "../clv.yaml")
    plan = checked(tmp_path, small(), changes)
    worth = {"tv": 200.0, "search/brand": 125.0, "search/generic": 125.0, "social": 50.0}
    value = sum(worth[line.line] * line.kpis["new_customers"].mean for line in plan.lines)
    assert plan.certificate.value == pytest.approx(value - 150_000)
    assert plan.scenario.resolved["economics"]["clv_values"]["segments"]["tv"] == 200
    (fault,) = faults_of_currency(tmp_path / "dollars", changes)
    assert "economics.clv: found values in USD, expected values in EUR" in fault


def faults_of_currency(tmp_path: Path, changes: str) -> list[str]:
    tmp_path.mkdir()
    clv_file(tmp_path / "clv.yaml", "USD")
    return faults_of(tmp_path, small(), changes)


def test_several_kpis(tmp_path: Path) -> None:
    goal = "objective: {maximise: {revenue: 0.3, new_customers: 120}}\n"
    plan = checked(tmp_path, small(), MONTH + goal)
    kpis = plan.totals.plan.kpis
    worth = 0.3 * kpis["revenue"].mean + 120 * kpis["new_customers"].mean
    assert plan.certificate.value == pytest.approx(worth)
    assert (plan.objective, plan.certificate.unit) == ("weighted", "currency")


def test_what_a_label_counts_more(tmp_path: Path) -> None:
    """Social counts three times: it gets more than without, and the value says so."""
    plain = planned(tmp_path / "plain", small(), MONTH)
    goal = "objective: {maximise: revenue, weights: {social: 3, search: 0.5}}\n"
    plan = checked(tmp_path / "weighted", small(), MONTH + goal)
    counts = {"tv": 1.0, "search/brand": 0.5, "search/generic": 0.5, "social": 3.0}
    value = sum(counts[line.line] * line.kpis["revenue"].mean for line in plan.lines)
    assert plan.certificate.value == pytest.approx(value)
    assert plan.lines[3].total > plain.lines[3].total
    assert plan.goal is not None
    assert plan.goal.scale == {line: factor for line, factor in counts.items() if factor != 1}


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ("{search: 2, search/brand: 3}", "search/brand, which search means too"),
        ('{"brand:x": 2}', "the label 'brand:x'"),
    ],
)
def test_weights_that_overlap_or_mean_nothing(tmp_path: Path, weights: str, said: str) -> None:
    goal = f"objective: {{maximise: revenue, weights: {weights}}}\n"
    (fault,) = faults_of(tmp_path, small(), MONTH + goal)
    assert said in fault


PROFIT = MONTH + "objective: {maximise: profit}\neconomics: {margin: 65%, discount: 52%}\n"


def test_interest_weighs_every_week(tmp_path: Path) -> None:
    """The value is Σ_t d_t (margin · revenue_t − spend_t), the weeks after counting d_4."""
    curves = small()
    plan = checked(tmp_path, curves, PROFIT)
    setting = settle(curve_case.project(tmp_path / "again", curves, PROFIT), curves)
    spend = setting.labelled(np.array([line.spend for line in plan.lines]))
    d = 1.52 ** (-np.arange(5) / 52)
    timed = curves.timed(spend, setting.window).sel(kpi="revenue").mean("draw").sum("line")
    worth = 0.65 * float(timed.to_numpy() @ d) - float(spend.sum("line").to_numpy() @ d[:4])
    assert plan.certificate.value == pytest.approx(worth)
    assert plan.goal is not None
    assert plan.goal.discount == 0.52
    undiscounted = 0.65 * plan.totals.plan.kpis["revenue"].mean - 150_000
    assert worth < undiscounted


def test_the_problem_and_the_figures_agree_on_interest(tmp_path: Path) -> None:
    curves = small()
    setting = settle(curve_case.project(tmp_path, curves, PROFIT), curves)
    totals = {line: float(setting.scaled.sel(line=line).sum()) for line in curves.lines}
    figures = objective_draws(setting, evaluate(setting, setting.scaled)).mean()
    assert pose(setting).value(totals) == pytest.approx(figures, rel=1e-7)


def test_no_interest_changes_nothing() -> None:
    assert factors(0.0, 3) == pytest.approx(np.ones(4))
    assert factors(0.08, 52)[-1] == pytest.approx(1 / 1.08)


def test_the_models_own_margin(tmp_path: Path) -> None:
    """Half of the last year at 30 %, half at 50 %: profit is planned at 40 %, by the curves."""
    curves = small()
    weeks = curves.data.sizes["week"]
    margin = np.full((2, weeks), np.nan)
    margin[0] = 0.9
    margin[0, -52:-26], margin[0, -26:] = 0.3, 0.5
    own = replace(curves, data=curves.data.assign(margin=(("kpi", "week"), margin)))
    plan = checked(tmp_path, own, MONTH + "objective: {maximise: profit}\n")
    assert plan.goal is not None
    assert plan.goal.worth == {"revenue": pytest.approx(0.4)}
    assert plan.goal.said_by == "curves"
    value = 0.4 * plan.totals.plan.kpis["revenue"].mean - 150_000
    assert plan.certificate.value == pytest.approx(value)


def test_profit_without_a_margin_anywhere(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, small(), MONTH + "objective: {maximise: profit}\n")
    assert "objective.maximise: found no margin, expected `economics: {margin: 35%}`" in fault


def test_interest_needs_weeks_and_money(tmp_path: Path) -> None:
    goal = "objective: {maximise: new_customers}\neconomics: {discount: 8%}\n"
    (fault,) = faults_of(tmp_path, small(), MONTH + goal)
    assert "interest on new_customers, which is a count" in fault


def test_shares_of_the_gain_are_of_those_who_gain(tmp_path: Path) -> None:
    curves = small()
    setting = settle(curve_case.project(tmp_path, curves, MONTH), curves)
    before = evaluate(setting, setting.scaled)
    more = setting.scaled.copy()
    more[0] *= 2.0
    more[1] *= 0.5
    after = evaluate(setting, more)
    assert shares_of_gain(setting, after, before) == {
        "tv": 1.0, "search/brand": 0.0, "search/generic": 0.0, "social": 0.0,
    }  # fmt: skip
    assert shares_of_gain(setting, before, before) == {}
    assert isinstance(after, Evaluated)
