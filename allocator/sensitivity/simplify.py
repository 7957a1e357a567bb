"""The plan with the fewest changes from the reference that keeps most of the gain.

::

    minimise    Σ_i leaves_i
    subject to  the rules,  goal(x) ≥ goal(x*) − loss · gain,  x_i = reference_i where leaves_i = 0

on tables that never promise too little (a count below which there is none), then, for that count
and upwards, the best plan on tables that never promise too much; the first whose lines, with the
others held at the reference and solved on the exact curves, keep enough of the gain is it. The
lines that stay are rules of its scenario, so that its proof is that of any plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from allocator import run
from allocator.complaint import Complaint
from allocator.engine.problem import AllocationProblem
from allocator.engine.setting import Setting, settle
from allocator.engine.solvers import highs
from allocator.engine.tabulate import POINTS, tabulate
from allocator.plan import Plan, sealed
from allocator.scenario import Constraint, LoadedScenario
from allocator.selectors import select
from allocator.sensitivity.again import Known, solve_again, worth
from allocator.sensitivity.posed import goal_rows, judged_by_draws, totals_problem
from allocator.sensitivity.ranges import paid
from mmm.errors import InputError

FINE = 4 * (POINTS - 1) + 1  # a count is only as good as its tables
SURE = 1e-6  # of a line: what a solver leaves of a whole number
ID = "simplified"


@dataclass(frozen=True, eq=False)
class Fewest:
    """known: the best plan in which only ``moved`` lines leave the reference; fewest: no plan
    within the loss changes fewer lines."""

    known: Known
    loaded: LoadedScenario
    moved: tuple[str, ...]
    fewest: int


def simplify(
    answer: run.Answer,
    loaded: LoadedScenario,
    *,
    loss: float,
    folder: Path,
    tell: Callable[[str], None] = lambda _: None,
) -> Plan:
    """The simplest plan that loses at most ``loss`` of the gain, recorded with what it loses.

    answer: of the scenario as it stands. The plan comes back as it is where nothing is simpler.
    Raises InputError for weekly flighting and for goals or rules that are judged draw by draw.
    """
    setting, best = answer.setting, answer.plan
    assert best is not None  # who asks has a plan
    refuse(loaded, setting)
    spend = np.array([line.spend for line in best.lines])
    value = worth(setting, spend)
    known = Known(setting, spend, value, max(0.0, best.certificate.bound - value))
    found = fewest_changes(loaded, known, loss=loss, tell=tell)
    tell("proving the plan with few changes")
    accepted = best.health.accepted
    alone = run.plan(found.loaded, setting.curves, folder=folder, accepted=accepted)
    assert alone.plan is not None  # it was found a moment ago
    gain = best.certificate.value - best.totals.reference_scaled.objective.mean
    lost = max(0.0, best.certificate.value - alone.plan.certificate.value)
    document = alone.plan.model_dump(mode="json")
    document.pop("digest")
    scaled = _reference(setting)
    document["simplified"] = {
        "rules": [rule.id for rule in found.loaded.scenario.constraints if _ours(rule)],
        "loss_allowed": loss,
        "loss_taken": lost / gain if gain > 0 else 0.0,
        "changed": sum(line.total != scaled[line.line] for line in alone.plan.lines),
        "of": len(best.lines),
        "fewest": found.fewest,
        "best": best.certificate.value,
        "best_totals": {line.line: line.total for line in best.lines},
        "best_bound": best.certificate.bound,
        **({"best_cut_short": True} if best.certificate.ended_by_clock else {}),
    }
    return sealed(document)


def refuse(loaded: LoadedScenario, setting: Setting) -> None:
    """Raise InputError where the count of changes cannot be proven."""
    expected = "a steady plan with expected values, to be told in few changes"
    found = None
    if setting.scenario.flighting.form == "weekly":
        found, at = "weekly flighting with --simplify", ("flighting",)
    elif judged_by_draws(setting):
        found, at = "a goal or rule judged draw by draw, with --simplify", ("objective",)
    if found is not None:
        raise InputError([loaded.fault(at, Complaint(found, expected, "leave --simplify out"))])


def fewest_changes(
    loaded: LoadedScenario,
    known: Known,
    *,
    loss: float,
    tell: Callable[[str], None] = lambda _: None,
) -> Fewest:
    """The fewest lines that must leave the (scaled) reference, and the best plan that moves them.

    ``loss``: part of the gain on the reference that may be lost
    """
    setting, reference = known.setting, _reference(known.setting)
    problem, totals = totals_problem(known), known.totals
    gain = max(0.0, known.value - worth(setting, setting.scaled.to_numpy()))
    least = known.value - loss * gain
    needed = problem.having(rows=goal_rows(problem, least + paid(problem, totals)))
    tell("counting the changes that are needed")
    fewest = _count(needed, reference, setting)
    for many in range(fewest, len(problem.lines) + 1):
        tell(f"a plan with {many} changes")
        moved = _best_with(needed, reference, many, setting)
        if moved is None:
            continue
        held = holding(loaded, setting, tuple(i for i in problem.lines if i not in moved))
        other = solve_again(held[1], near=known.spend)
        if other is not None and other.value >= least:
            return Fewest(other, held[0], moved, fewest)
    return Fewest(known, loaded, tuple(problem.lines), fewest)


def _reference(setting: Setting) -> dict[str, float]:
    """line -> total of the reference at the plan's budget, currency."""
    spent = setting.scaled.to_numpy().sum(axis=1).round(2).tolist()
    return dict(zip(setting.curves.lines, spent, strict=True))


