"""At most k lines, and an order of priority: plans against every plan of a grid."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case

from allocator.plan import Status

STEP = 10_000.0
POINTS = 11
LINES = ("a", "b", "c", "d")
HEIGHTS = np.array([
    [0, 1, 2, 9, 18, 24, 28, 31, 33, 34, 35],  # S-shaped
    [0, 6, 11, 15, 18, 20, 21, 22, 23, 24, 25],  # concave
    [0, 5, 9, 13, 17, 21, 24, 26, 27, 28, 29],
    [0, 4, 8, 10, 11, 12, 13, 14, 15, 16, 17],
]) * 10_000.0  # fmt: skip
"""Straight between whole steps, so that some best plan of whole steps is best of all."""

Plan = tuple[int, ...]


def best(allowed: Callable[[Plan], bool]) -> float:
    """The most that a plan of whole steps brings."""
    plans = itertools.product(range(POINTS), repeat=len(LINES))
    spent = (plan for plan in plans if sum(plan) == 10)
    return max(
        float(sum(HEIGHTS[line, steps] for line, steps in enumerate(plan)))
        for plan in spent
        if allowed(plan)
    )


def planned(tmp_path: Path, rules: str) -> tuple[dict[str, float], float]:
    points = dict.fromkeys(LINES, (STEP * np.arange(POINTS)).tolist())
    heights = {line: HEIGHTS[[place]] for place, line in enumerate(LINES)}
    curves = curve_case.tabulated(points, {"revenue": heights})
    changes = f"reference: {{flat: true}}\nbudget: {{exactly: 100k}}\nconstraints:\n{rules}"
    plan = run_case.planned(tmp_path, curves, changes)
    assert plan.certificate.status is Status.PROVEN
    assert plan.certificate.worst_violation == 0.0
    return {line.line: line.total for line in plan.lines}, plan.certificate.value


@pytest.mark.parametrize("most", [1, 2])
def test_at_most_so_many_lines(most: int, tmp_path: Path) -> None:
    spend, value = planned(tmp_path, f"  - {{id: few, together: all, at_most: {{lines: {most}}}}}")
    assert sum(amount > 0 for amount in spend.values()) <= most
    found = best(lambda plan: sum(steps > 0 for steps in plan) <= most)
    assert value == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("full", [5, 7])
def test_one_line_after_another(full: int, tmp_path: Path) -> None:
    rule = f"  - {{id: first, each: [a, c], after: {{lines: [b, d], spend: {10 * full}k}}}}"
    spend, value = planned(tmp_path, rule)
    filled = spend["b"] + spend["d"] >= STEP * full - 0.02
    assert filled or spend["a"] == spend["c"] == 0
    found = best(lambda plan: plan[1] + plan[3] >= full or plan[0] == plan[2] == 0)
    assert value == pytest.approx(found, rel=1e-6)
    assert found < best(lambda plan: True)  # the rule matters


def test_a_soft_count_is_broken_where_it_pays(tmp_path: Path) -> None:
    free = best(lambda plan: True)
    one = best(lambda plan: sum(steps > 0 for steps in plan) <= 1)
    two = best(lambda plan: sum(steps > 0 for steps in plan) <= 2)
    assert one < two <= free
    spend = {}
    for name, price in (("dear", 2 * (free - one)), ("cheap", (two - one) / 2)):
        rule = f"{{id: few, together: all, at_most: {{lines: 1}}, soft: {{price: {price}}}}}"
        points = dict.fromkeys(LINES, (STEP * np.arange(POINTS)).tolist())
        heights = {line: HEIGHTS[[place]] for place, line in enumerate(LINES)}
        curves = curve_case.tabulated(points, {"revenue": heights})
        changes = f"reference: {{flat: true}}\nbudget: {{exactly: 100k}}\nconstraints:\n  - {rule}"
        plan = run_case.planned(tmp_path / name, curves, changes)
        spend[name] = sum(line.total > 0 for line in plan.lines)
    assert spend["dear"] == 1
    assert spend["cheap"] >= 2
