"""scenario → Plan: rounding, the reference, time around the period, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import curve_case
import numpy as np
import pytest
import scenario_case
from curve_case import Market

from allocator import run
from allocator.cents import cents
from allocator.engine.certificate import Certificate
from allocator.engine.check import check, holds
from allocator.engine.figures import evaluate, objective_draws
from allocator.engine.problem import AllocationProblem
from allocator.engine.search import Found
from allocator.engine.setting import settle
from allocator.engine.solvers._base import Termination
from allocator.errors import NotProven, Unhealthy
from allocator.plan import Plan, Recommendation, Status
from allocator.scenario import LoadedScenario
from allocator.scenario import load as load_scenario
from mmm.card import Check, HealthCard, Verdict
from mmm.curves import ResponseCurves, TabulatedCurves, save
from mmm.errors import InputError

QUARTER = (
    "period: {start: 2027-W01, weeks: 6}\n"
    "reference: {actuals: {start: 2026-W01, weeks: 6}}\n"
    "until_start: zero\n"
    "budget: {exactly: 250k}\n"
)
FLAT = "reference: {flat: true}\nbudget: {exactly: 90k}\n"


def _go(loaded: LoadedScenario, curves: ResponseCurves, **options: str) -> Plan:
    answer = run.plan(loaded, curves, folder=loaded.curves_file.parent, **options)
    assert answer.plan is not None
    return answer.plan


def _plan(tmp_path: Path, curves: ResponseCurves, changes: str) -> Plan:
    return _go(curve_case.project(tmp_path, curves, changes), curves)


def _alike(lines: int = 3, end: float = 400_000.0, *, points: int = 21) -> TabulatedCurves:
    """The same concave table for every line: an even split is best."""
    at = end * np.linspace(0, 1, points) ** 2
    names = [f"l{place}" for place in range(lines)]
    return curve_case.tabulated(
        dict.fromkeys(names, at.tolist()),
        {"revenue": dict.fromkeys(names, 300 * np.sqrt(at)[None])},
    )


def _faults(tmp_path: Path, curves: ResponseCurves, changes: str) -> list[str]:
    loaded = curve_case.project(tmp_path, curves, changes)
    with pytest.raises(InputError) as caught:
        run.plan(loaded, curves, folder=tmp_path)
    for fault in caught.value.faults:
        assert Path(fault.file).is_file()
        assert fault.line >= 1
        assert fault.found
        assert fault.expected
    return [str(fault).partition("yaml:")[2] for fault in caught.value.faults]


# the clock


def _no_time(problem: AllocationProblem, *_: object, **__: object) -> Found:
    return Found(Termination.TIME_LIMIT, None, Certificate(np.inf, timed_out=True))


def test_without_time_for_a_plan_the_reference_is_kept_and_its_distance_stated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "search", _no_time)
    plan = _plan(tmp_path, curve_case.parametric(1), QUARTER)
    assert plan.recommendation is Recommendation.KEEP
    assert plan.totals.plan.spend == 250_000
    assert plan.certificate.status is not Status.PROVEN
    assert plan.certificate.bound > plan.certificate.value


def test_without_time_and_with_a_reference_that_breaks_a_rule_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "search", _no_time)
    rule = "constraints:\n  - {id: less, each: [tv], spend: {max: 1k}}\n"
    with pytest.raises(NotProven, match="the reference breaks a rule: nothing is written"):
        _plan(tmp_path, curve_case.parametric(1), QUARTER + rule)


# rounding


def test_weeks_and_lines_add_up_to_the_cent(tmp_path: Path) -> None:
    plan = _plan(
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
    plan = _plan(
        tmp_path, _alike(),
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
    plan = _plan(
        tmp_path, curves,
        "reference: {flat: true, scale_to: 10.01}\nbudget: {exactly: 9.01}\nconstraints:\n"
        "  - {id: cut, each: all, spend: {from: reference, between: [-10%, -9.9%]}}\n",
    )  # fmt: skip
    assert [cents(line.total) for line in plan.lines] == [301, 300, 300]
    assert 0 < plan.certificate.worst_violation < 0.01 / 3


def test_money_that_does_not_pay_is_left(tmp_path: Path) -> None:
    plan = _plan(
        tmp_path, _alike(),
        "reference: {flat: true}\nbudget: {at_most: 900k}\n"
        "objective: {maximise: profit}\neconomics: {margin: 100%}\n",
    )  # fmt: skip
    # 300·√x earns its cost at the margin up to x = 22,500; tables are best at one of their points
    assert [line.total for line in plan.lines] == pytest.approx([25_000] * 3, abs=10_001)
    assert plan.certificate.status is Status.PROVEN
    assert plan.totals.plan.spend < 900_000


def test_where_nothing_pays_nothing_is_spent_and_that_is_proven(tmp_path: Path) -> None:
    plan = _plan(
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
    plan = _plan(tmp_path, _alike(), FLAT)
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
    save(curves := _alike(), path.parent / "curves.nc")
    plan = _go(load_scenario(path), curves)
    assert plan.recommendation is Recommendation.KEEP
    assert sum(cents(line.total) for line in plan.lines) == 10_000_000
    assert [line.total for line in plan.lines] == [line.reference_scaled for line in plan.lines]


def test_a_table_of_totals_is_the_reference_to_the_cent(tmp_path: Path) -> None:
    path = scenario_case.write_scenario(
        tmp_path, "reference: {table: old.csv}\nbudget: {exactly: 90k}\n"
    )
    (path.parent / "old.csv").write_text("line,spend\nl0,10000\nl1,20000.01\nl2,0.05\n")
    setting = settle(load_scenario(path), _alike())
    totals = setting.reference.sum("week").to_numpy()
    assert totals == pytest.approx([10000, 20000.01, 0.05], abs=1e-9)
    assert setting.scaled.sum().item() == pytest.approx(90_000, abs=1e-6)


def test_a_reference_that_breaks_a_rule_is_not_kept(tmp_path: Path) -> None:
    plan = _plan(
        tmp_path, _alike(), FLAT + "constraints:\n  - {id: c, each: [l0], spend: {max: 20k}}\n"
    )
    assert plan.recommendation is Recommendation.CHANGE
    assert [line.total for line in plan.lines] == pytest.approx([20_000, 35_000, 35_000], abs=5001)


@pytest.fixture(scope="session")
def instances(full: bool) -> range:
    return range(1000 if full else 15)


def test_never_worth_less_than_a_reference_that_is_allowed(
    instances: range, tmp_path: Path
) -> None:
    allowed = 0
    folder = scenario_case.project(tmp_path)
    for seed in instances:
        loaded, curves = _random(folder, seed)
        setting = settle(loaded, curves)
        answer = run.plan(loaded, curves, folder=folder)
        for reference in (setting.reference, setting.scaled):
            other = evaluate(setting, reference)
            if not all(holds(measure) for measure in check(setting, reference, other.response)):
                continue
            allowed += 1
            worth = float(objective_draws(setting, other).mean())
            assert answer.plan is not None, seed
            value = answer.plan.certificate.value
            assert value >= worth - 1e-9 * abs(worth), seed
            assert answer.plan.certificate.bound >= worth - 1e-9 * abs(worth), seed
            assert answer.plan.certificate.status is Status.PROVEN, seed
    assert allowed >= len(instances) / 2


def _random(folder: Path, seed: int) -> tuple[LoadedScenario, TabulatedCurves]:
    """Rough tables of a few draws, a reference somewhere, and rules that often allow it."""
    rng = np.random.default_rng(seed)
    names = [f"l{place}" for place in range(int(rng.integers(2, 6)))]
    at = np.linspace(0, 120_000, 13)
    draws = int(rng.integers(1, 6))
    shapes = {}
    for name in names:
        steps = rng.gamma(0.7, 8000, 12) * rng.lognormal(0, 0.3, (draws, 1))
        shapes[name] = np.concatenate([np.zeros((draws, 1)), np.cumsum(steps, axis=1)], axis=1)
    curves = curve_case.tabulated(dict.fromkeys(names, at.tolist()), {"revenue": shapes}, weeks=4)
    spent = (rng.dirichlet(np.ones(len(names))) * 100_000).round(2)
    kind = "exactly" if rng.random() < 0.6 else "at_most"
    change = int(rng.integers(10, 60))
    rules = [
        f"{{id: moves, each: all, spend: {{from: reference, between: [-{change}%, +{change}%]}}}}",
        f"{{id: share, each: [l0], share: {{max: {int(rng.integers(40, 90))}%}}}}",
        f"{{id: floor, together: all, roas: {{kpi: revenue, min: {rng.uniform(0.1, 0.6):.3f}}}}}",
        f"{{id: buy, each: [l1], active: {{min: {int(rng.integers(1, 20))}k}}}}",
    ]
    chosen = [rule for rule in rules if rng.random() < 0.5]
    goal = "objective: {maximise: profit}\neconomics: {margin: 60%}\n"
    text = scenario_case.scenario_text(
        "period: {start: 2027-W01, weeks: 4}\n"
        "reference: {table: old.csv}\n"
        f"budget: {{{kind}: {rng.uniform(8e4, 11e4):.2f}}}\n"
        + (goal if rng.random() < 0.3 else "")
        + ("constraints:\n" + "".join(f"  - {rule}\n" for rule in chosen) if chosen else "")
    )
    (folder / "q1.yaml").write_text(text)
    rows = "".join(f"{n},{x:.2f}\n" for n, x in zip(names, spent, strict=True))
    (folder / "old.csv").write_text("line,spend\n" + rows)
    loaded = load_scenario(folder / "q1.yaml")
    return replace(loaded, curves_file=folder / "curves.nc"), curves


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
    plan = _go(loaded, curves, accepted="a drill")
    assert plan.health.accepted == "a drill"
    assert plan.health.verdict == "FAIL"
    assert any("fails its health card" in warning for warning in plan.warnings)


def test_a_doubtful_fit_is_used_with_a_warning(tmp_path: Path) -> None:
    plan = _plan(tmp_path, curve_case.parametric(1, Market(card=_card(Verdict.REVIEW))), QUARTER)
    assert plan.health.accepted is None
    assert any("review" in warning for warning in plan.warnings)


def test_pinned_curves(tmp_path: Path) -> None:
    curves = curve_case.parametric(1)
    pinned = f"curves: curves.nc@sha256:{curves.digest}\n"
    assert _plan(tmp_path / "same", curves, QUARTER + pinned).curves.digest == curves.digest
    other = curve_case.parametric(2)
    (said,) = _faults(tmp_path / "other", other, QUARTER + pinned)
    assert said.startswith(f"4:1: curves: found curves with digest {other.digest}, expected")


def test_another_currency(tmp_path: Path) -> None:
    (said,) = _faults(tmp_path, curve_case.parametric(1, Market(currency="USD")), QUARTER)
    assert said == "6:1: currency: found EUR, expected the curves' USD"


# time


def test_a_period_within_the_data(tmp_path: Path) -> None:
    (said,) = _faults(
        tmp_path, curve_case.parametric(1), QUARTER.replace("2027-W01", "2026-W53", 1).replace(
            "2026-W53", "2026-W30"
        ),
    )  # fmt: skip
    assert "a period that starts on 2026-07-20, within the data (they end 2026-12-28)" in said


def test_actuals_outside_the_data_and_of_another_length(tmp_path: Path) -> None:
    curves = curve_case.parametric(1)
    outside = QUARTER.replace("{start: 2026-W01, weeks: 6}", "{start: 2023-W50, weeks: 6}")
    (said,) = _faults(tmp_path / "a", curves, outside)
    assert "reference.actuals: found weeks from 2023-12-11 to 2024-01-21" in said
    assert "2024-01-01 to 2026-12-27" in said
    longer = QUARTER.replace("{start: 2026-W01, weeks: 6}", "{start: 2026-W01, weeks: 7}")
    (said,) = _faults(tmp_path / "b", curves, longer)
    assert "found a reference of 7 weeks, expected as many as the period has, 6" in said


def test_last_years_weeks_that_the_data_do_not_have(tmp_path: Path) -> None:
    late = QUARTER.replace("until_start: zero\n", "").replace("2027-W01", "2028-W10")
    (said,) = _faults(tmp_path / "late", curve_case.parametric(1), late)
    assert "62 weeks between the data and the start" in said
    short = curve_case.parametric(1, Market(history=40))
    changes = (
        "period: {start: 2024-W43, weeks: 6}\n"
        "reference: {actuals: {start: 2024-W20, weeks: 6}}\nbudget: {exactly: 250k}\n"
    )
    (said,) = _faults(tmp_path / "short", short, changes)
    assert "2 weeks between the data and the start" in said
    assert "at most 0, which the data reach" in said


def test_imported_curves_have_no_history_and_one_window(tmp_path: Path) -> None:
    said = _faults(
        tmp_path, _alike(), "period: {start: 2027-W01, weeks: 12}\nbudget: {exactly: 9k}"
    )
    assert any("the 13 weeks of the imported curves" in fault for fault in said)
    assert any("imported curves that carry no history" in fault for fault in said)


def test_a_reference_beyond_the_last_point(tmp_path: Path) -> None:
    (said, *_) = _faults(tmp_path, _alike(end=20_000.0), FLAT)
    assert "30,000 for l0 in the reference" in said
    assert "at most 20,000, the last point of its curve" in said


LATER = QUARTER.replace("2027-W01", "2027-W05", 1).replace("until_start: zero\n", "")


@pytest.mark.parametrize("before", ["zero", "reference", "same_weeks_last_year"])
@pytest.mark.parametrize("after", ["zero", "reference"])
def test_the_outcome_by_plain_arithmetic(before: str, after: str, tmp_path: Path) -> None:
    """outcome(history, gap, plan, after) − the same without the plan, week by week, by loops."""
    curves = curve_case.parametric(4, Market(draws=3, lags=4))
    plan = _plan(tmp_path, curves, LATER + f"until_start: {before}\ncarry_out: {after}\n")
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
