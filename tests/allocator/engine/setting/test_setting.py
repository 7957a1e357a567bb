"""A scenario meets its curves: health, identity, and the weeks around the period."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
from curve_case import Market
from run_case import FLAT, QUARTER, alike, faults_of, go, planned

from allocator import run
from allocator.errors import Unhealthy
from mmm.card import Check, HealthCard, Verdict
from mmm.curves import ResponseCurves

# health and identity


def _card(verdict: Verdict) -> HealthCard:
    return HealthCard((Check("r_hat", verdict, 1.2, "≤ 1.01", "The chains disagree."),))


def test_an_unhealthy_fit_is_refused_or_the_reason_recorded(tmp_path: Path) -> None:
    curves = curve_case.parametric(1, Market(card=_card(Verdict.FAIL)))
    loaded = curve_case.project(tmp_path, curves, QUARTER)
    for reason in (None, ""):
        with pytest.raises(Unhealthy, match=r"The chains disagree\.") as caught:
            run.plan(loaded, curves, folder=tmp_path, accepted=reason)
        assert caught.value.exit_code == 5
    plan = go(loaded, curves, accepted="a drill")
    assert plan.health.accepted == "a drill"
    assert plan.health.verdict == "FAIL"
    assert any("fails its health card" in warning for warning in plan.warnings)


def test_a_doubtful_fit_is_used_with_a_warning(tmp_path: Path) -> None:
    plan = planned(tmp_path, curve_case.parametric(1, Market(card=_card(Verdict.REVIEW))), QUARTER)
    assert plan.health.accepted is None
    assert any("review" in warning for warning in plan.warnings)


def test_pinned_curves(tmp_path: Path) -> None:
    curves = curve_case.parametric(1)
    pinned = f"curves: curves.nc@sha256:{curves.digest}\n"
    assert planned(tmp_path / "same", curves, QUARTER + pinned).curves.digest == curves.digest
    other = curve_case.parametric(2)
    (said,) = faults_of(tmp_path / "other", other, QUARTER + pinned)
    assert said.startswith(f"4:1: curves: found curves with digest {other.digest}, expected")


def test_another_currency(tmp_path: Path) -> None:
    (said,) = faults_of(tmp_path, curve_case.parametric(1, Market(currency="USD")), QUARTER)
    assert said == "6:1: currency: found EUR, expected the curves' USD"


# time


def test_a_period_within_the_data(tmp_path: Path) -> None:
    (said,) = faults_of(
        tmp_path, curve_case.parametric(1), QUARTER.replace("2027-W01", "2026-W53", 1).replace(
            "2026-W53", "2026-W30"
        ),
    )  # fmt: skip
    assert "a period that starts on 2026-07-20, within the data (they end 2026-12-28)" in said


def test_actuals_outside_the_data_and_of_another_length(tmp_path: Path) -> None:
    curves = curve_case.parametric(1)
    outside = QUARTER.replace("{start: 2026-W01, weeks: 6}", "{start: 2023-W50, weeks: 6}")
    (said,) = faults_of(tmp_path / "a", curves, outside)
    assert "reference.actuals: found weeks from 2023-12-11 to 2024-01-21" in said
    assert "2024-01-01 to 2026-12-27" in said
    longer = QUARTER.replace("{start: 2026-W01, weeks: 6}", "{start: 2026-W01, weeks: 7}")
    (said,) = faults_of(tmp_path / "b", curves, longer)
    assert "found a reference of 7 weeks, expected as many as the period has, 6" in said


def test_last_years_weeks_that_the_data_do_not_have(tmp_path: Path) -> None:
    late = QUARTER.replace("until_start: zero\n", "").replace("2027-W01", "2028-W10")
    (said,) = faults_of(tmp_path / "late", curve_case.parametric(1), late)
    assert "62 weeks between the data and the start" in said
    short = curve_case.parametric(1, Market(history=40))
    changes = (
        "period: {start: 2024-W43, weeks: 6}\n"
        "reference: {actuals: {start: 2024-W20, weeks: 6}}\nbudget: {exactly: 250k}\n"
    )
    (said,) = faults_of(tmp_path / "short", short, changes)
    assert "2 weeks between the data and the start" in said
    assert "at most 0, which the data reach" in said


def test_imported_curves_have_no_history_and_one_window(tmp_path: Path) -> None:
    said = faults_of(
        tmp_path, alike(), "period: {start: 2027-W01, weeks: 12}\nbudget: {exactly: 9k}"
    )
    assert any("the 13 weeks of the imported curves" in fault for fault in said)
    assert any("imported curves that carry no history" in fault for fault in said)


def test_a_reference_beyond_the_last_point(tmp_path: Path) -> None:
    (said, *_) = faults_of(tmp_path, alike(end=20_000.0), FLAT)
    assert "30,000 for l0 in the reference" in said
    assert "at most 20,000, the last point of its curve" in said


LATER = QUARTER.replace("2027-W01", "2027-W05", 1).replace("until_start: zero\n", "")


@pytest.mark.parametrize("before", ["zero", "reference", "same_weeks_last_year"])
@pytest.mark.parametrize("after", ["zero", "reference"])
def test_the_outcome_by_plain_arithmetic(before: str, after: str, tmp_path: Path) -> None:
    """outcome(history, gap, plan, after) − the same without the plan, week by week, by loops."""
    curves = curve_case.parametric(4, Market(draws=3, lags=4))
    plan = planned(tmp_path, curves, LATER + f"until_start: {before}\ncarry_out: {after}\n")
    history = curves.data["spend"].to_numpy()
    reference = history[:, 104:110]  # 2026-W01 to 2026-W06; the data begin in 2024-W01
    assert [line.reference for line in plan.lines] == pytest.approx(reference.sum(axis=1))
    gap = {
        "zero": np.zeros((4, 5)),
        "reference": reference[:, :5],
        "same_weeks_last_year": history[:, 104:109],
    }[before]  # 2026-W53 and 2027-W01 to W04
    tail = reference[:, :3] if after == "reference" else np.zeros((4, 3))
    for place, line in enumerate(plan.lines):
        for row, kpi in enumerate(curves.kpis):
            expected = [
                _outcome(curves, row, draw, place, history, gap, np.array(line.spend), tail)
                - _outcome(curves, row, draw, place, history, gap, np.zeros(6), tail)
                for draw in range(3)
            ]
            assert line.kpis[kpi].mean == pytest.approx(np.mean(expected), rel=1e-8)


def _outcome(
    curves: ResponseCurves, kpi: int, draw: int, line: int,
    history: np.ndarray, gap: np.ndarray, plan: np.ndarray, tail: np.ndarray,
) -> float:  # fmt: skip
    at = {name: curves.data[name].to_numpy()[kpi, draw, line] for name in (
        "effect", "adstock_retention", "saturation_half_saturation", "saturation_slope",
    )}  # fmt: skip
    spend = np.concatenate([history[line], gap[line], plan, tail[line]])
    weights = at["adstock_retention"] ** np.arange(4)
    weights /= weights.sum()
    first = history.shape[1] + gap.shape[1]
    total = 0.0
    for week in range(first, len(spend)):
        carried = sum(weights[lag] * spend[week - lag] for lag in range(4))
        level = carried / float(curves.data["scale"].to_numpy()[line])
        power = level ** at["saturation_slope"]
        half = at["saturation_half_saturation"] ** at["saturation_slope"]
        total += at["effect"] * power / (power + half)
    return float(total)
