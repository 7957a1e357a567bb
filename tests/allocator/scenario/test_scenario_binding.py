from __future__ import annotations

from pathlib import Path

import pytest
import scenario_case

from allocator.constraints import Facts
from allocator.objectives import KpiObjective
from allocator.scenario import (
    LoadedScenario,
    bound_rules,
    load,
    name_faults,
    objective_of,
    rule_faults,
)
from allocator.selectors import select, unknown

LINES = ("search/brand", "search/generic", "searching", "tv")
LABELS = {
    "search/brand": {"channel": "search", "campaign": "brand"},
    "search/generic": {"channel": "search", "campaign": "generic"},
    "searching": {"channel": "searching"},
    "tv": {"channel": "tv"},
}
REGIONS = {
    "search/brand@DE": {"channel": "search", "campaign": "brand", "geo": "DE",
                        "audience": "prospecting"},
    "search/brand@FR": {"channel": "search", "campaign": "brand", "geo": "FR",
                        "audience": "prospecting"},
    "search/generic@DE": {"channel": "search", "campaign": "generic", "geo": "DE"},
    "radio@FR": {"channel": "radio", "geo": "FR", "audience": "everyone"},
    "tv": {"channel": "tv", "audience": "everyone"},
}  # fmt: skip
UNITS = {"revenue": "currency", "new_customers": "count"}


def scenario(tmp_path: Path, changes: str) -> LoadedScenario:
    return load(scenario_case.write_scenario(tmp_path, changes))


@pytest.mark.parametrize(
    ("selectors", "lines"),
    [
        (["all"], LINES),
        (["search"], ("search/brand", "search/generic")),
        (["search/brand"], ("search/brand",)),
        (["tv", "search"], ("search/brand", "search/generic", "tv")),
        (["search/brand", "search", "all"], LINES),
        (["searching"], ("searching",)),
    ],
)
def test_selectors(selectors: list[str], lines: tuple[str, ...]) -> None:
    assert select(selectors, LABELS) == lines
    assert unknown(selectors, LABELS) == {}


@pytest.mark.parametrize(
    ("selector", "fix"),
    [
        ("serch", "did you mean 'search'?"),
        ("search/brnd", "did you mean 'search/brand'?"),
        ("radio", "known: search, search/brand, search/generic, searching, tv"),
        ("region:north", "these curves carry no labels"),
        ("tv@DE", "these curves know no regions"),
        ("campaign:brnd", "did you mean 'brand'?"),
        ("search/", "did you mean 'search'?"),
        ("", "known: search, search/brand, search/generic, searching, tv"),
    ],
)
def test_selectors_that_mean_no_line(selector: str, fix: str) -> None:
    assert unknown(["tv", selector], LABELS)[1].fix == fix
    with pytest.raises(ValueError, match="expected"):
        select(["tv", selector], LABELS)


@pytest.mark.parametrize(
    ("selectors", "lines"),
    [
        (["all"], tuple(REGIONS)),
        (["search"], ("search/brand@DE", "search/brand@FR", "search/generic@DE")),
        (["search/brand"], ("search/brand@DE", "search/brand@FR")),
        (["search@DE"], ("search/brand@DE", "search/generic@DE")),
        (["search/brand@FR"], ("search/brand@FR",)),
        (["radio"], ("radio@FR",)),
        (["geo:DE"], ("search/brand@DE", "search/generic@DE")),
        (["audience:everyone"], ("radio@FR", "tv")),
        (["campaign:brand", "tv"], ("search/brand@DE", "search/brand@FR", "tv")),
    ],
)
def test_selectors_by_region_and_label(selectors: list[str], lines: tuple[str, ...]) -> None:
    assert select(selectors, REGIONS) == lines
    assert unknown(selectors, REGIONS) == {}


