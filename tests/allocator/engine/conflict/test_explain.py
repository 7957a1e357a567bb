"""Why there is no plan: planted conflicts are found, none to spare, and every way out works."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import curve_case
import numpy as np
import pytest

from allocator import run, scenario
from allocator.answer import refusal, refusal_json
from allocator.engine.conflict.eased import Number, rounded
from allocator.engine.conflict.explain import Infeasibility, WayOut
from allocator.engine.conflict.irreducible import irreducible
from allocator.engine.feasible import satisfies
from allocator.engine.figures.check import BUDGET
from allocator.engine.pose import pose
from allocator.engine.search import first_plan
from allocator.engine.setting import settle
from allocator.engine.solvers._base import Termination
from allocator.scenario import LoadedScenario, Scenario, from_resolved
from mmm.curves import ResponseCurves, TabulatedCurves, load

POT = 100_000.0
LINES = ("tv", "radio", "search")
HEAD = "reference: {flat: true}\nbudget: {exactly: 100k}\n"


def _curves(seed: int, draws: int = 1) -> TabulatedCurves:
    """Three lines, concave and S-shaped, with a return near 2 and customers near 25 each."""
    rng = np.random.default_rng(seed)
    points = np.linspace(0, 2.5 * POT, 26)
    shapes = []
    for _ in range(6):
        half, slope = rng.uniform(0.15, 0.4) * POT, rng.uniform(0.8, 2.0)
        with np.errstate(divide="ignore"):
            shapes.append(1 / (1 + (half / points) ** slope))
    apart = np.linspace(0.9, 1.1, draws)[:, None] if draws > 1 else np.ones((1, 1))
    revenue = {
        line: apart * shapes[i] * POT * rng.uniform(0.8, 1.2) for i, line in enumerate(LINES)
    }
    people = {
        line: apart * shapes[3 + i] * POT / 25 * rng.uniform(0.8, 1.2)
        for i, line in enumerate(LINES)
    }
    return curve_case.tabulated(
        dict.fromkeys(LINES, points.tolist()),
        {"revenue": revenue, "new_customers": people},
        counts=("new_customers",),
    )


@cache
def _kept(file: Path) -> ResponseCurves:
    return load(file)


def _answer(loaded: LoadedScenario) -> run.Answer:
    return run.plan(loaded, _kept(loaded.curves_file), folder=loaded.curves_file.parent)


def _possible(loaded: LoadedScenario) -> bool:
    """Is there a plan, one that satisfies the rules on the exact curves?"""
    problem = pose(settle(loaded, _kept(loaded.curves_file)))
    if problem.crossed:
        return False
    solution = first_plan(problem, time_limit=20, seed=0)
    assert (solution.spend is None) == (solution.termination is Termination.INFEASIBLE)
    return solution.spend is not None and satisfies(problem, solution.spend)


def _changed(loaded: LoadedScenario, resolved: dict[str, Any]) -> LoadedScenario:
    return replace(loaded, scenario=from_resolved(resolved))


def _why(
    tmp_path: Path, seed: int, rules: str, *, head: str = HEAD, draws: int = 1
) -> tuple[LoadedScenario, Infeasibility]:
    changes = head + "constraints:\n" + "".join(f"  - {rule}\n" for rule in rules.splitlines())
    loaded = curve_case.project(tmp_path, _curves(seed, draws), changes)
    answer = _answer(loaded)
    assert answer.plan is None
    assert answer.infeasible is not None
    return loaded, answer.infeasible


def _only(loaded: LoadedScenario, ids: set[str]) -> LoadedScenario:
    """The scenario with these rules alone; without the budget among them money is no object."""
    resolved = loaded.resolved
    resolved["constraints"] = [rule for rule in resolved["constraints"] if rule["id"] in ids]
    if BUDGET not in ids:
        resolved["budget"] = {"at_most": 2.4 * POT}
    return _changed(loaded, resolved)


def _applied(loaded: LoadedScenario, way: WayOut) -> LoadedScenario:
    """The scenario file as a planner would change it after reading the way out."""
    data: Any = copy.deepcopy(loaded.document.data)
    for place, value in way.edits.items():
        here = data
        for part in place[:-1]:
            here = here[part]
        here[place[-1]] = value
    return replace(loaded, scenario=Scenario.model_validate(data))


def _holds_up(loaded: LoadedScenario, why: Infeasibility) -> None:
    conflict = {item.rule for item in why.conflict}
    assert not _possible(_only(loaded, conflict))
    for rule in conflict:
        assert _possible(_only(loaded, conflict - {rule})), rule
    assert why.ways_out
    for way in why.ways_out:
        assert way.rule in conflict
        plan = _answer(_applied(loaded, way)).plan
        assert plan is not None, f"{way.rule}: {way.change}"
        assert plan.certificate.worst_violation < 1e-6


def test_minima_above_the_budget(tmp_path: Path) -> None:
    loaded, why = _why(
        tmp_path, 0,
        "{id: tv, each: [tv], spend: {min: 60k}}\n"
        "{id: other, together: [radio, search], spend: {min: 50k}}\n"
        "{id: loose, each: all, spend: {max: 90k}}",
    )  # fmt: skip
    assert why.reasons == ("the minima add up to 110,000.00 EUR, 10,000.00 more than the budget",)
    assert {item.rule for item in why.conflict} == {BUDGET, "tv", "other"}
    assert {way.rule: way.change for way in why.ways_out} == {
        BUDGET: "exactly 110,000.00 EUR instead of exactly 100,000.00 EUR",
        "tv": "at least 50,000 EUR instead of at least 60,000 EUR",
        "other": "at least 40,000 EUR instead of at least 50,000 EUR",
    }
    _holds_up(loaded, why)


def test_share_caps_below_one(tmp_path: Path) -> None:
    loaded, why = _why(
        tmp_path, 1,
        "{id: caps, each: [tv, radio], share: {max: 25%}}\n"
        "{id: search, together: [search], share: {max: 40%}}",
    )  # fmt: skip
    assert why.reasons == ("the share caps leave room for 90.0%, less than all spend",)
    assert {item.rule for item in why.conflict} >= {"caps", "search"}
    _holds_up(loaded, why)


def test_nested_share_floors_are_not_counted_twice(tmp_path: Path) -> None:
    """40 % of everything, 30 % of each within: 60 %, not 100 %. What fails is the minimum."""
    _, why = _why(
        tmp_path, 1,
        "{id: both, together: [tv, radio], share: {min: 60%}}\n"
        "{id: each, each: [tv, radio], share: {min: 30%}}\n"
        "{id: search, each: [search], spend: {min: 45k}}",
    )  # fmt: skip
    assert why.reasons == ()


def test_limits_that_cross(tmp_path: Path) -> None:
    loaded, why = _why(
        tmp_path, 2,
        "{id: most, each: [tv], spend: {max: 20k}}\n"
        "{id: least, each: [tv], spend: {min: 30k}}\n"
        "{id: loose, together: all, roas: {kpi: revenue, min: 0.1}}",
    )  # fmt: skip
    assert why.reasons == ("tv must get at least 30,000.00 and at most 20,000.00 EUR",)
    assert {item.rule for item in why.conflict} == {"most", "least"}
    assert [item.place for item in why.conflict] == [0, 1]
    _holds_up(loaded, why)


def test_a_smallest_buy_against_a_cap(tmp_path: Path) -> None:
    loaded, why = _why(
        tmp_path, 3,
        "{id: buy, each: [radio], active: {min: 40k}}\n"
        "{id: cap, each: [radio], spend: {max: 30k}}\n"
        "{id: on, each: [radio], spend: {min: 5k}}",
    )  # fmt: skip
    assert {item.rule for item in why.conflict} == {"buy", "cap", "on"}
    _holds_up(loaded, why)


def test_a_return_just_out_of_reach_is_moved_no_further_than_needed(tmp_path: Path) -> None:
    best = _most_revenue(tmp_path / "best") / POT
    loaded, why = _why(
        tmp_path, 4, f"{{id: floor, together: all, roas: {{kpi: revenue, min: {best * 1.001!r}}}}}"
    )
    assert {item.rule for item in why.conflict} == {BUDGET, "floor"}
    (edits,) = (way.edits for way in why.ways_out if way.rule == "floor")
    assert list(edits) == [("constraints", 0, "roas", "min")]
    assert best * (1 - 2e-3) <= edits["constraints", 0, "roas", "min"] <= best * (1 + 1e-6)
    _holds_up(loaded, why)


def test_a_cost_of_acquisition_is_moved_no_further_than_needed(tmp_path: Path) -> None:
    least = POT / _most_revenue(tmp_path / "best", kpi="new_customers")
    cap = np.floor(least * 80) / 100
    loaded, why = _why(
        tmp_path, 4, f"{{id: cap, together: all, cac: {{kpi: new_customers, max: {cap}}}}}"
    )
    (edits,) = (way.edits for way in why.ways_out if way.rule == "cap")
    most = edits["constraints", 0, "cac", "max"]
    assert least * (1 - 1e-6) <= most <= least * (1 + 2e-3) + 0.01
    _holds_up(loaded, why)


def _most_revenue(folder: Path, *, kpi: str = "revenue") -> float:
    folder.mkdir()
    changes = HEAD + f"objective: {{maximise: {kpi}}}\n"
    answer = _answer(curve_case.project(folder, _curves(4), changes))
    assert answer.plan is not None
    return answer.plan.certificate.value


def test_a_change_from_the_reference_is_eased_in_percent(tmp_path: Path) -> None:
    """A third of 90,000 each, by 10 % more at least: 33,000, and tv may have 27,000."""
    loaded, why = _why(
        tmp_path, 5,
        "{id: up, each: [tv], spend: {from: reference, between: [+10%, +40%]}}\n"
        "{id: most, each: [tv], spend: {max: 27k}}",
        head="reference: {flat: true, scale_to: 90k}\nbudget: {exactly: 100k}\n",
    )  # fmt: skip
    assert {way.rule: way.change for way in why.ways_out} == {
        "up": "-10% to +40% against the reference instead of +10% to +40% against the reference",
        "most": "at most 33,000 EUR instead of at most 27,000 EUR",
    }
    _holds_up(loaded, why)


def test_what_is_offered_is_the_cheapest_and_three_at_most(tmp_path: Path) -> None:
    """Each minimum may give 10,000, the first rule's share of the money 10 points."""
    loaded, why = _why(
        tmp_path, 6,
        "{id: tv, each: [tv], share: {min: 40%}}\n"
        "{id: radio, each: [radio], spend: {min: 40k}}\n"
        "{id: search, each: [search], spend: {min: 30k}}",
    )  # fmt: skip
    assert {item.rule for item in why.conflict} == {BUDGET, "tv", "radio", "search"}
    assert len(why.ways_out) == 3
    sizes = [way.size for way in why.ways_out]
    assert sizes == sorted(sizes)
    assert all(size == pytest.approx(0.1, abs=0.01) for size in sizes)
    _holds_up(loaded, why)


