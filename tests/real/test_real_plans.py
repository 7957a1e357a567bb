"""Public sets, the whole way: check, fit, plan a quarter, verify. Short chains; the way is tested,
not the fit, so a plan from a failing health card records that reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allocator.cli import app as allocator
from mmm.cli import app as mmm
from mmm.terminal import run
from real_sets import model_file, needs_datasets

SHORT = ["--draws", "150", "--tune", "150", "--chains", "2", "--seed", "1", "--quiet"]

SCENARIO = """\
schema_version: 1
id: {name}-quarter
title: The quarter after the data
curves: fit/curves.nc
period: {{start: {start}, weeks: 13}}
currency: {currency}
reference: {{actuals: {{start: {year_before}, weeks: 13}}}}
budget: {{exactly: {budget}}}
objective: {{maximise: {kpi}}}
constraints:
  - {{id: moves, each: all, spend: {{from: reference, between: [-50%, +50%], new_lines: exempt}}}}
run: {{gap: 0.1%}}
"""

# start: the Monday after the last week of the data; XXX is ISO 4217's "no currency"
SETS = [
    ("robyn", "revenue", "EUR", "2019-11-18", "2018-11-19"),
    ("meridian", "revenue", "USD", "2024-01-22", "2023-01-23"),
    ("mmm_example", "sales", "XXX", "2021-09-06", "2020-09-07"),
]


@needs_datasets
@pytest.mark.slow
@pytest.mark.parametrize(("name", "kpi", "currency", "start", "year_before"), SETS)
def test_check_fit_plan_verify(
    name: str, kpi: str, currency: str, start: str, year_before: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    model = model_file(name, tmp_path)
    assert run(mmm, ["check", str(model), "--quiet"]) == 0
    fit, out = tmp_path / "fit", tmp_path / "out"
    assert run(mmm, ["fit", str(model), "--out", str(fit), *SHORT]) == 0, capsys.readouterr().err
    budget = spent_last_year(fit / "curves.nc", year_before)
    scenario = tmp_path / "quarter.yaml"
    scenario.write_text(
        SCENARIO.format(
            name=name.replace("_", "-"), kpi=kpi, currency=currency, start=start,
            year_before=year_before, budget=f"{budget:.2f}",
        ),
        "utf-8",
    )  # fmt: skip
    reason = ["--accept-unhealthy", "short chains, in a test"]
    asked = ["plan", str(scenario), "--out", str(out), "--quiet", *reason]
    assert run(allocator, asked) == 0, capsys.readouterr().err
    plan = json.loads((out / "plan.json").read_text("utf-8"))
    assert sum(line["total"] for line in plan["lines"]) == pytest.approx(budget, abs=0.001)
    assert plan["certificate"]["gap_of_outcome"] <= 0.001
    assert plan["totals"]["difference"]["reference_scaled"]["objective"]["mean"] >= 0
    assert "<svg" in (out / "plan.html").read_text("utf-8")
    assert run(allocator, ["verify", str(out / "plan.json"), "--quiet"]) == 0


def spent_last_year(curves: Path, year_before: str) -> float:
    """What the reference quarter spent, in whole cents: a budget that the reference meets."""
    from mmm.curves import load

    history = load(curves).history
    assert history is not None
    quarter = history.sel(week=slice(year_before, None)).isel(week=slice(0, 13))
    return round(float(quarter.sum()), 2)
