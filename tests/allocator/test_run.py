"""The conductor: the clock, rounding to cents, and when the reference is kept."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
import scenario_case
from run_case import FLAT, QUARTER, alike, go, planned

from allocator import run
from allocator.cents import cents
from allocator.engine.proof.certificate import Certificate
from allocator.engine.setting import Setting, settle
from allocator.engine.solved import Solved
from allocator.engine.solvers._base import Termination
from allocator.errors import NotProven
from allocator.plan import Recommendation, Status
from allocator.scenario import load as load_scenario
from mmm.curves import save

# the clock


def _no_time(setting: Setting, **_: object) -> Solved:
    return Solved(Termination.TIME_LIMIT, None, Certificate(np.inf, timed_out=True))


def test_without_time_for_a_plan_the_reference_is_kept_and_its_distance_stated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "solve", _no_time)
    plan = planned(tmp_path, curve_case.parametric(1), QUARTER)
    assert plan.recommendation is Recommendation.KEEP
    assert plan.totals.plan.spend == 250_000
    assert plan.certificate.status is not Status.PROVEN
    assert plan.certificate.bound > plan.certificate.value


def test_without_time_and_with_a_reference_that_breaks_a_rule_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "solve", _no_time)
    rule = "constraints:\n  - {id: less, each: [tv], spend: {max: 1k}}\n"
    with pytest.raises(NotProven, match="the reference breaks a rule: nothing is written"):
        planned(tmp_path, curve_case.parametric(1), QUARTER + rule)


# rounding


def test_weeks_and_lines_add_up_to_the_cent(tmp_path: Path) -> None:
    plan = planned(
        tmp_path, curve_case.parametric(2), QUARTER.replace("250k", "250000.01") + (
            "constraints:\n"
            "  - {id: odd, each: [tv], spend: {min: 33333.33, max: 70000.07}}\n"
            "  - {id: buy, each: all, active: {min: 10k}}\n"
        ),
    )  # fmt: skip
    assert sum(cents(line.total) for line in plan.lines) == 25_000_001
    for line in plan.lines:
        assert sum(map(cents, line.spend)) == cents(line.total)
        assert all(amount == cents(amount) / 100 >= 0 for amount in line.spend)
    assert 3_333_333 <= cents(plan.lines[0].total) <= 7_000_007
    assert plan.certificate.worst_violation == 0.0
    assert plan.totals.plan.spend == 250_000.01


def test_limits_that_are_no_whole_cents_still_meet_the_budget(tmp_path: Path) -> None:
    """Every line at 90 % of 33,333.33 or .34: inner cents would add up to more than the budget."""
    plan = planned(
        tmp_path, alike(),
        "reference: {flat: true, scale_to: 100000.01}\n"
        "budget: {exactly: 90000.01}\n"
        "constraints:\n  - {id: cut, each: all, spend: {from: reference, between: [-10%, +0%]}}\n",
    )  # fmt: skip
    assert sum(cents(line.total) for line in plan.lines) == 9_000_001
    assert plan.certificate.status is Status.PROVEN


def test_a_budget_of_few_cents_in_tight_limits_is_no_fault_of_ours(tmp_path: Path) -> None:
    """No whole cent lies within 0.1 % of 3.34: met to the cent, the plan beats its bound a little.

    Budgets written in thousands have such cents.
    """
    at = 400 * np.linspace(0, 1, 21) ** 2
    worth = {"l0": 300.0, "l1": 3.0, "l2": 30.0}
    curves = curve_case.tabulated(
        dict.fromkeys(worth, at.tolist()),
        {"revenue": {line: factor * np.sqrt(at)[None] for line, factor in worth.items()}},
    )
    plan = planned(
        tmp_path, curves,
        "reference: {flat: true, scale_to: 10.01}\nbudget: {exactly: 9.01}\nconstraints:\n"
        "  - {id: cut, each: all, spend: {from: reference, between: [-10%, -9.9%]}}\n",
    )  # fmt: skip
    assert [cents(line.total) for line in plan.lines] == [301, 300, 300]
    assert 0 < plan.certificate.worst_violation < 0.01 / 3


def test_money_that_does_not_pay_is_left(tmp_path: Path) -> None:
    plan = planned(
        tmp_path, alike(),
        "reference: {flat: true}\nbudget: {at_most: 900k}\n"
        "objective: {maximise: profit}\neconomics: {margin: 100%}\n",
    )  # fmt: skip
    # 300·√x earns its cost at the margin up to x = 22,500; tables are best at one of their points
    assert [line.total for line in plan.lines] == pytest.approx([25_000] * 3, abs=10_001)
    assert plan.certificate.status is Status.PROVEN
    assert plan.totals.plan.spend < 900_000


def test_where_nothing_pays_nothing_is_spent_and_that_is_proven(tmp_path: Path) -> None:
    plan = planned(
        tmp_path, curve_case.parametric(1),
        QUARTER.replace("exactly", "at_most")
        + "objective: {maximise: profit}\neconomics: {margin: 1%}\n",
    )  # fmt: skip
    assert plan.totals.plan.spend == 0
    assert plan.certificate.value == 0
    assert plan.certificate.status is Status.PROVEN
    assert all(line.roas["revenue"] is None for line in plan.lines)
    assert all(line.cac["new_customers"] is None for line in plan.lines)


# the reference


def test_the_reference_is_kept_when_nothing_is_better(tmp_path: Path) -> None:
    plan = planned(tmp_path, alike(), FLAT)
    assert plan.recommendation is Recommendation.KEEP
    assert [line.total for line in plan.lines] == [30_000.0] * 3
    assert plan.totals.difference.reference.probability_better == 0.0


def test_the_reference_scaled_to_the_budget_is_kept_week_by_week(tmp_path: Path) -> None:
    """Odd cents in every week: the plan is the scaled reference, not one a cent away from it."""
    path = scenario_case.write_scenario(
        tmp_path,
        "period: {start: 2027-W01, weeks: 13}\n"
        "reference: {table: old.csv}\nbudget: {exactly: 100k}",
    )
    rows = [
        f"l{place},2027-W{week:02d},{1000 + 7 * week + 0.37:.2f}"
        for place in range(3)
        for week in range(1, 14)
    ]
    (path.parent / "old.csv").write_text("line,week,spend\n" + "\n".join(rows) + "\n")
    save(curves := alike(), path.parent / "curves.nc")
    plan = go(load_scenario(path), curves)
    assert plan.recommendation is Recommendation.KEEP
    assert sum(cents(line.total) for line in plan.lines) == 10_000_000
    assert [line.total for line in plan.lines] == [line.reference_scaled for line in plan.lines]


def test_a_table_of_totals_is_the_reference_to_the_cent(tmp_path: Path) -> None:
    path = scenario_case.write_scenario(
        tmp_path, "reference: {table: old.csv}\nbudget: {exactly: 90k}\n"
    )
    (path.parent / "old.csv").write_text("line,spend\nl0,10000\nl1,20000.01\nl2,0.05\n")
    setting = settle(load_scenario(path), alike())
    totals = setting.reference.sum("week").to_numpy()
    assert totals == pytest.approx([10000, 20000.01, 0.05], abs=1e-9)
    assert setting.scaled.sum().item() == pytest.approx(90_000, abs=1e-6)


def test_a_reference_that_breaks_a_rule_is_not_kept(tmp_path: Path) -> None:
    plan = planned(
        tmp_path, alike(), FLAT + "constraints:\n  - {id: c, each: [l0], spend: {max: 20k}}\n"
    )
    assert plan.recommendation is Recommendation.CHANGE
    assert [line.total for line in plan.lines] == pytest.approx([20_000, 35_000, 35_000], abs=5001)
