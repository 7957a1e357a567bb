"""Assumptions edited in a finance workbook come back as an override, or the cell is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dossier_case
import openpyxl
import pytest
import scenario_case
from plan_cases import case_plan

from allocator.cli import app
from allocator.findings.dossier import sealed_dossier
from allocator.plan import sealed
from allocator.reports.workbook import workbook
from allocator.scenario import load
from allocator.scenario.difference import differences
from mmm.terminal import run

RULES = """economics: {margin: 35%}
objective: {maximise: profit}
constraints:
  - {id: moves, each: all, spend: {from: reference, between: [-30%, +30%]}, reason: teams, owner: media}
  - {id: tv-commit, each: [tv], spend: {min: 240k}}
"""  # noqa: E501 - as people write it


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A scenario and, beside it, the workbook of its plan."""
    return bound(tmp_path, RULES)


def bound(tmp_path: Path, rules: str, cell: str | None = None) -> Path:
    path = scenario_case.write_scenario(tmp_path, rules)
    loaded = load(path, cell=cell)
    plan, _ = case_plan("two")
    document = json.loads(plan.to_json())
    document["scenario"] |= {"id": "q1", "digest": loaded.digest}
    plan = sealed(document)
    stated = [
        {"path": one.path, "value": one.value, "file": one.file, "line": one.line,
         "note": one.note, "source": None}
        for one in loaded.origins()
    ]  # fmt: skip
    dossier = dossier_case.dossier_of(plan).model_dump(mode="json") | {"assumptions": stated}
    (tmp_path / "plan.xlsx").write_bytes(workbook(plan, sealed_dossier(dossier)))
    return path.parent


def edit(project: Path, edits: dict[str, Any]) -> None:
    book = openpyxl.load_workbook(project.parent / "plan.xlsx")
    sheet = book["Assumptions"]
    for row in sheet.iter_rows(min_row=5):
        if row[0].value in edits:
            row[2].value = edits[row[0].value]
    book.save(project.parent / "plan.xlsx")


def imported(project: Path, *more: str) -> int:
    line = ["import-book", str(project.parent / "plan.xlsx"), "--out", str(project / "new.yaml")]
    return run(app, [*line, "--quiet", *more])


def test_an_edit_is_what_set_would_say(project: Path) -> None:
    edits = {
        "economics.margin": "38%", "budget.exactly": "1.9M",
        "constraints.tv-commit.spend.min": 260000,
        "constraints.moves.spend.between": "[-20%, +20%]", "title": "Another: quarter",
        "carry_out": "zero",
    }  # fmt: skip
    edit(project, edits | {"title": None})
    assert imported(project, "--scenario", str(project / "q1.yaml")) == 0
    found = load(project / "new.yaml")
    sets = {key: str(value) for key, value in edits.items() if key != "title"}
    wanted = load(project / "q1.yaml", sets=sets)
    left, right = dict(found.resolved), dict(wanted.resolved)
    assert left.pop("id") == "q1-edited"
    assert left.pop("title") == "A quarter, edited"
    del right["id"], right["title"]
    assert left == right


def test_the_scenario_is_found_by_its_digest(project: Path) -> None:
    edit(project, {"economics.margin": "38%"})
    assert imported(project) == 0
    assert load(project / "new.yaml").scenario.margin == 0.38


REFUSED = (
    ({"economics.margin": "0.38"}, "Assumptions!C", "a percentage with its sign"),
    ({"economics.margin": "=0.3+0.08"}, "Assumptions!C", "found the formula =0.3+0.08"),
    ({"budget.exactly": "2,0M"}, "Assumptions!C", "an amount without commas"),
    ({"budget.exactly": "{a"}, "Assumptions!C", "expected one value"),
    ({"budget.exactly": "!unset"}, "Assumptions!C", "expected a value; delete it"),
    ({"constraints.moves.spend.between": "[+20%, -20%]"}, "Assumptions!C", "smaller change first"),
    ({}, "Assumptions!C5", "found no edit"),
)


@pytest.mark.parametrize(("edits", "place", "words"), REFUSED)
def test_what_is_not_understood_is_refused_with_its_cell(
    project: Path, edits: dict[str, Any], place: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project, edits)
    assert imported(project) == 2
    said = capsys.readouterr().err
    assert place in said
    assert words in said
    assert not (project / "new.yaml").exists()


def test_a_path_that_the_scenario_lacks_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(project.parent / "plan.xlsx")
    book["Assumptions"]["A5"], book["Assumptions"]["C5"] = "economics.margn", "3%"
    book.save(project.parent / "plan.xlsx")
    assert imported(project) == 2
    assert "Assumptions!C5: found the value economics.margn" in capsys.readouterr().err


def test_another_scenario_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project, {"economics.margin": "38%"})
    text = (project / "q1.yaml").read_text(encoding="utf-8").replace("240k", "250k")
    (project / "q1.yaml").write_text(text, encoding="utf-8")
    assert imported(project, "--scenario", str(project / "q1.yaml")) == 2
    assert "Cover: found the scenario" in capsys.readouterr().err
    assert imported(project) == 2
    assert "no scenario with the digest" in capsys.readouterr().err
    assert not (project / "new.yaml").exists()


def test_a_book_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["import-book", str(tmp_path / "no.xlsx"), "--out", str(tmp_path / "x")]) == 2
    assert "no.xlsx: found no such file" in capsys.readouterr().err


VARIANTS = """variants:
  money: {base: {}, low: {budget: {exactly: 1.7M}}}
  rules:
    base: {}
    loose:
      constraints:
        - !unset {id: tv-commit}
        - {id: moves, owner: !unset, spend: {between: [-60%, +60%]}}
        - {id: ooh, each: [ooh], active: {min: 20k}}
"""


@pytest.mark.parametrize("named", [True, False])
def test_a_workbook_of_a_variant_gives_the_variant_with_its_edits(
    tmp_path: Path, named: bool
) -> None:
    project = bound(tmp_path, RULES + VARIANTS, "low.loose")
    edits = {"economics.margin": "38%", "constraints.moves.spend.between": "[-50%, +60%]"}
    edit(project, edits)
    assert imported(project, *(["--scenario", str(project / "q1.yaml")] if named else [])) == 0
    found = load(project / "new.yaml")
    assert found.scenario.id == "q1-low-loose-edited"
    assert found.choices == {}
    wanted = load(project / "q1.yaml", cell="low.loose", sets=edits)
    assert differences(found.resolved, wanted.resolved) == ()
    assert "budget: {exactly: 1.7M}" in (project / "new.yaml").read_text(encoding="utf-8")


def test_a_file_stays_where_the_new_one_would_be_no_scenario(
    project: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outside the project it could not extend the plan's scenario."""
    edit(project, {"economics.margin": "38%"})
    out = tmp_path_factory.mktemp("elsewhere") / "kept.yaml"
    (out.parent / "pyproject.toml").touch()
    out.write_text("mine", encoding="utf-8")
    more = ["--scenario", str(project / "q1.yaml"), "--out", str(out), "--force"]
    assert imported(project, *more) == 2
    assert "outside the project" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "mine"
