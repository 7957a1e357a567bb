"""Why no plan satisfies the rules: which of them are in conflict, and the cheapest ways out.

First what arithmetic alone can say (minima above the budget, caps that cannot take it all). Then
an irreducible set of rules in conflict: the scenario is asked again with fewer and fewer of its
rules. Then, for every rule in it, the smallest change of that rule alone that makes a plan
possible, tried as a person would write it; the cheapest are kept.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from allocator.engine.conflict.arithmetic import arithmetic
from allocator.engine.conflict.irreducible import hard_rules, irreducible, keeping
from allocator.engine.conflict.reachable import largest_reachable
from allocator.engine.conflict.relax import Case, Change, rule_words, way_out
from allocator.engine.extrapolation import EXTRAPOLATION
from allocator.engine.figures.check import BUDGET
from allocator.engine.goal import TARGET, sold_anyway
from allocator.engine.possible import Oracle
from allocator.engine.problem import AllocationProblem
from allocator.engine.setting import Setting
from allocator.scenario import LoadedScenario
from allocator.scenario.goal_words import all_of

MOST = 3  # ways out that are shown
REACHING = 10.0  # seconds for the largest value of a target
PATIENCE = 60.0  # seconds for all questions, or as long as the scenario allows the search


@dataclass(frozen=True)
class Conflict:
    """One rule of a conflict. ``place`` counts the scenario's constraints from 0."""

    rule: str
    words: str
    place: int | None


@dataclass(frozen=True)
class WayOut:
    """A single change that makes a plan possible; ``change`` says it in words.

    edits: place in the scenario, such as (``constraints``, 2, ``spend``, ``min``) -> what to write
    size:  as a part of the money, of all spend, or of the number that is changed
    """

    rule: str
    change: str
    place: int | None
    edits: Mapping[tuple[str | int, ...], Any] = field(default_factory=dict)
    size: float = 0.0


@dataclass(frozen=True)
class Infeasibility:
    """Why there is no plan.

    reasons: what arithmetic says; conflict: rules that cannot hold together;
    ways_out: single changes that suffice, each tried, the smallest first
    irreducible: without any one of the rules in conflict a plan exists; False where the clock ran
    out before that was known
    proven: there is no plan; False where rules with a probability may have one that was not found,
    because the safe form that is searched asks for more than they do
    """

    reasons: tuple[str, ...]
    conflict: tuple[Conflict, ...]
    ways_out: tuple[WayOut, ...]
    irreducible: bool = True
    proven: bool = True


def explain(
    loaded: LoadedScenario,
    setting: Setting,
    problem: AllocationProblem,
    oracle: Oracle,
    *,
    proven: bool = True,
) -> Infeasibility:
    """The reasons, an irreducible conflict and the ways out of it.

    proven: it is known that there is no plan; otherwise that none was found counts as much.
    """
    ends = time.monotonic() + max(PATIENCE, setting.scenario.run.time_limit)
    late = False

    def impossible(rules: frozenset[str]) -> bool:
        nonlocal late
        late = late or time.monotonic() > ends
        if late:
            return False
        verdict = oracle.ask(keeping(setting, problem, rules))
        return verdict.impossible or (not proven and verdict.plan is None)

    conflict = irreducible(hard_rules(setting), impossible)
    others = {rule: frozenset(hard_rules(setting)) - {rule} for rule in conflict}
    case = Case(loaded, setting, oracle)
    changes: dict[str, Change] = {}
    for rule in conflict:
        if time.monotonic() > ends:
            break
        change = way_out(case, keeping(setting, problem, others[rule]), rule)
        if change is not None:
            changes[rule] = change
    cheapest = sorted(changes, key=lambda rule: changes[rule].size)[:MOST]
    return Infeasibility(
        reasons=(*arithmetic(setting, problem), *out_of_reach(setting, problem)),
        conflict=tuple(
            Conflict(rule, _words(setting, rule), _place(setting, rule)) for rule in conflict
        ),
        ways_out=tuple(
            WayOut(
                rule, changes[rule].words, _place(setting, rule), changes[rule].edits,
                changes[rule].size,
            )
            for rule in cheapest
        ),
        irreducible=not late,
        proven=proven,
    )  # fmt: skip


def out_of_reach(setting: Setting, problem: AllocationProblem) -> tuple[str, ...]:
    """How much of a target the money and the other rules can reach; of a total, in all."""
    target = next((r for r in problem.rows if (r.rule, r.part) == (BUDGET, TARGET)), None)
    reach = largest_reachable(problem, time_limit=REACHING) if target is not None else None
    if target is None or reach is None:
        return ()
    asked = setting.scenario.budget.least_for
    assert asked is not None  # nothing else is a row that is reached
    anyway = sold_anyway(asked, setting.facts)
    return (
        f"the most {all_of(reach.kpi, asked.total)}{',' * bool(asked.total)} within reach of the "
        f"money and the other rules is {anyway + reach.value:,.0f}; the target is "
        f"{asked.at_least:,.0f}",
    )


def _words(setting: Setting, rule: str) -> str:
    scenario = setting.scenario
    if rule == BUDGET:
        return rule_words(scenario.budget, scenario.currency)
    if rule == EXTRAPOLATION:
        return "no week so far beyond a line's history that its curve is a guess"
    bound = next(bound for bound in setting.rules if bound.id == rule)
    form = "together" if bound.selection.together else "each"
    if bound.place is not None:
        form = scenario.constraints[bound.place].form
    return f"{form} {bound.selection.text}: {rule_words(bound.rule, scenario.currency)}"


def _place(setting: Setting, rule: str) -> int | None:
    return next((bound.place for bound in setting.rules if bound.id == rule), None)
