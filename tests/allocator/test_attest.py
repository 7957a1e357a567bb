"""Documents are told from what looks like them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from prepare.prepare_case import case

from allocator.attest import attest, attest_code, is_document
from allocator.cli import app
from allocator.papers import DOCUMENTS, read_dossier
from mmm.errors import InputError
from mmm.terminal import run

FILES = tuple(document.file for document in DOCUMENTS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with all of its documents, made by the command."""
    made = case(tmp_path_factory.mktemp("attest"))
    plan = str(made.folder / "plan.json")
    assert run(app, ["documents", plan, "--by", "Jana Weber", "--on", "2026-11-22", "--quiet"]) == 0
    return made.folder


def test_every_document_is_what_its_plan_gives(folder: Path) -> None:
    for name in FILES:
        assert is_document(folder / name)
        found = attest(folder / name)
        assert found.differences == (), name
    assert run(app, ["verify", str(folder / "onepager.html"), "--quiet"]) == 0
    assert not is_document(folder / "plan.json")


def test_the_documents_say_who_and_when(folder: Path) -> None:
    dossier = read_dossier(folder / "dossier.json")
    assert (dossier.made_by, dossier.made_on) == ("Jana Weber", "2026-11-22")
    tables = sorted(path.name for path in (folder / "csv").iterdir())
    assert "phasing.csv" in tables
    assert (folder / "csv/weeks.csv").read_text().startswith("line,channel,campaign,geo,week,spend")


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def test_a_changed_word_is_found(copy: Path) -> None:
    page = copy / "onepager.html"
    page.write_text(page.read_text().replace("Jana Weber", "Jan Weber"))
    assert [d.path for d in attest(page).differences] == ["onepager.html"]
    assert run(app, ["verify", str(page), "--quiet"]) == 6
    paper = copy / "onepager.pdf"
    paper.write_bytes(paper.read_bytes() + b"\n")
    assert attest(paper).differences


def test_a_changed_cell_is_named(copy: Path) -> None:
    from openpyxl import load_workbook

    book = load_workbook(copy / "plan.xlsx")
    sheet = book["Data"]
    cell = next(c for row in sheet.iter_rows() for c in row if isinstance(c.value, float))
    cell.value += 1
    book.save(copy / "plan.xlsx")  # without the values of its formulas, as other programs do
    assert [d.path for d in attest(copy / "plan.xlsx").differences] == [f"Data!{cell.coordinate}"]


def test_a_changed_figure_of_the_dossier_is_found(copy: Path) -> None:
    from allocator.findings.dossier import sealed_dossier

    path = copy / "dossier.json"
    document = json.loads(path.read_text())
    document["waiting"]["cost"]["mean"] += 1000
    path.write_text(json.dumps(document))
    assert [d.path for d in attest(path).differences] == ["dossier.json digest"]
    path.write_text(sealed_dossier(document).to_json())
    assert [d.path for d in attest(path).differences] == ["waiting.cost.mean"]
    assert next(iter(attest(copy / "onepager.pdf").differences)).path == "code"


def test_documents_of_another_plan(copy: Path) -> None:
    plan = json.loads((copy / "plan.json").read_text())
    plan["warnings"] = [*plan["warnings"], "more"]
    (copy / "plan.json").write_text(json.dumps(plan))
    for name in FILES:
        assert "plan.json digest" in [d.path for d in attest(copy / name).differences]


def test_the_code_on_paper(folder: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dossier = read_dossier(folder / "dossier.json")
    text = f"allocator:plan:{dossier.plan}:{dossier.digest[:16]}"
    plan = folder / "plan.json"
    assert attest_code(text, plan).differences == ()
    assert run(app, ["verify", "--code", text, "--plan", str(plan)]) == 0
    assert "This is the code of" in capsys.readouterr().out
    other = f"allocator:plan:{'0' * 64}:{dossier.digest[:16]}"
    assert [d.path for d in attest_code(other, plan).differences] == ["plan"]
    assert [d.path for d in attest_code(f"{text[:-16]}{'0' * 16}", plan).differences] == ["dossier"]
    (copy / "dossier.json").unlink()
    assert attest_code(text, copy / "plan.json").compared == 1
    with pytest.raises(InputError, match="as the code on the one-pager says"):
        attest_code("https://example.org", plan)


@pytest.mark.parametrize(
    "arguments",
    [["verify"], ["verify", "--code", "x"], ["verify", "plan.json", "--code", "x"]],
)
def test_one_thing_to_verify(arguments: list[str]) -> None:
    assert run(app, arguments) == 2


def test_what_is_no_document(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "x.pdf"
    file.write_bytes(b"nothing")
    with pytest.raises(InputError, match="another kind of file"):
        attest(file, plan_file=folder / "plan.json")
    with pytest.raises(InputError, match="no such file"):
        attest(tmp_path / "none.pdf")
    broken = tmp_path / "dossier.json"
    broken.write_text('{"schema_version": 1, "made_on": 3}')
    with pytest.raises(InputError, match=r"dossier\.json"):
        attest(broken, plan_file=folder / "plan.json")


def test_documents_that_are_there_are_kept(folder: Path) -> None:
    assert run(app, ["documents", str(folder / "plan.json"), "--quiet"]) == 2


@pytest.mark.parametrize(
    "wrong",
    [["--on", "soon"], ["--ledger", "a lot"], ["--lines", "none.csv"], ["--promised", "none.json"]],
)
def test_what_is_told_wrongly_is_said_before_the_work(wrong: list[str], copy: Path) -> None:
    assert run(app, ["documents", str(copy / "plan.json"), "--force", *wrong]) == 2
