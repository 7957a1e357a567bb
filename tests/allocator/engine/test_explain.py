"""Why there is no plan: planted conflicts are found, none to spare, and every way out works."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import curve_case
import numpy as np
import pytest

from allocator import run
from allocator.engine.check import BUDGET
from allocator.engine.explain import Infeasibility
from allocator.engine.feasible import satisfies
from allocator.engine.pose import pose
from allocator.engine.search import first_plan
from allocator.engine.setting import settle
from allocator.engine.solvers._base import Termination
from allocator.scenario import LoadedScenario, from_resolved
from mmm.curves import ResponseCurves, TabulatedCurves, load

POT = 100_000.0
LINES = ("tv", "radio", "search")
HEAD = "reference: {flat: true}\nbudget: {exactly: 100k}\n"
CHANGE = re.compile(r"(?P<part>.+): at (least|most) (?P<amount>[-0-9,.e+]+)(?P<unit>%?)")


def _curves(seed: int) -> TabulatedCurves:
    """Three lines, concave and S-shaped, with a return near 2 and customers near 25 each."""
    rng = np.random.default_rng(seed)
    points = np.linspace(0, 2.5 * POT, 26)
    shapes = []
    for _ in range(6):
        half, slope = rng.uniform(0.15, 0.4) * POT, rng.uniform(0.8, 2.0)
        with np.errstate(divide="ignore"):
            shapes.append(1 / (1 + (half / points) ** slope))
    revenue = {line: shapes[i][None] * POT * rng.uniform(0.8, 1.2) for i, line in enumerate(LINES)}
    people = {
        line: shapes[3 + i][None] * POT / 25 * rng.uniform(0.8, 1.2) for i, line in enumerate(LINES)
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


def _why(tmp_path: Path, seed: int, rules: str) -> tuple[LoadedScenario, Infeasibility]:
    changes = HEAD + "constraints:\n" + "".join(f"  - {rule}\n" for rule in rules.splitlines())
    loaded = curve_case.project(tmp_path, _curves(seed), changes)
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


def _applied(loaded: LoadedScenario, rule: str, change: str) -> LoadedScenario:
    """The scenario as a planner would change it after reading the way out."""
    resolved = loaded.resolved
    if rule == BUDGET:
        amount = float(change.split(" EUR")[0].rpartition(" ")[2].replace(",", ""))
        resolved["budget"] = {key: amount for key in resolved["budget"] if key != "basis"}
        return _changed(loaded, resolved)
    entry = next(entry for entry in resolved["constraints"] if entry["id"] == rule)
    (body,) = (entry[key] for key in ("spend", "share", "roas", "cac", "active") if key in entry)
    for part in change.split("; "):
        said = CHANGE.match(part)
        assert said is not None, part
        amount = float(said["amount"].replace(",", "")) / (100 if said["unit"] else 1)
        side, easier = ("min", min) if said[2] == "least" else ("max", max)
        body[side] = easier(body[side], amount)
    return _changed(loaded, resolved)


def _holds_up(loaded: LoadedScenario, why: Infeasibility) -> None:
    conflict = {item.rule for item in why.conflict}
    assert not _possible(_only(loaded, conflict))
    for rule in conflict:
        assert _possible(_only(loaded, conflict - {rule})), rule
    assert why.ways_out
    for way in why.ways_out:
        assert way.rule in conflict
        plan = _answer(_applied(loaded, way.rule, way.change)).plan
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
        BUDGET: "a budget of 110,000.00 EUR instead of 100,000.00 EUR",
        "tv": "tv: at least 50,000.00 EUR instead of 60,000.00 EUR",
        "other": "radio + search: at least 40,000.00 EUR instead of 50,000.00 EUR",
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
    (change,) = (way.change for way in why.ways_out if way.rule == "floor")
    said = CHANGE.match(change)
    assert said is not None
    assert best * (1 - 2e-3) <= float(said["amount"]) <= best * (1 + 1e-6)
    _holds_up(loaded, why)


def test_a_cost_of_acquisition_is_moved_no_further_than_needed(tmp_path: Path) -> None:
    least = POT / _most_revenue(tmp_path / "best", kpi="new_customers")
    cap = np.floor(least * 80) / 100
    loaded, why = _why(
        tmp_path, 4, f"{{id: cap, together: all, cac: {{kpi: new_customers, max: {cap}}}}}"
    )
    (change,) = (way.change for way in why.ways_out if way.rule == "cap")
    said = CHANGE.match(change)
    assert said is not None
    assert least * (1 - 1e-6) <= float(said["amount"]) <= least * (1 + 2e-3) + 0.01
    _holds_up(loaded, why)


def _most_revenue(folder: Path, *, kpi: str = "revenue") -> float:
    folder.mkdir()
    changes = HEAD + f"objective: {{maximise: {kpi}}}\n"
    answer = _answer(curve_case.project(folder, _curves(4), changes))
    assert answer.plan is not None
    return answer.plan.certificate.value


def _planted(rng: np.random.Generator) -> str:
    """A conflict between two or three rules (and the budget), among rules that do no harm."""
    a, b, c = rng.permutation(LINES)
    kinds = [
        (
            f"{{id: one, each: [{a}], spend: {{min: {rng.integers(50, 70)}k}}}}\n"
            f"{{id: two, each: [{b}], spend: {{min: {rng.integers(51, 70)}k}}}}"
        ),
        (
            f"{{id: one, together: [{a}, {b}], share: {{max: {rng.integers(30, 55)}%}}}}\n"
            f"{{id: two, each: [{c}], spend: {{max: {rng.integers(20, 40)}k}}}}"
        ),
        (
            f"{{id: one, each: [{a}], active: {{min: {rng.integers(50, 60)}k}}}}\n"
            f"{{id: two, each: [{a}], spend: {{max: {rng.integers(30, 45)}k}}}}\n"
            f"{{id: three, each: [{a}], share: {{min: {rng.integers(5, 20)}%}}}}"
        ),
        (
            f"{{id: one, together: all, roas: {{kpi: revenue, min: {rng.uniform(4, 8):.3f}}}}}\n"
            f"{{id: two, each: [{b}], spend: {{min: {rng.integers(5, 30)}k}}}}"
        ),
        (
            f"{{id: one, each: [{a}], cac: {{kpi: new_customers, max: {rng.uniform(2, 5):.2f}}}}}\n"
            f"{{id: two, each: [{a}], share: {{min: {rng.integers(20, 60)}%}}}}"
        ),
    ]  # fmt: skip
    harmless = [
        f"{{id: loose, each: [{c}], spend: {{max: {rng.integers(90, 100)}k}}}}",
        "{id: wide, together: all, share: {max: 100%}}",
    ]
    return "\n".join([kinds[int(rng.integers(len(kinds)))], *harmless])


@pytest.mark.parametrize("seed", range(20))
def test_planted_conflicts(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    loaded, why = _why(tmp_path, seed, _planted(rng))
    assert {item.rule for item in why.conflict}.isdisjoint({"loose", "wide"})
    _holds_up(loaded, why)
