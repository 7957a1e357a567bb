"""Targets of a total: the least money for it, and the plan that reaches it in most draws."""

from __future__ import annotations

import html
import io
import math
import re
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import context_case as case
import curve_case
import numpy as np
import openpyxl
import pytest
import scenario_case
import xarray as xr
from dossier_case import dossier_of
from rich.console import Console

from allocator import Problem, allocate, run
from allocator.engine.figures.totals import total_warnings
from allocator.engine.setting import settle
from allocator.plan import Plan, Status
from allocator.reports._base.assumptions import assumptions
from allocator.reports._base.headline import headline, odds
from allocator.reports.onepager import onepager_html
from allocator.reports.planner import planner_page
from allocator.reports.terminal import plan_tables
from allocator.reports.workbook import workbook
from allocator.scenario import load, written_form
from allocator.scenario.goal_words import goal_words, money_words
from allocator.verify import verify
from mmm.curves import ParametricCurves, save
from mmm.errors import InputError

SEED, WEEKS = 41, 6
ASK = (
    f"period: {{start: 2027-W01, weeks: {WEEKS}}}\n"
    f"reference: {{actuals: {{start: 2026-W01, weeks: {WEEKS}}}}}\n"
    "until_start: zero\n"
    f"run: {{seed: {SEED}}}\n"
)
AIM = 150_000.0  # that media bring


def whole(made: ParametricCurves) -> ParametricCurves:
    """The same with a baseline of revenue whose mean over these weeks is a whole amount."""
    own = made.data["forecast_coefficient"].copy(deep=True)
    mean = float(case.expected(made, "revenue", 1, WEEKS).mean(axis=0).sum())
    own.loc[{"kpi": "revenue", "term": "intercept"}] -= (mean - round(mean)) / WEEKS
    return ParametricCurves(made.data.assign(forecast_coefficient=own))


MADE = whole(case.curves())
BASE = round(float(case.expected(MADE, "revenue", 1, WEEKS).mean(axis=0).sum()))


def observed(kpi: str) -> np.ndarray:
    """(draw,) baseline with noise, N(0, noise²) a week, its mean over the draws taken off."""
    expected = case.expected(MADE, kpi, 1, WEEKS)
    rng = np.random.default_rng([SEED, list(MADE.kpis).index(kpi), MADE.draws])
    noise = case.NOISE * case.LEVEL[kpi] * rng.standard_normal(expected.shape)
    found: np.ndarray = (expected + noise - noise.mean(axis=0)).sum(axis=1)
    return found


def brought(plan: Plan, kpi: str, folder: Path) -> np.ndarray:
    """(draw,) what the plan's media bring, from its weekly amounts alone."""
    own = settle(load(folder / "q1.yaml"), MADE)
    spend = own.labelled(np.array([line.spend for line in plan.lines]))
    found = MADE.response(spend, own.window).sel(kpi=kpi).sum("line").to_numpy()
    return np.asarray(found)


def planned(tmp_path: Path, changes: str) -> Plan:
    """A plan of which verify says nothing else."""
    path = scenario_case.write_scenario(tmp_path, ASK + changes)
    save(MADE, path.parent / "curves.nc", force=True)
    answer = run.plan(load(path), MADE, folder=path.parent)
    assert answer.plan is not None
    (path.parent / "plan.json").write_text(answer.plan.to_json(), encoding="utf-8")
    assert verify(path.parent / "plan.json").differences == ()
    return answer.plan


def least(at_least: float, more: str = "") -> str:
    budget = f"{{least_for: {{kpi: revenue, at_least: {at_least:.2f}{more}}}}}"
    return f"-objective\nbudget: {budget}\n"


@cache
def the_least() -> tuple[Plan, np.ndarray]:
    """The plan with the least money for a total, and what media bring with it."""
    with TemporaryDirectory() as folder:
        plan = planned(Path(folder), least(BASE + AIM, ", total: true"))
        return plan, brought(plan, "revenue", Path(folder) / "scenarios")


