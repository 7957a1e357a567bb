"""Amounts in whole steps: the best of all that there are, and what it costs."""

from __future__ import annotations

import itertools
from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case

from allocator.constraints import Facts, Outcome, RoundToRule, Selection
from allocator.plan import Status

STEPS = "constraints:\n  - {id: booked, each: all, round_to: {step: 10k}}\n"
ENDS = {"tv": 300.0, "search": 420.0, "social": 250.0}


def curves() -> curve_case.TabulatedCurves:
    at = 400_000.0 * np.linspace(0, 1, 41) ** 2
    return curve_case.tabulated(
        dict.fromkeys(ENDS, at.tolist()),
        {"revenue": {line: (top * np.sqrt(at))[None] for line, top in ENDS.items()}},
    )


def test_the_best_whole_steps(tmp_path: Path) -> None:
    """Against every split of 90,000 into steps of 10,000."""
    plan = run_case.planned(
        tmp_path, curves(), "reference: {flat: true}\nbudget: {exactly: 90k}\n" + STEPS
    )
    at = 400_000.0 * np.linspace(0, 1, 41) ** 2
    worth = {
        split: sum(
            np.interp(10_000 * n, at, top * np.sqrt(at))
            for n, top in zip(split, ENDS.values(), strict=True)
        )
        for split in itertools.product(range(10), repeat=3)
        if sum(split) == 9
    }
    best = max(worth, key=lambda split: worth[split])
    assert tuple(line.total / 10_000 for line in plan.lines) == best
    assert plan.certificate.value == pytest.approx(worth[best], rel=1e-9)
    assert plan.certificate.status is Status.PROVEN


def test_it_costs_what_is_lost_to_the_free_plan(tmp_path: Path) -> None:
    text = "reference: {flat: true}\nbudget: {exactly: 90k}\n"
    free = run_case.planned(tmp_path / "free", curves(), text)
    whole = run_case.planned(tmp_path / "whole", curves(), text + STEPS)
    assert 0 < free.certificate.value - whole.certificate.value < 0.01 * free.certificate.value
    assert any(line.total % 10_000 for line in free.lines)


def test_a_budget_that_is_no_whole_number_of_steps(tmp_path: Path) -> None:
    text = "reference: {flat: true}\nbudget: {exactly: 95k}\n" + STEPS
    loaded = curve_case.project(tmp_path, curves(), text)
    answer = run_case.run.plan(loaded, curves(), folder=tmp_path)
    assert answer.plan is None
    assert answer.infeasible is not None
    assert {item.rule for item in answer.infeasible.conflict} == {"budget", "booked"}


def test_measured_in_cents() -> None:
    rule = RoundToRule(step=1000)
    lines = Selection(("tv", "search"), False, "all")
    outcome = Outcome({"tv": 2000.0, "search": 2000.01}, {})
    facts = Facts(("tv", "search"), {"tv": 1.0, "search": 1.0})
    kept, broken = rule.measure("booked", lines, facts, outcome)
    assert kept.slack is None
    assert broken.slack == pytest.approx(-0.01)
    assert broken.limit == 2000.0
