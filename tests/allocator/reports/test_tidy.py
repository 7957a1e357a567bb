"""Tidy tables: every row of the plan and the dossier, and no formulas."""

from __future__ import annotations

import csv
import io

import pytest
from dossier_case import dossier_of
from plan_cases import case_plan

from allocator.reports.tidy import QUANTILES, STARTS, tidy

Rows = list[dict[str, str]]


def read(name: str) -> dict[str, Rows]:
    plan, curves = case_plan(name)
    made = tidy(plan, dossier_of(plan, curves))
    return {
        file: list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))
        for file, data in made.items()
    }


def test_every_amount_is_there() -> None:
    plan, _ = case_plan("base")
    tables = read("base")
    weeks = tables["weeks.csv"]
    assert len(weeks) == len(plan.lines) * len(plan.period.weeks)
    assert sum(round(float(row["spend"]) * 100) for row in weeks) == round(
        plan.totals.plan.spend * 100
    )
    total = next(row for row in tables["spend.csv"] if row["level"] == "total")
    assert float(total["plan"]) == plan.totals.plan.spend
    phased = [row for row in tables["phasing.csv"] if row["calendar"] == "month"]
    assert sum(float(row["accrual"]) for row in phased) == pytest.approx(plan.totals.plan.spend)


def test_outcomes_are_the_plans_to_the_digit() -> None:
    plan, _ = case_plan("base")
    rows = {
        (row["level"], row["name"], row["plan"], row["metric"]): row
        for row in read("base")["outcomes.csv"]
    }
    for line in plan.lines:
        row = rows["line", line.line, "difference", "revenue"]
        for name in QUANTILES:
            assert float(row[name]) == getattr(line.difference["revenue"], name)
    row = rows["total", "", "plan", "objective"]
    assert float(row["p10"]) == plan.totals.plan.objective.p10
    assert rows["total", "", "next_best", "objective"]


def test_no_text_is_a_formula() -> None:
    for rows in read("hostile").values():
        for row in rows:
            for value in row.values():
                if value.startswith(STARTS):
                    float(value)  # a number may have a sign
