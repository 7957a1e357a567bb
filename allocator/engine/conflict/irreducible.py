"""Which rules cannot hold together, with none to spare; scenarios with some of their rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from allocator.engine.extrapolation import EXTRAPOLATION
from allocator.engine.figures.check import BUDGET
from allocator.engine.problem import AllocationProblem
from allocator.engine.setting import Setting
from allocator.scenario import Budget

AMPLE = 2.0  # times what limits and budget ask for: money is no object


def irreducible(
    rules: Sequence[str], impossible: Callable[[frozenset[str]], bool]
) -> tuple[str, ...]:
    """Some of ``rules`` that are impossible together while any one fewer is not proven to be.

    All of them together are known to be impossible. Halves are left out before single rules, so a
    conflict of k among n rules takes about 2k·log₂(n/k) questions (Junker, QuickXplain, AAAI
    2004). In the order of ``rules``.
    """
    found = _among(frozenset(), False, tuple(rules), impossible)
    return tuple(rule for rule in rules if rule in found)


def _among(
    sure: frozenset[str],
    grown: bool,
    rules: tuple[str, ...],
    impossible: Callable[[frozenset[str]], bool],
) -> frozenset[str]:
    """Those of ``rules`` that a conflict needs beside what is in it for ``sure``."""
    if grown and impossible(sure):
        return frozenset()
    if len(rules) == 1:
        return frozenset(rules)
    half = len(rules) // 2
    first, second = rules[:half], rules[half:]
    late = _among(sure | set(first), True, second, impossible)
    early = _among(sure | late, bool(late), first, impossible)
    return early | late


def hard_rules(setting: Setting) -> tuple[str, ...]:
    """Ids of all that may not be broken: the budget, the rules in order, how far curves reach."""
    rules = (bound.id for bound in setting.rules if bound.price is None)
    return (BUDGET, *rules, *((EXTRAPOLATION,) if setting.caps else ()))


def keeping(setting: Setting, problem: AllocationProblem, rules: frozenset[str]) -> Setting:
    """The setting with these rules alone; without the budget there is more than any rule asks."""
    kept = tuple(bound for bound in setting.rules if bound.id in rules)
    fewer = replace(setting, rules=kept, caps=setting.caps if EXTRAPOLATION in rules else {})
    if BUDGET in rules:
        return fewer
    free = Budget(at_most=round(AMPLE * max(problem.budget.total, _asked(problem)), 2))
    scenario = setting.scenario.model_copy(update={"budget": free})
    return replace(fewer, scenario=scenario, limits=())


def _asked(problem: AllocationProblem) -> float:
    """What limits, groups and smallest buys ask for, at most."""
    single = sum(limit.amount for limit in problem.limits if limit.side == "min")
    groups = sum(
        row.bound / min(map(float, row.spend.values()))
        for row in problem.rows
        if not row.response and not row.active and row.spend and row.bound > 0
        and min(map(float, row.spend.values())) > 0
    )  # fmt: skip
    return float(single + groups + sum(item.minimum for item in problem.minima))
