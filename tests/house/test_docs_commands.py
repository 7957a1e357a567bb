"""Every command that a page shows is run here, in a folder of its own, in the order of the page.

Fits are short: the tutorial's is sampled with a few draws (and accepted as unhealthy), every
other one is checked for its options and gets that result.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from shells import Shell, shell

from parsed import parses

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "bring-your-own-data.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHORT = ["--draws", "25", "--tune", "50", "--chains", "1", "--seed", "1"]
ACCEPT = ["--accept-unhealthy", "a few draws only"]


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """(language, file it is saved as, text) of every fenced block."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def readers_commands(block: str) -> list[list[str]]:
    """The commands of this house in a block of README; setting up is left to .ci/run."""
    steps = [part.strip() for part in block.strip().split("&&")]
    assert [step.split()[0] for step in steps[:2]] == ["python3", ".venv/bin/pip"]
    return [shlex.split(step.removeprefix(".venv/bin/")) for step in steps[2:]]


def run(terminal: Shell, line: list[str], folder: Path) -> None:
    """A command that ends well."""
    done = terminal.run(line, folder)
    assert done.returncode == 0, f"{shlex.join(line)}: {done.returncode}\n{done.stderr}"


def shortened(line: list[str], folder: Path) -> list[str] | None:
    """What is run in place of a command; None where an earlier fit is taken instead."""
    if line[:2] == ["mmm", "fit"]:
        parses(line)
        fitted, out = folder / "my" / "fit", folder / line[line.index("--out") + 1]
        if not fitted.exists():
            return line + SHORT
        shutil.copytree(fitted, out)
        return None
    return line + ACCEPT if line[:2] == ["allocator", "plan"] else line


@pytest.fixture(scope="module")
def terminal() -> Iterator[Shell]:
    with shell() as opened:
        yield opened


@pytest.fixture(scope="module")
def reader(terminal: Shell, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it, with the tutorial done."""
    folder = tmp_path_factory.mktemp("reader")
    for part in ("data", "scenarios"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "pyproject.toml").touch()  # the root of a project, for what files may refer to
    for language, file, text in blocks(TUTORIAL):
        if file:
            (folder / file).parent.mkdir(exist_ok=True)
            if language == "yaml" or not (folder / file).exists():
                (folder / file).write_text(text, encoding="utf-8")
        elif language == "sh":
            for written in text.strip().splitlines():
                line = shortened(shlex.split(written), folder)
                if line is not None:
                    run(terminal, line, folder)
    return folder


@pytest.mark.slow
def test_the_tutorial_ends_with_a_plan_and_a_page(reader: Path) -> None:
    for out in ("plan", "imported-plan"):
        page = (reader / "my" / out / "plan.html").read_text(encoding="utf-8")
        assert "<html" in page
        assert (reader / "my" / out / "plan.json").stat().st_size > 1000
    assert (reader / "my" / "curves.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_the_imported_curves_give_the_best_split(reader: Path) -> None:
    """Segment by segment: tv 800k for 1.9M and search 200k for 0.9M beat every other split.

    At the vertices that spend 1.0M (tv, search), revenue in thousands: (800, 200) 1900 + 900,
    (600, 400) 1500 + 1350, (400, 600) 1100 + 1525, (200, 800) 380 + 1700. Of piecewise linear
    curves an optimum is at a vertex of one of them: (600, 400) is best, with 2850.
    """
    text = (reader / "my" / "imported-plan" / "plan.json").read_text(encoding="utf-8")
    from allocator.plan.file import read

    plan = read(reader / "my" / "imported-plan" / "plan.json")
    assert {line.line: line.total for line in plan.lines} == {"tv": 600_000, "search": 400_000}
    assert plan.totals.plan.kpis["revenue"].mean == pytest.approx(2_850_000)
    assert "on-imported-curves" in text


@pytest.mark.slow
def test_the_main_job_of_the_readme(terminal: Shell, reader: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- run the main job -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found
    for written in readers_commands(found.group(1)):
        line = shortened(written, reader)
        if line is not None:
            run(terminal, line, reader)
    assert (reader / "out" / "2027-q1-base" / "plan.html").exists()


def test_ci_finds_the_test_command() -> None:
    """By the very pattern that .ci/run uses: the lines from the mark to the end of the block."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "/<!-- run the tests -->/,/^```$/p" in script
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"<!-- run the tests -->\n```sh\n(python3 .*)\n```\n", text)
    assert len(found) == 1
    assert readers_commands(found[0])[0][:3] == ["python", "-m", "pytest"]
    assert "-c constraints.txt" in found[0]


def test_the_tutorial_shows_the_files_it_ships() -> None:
    shown = {file or language: text for language, file, text in blocks(TUTORIAL)}
    wide = ROOT / "data" / "wide"
    assert shown["my/model.yaml"] == (wide / "model.yaml").read_text(encoding="utf-8")
    assert (wide / "weekly.csv").read_text(encoding="utf-8").startswith(shown["csv"])


def test_every_command_of_the_reference_is_a_command() -> None:
    page = ROOT / "docs" / "reference" / "commands.md"
    lines = [
        shlex.split(line)
        for language, _, text in blocks(page)
        if language == "sh"
        for line in text.strip().splitlines()
    ]
    assert len(lines) >= 7
    for line in lines:
        parses(line)


def test_modules_that_pages_name_exist() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]:
        for module in re.findall(r"python -m ([\w.]+)", page.read_text(encoding="utf-8")):
            place = ROOT.joinpath(*module.split("."))
            known = place.with_suffix(".py").exists() or (place / "__main__.py").exists()
            assert known or module == "pytest", f"{page.name}: python -m {module}"
