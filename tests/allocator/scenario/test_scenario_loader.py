from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import scenario_case

from allocator.scenario import (
    LoadedScenario,
    from_resolved,
    load,
    resolved_form,
    scenario_digest,
    written_form,
)
from mmm.errors import InputError
from mmm.yamlfile import to_text

BUNDLED = sorted((Path(__file__).parents[3] / "scenarios").glob("20*.yaml"))

RULES = """
economics: {margin: 35%}
constraints:
  - {id: moves, each: all, spend: {from: reference, between: [-30%, +30%], new_lines: exempt}}
  - {id: tv, together: [tv], spend: {min: 240k}, reason: contract, owner: media}
  - {id: digital, together: [search, social], share: {max: 70%}}
  - {id: floor, together: all, roas: {kpi: revenue, min: 3.0}}
  - {id: cap, together: [search], cac: {kpi: new_customers, max: 42}}
  - {id: buy, each: [ooh], active: {min: 50k}}
run: {gap: 0.05%, time_limit: 5s}
""".strip()


def scenario(tmp_path: Path, changes: str = "") -> LoadedScenario:
    return load(scenario_case.write_scenario(tmp_path, changes))


def test_every_default_is_filled_in(tmp_path: Path) -> None:
    assert scenario(tmp_path).resolved == {
        "schema_version": 1,
        "id": "q1",
        "title": "A quarter",
        "curves": "curves.nc",
        "period": {"start": "2027-W01", "weeks": 13},
        "currency": "EUR",
        "reference": {"actuals": {"start": "2026-W01", "weeks": 13}},
        "until_start": "same_weeks_last_year",
        "carry_out": "reference",
        "budget": {"exactly": 2_000_000.0, "basis": "net_media"},
        "objective": {"maximise": "revenue"},
        "flighting": "steady",
        "constraints": [],
        "run": {"seed": 0, "gap": 0.001, "time_limit": 60.0, "solver": "highs"},
    }


def test_quantities_are_plain_numbers_once_resolved(tmp_path: Path) -> None:
    resolved = scenario(tmp_path, RULES).resolved
    rules = {rule["id"]: rule for rule in resolved["constraints"]}
    assert rules["moves"]["spend"]["between"] == [-0.3, 0.3]
    assert rules["moves"]["spend"]["from"] == "reference"
    assert rules["moves"]["each"] == ["all"]
    assert rules["tv"]["spend"] == {"min": 240000.0}
    assert resolved["economics"] == {"margin": 0.35}
    assert resolved["run"] == {"seed": 0, "gap": 0.0005, "time_limit": 5.0, "solver": "highs"}


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_bundled_scenarios_come_back_from_json_and_from_yaml(path: Path, tmp_path: Path) -> None:
    loaded = load(path)
    again = from_resolved(json.loads(json.dumps(loaded.resolved)))
    assert again == loaded.scenario
    assert scenario_digest(again) == loaded.digest
    text = to_text(written_form(loaded.scenario))
    beside = tmp_path / "scenarios"  # with the tables and plans that it names
    shutil.copytree(path.parent, beside)
    (tmp_path / "pyproject.toml").touch()
    (beside / "written.yaml").write_text(text, encoding="utf-8")
    assert load(beside / "written.yaml").digest == loaded.digest
    assert loaded.scenario.id == path.stem
    assert all(rule.reason and rule.owner for rule in loaded.scenario.constraints)


def test_four_scenarios_are_bundled() -> None:
    assert {path.stem for path in BUNDLED} >= {
        f"2027-q1-{name}" for name in ("base", "cut", "growth", "infeasible")
    }


def test_the_digest_is_of_the_meaning_and_of_all_of_it(tmp_path: Path) -> None:
    path = scenario_case.write_scenario(tmp_path, RULES)
    digest = load(path).digest
    text = path.read_text(encoding="utf-8")
    path.write_text("# a comment\n" + text.replace("240k", "240000.00"), encoding="utf-8")
    assert load(path).digest == digest
    for old, new in (("240k", "240.00001k"), ("A quarter", "a quarter"), ("seed", "seed")):
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert (load(path).digest == digest) == (old == new)


