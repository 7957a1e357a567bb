"""What differs in meaning between two scenarios."""

from __future__ import annotations

from pathlib import Path

from scenario_case import project, scenario_text

from allocator.scenario import load
from allocator.scenario.difference import Difference, differences

RULES = """constraints:
  - {id: a, each: [tv], spend: {min: 240k}}
  - {id: b, together: [tv, web], share: {max: 70%}}"""


def resolved(folder: Path, name: str, changes: str) -> dict[str, object]:
    file = folder / name
    file.write_text(scenario_text(changes), encoding="utf-8")
    return load(file).resolved


def test_spelling_order_defaults_and_names_mean_nothing(tmp_path: Path) -> None:
    folder = project(tmp_path)
    a = resolved(folder, "a.yaml", RULES)
    other = """id: other
title: Called otherwise
until_start: same_weeks_last_year
constraints:
  - {id: b, together: [tv, web], share: {max: 70.0%}}
  - id: a
    each: [tv]
    spend: {min: 240000}"""
    assert differences(a, resolved(folder, "b.yaml", other)) == ()


def test_each_value_that_differs_is_named_once(tmp_path: Path) -> None:
    folder = project(tmp_path)
    a = resolved(folder, "a.yaml", RULES)
    changed = RULES.replace("240k", "250k").replace("  - {id: b", "  - {id: c")
    b = resolved(folder, "b.yaml", changed + "\nbudget: {at_most: 2.0M}")
    found = {row.path: row for row in differences(a, b)}
    assert found["constraints.a.spend.min"] == Difference(
        "constraints.a.spend.min", "240000.0", "250000.0"
    )
    assert found["budget.exactly"].b is None
    assert found["budget.at_most"].a is None
    assert found["constraints.b"].b is None
    assert found["constraints.c"].a is None
    assert len(found) == 5


def test_the_other_way_round_is_the_mirror(tmp_path: Path) -> None:
    folder = project(tmp_path)
    a = resolved(folder, "a.yaml", RULES)
    b = resolved(folder, "b.yaml", RULES.replace("70%", "60%"))
    there, back = differences(a, b), differences(b, a)
    assert [(row.path, row.a, row.b) for row in there] == [(r.path, r.b, r.a) for r in back]
