"""Rules of several kinds at once, in weekly flighting: recomputed by hand from a plan's amounts."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case

from allocator import Problem, allocate, audience, each, run, together
from allocator.engine.setting import settle
from allocator.plan import Plan, Status
from allocator.verify import verify
from mmm.curves import save
from mmm.reach import ReachCurve
from mmm.reach.families import by_name

WEEKS = 3
LINES = ("search", "tv", "video")
MARKET = curve_case.Market(lines=LINES, kpis=("revenue",), draws=10, slopes=(0.6, 0.9))
CURVES = curve_case.parametric(5, MARKET)
CPM = {"tv": 14.0, "video": 9.0}
PEOPLE = ReachCurve(by_name("nbd"), np.array([300_000.0]), {"shape": np.array([0.8])})
BUY, RETURN, SEEN = 18_000.0, 1.0, 5.0
QUESTION = (
    f"period: {{start: 2027-W01, weeks: {WEEKS}}}\n"
    f"reference: {{actuals: {{start: 2026-W01, weeks: {WEEKS}}}}}\n"
    "budget: {at_most: 90k}\n"
    "run: {gap: 20%, time_limit: 20s}\n"
    "flighting: weekly\n"
    "audiences:\n"
    "  adults:\n"
    "    people: 300k\n"
    "    lines: [tv, video]\n"
    "    reach: {family: nbd, shape: 0.8}\n"
    "    cost_per_thousand: {tv: 14, video: 9}\n"
    "constraints:\n"
    "  - {id: often, audience: adults, frequency: {max: 5, per: week}}\n"
    "  - {id: buy, each: [tv, video], active: {min: 18k}}\n"
    "  - {id: back, together: [search, video],"
    " roas: {kpi: revenue, min: 1.0, probability: 80%}}\n"
)


def amounts(plan: Plan) -> np.ndarray:
    """(line, week) currency."""
    return np.array([line.spend for line in plan.lines])


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Path]:
    """The plan from the file, and where it stands."""
    folder = tmp_path_factory.mktemp("interplay")
    plan = run_case.go(curve_case.project(folder, CURVES, QUESTION), CURVES)
    file = folder / "scenarios" / "plan.json"
    file.write_text(plan.to_json(), encoding="utf-8")
    return plan, file


def test_a_return_in_most_draws_people_a_smallest_buy_and_free_weeks(
    planned: tuple[Plan, Path], tmp_path: Path
) -> None:
    plan, file = planned
    assert verify(file).differences == ()
    setting = settle(curve_case.project(tmp_path, CURVES, QUESTION), CURVES)

    def frequency(spend: np.ndarray) -> float:
        seen = spend[1] / CPM["tv"] * 1000 + spend[2] / CPM["video"] * 1000
        return float(PEOPLE.frequency(seen)[0].max())

    def kept(spend: np.ndarray) -> float:
        """The share of the draws in which search and video bring what they must."""
        brought = CURVES.response(setting.labelled(spend), setting.window)
        revenue = brought.sel(kpi="revenue", line=["search", "video"]).sum("line").to_numpy()
        return float((revenue >= RETURN * spend[[0, 2]].sum() * (1 - 1e-6)).mean())

    spend = amounts(plan)
    assert spend.sum() <= 90_000
    assert frequency(spend) == pytest.approx(SEEN, rel=1e-5)
    assert all(own.sum() == 0 or own.sum() >= BUY for own in spend[1:])
    assert kept(spend) == pytest.approx(0.8)  # no more draws than asked for: it holds the plan
    for more in range(len(LINES)):  # 2 % more of any line breaks a rule
        grown = spend.copy()
        grown[more] *= 1.02
        assert frequency(grown) > SEEN * (1 + 1e-5) or kept(grown) < 0.8

    assert plan.risk is not None
    (rule,) = plan.risk.rules
    assert (rule.asked, rule.achieved) == (0.8, 0.8)
    assert rule.on_other_half is not None
    assert (rule.on_half_used + rule.on_other_half) / 2 == pytest.approx(0.8)
    assert plan.risk.safe is not None
    assert plan.certificate.bound >= plan.risk.safe.bound
    assert plan.certificate.bound >= plan.certificate.value
    assert {c.id for c in plan.constraints if c.binding} == {"often", "back", "buy"}


def test_python_asks_the_same(planned: tuple[Plan, Path]) -> None:
    from_file, _ = planned
    problem = Problem(
        CURVES,
        period={"start": "2027-W01", "weeks": WEEKS},
        reference={"actuals": {"start": "2026-W01", "weeks": WEEKS}},
        budget={"at_most": "90k"},
        objective={"maximise": "revenue"},
        rules=[
            audience("adults").frequency(max=5, per="week", id="often"),
            each("tv", "video").active(min="18k", id="buy"),
            together("search", "video").roas(kpi="revenue", min=1.0, probability="80%", id="back"),
        ],
        others={
            "flighting": "weekly",
            "run": {"gap": "20%", "time_limit": "20s"},
            "audiences": {
                "adults": {
                    "people": "300k",
                    "lines": ["tv", "video"],
                    "reach": {"family": "nbd", "shape": 0.8},
                    "cost_per_thousand": CPM,
                }
            },
        },
    )
    from_python = allocate(problem)
    assert np.array_equal(amounts(from_python), amounts(from_file))
    assert from_python.certificate.bound == from_file.certificate.bound


ASKED = (
    f"period: {{start: 2027-W01, weeks: {WEEKS}}}\n"
    f"reference: {{actuals: {{start: 2026-W01, weeks: {WEEKS}}}}}\n"
    "flighting: weekly\n"
)


def test_careful_weeks_are_worth_no_less_than_a_careful_profile(tmp_path: Path) -> None:
    """Every steady plan is a weekly one."""
    question = ASKED + "budget: {exactly: 90k}\nobjective: {maximise: revenue, caution: careful}\n"
    free = run_case.checked(tmp_path / "weekly", CURVES, question)
    steady = run_case.planned(tmp_path / "steady", CURVES, question.replace("weekly", "steady"))
    assert free.certificate.value >= steady.certificate.value * (1 - 1e-9)
    assert free.risk is not None
    assert free.certificate.value == pytest.approx(free.risk.worst)


def test_interest_caution_and_soft_rules_in_weeks(tmp_path: Path) -> None:
    """Money of each week counts at its factor in every draw; a broken soft rule is paid."""
    plan = run_case.checked(
        tmp_path, CURVES, ASKED + "budget: {at_most: 90k}\n"
        "objective: {maximise: profit, caution: balanced}\n"
        "economics: {margin: 60%, discount: 20%}\n"
        "constraints:\n  - {id: month, each: [tv], spend: {max: 5k}, soft: {price: 0.01}}\n",
    )  # fmt: skip
    assert plan.certificate.bound >= plan.certificate.value


def test_a_target_in_most_draws(tmp_path: Path) -> None:
    question = (
        ASKED + "budget: {exactly: 90k}\nrun: {gap: 100%}\n"
        "objective: {maximise: revenue, probability_of: 155k}\n"
    )
    plan = run_case.planned(tmp_path / "weekly", CURVES, question)
    steady = run_case.planned(tmp_path / "steady", CURVES, question.replace("weekly", "steady"))
    assert plan.risk is not None
    assert plan.certificate.value == plan.risk.reached
    assert steady.certificate.value <= plan.certificate.value <= plan.certificate.bound <= 1 + 1e-9


def test_extra_money_and_cuts_in_weeks(tmp_path: Path) -> None:
    """What is committed stays, and nothing grows where money is taken, in totals."""
    for name, budget in (("extra", "{extra: 20k}"), ("cut", "{cut: 20k}")):
        plan = run_case.checked(tmp_path / name, CURVES, f"{ASKED}budget: {budget}\n")
        change = np.array([line.total - line.reference for line in plan.lines])
        sign = 1 if name == "extra" else -1
        assert (sign * change).min() >= -0.02
        assert change.sum() == pytest.approx(sign * 20_000, abs=0.02)


def test_targets_and_returns_in_weeks(tmp_path: Path) -> None:
    least = "-objective\nbudget: {least_for: {kpi: revenue, at_least: 120k, at_most: 200k}}\n"
    most = "-objective\nbudget: {most_with: {kpi: revenue, roas: 1.5, at_most: 200k}}\n"
    for name, budget in (("least", least), ("most", most)):
        plan = run_case.checked(tmp_path / name, CURVES, ASKED + budget)
        spent, brought = plan.totals.plan.spend, plan.totals.plan.kpis["revenue"].mean
        if name == "least":
            assert brought == pytest.approx(120_000, rel=1e-6)
        else:
            assert brought == pytest.approx(1.5 * spent, rel=1e-6)


def test_every_euro_that_still_pays_in_some_week(tmp_path: Path) -> None:
    """Free weeks leave more over than a profile: revenue less 1.5 for every EUR spent."""
    text = ASKED + "-objective\n"
    text += "budget: {most_with: {kpi: revenue, marginal_roas: 1.5, at_most: 200k}}\n"
    left = {}
    for form in ("steady", "weekly"):
        plan = run_case.checked(tmp_path / form, CURVES, text.replace("weekly", form))
        total = plan.totals.plan
        left[form] = total.kpis["revenue"].mean - 1.5 * total.spend
        assert 0 < total.spend < 200_000
    assert left["weekly"] > left["steady"]


def test_the_worse_of_two_models_in_weeks(tmp_path: Path) -> None:
    other = curve_case.parametric(6, MARKET)
    question = ASKED + "budget: {exactly: 90k}\nalternatives: [other.nc]\n"
    values = {}
    for form in ("steady", "weekly"):
        folder = tmp_path / form
        loaded = curve_case.project(folder, CURVES, question.replace("weekly", form))
        save(other, folder / "scenarios" / "other.nc", force=True)
        plan = run.plan(loaded, CURVES, folder=folder / "scenarios", alternatives=(other,)).plan
        assert plan is not None
        assert plan.risk is not None
        assert plan.certificate.status is Status.PROVEN
        values[form] = min(plan.risk.models)
        assert plan.certificate.value == pytest.approx(values[form])
    assert values["weekly"] >= values["steady"]