def _count(problem: AllocationProblem, reference: Mapping[str, float], setting: Setting) -> int:
    """A number of changes below which no plan keeps enough: on tables that promise too much."""
    from allocator.engine.formulate import Stay, formulate  # Pyomo takes a second or two

    hopeful = formulate(problem, tabulate(problem, FINE), estimate="over", stay=Stay(reference))
    run_ = setting.scenario.run
    found = highs.solve(hopeful, gap=0.0, time_limit=run_.time_limit, seed=run_.seed)
    return max(0, math.ceil((found.bound or 0.0) - SURE))


def _best_with(
    problem: AllocationProblem, reference: Mapping[str, float], many: int, setting: Setting
) -> tuple[str, ...] | None:
    """The lines that the best plan with so many changes moves, on safe tables."""
    from allocator.engine.formulate import Stay, formulate  # Pyomo takes a second or two

    stay = Stay(reference, many)
    safe = formulate(problem, tabulate(problem, FINE), estimate="under", stay=stay)
    run_ = setting.scenario.run
    found = highs.solve(safe, gap=1e-4, time_limit=run_.time_limit, seed=run_.seed)
    if found.spend is None:
        return None
    small = 1e-7 * problem.budget.total
    return tuple(x for x in problem.lines if abs(found.spend[x] - reference[x]) > small)


def holding(
    loaded: LoadedScenario, setting: Setting, lines: tuple[str, ...]
) -> tuple[LoadedScenario, Setting]:
    """The scenario with rules that hold these lines at the (scaled) reference, and its setting."""
    reference = _reference(setting)
    as_spent = all(reference[line] == round(setting.facts.reference[line], 2) for line in lines)
    entries: list[dict[str, Any]] = []
    if as_spent and lines:
        still = [line for line in lines if reference[line] > 0]
        off = [line for line in lines if reference[line] <= 0]
        as_it_is = {"from": "reference", "between": ["0%", "0%"]}
        entries += [_entry(ID, still, as_it_is)] if still else []
        entries += [_entry(f"{ID}-off", off, {"max": 0})] if off else []
    else:
        entries = [
            _entry(f"{ID}-{place}", [line], {"min": reference[line], "max": reference[line]})
            for place, line in enumerate(lines, 1)
        ]
    for line in lines:
        assert select((line,), setting.curves.labels) == (line,)  # a line's name means that line
    rules = tuple(Constraint.model_validate(entry) for entry in entries)
    stated = setting.scenario.constraints
    own = tuple(rule for rule in stated if rule.source is None)
    constraints = (*own, *rules, *stated[len(own) :])
    scenario = setting.scenario.model_copy(update={"constraints": constraints})
    held = replace(loaded, scenario=scenario)
    return held, settle(held, setting.curves, setting.alternatives)


def _entry(name: str, lines: list[str], spend: dict[str, Any]) -> dict[str, Any]:
    why = "kept as it is: the plan has as few changes as its gain allows"
    return {"id": name, "each": lines, "spend": spend, "reason": why}


def _ours(rule: Constraint) -> bool:
    return rule.id == ID or rule.id.startswith(f"{ID}-")