def test_a_soft_rule_is_never_in_conflict(tmp_path: Path) -> None:
    loaded, why = _why(
        tmp_path, 7,
        "{id: soft, each: [tv], spend: {min: 90k}, soft: {price: 2}}\n"
        "{id: radio, each: [radio], spend: {min: 60k}}\n"
        "{id: search, each: [search], spend: {min: 50k}}",
    )  # fmt: skip
    assert {item.rule for item in why.conflict} == {BUDGET, "radio", "search"}
    assert why.reasons == ("the minima add up to 110,000.00 EUR, 10,000.00 more than the budget",)
    assert all(_answer(_applied(loaded, way)).plan is not None for way in why.ways_out)


def test_a_floor_on_the_next_unit_against_a_commitment(tmp_path: Path) -> None:
    """The next unit on radio brings less than 20 everywhere: it is off, or the rule is broken."""
    loaded, why = _why(
        tmp_path, 8,
        "{id: next, each: [radio], marginal_roas: {kpi: revenue, min: 20}}\n"
        "{id: on, each: [radio], spend: {min: 30k}}\n"
        "{id: loose, each: all, spend: {max: 99k}}",
    )  # fmt: skip
    assert {item.rule for item in why.conflict} == {"next", "on"}
    _holds_up(loaded, why)