def test_a_scenario_is_frozen(tmp_path: Path) -> None:
    loaded = scenario(tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        loaded.scenario.budget.exactly = 1.0  # type: ignore[misc]


def test_curves_may_be_pinned(tmp_path: Path) -> None:
    pin = "0123456789abcdef" * 4
    loaded = scenario(tmp_path, f"curves: ../data/curves.nc@sha256:{pin}")
    assert loaded.scenario.curves_path == "../data/curves.nc"
    assert loaded.scenario.curves_digest == pin
    assert loaded.curves_file == tmp_path.resolve() / "data" / "curves.nc"


def test_links_out_of_the_project_are_refused(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "project"
    outside.mkdir()
    inside.mkdir()
    path = scenario_case.write_scenario(inside, "curves: link/curves.nc")
    (path.parent / "link").symlink_to(outside)
    with pytest.raises(InputError, match=r"link/curves\.nc, which is outside the project"):
        load(path)


def test_without_a_project_the_folder_beside_is_allowed(tmp_path: Path) -> None:
    for curves, good in (("../data/curves.nc", True), ("../../curves.nc", False)):
        folder = tmp_path / "plans" / "scenarios"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "q1.yaml"
        path.write_text(scenario_case.scenario_text(f"curves: {curves}"), encoding="utf-8")
        if good:
            assert load(path).curves_file == (tmp_path / "plans/data/curves.nc").resolve()
        else:
            with pytest.raises(InputError, match="outside the project"):
                load(path)


def test_a_resolved_scenario_with_a_fault_is_refused(tmp_path: Path) -> None:
    good = scenario(tmp_path, RULES).resolved
    for spoilt in (
        {**good, "budget": {"exactly": -1.0, "basis": "net_media"}},
        {**good, "economics": {"margin": 35}},
        {**good, "seed": 1},
        {**good, "reference": {"table": "t.csv"}},
    ):
        with pytest.raises(InputError, match=r"plan\.json"):
            from_resolved(spoilt)


TABLE = "line,spend\ntv,240k\nsearch,100000.50\n"


def with_table(tmp_path: Path, table: str) -> Path:
    path = scenario_case.write_scenario(tmp_path, "reference: {table: last.csv, scale_to: 1.9M}")
    (path.parent / "last.csv").write_text(table, encoding="utf-8")
    return path


def test_a_reference_table_is_taken_in(tmp_path: Path) -> None:
    path = with_table(tmp_path, TABLE)
    loaded = load(path)
    assert loaded.resolved["reference"] == {
        "table": "last.csv",
        "scale_to": 1_900_000.0,
        "rows": [{"line": "tv", "spend": 240000.0}, {"line": "search", "spend": 100000.5}],
    }
    (path.parent / "last.csv").unlink()
    again = from_resolved(loaded.resolved)
    assert again.reference.rows == loaded.scenario.reference.rows
    assert resolved_form(again) == loaded.resolved


def test_a_reference_table_changes_the_digest(tmp_path: Path) -> None:
    path = with_table(tmp_path, TABLE)
    digest = load(path).digest
    (path.parent / "last.csv").write_text(TABLE.replace("240k", "241k"), encoding="utf-8")
    assert load(path).digest != digest


@pytest.mark.parametrize(
    ("table", "messages"),
    [
        ("", ["1: found no columns, expected the columns line,spend or line,week,spend"]),
        ("line;spend\ntv;1\n", ["1: found the columns line;spend, expected the columns line,spend "
                                "or line,week,spend; separate columns with commas"]),
        ("line,spend\n", ["1: found no rows, expected a row for every line"]),
        ("line,spend\ntv,240,000\n", ["2: found 3 values, expected 2, one for each column; "
                                      "write amounts without commas"]),
        ("line,spend\ntv,-5\n\ntv,x\n", [
            "2: spend: found '-5', expected an amount that is not negative",
            "4: spend: found 'x', expected an amount such as 240000, 240k or 2.0M",
            "4: found tv again (first on line 2), expected each once",
        ]),
        ("line,spend\n,5\n", ["2: line: found nothing, expected a channel or channel/campaign"]),
        ("line,week,spend\ntv,2027-W60,5\n", ["2: week: found '2027-W60', expected a week from "
                                              "2027-W01 to 2027-W52"]),
    ],
    ids=["empty", "semicolons", "no rows", "comma", "amounts", "no line", "week"],
)  # fmt: skip
def test_faults_of_a_table_have_its_file_and_line(
    table: str, messages: list[str], tmp_path: Path
) -> None:
    path = with_table(tmp_path, table)
    with pytest.raises(InputError) as caught:
        load(path)
    name = path.parent / "last.csv"
    assert [str(fault) for fault in caught.value.faults] == [f"{name}:{m}" for m in messages]
