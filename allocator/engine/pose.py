"""A setting as an allocation problem: curves along each line's profile, rules as rows."""

from __future__ import annotations

from allocator.constraints import MinimumIfActive, Row
from allocator.engine.problem import AllocationProblem, Budget, Limit, split
from allocator.engine.setting import Setting


def pose(setting: Setting) -> AllocationProblem:
    """The mathematics of the scenario."""
    curves, scenario = setting.curves, setting.scenario
    limits: list[Limit] = []
    rows: list[Row] = []
    minima: list[MinimumIfActive] = []
    for bound in setting.rules:
        declared = bound.rule.declare(bound.id, bound.selection, setting.facts)
        of_one_line, others = split(declared)
        limits.extend(of_one_line)
        rows.extend(others)
        minima.extend(declared.minima)
    needed = {kpi for kpi, weight in setting.terms.response.items() if weight}
    needed |= {kpi for row in rows for kpi, _ in row.response}
    responses = {
        (kpi, line): curves.steady(
            kpi, line, setting.profile.sel(line=line).to_numpy(), setting.window
        )
        for kpi in sorted(needed)
        for line in curves.lines
    }
    return AllocationProblem(
        lines=curves.lines,
        budget=Budget(scenario.budget.amount, scenario.budget.exactly is not None),
        terms=setting.terms,
        responses=responses,
        domain={line: curves.largest_total(line) for line in curves.lines},
        limits=tuple(limits),
        rows=tuple(rows),
        minima=tuple(minima),
    )