def test_a_return_out_of_reach_in_most_of_the_draws(tmp_path: Path) -> None:
    """The best line brings less than 3 for 1 in every draw: half of the draws will not do it."""
    loaded, why = _why(
        tmp_path, 9,
        "{id: floor, together: all, roas: {kpi: revenue, min: 5, probability: 60%}}\n"
        "{id: loose, each: all, spend: {max: 99k}}",
        draws=6,
    )  # fmt: skip
    assert why.proven
    assert {item.rule for item in why.conflict} == {BUDGET, "floor"}
    (way,) = (way for way in why.ways_out if way.rule == "floor")
    plan = _answer(_applied(loaded, way)).plan
    assert plan is not None
    assert plan.certificate.worst_violation < 1e-6


def test_a_target_out_of_reach_says_what_is_within(tmp_path: Path) -> None:
    best = _most_revenue(tmp_path / "best")
    loaded, why = _why(
        tmp_path, 4, "{id: loose, each: all, spend: {max: 99k}}",
        head=f"-objective\nreference: {{flat: true, scale_to: 90k}}\nbudget: {{least_for: "
        f"{{kpi: revenue, at_least: {best * 1.2:.0f}, at_most: 100k}}}}\n",
    )  # fmt: skip
    (reason,) = why.reasons
    assert reason.startswith(
        f"the most revenue within reach of the money and the other rules is {best:,.0f}"
    )
    assert {item.rule for item in why.conflict} == {BUDGET}
    assert all(_answer(_applied(loaded, way)).plan is not None for way in why.ways_out)
    (edits,) = (way.edits for way in why.ways_out)
    assert edits["budget", "least_for", "at_least"] == pytest.approx(best, rel=3e-3)


