"""Why no plan satisfies the rules: which of them are in conflict, and the cheapest way out.

First what arithmetic alone can say (minima above the budget, caps that cannot take it all). Then
a minimal set of rules in conflict, by leaving out one rule after another. Then, for every rule in
it, the smallest change of that rule alone that makes the rest possible, found by letting it be
broken as little as possible, and tried again as stated.
"""

from __future__ import annotations

from dataclasses import dataclass

from allocator.engine.check import BUDGET
from allocator.engine.formulate import formulate
from allocator.engine.problem import AllocationProblem
from allocator.engine.relax import way_out
from allocator.engine.setting import Setting
from allocator.engine.solvers import highs
from allocator.engine.solvers._base import Termination
from allocator.engine.tabulate import tabulate

SECONDS = 20.0


@dataclass(frozen=True)
class Conflict:
    """One rule of a conflict. ``place`` counts the scenario's constraints from 0."""

    rule: str
    words: str
    place: int | None


@dataclass(frozen=True)
class WayOut:
    """A single change that makes a plan possible; ``change`` says it in words."""

    rule: str
    change: str
    place: int | None


@dataclass(frozen=True)
class Infeasibility:
    """Why there is no plan.

    reasons: what arithmetic says; conflict: rules that cannot hold together, none to spare;
    ways_out: single changes that suffice, each tried
    """

    reasons: tuple[str, ...]
    conflict: tuple[Conflict, ...]
    ways_out: tuple[WayOut, ...]


def explain(setting: Setting, problem: AllocationProblem) -> Infeasibility:
    """The reasons, a minimal conflict and the ways out of it."""
    rules = [BUDGET, *(bound.id for bound in setting.rules)]
    conflict = minimal_conflict(problem, rules)
    return Infeasibility(
        reasons=arithmetic(setting, problem),
        conflict=tuple(
            Conflict(rule, _words(setting, rule), _place(setting, rule)) for rule in conflict
        ),
        ways_out=tuple(
            WayOut(rule, change, _place(setting, rule))
            for rule in conflict
            if (change := way_out(setting, problem, rule)) is not None
        ),
    )


def arithmetic(setting: Setting, problem: AllocationProblem) -> tuple[str, ...]:
    """Conflicts that need no solver: sums of limits against the budget, and limits that cross."""
    currency, total = setting.scenario.currency, problem.budget.total
    found = []
    low = sum(bounds[0] for bounds in problem.bounds.values())
    ceilings = {line: _ceiling(problem, line) for line in problem.lines}
    high = sum(ceilings.values())
    if low > total * (1 + 1e-12):
        found.append(
            f"the minima add up to {low:,.2f} {currency}, {low - total:,.2f} more than the budget"
        )
    if problem.budget.exact and high < total * (1 - 1e-12):
        found.append(
            f"the maxima add up to {high:,.2f} {currency}, {total - high:,.2f} less than the "
            "budget, which must be spent exactly"
        )
    for line, (least, _) in problem.bounds.items():
        most = ceilings[line]
        if least > most:
            found.append(
                f"{line} must get at least {least:,.2f} and at most {most:,.2f} {currency}"
            )
    return tuple(found + _shares(setting))


def _ceiling(problem: AllocationProblem, line: str) -> float:
    most = [limit.amount for limit in problem.limits if limit.line == line and limit.side == "max"]
    return min([problem.domain[line], problem.budget.total, *most])


def _shares(setting: Setting) -> list[str]:
    """Share caps that cover every line but do not reach 100 %, and floors that exceed it."""
    caps: dict[str, float] = {}
    floors = 0.0
    for bound in setting.rules:
        if bound.rule.key != "share":
            continue
        low, high = getattr(bound.rule, "min", None), getattr(bound.rule, "max", None)
        together = bound.selection.together
        parts = 1 if together else len(bound.selection.lines)
        floors += (low or 0.0) * parts
        if high is not None:
            weight = high / len(bound.selection.lines) if together else high
            for line in bound.selection.lines:
                caps[line] = min(caps.get(line, 1.0), weight)
    found = []
    if len(caps) == len(setting.curves.lines) and sum(caps.values()) < 1 - 1e-12:
        found.append(f"the share caps add up to {sum(caps.values()):.0%}, less than all spend")
    if floors > 1 + 1e-12:
        found.append(f"the share floors add up to {floors:.0%}, more than all spend")
    return found


def minimal_conflict(problem: AllocationProblem, rules: list[str]) -> tuple[str, ...]:
    """Rules that cannot hold together while any one fewer could (deletion filter)."""
    kept = list(rules)
    for rule in rules:
        fewer = [other for other in kept if other != rule]
        if _impossible(_only(problem, set(fewer))):
            kept = fewer
    return tuple(kept)


def _only(problem: AllocationProblem, rules: set[str]) -> AllocationProblem:
    every = {limit.rule for limit in problem.limits} | {row.rule for row in problem.rows}
    every |= {item.rule for item in problem.minima}
    reduced = problem.without(every - rules)
    return reduced if BUDGET in rules else reduced.at_any_budget()


def _impossible(problem: AllocationProblem) -> bool:
    """Proven on tables that promise at least what the curves hold."""
    if problem.crossed:
        return True
    relaxed = formulate(problem, tabulate(problem), estimate="over")
    solution = highs.solve(relaxed, gap=1.0, time_limit=SECONDS)
    return solution.termination is Termination.INFEASIBLE


def _words(setting: Setting, rule: str) -> str:
    currency = setting.scenario.currency
    if rule == BUDGET:
        budget = setting.scenario.budget
        kind = "exactly" if budget.exactly is not None else "at most"
        return f"{kind} {budget.amount:,.2f} {currency}"
    bound = next(bound for bound in setting.rules if bound.id == rule)
    form = "together" if bound.selection.together else "each"
    return f"{form} {bound.selection.text}: {bound.rule.words(currency)}"


def _place(setting: Setting, rule: str) -> int | None:
    return next((bound.place for bound in setting.rules if bound.id == rule), None)