@pytest.mark.parametrize(
    ("selector", "found", "fix"),
    [
        ("geo:DEU", "the label 'geo:DEU'", "did you mean 'DE'?"),
        ("geo:", "the label 'geo:'", "known: DE, FR"),
        ("audience:prospectin", "the label 'audience:prospectin'", "did you mean 'prospecting'?"),
        ("audiense:everyone", "the label 'audiense:everyone'", "did you mean 'audience'?"),
        ("market:north", "the label 'market:north'", "known: audience, campaign, channel, geo"),
        ("search@DEE", "the region 'DEE'", "did you mean 'DE'?"),
        ("serch@DE", "the line 'serch@DE'", "did you mean 'search@DE'?"),
        ("tv@DE", "the line 'tv@DE'", "it is not by region"),
        ("radio@DE", "the line 'radio@DE'", "it has FR"),
        ("xyz", "the line 'xyz'", "known: radio, search, search/brand, search/generic, tv"),
    ],
)
def test_unknown_regions_and_labels(selector: str, found: str, fix: str) -> None:
    complaint = unknown([selector], REGIONS)[0]
    assert (complaint.found, complaint.fix) == (found, fix)


def test_rules_meet_their_lines(tmp_path: Path) -> None:
    changes = """constraints:
  - {id: a, each: [search], spend: {max: 5k}, reason: why, owner: who}
  - {id: b, together: [tv, search/brand], spend: {max: 5k}}"""
    one, two = bound_rules(scenario(tmp_path, changes).scenario, LABELS)
    assert (one.id, one.reason, one.owner, one.place) == ("a", "why", "who", 0)
    assert one.selection.lines == ("search/brand", "search/generic")
    assert not one.selection.together
    assert two.selection.lines == ("search/brand", "tv")
    assert two.selection.together
    assert two.selection.text == "tv + search/brand"


def test_unknown_names_are_found_at_once_with_their_places(tmp_path: Path) -> None:
    loaded = scenario(
        tmp_path,
        """objective: {maximise: revenu}
constraints:
  - {id: a, each: [tv, radio], spend: {max: 5k}}
  - {id: b, together: [region:north], spend: {max: 5k}}""",
    )
    faults = name_faults(loaded, LABELS, UNITS)
    assert [(f.line, f.column, f.path, f.found) for f in faults] == [
        (9, 13, "objective.maximise", "'revenu'"),
        (11, 24, "constraints.0.each.1", "the line 'radio'"),
        (12, 24, "constraints.1.together.0", "the label 'region:north'"),
    ]


def test_a_table_must_name_the_lines_of_the_curves(tmp_path: Path) -> None:
    path = scenario_case.write_scenario(tmp_path, "reference: {table: last.csv}")
    (path.parent / "last.csv").write_text("line,spend\ntv,1\nsearch/brnd,1\n", encoding="utf-8")
    row, missing = name_faults(load(path), LABELS, UNITS)
    assert str(row) == (
        f"{path.parent / 'last.csv'}:3: found the line 'search/brnd', "
        "expected a line of the curves; did you mean 'search/brand'?"
    )
    assert missing.path == "reference.table"
    assert "search/brand, search/generic, searching" in missing.found


def test_rules_that_do_not_fit_the_curves(tmp_path: Path) -> None:
    loaded = scenario(
        tmp_path,
        """constraints:
  - {id: a, each: all, spend: {from: reference, between: [-30%, +30%]}}
  - {id: b, each: all, roas: {kpi: new_customers, min: 2}}""",
    )
    reference = {"search/brand": 1.0, "search/generic": 1.0, "searching": 1.0, "tv": 0.0}
    assert name_faults(loaded, LABELS, UNITS) == []
    moves, floor = rule_faults(loaded, LABELS, Facts(LINES, reference, UNITS))
    assert (moves.line, moves.path) == (11, "constraints.0.spend")
    assert "relative to the reference for tv" in moves.found
    assert (floor.line, floor.path) == (12, "constraints.1.roas")


def test_the_objective(tmp_path: Path) -> None:
    loaded = scenario(tmp_path, "objective: {maximise: new_customers}")
    assert objective_of(loaded.scenario, UNITS) == KpiObjective("new_customers", "count")