def test_a_conflict_of_few_among_many_takes_few_questions() -> None:
    rules = [f"r{place}" for place in range(100)]
    asked = []

    def impossible(kept: frozenset[str]) -> bool:
        asked.append(kept)
        return {"r7", "r64", "r65"} <= kept

    assert irreducible(rules, impossible) == ("r7", "r64", "r65")
    assert len(asked) <= 40
    assert irreducible(["alone"], impossible) == ("alone",)


def test_a_number_is_rounded_as_a_person_would_and_never_harder() -> None:
    least = Number(("min",), -1, 60_000.0, "money")
    assert next(rounded(least, 49_876.53)) == 49_800
    assert next(rounded(least, 49_999.99999)) == 50_000
    cap = Number(("max",), 1, 0.4, "share")
    assert next(rounded(cap, 0.451234)) == 0.4513
    assert next(rounded(Number(("lines",), 1, 2.0, "whole"), 3.0)) == 3
    assert all(value <= 49_876.53 for value in rounded(least, 49_876.53))


REFUSAL = """\
No plan satisfies all rules.
  the minima add up to 110,000.00 EUR, 10,000.00 more than the budget
These cannot hold together; without any one of them a plan exists:
  q1.yaml:8: budget: exactly 100,000.00 EUR
  q1.yaml:11: tv: each tv: at least 60,000 EUR
  q1.yaml:12: other: together radio + search: at least 50,000 EUR
Any one of these changes is enough, each tried:
  q1.yaml:8: budget: exactly 110,000.00 EUR instead of exactly 100,000.00 EUR
  q1.yaml:11: tv: at least 50,000 EUR instead of at least 60,000 EUR
  q1.yaml:12: other: at least 40,000 EUR instead of at least 50,000 EUR"""


def test_the_refusal_as_a_planner_reads_it(tmp_path: Path) -> None:
    loaded, why = _why(
        tmp_path, 0,
        "{id: tv, each: [tv], spend: {min: 60k}}\n"
        "{id: other, together: [radio, search], spend: {min: 50k}}",
    )  # fmt: skip
    said = refusal(loaded, why).replace(f"{loaded.curves_file.parent}/", "")
    assert said == REFUSAL
    data = refusal_json(loaded, why)
    assert data["ways_out"][1] == {  # type: ignore[index]
        "rule": "tv", "change": "at least 50,000 EUR instead of at least 60,000 EUR",
        "write": {"spend.min": 50000}, "file": loaded.document.file, "line": 11,
    }  # fmt: skip


def test_what_was_set_on_the_command_line_stands_on_no_line(tmp_path: Path) -> None:
    loaded, _ = _why(tmp_path, 0, "{id: tv, each: [tv], spend: {min: 160k}}")
    again = scenario.load(loaded.document.file, sets={"budget.exactly": "50k"})
    why = _answer(again).infeasible
    assert why is not None
    said = refusal(again, why).replace(f"{loaded.curves_file.parent}/", "")
    assert "\n  --set: budget: exactly 50,000.00 EUR\n" in said
    assert "\n  q1.yaml:11: tv: each tv: at least 160,000 EUR\n" in said


def test_a_conflict_that_was_not_reduced_in_time_says_so(tmp_path: Path) -> None:
    loaded, why = _why(tmp_path, 0, "{id: tv, each: [tv], spend: {min: 160k}}")
    said = refusal(loaded, replace(why, irreducible=False))
    assert "among them may be some that are not needed for it" in said


def test_what_was_not_found_is_not_said_to_be_impossible(tmp_path: Path) -> None:
    loaded, why = _why(tmp_path, 0, "{id: tv, each: [tv], spend: {min: 160k}}")
    unknown = replace(why, proven=False)
    assert refusal(loaded, unknown).startswith(
        "No plan was found that keeps every rule in its share"
    )
    assert "There may be one" in refusal(loaded, unknown)
    assert refusal_json(loaded, unknown)["status"] == "no plan found"
