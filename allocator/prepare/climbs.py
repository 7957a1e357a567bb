"""More and less money, more and less risk: the scenario solved at a few steps of either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from allocator.findings.dossier import FrontierPoint, RiskPoint
from allocator.ladder import ladder
from allocator.prepare.source import Source

SHARES = (0.8, 0.9, 1.0, 1.1, 1.2)
"""Budgets, as shares of the scenario's."""


def climbs(
    source: Source, tell: Callable[[str], None]
) -> tuple[tuple[FrontierPoint, ...], tuple[RiskPoint, ...]]:
    """Both frontiers; nothing where the budget is sought, or several models judge the plan."""
    budget = source.setting.scenario.budget
    sought = budget.exactly is None and budget.at_most is None
    if sought or source.setting.alternatives:
        return (), ()
    tell("more money and less, more risk and less")
    loaded = replace(source.opened.loaded, scenario=source.hurried.scenario)
    found = ladder(loaded, source.setting.curves, shares=SHARES, between=())
    frontier = tuple(
        FrontierPoint(
            budget=step.budget, mean=step.mean, p10=step.p10, p90=step.p90,
            next_unit=step.next_unit,
        )
        for step in found.steps
    )  # fmt: skip
    rungs = tuple(
        RiskPoint(
            name=rung.name, mean=rung.mean, worst=rung.worst, better=rung.better,
            moved=rung.moved, current=rung.current,
        )
        for rung in found.rungs
    )  # fmt: skip
    return frontier, rungs
