"""The problem of totals around a plan, for questions that are asked of lines rather than weeks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allocator.constraints import Row
from allocator.engine.pose import pose
from allocator.engine.problem import AllocationProblem, left_side
from allocator.engine.setting import Setting
from allocator.objectives import Terms
from allocator.sensitivity.again import Known
from allocator.sensitivity.marginal import profile_of


def totals_problem(known: Known) -> AllocationProblem:
    """The plan's scenario with one amount a line; a weekly plan's weeks keep their shares of it."""
    setting = known.setting
    if setting.scenario.flighting.form == "weekly":
        shares = {line: profile_of(known, line) for line in setting.curves.lines}
        setting = replace(
            setting,
            profile=setting.labelled(np.array([shares[line] for line in setting.curves.lines])),
            facts=replace(setting.facts, profile=shares),
        )
    return pose(setting)


def judged_by_draws(setting: Setting) -> bool:
    """Whether the goal or a rule is judged draw by draw: then totals and means are not all."""
    rules = (
        bound.rule.declare(bound.id, bound.selection, setting.facts) for bound in setting.rules
    )
    return setting.scenario.risky or any(
        row.probability is not None for declared in rules for row in declared.rows
    )


def kept_soft(problem: AllocationProblem, totals: dict[str, float]) -> AllocationProblem:
    """Soft rules made hard: no plan may be short of more than this one is."""
    response = problem.response(totals)
    rows = tuple(
        row
        if row.price is None
        else replace(row, price=None, bound=min(row.bound, left_side(row, totals, response)))
        for row in problem.rows
    )
    return replace(problem, rows=rows)


def goal_rows(problem: AllocationProblem, least: float) -> tuple[Row, ...]:
    """Rows that keep the goal at ``least`` or more, one for each of its floors."""
    rows = []
    floors: tuple[tuple[Terms, ...], ...] = tuple((floor,) for floor in problem.floors)
    for floor in floors or ((),):
        terms = (problem.terms, *floor)
        spend = {line: sum(one.cost(line) for one in terms) for line in problem.lines}
        response = {
            (meter, line): sum(one.weight(meter, line) for one in terms)
            for one in terms
            for meter in one.response
            for line in problem.lines
        }
        kept = {cell: weight for cell, weight in response.items() if weight}
        bound = least - sum(one.base for one in terms)
        rows.append(Row("goal", "all", "min", bound, spend, kept))
    return tuple(rows)
