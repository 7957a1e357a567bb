"""The reference pages say what the code does, and their examples are accepted by it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sources
from pydantic import BaseModel
from reference import FOLDER, commands, model, pages, scenario_book
from reference.objects import Book, objects
from reference.words import anchor

from allocator.scenario import Scenario
from allocator.scenario.file_form import ScenarioFile
from mmm.spec import ModelSpec
from mmm.spec.read import spec_of
from mmm.typed import validate
from mmm.yamlfile import Document, parse


@pytest.fixture(scope="module")
def fresh() -> dict[Path, str]:
    return pages()


@pytest.mark.parametrize("name", ["scenario.md", "model.md", "commands.md", "plan.md"])
def test_the_page_is_fresh(fresh: dict[Path, str], name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == fresh[FOLDER / name], (
        f"docs/reference/{name} is stale: run `python -m tests.house.reference`"
    )


def test_no_other_page_stands_there(fresh: dict[Path, str]) -> None:
    assert set(FOLDER.iterdir()) == set(fresh)


def merged(base: Any, part: Any) -> Any:
    """The base with the part laid over it, map by map."""
    if not (isinstance(base, dict) and isinstance(part, dict)):
        return part
    return {key: merged(base.get(key), part.get(key, base.get(key))) for key in base | part}


def plain(document: Document) -> Any:
    return document.data


def cases(book: Book) -> list[Any]:
    return [pytest.param(example, id=title) for title, example in book.entries.values()]


@pytest.mark.parametrize("example", cases(scenario_book.BOOK))
def test_an_example_of_a_scenario_is_accepted(example: str) -> None:
    base = plain(parse(scenario_book.SMALLEST, "base.yaml"))
    part = plain(parse(example, "example.yaml"))
    if "budget" in part:
        base.pop("budget")
    assert Scenario.model_validate(merged(base, part))


@pytest.mark.parametrize("example", cases(model.BOOK))
def test_an_example_of_a_model_is_accepted(example: str) -> None:
    base = plain(parse(model.SMALLEST, "base.yaml"))
    part = plain(parse(example, "example.yaml"))
    for key in ("data", "kpis", "channels"):
        if key in part:
            base.pop(key, None)
    assert ModelSpec.model_validate(merged(base, part))


@pytest.mark.parametrize(
    ("book", "root"), [(scenario_book.BOOK, ScenarioFile), (model.BOOK, ModelSpec)]
)
def test_every_object_has_its_section(book: Book, root: type[BaseModel]) -> None:
    assert set(book.entries) == set(objects(root))


def test_the_smallest_files_are_whole() -> None:
    assert spec_of(parse(model.SMALLEST, "model.yaml"))
    assert validate(parse(scenario_book.SMALLEST, "scenario.yaml"), Scenario)


def test_exit_codes_on_every_page_are_those_of_the_errors() -> None:
    codes = {str(code) for code in commands.exit_codes()}
    assert codes == set("0123456789")
    for page in (FOLDER / "commands.md", sources.ROOT / "README.md"):
        text = page.read_text(encoding="utf-8")
        table = text[re.search(r"^\| (exit )?code \| meaning \|$", text, re.M).end() :]  # type: ignore[union-attr]
        stated = re.findall(r"^\| ([0-9]+) \|", table.partition("\n\n")[0], re.M)
        assert set(stated) == codes
        assert len(stated) == len(codes)


def test_every_link_leads_somewhere() -> None:
    broken = []
    for page in (path for path in sources.committed() if path.suffix == ".md"):
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, place = target.partition("#")
            file = (page.parent / name).resolve() if name else page
            if not file.exists() or (place and place not in anchors(file)):
                broken.append(f"{sources.shown(page)}: {target}")
    assert not broken


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {anchor(heading) for heading in headings}