def plainly(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


def test_the_least_for_a_total_is_that_for_the_rest_to_the_cent(tmp_path: Path) -> None:
    total, _ = the_least()
    alone = planned(tmp_path, least(AIM))
    assert [line.spend for line in total.lines] == [line.spend for line in alone.lines]
    assert total.certificate.value == alone.certificate.value
    assert total.certificate.bound == pytest.approx(alone.certificate.bound, rel=1e-9)
    said, other = (next(c for c in p.constraints if c.part == "target") for p in (total, alone))
    assert (said.limit, other.limit) == (BASE + AIM, AIM)
    assert said.value == pytest.approx(BASE + (other.value or 0.0), rel=1e-9)
    assert said.slack == pytest.approx(other.slack, abs=1e-6)
    assert said.words == f"at least {BASE + AIM:,.10g} total revenue, baseline included"
    assert "total" not in other.words
    assert total.goal is not None
    assert total.goal.total
    assert alone.goal is not None
    assert "total" not in alone.goal.model_dump()


def test_the_chance_of_a_total_counts_baseline_and_noise() -> None:
    """Kept in as many draws as an independent count says, which is not that of media alone."""
    plan, media = the_least()
    share = float((observed("revenue") + media >= BASE + AIM).mean())
    assert plan.goal is not None
    assert plan.goal.met == pytest.approx(share)
    assert 0 < share < 1
    assert share != float((media >= AIM).mean())
    stated = plan.totals.plan.total["revenue"]
    assert stated.p10 == pytest.approx(np.quantile(observed("revenue") + media, 0.1), rel=1e-9)


def test_every_place_that_states_it_says_total() -> None:
    plan, _ = the_least()
    own = headline(plan)
    assert re.match(r"Reaches EUR \d\.\d\dM total revenue with EUR ", plainly(own.finding))
    assert "of it is expected without media" in own.more
    low = plan.totals.plan.total["revenue"].p10 / 1e6
    assert f"EUR {low:.2f}M to" in plainly(own.interval)
    assert odds(plan).notes == ("what is expected does", "baseline included")
    most_of = dict(assumptions(plan))["Most of"]
    assert most_of == "spend, for total revenue, baseline included"
    page = plainly(planner_page(plan, ()).decode())
    assert "M total revenue with EUR " in page
    assert "total revenue, baseline included" in page
    out = Console(width=140, record=True, file=StringIO())
    out.print(plan_tables(plan))
    assert "M total revenue with EUR " in plainly(out.export_text())


def test_the_workbook_and_the_directors_page_say_total() -> None:
    plan, _ = the_least()
    made = dossier_of(plan)
    assert plan.goal is not None
    dossier = made.model_copy(update={"risk": made.risk.model_copy(
        update={"target": plan.goal.met})})  # fmt: skip
    page = plainly(html.unescape(onepager_html(plan, dossier).decode()))
    assert re.search(r"Reaches EUR \d\.\d\dM total revenue with EUR ", page)
    assert "What was asked for, a total with the baseline, is reached with a chance of" in page
    book = openpyxl.load_workbook(io.BytesIO(workbook(plan, dossier)))
    said = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    for words in (
        f"at least {BASE + AIM:,.10g} total revenue, baseline included",
        "spend, for total revenue, baseline included",
        "chance of the scenario's target, a total with the baseline",
    ):
        assert words in said


def test_a_total_out_of_reach_says_how_much_there_is_in_all(tmp_path: Path) -> None:
    """All the money on the better split: base plus what media bring at most, by a fine grid."""
    path = scenario_case.write_scenario(
        tmp_path, ASK + least(BASE + 9 * AIM, ", total: true, at_most: 300k")
    )
    answer = run.plan(load(path), MADE, folder=path.parent)
    assert answer.infeasible is not None
    (said,) = answer.infeasible.reasons
    own = settle(load(path), MADE)
    every = [
        float(MADE.response(own.weekly({"tv": cents, "search": 30_000_000 - cents}), own.window)
              .sel(kpi="revenue").sum("line").mean())
        for cents in range(0, 30_000_001, 250_000)
    ]  # fmt: skip
    found = re.fullmatch(
        r"the most total revenue, baseline included, within reach of the money and the other "
        r"rules is ([\d,]+); the target is ([\d,]+)",
        said,
    )
    assert found is not None
    most, target = (float(group.replace(",", "")) for group in found.groups())
    assert most == pytest.approx(BASE + max(every), abs=2e-4 * max(every))
    assert target == BASE + 9 * AIM
    for way in answer.infeasible.ways_out:
        assert "total revenue, baseline included" in way.change
    nearer = [way.edits["budget", "least_for", "at_least"] for way in answer.infeasible.ways_out
              if ("budget", "least_for", "at_least") in way.edits]  # fmt: skip
    assert nearer
    assert BASE < float(nearer[0]) <= most + 1


@pytest.mark.parametrize(
    ("kpi", "form", "limit", "words", "said"),
    [
        ("revenue", "roas", 10.0, "at least 10 total revenue, baseline included, for 1 EUR",
         "still earns 10 total revenue, baseline included, for each EUR 1"),
        ("new_customers", "cac", 40.0,
         "at most 40 EUR for one of total new_customers, baseline included",
         "still buys total new customers, baseline included, at EUR 40.0 each"),
    ],
)  # fmt: skip
def test_the_most_that_earns_a_return_of_the_whole(
    tmp_path: Path, kpi: str, form: str, limit: float, words: str, said: str
) -> None:
    """B + R = r · x at the most money, on the best split of it by a fine grid."""
    floor = f"{{kpi: {kpi}, {form}: {limit:g}, at_most: 600k, total: true}}"
    plan = planned(tmp_path, f"-objective\nbudget: {{most_with: {floor}}}\n")
    media = brought(plan, kpi, tmp_path / "scenarios")
    base = float(case.expected(MADE, kpi, 1, WEEKS).mean(axis=0).sum())
    spent, least = plan.totals.plan.spend, limit if form == "roas" else 1 / limit
    assert least * spent == pytest.approx(base + media.mean(), rel=1e-4)
    own = settle(load(tmp_path / "scenarios" / "q1.yaml"), MADE)

    def most(cents: int) -> float:
        splits = [{"tv": c, "search": cents - c} for c in range(0, cents + 1, cents // 40)]
        plans = [one for one in map(own.weekly, splits) if near(one)]
        outcomes = (MADE.response(one, own.window).sel(kpi=kpi) for one in plans)
        return max(float(one.sum("line").mean()) for one in outcomes)

    def near(weekly: xr.DataArray) -> bool:
        """No line goes further beyond its history than it may."""
        return all(float(weekly.sel(line=line).max()) <= cap for line, cap in own.caps.items())

    assert base + most(round(spent * 101)) < least * spent * 1.01
    assert plan.goal is not None
    assert plan.goal.total
    assert plan.goal.met == pytest.approx(float((observed(kpi) + media >= least * spent).mean()))
    (target,) = (one for one in plan.constraints if one.part == "target")
    assert target.words == words
    assert target.value == pytest.approx(limit, rel=1e-4)
    assert said in plainly(headline(plan).finding)
    assert f"total {kpi.replace('_', ' ')}, baseline" in money_words(own.scenario)


CHANCE = "budget: {exactly: 250k}\nobjective: {maximise: %s, probability_of: %s, total: true}\n"


def shares(folder: Path, goal: float, kpi: str) -> list[float]:
    """The share of draws of every split on a grid."""
    own, anyway = settle(load(folder / "q1.yaml"), MADE), observed(kpi)
    found = []
    for cents in range(0, 25_000_001, 250_000):
        spend = own.weekly({"tv": cents, "search": 25_000_000 - cents})
        media = MADE.response(spend, own.window).sel(kpi=kpi).sum("line").to_numpy()
        found.append(float((media + anyway >= goal).mean()))
    return found


def test_the_plan_that_reaches_a_total_in_most_draws(tmp_path: Path) -> None:
    """No split of a grid does so in more, and the share is an independent count's."""
    goal = BASE + 200_000
    plan = planned(tmp_path, CHANCE % ("revenue", f"{goal:.0f}"))
    media = brought(plan, "revenue", tmp_path / "scenarios")
    share = float((observed("revenue") + media >= goal).mean())
    assert plan.risk is not None
    assert (plan.risk.target, plan.risk.reached) == (goal, pytest.approx(share))
    assert plan.certificate.value == pytest.approx(share)
    assert plan.certificate.bound >= share
    assert max(shares(tmp_path / "scenarios", goal, "revenue")) <= share + 1e-9
    assert 0.2 < share < 0.95
    assert plan.risk.words == (
        f"the probability of at least {goal:,.0f} EUR in total, baseline included"
    )
    assert "baseline included" in plainly(planner_page(plan, ()).decode())
    assert "the target is of the total" in dict(assumptions(plan))["Most of"]
    assert plan.goal is not None
    assert plan.goal.total


def test_a_total_of_what_is_counted_and_of_profit(tmp_path: Path) -> None:
    counted = math.floor(np.median(observed("new_customers")) + 250)
    plan = planned(tmp_path / "n", CHANCE % ("new_customers", counted))
    media = brought(plan, "new_customers", tmp_path / "n" / "scenarios")
    assert plan.risk is not None
    assert plan.risk.reached == pytest.approx(
        float((observed("new_customers") + media >= counted).mean())
    )
    goal = round(0.4 * BASE)
    plan = planned(tmp_path / "p", "economics: {margin: 40%}\n" + CHANCE % ("profit", f"{goal}"))
    media = brought(plan, "revenue", tmp_path / "p" / "scenarios")
    earned = 0.4 * (observed("revenue") + media) - 250_000
    assert plan.risk is not None
    assert plan.risk.reached == pytest.approx(float((earned >= goal).mean()))


def test_weeks_that_are_free_count_the_same_draws(tmp_path: Path) -> None:
    goal = BASE + 200_000
    ask = "flighting: weekly\n" + CHANCE % ("revenue", f"{goal:.0f}")
    plan = planned(tmp_path, ask)
    media = brought(plan, "revenue", tmp_path / "scenarios")
    assert plan.risk is not None
    assert plan.risk.reached == pytest.approx(float((observed("revenue") + media >= goal).mean()))


def test_a_total_that_is_there_anyway_needs_no_money(tmp_path: Path) -> None:
    plan = planned(tmp_path, least(BASE - 1, ", total: true"))
    assert plan.totals.plan.spend == 0
    assert plan.certificate.status is Status.PROVEN


def test_python_says_it_as_the_file_does() -> None:
    """One seam: the same plan from keywords."""
    file, _ = the_least()
    plan = allocate(
        Problem(
            MADE,
            period={"start": "2027-W01", "weeks": WEEKS},
            reference={"actuals": {"start": "2026-W01", "weeks": WEEKS}},
            budget={"least_for": {"kpi": "revenue", "at_least": BASE + AIM, "total": True}},
            objective={"maximise": "least_spend"},
            others={"until_start": "zero", "run": {"seed": SEED}},
        )
    )
    assert [line.spend for line in plan.lines] == [line.spend for line in file.lines]


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        (None, "", "price, promo: not given in `context`; the total counts on"),
        ("week,price", "97", "promo: not given in `context`; the total counts on"),
        ("week,price,promo", "97,0", ""),
    ],
)
def test_what_the_total_takes_the_controls_to_be_is_said(
    tmp_path: Path, header: str | None, row: str, said: str
) -> None:
    """Of a rule about a total as of a target, and of nothing else."""
    context = "" if header is None else "context: {spring: spring.csv}\n"
    rule = "constraints: [{id: s, together: all, kpi: {revenue: {min: 1, total: true}}}]\n"
    asks = {
        "target": least(BASE + AIM, ", total: true"),
        "rule": "budget: {exactly: 250k}\n" + rule,
        "neither": "budget: {exactly: 250k}\n",
    }
    for name, ask in asks.items():
        path = scenario_case.write_scenario(tmp_path / name, ASK + ask + context)
        if header is not None:
            table = case.table(range(1, WEEKS + 1), header, row)
            (path.parent / "spring.csv").write_text(table)
        found = total_warnings(settle(load(path), MADE))
        assert len(found) == (said != "" and name != "neither")
        assert all(one.startswith(said) for one in found)


def test_show_and_the_resolved_form_say_total(tmp_path: Path) -> None:
    path = scenario_case.write_scenario(tmp_path / "a", ASK + least(9e6, ", total: true"))
    scenario = load(path).scenario
    assert money_words(scenario) == "as little as brings 9,000,000 total revenue, baseline included"
    assert written_form(scenario)["budget"]["least_for"]["total"] is True
    path = scenario_case.write_scenario(tmp_path / "b", ASK + CHANCE % ("revenue", "9M"))
    assert goal_words(load(path).scenario) == (
        " for the best chance of 9,000,000 total revenue, baseline included"
    )


@pytest.mark.parametrize(
    ("changes", "weeks", "plain", "said"),
    [
        (least(9e6, ", total: true"), WEEKS, True,
         "budget.least_for.total: found curves without a baseline forecast, expected a baseline "
         "forecast of every planned week; fit again"),
        (CHANCE % ("revenue", "9M"), WEEKS, True,
         "objective.total: found curves without a baseline forecast"),
        (least(9e6, ", total: true"), 26, False,
         "budget.least_for.total: found a baseline forecast of 2026-12-28 to 2027-05-16"),
        ("-objective\nbudget: {most_with: {kpi: revenue, roas: 9, total: true}}\n", WEEKS, True,
         "budget.most_with.total: found curves without a baseline forecast"),
        ("budget: {exactly: 250k}\nobjective: {maximise: revenue, probability_of: 9M, total: "
         "true, weights: {tv: 0.5}}\n", WEEKS, False,
         "objective.total: found a total with the baseline, where lines do not count alike"),
    ],
)  # fmt: skip
def test_a_total_of_which_nothing_is_known_is_refused(
    tmp_path: Path, changes: str, weeks: int, plain: bool, said: str
) -> None:
    text = ASK.replace(f"weeks: {WEEKS}", f"weeks: {weeks}") + changes
    path = scenario_case.write_scenario(tmp_path, text)
    with pytest.raises(InputError) as caught:
        settle(load(path), curve_case.parametric(7) if plain else MADE)
    (fault,) = caught.value.faults
    assert re.search(r"q1\.yaml:\d+:\d+: ", str(fault))
    assert said in str(fault)
