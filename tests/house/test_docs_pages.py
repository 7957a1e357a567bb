"""Every command block of every page runs, as its reader would run it: one folder, page by page.

What samples a model for minutes is checked for its options and gets the tutorial's short fit; the
benchmarks of the performance pages name files that must be there. The same command on two pages
runs once, and its output is there for both. Each is a process of its own (``shells.py``).
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from shells import Shell, shell
from test_docs_commands import ACCEPT, ROOT, SHORT, TUTORIAL, blocks, parses

PAGES = sorted(
    page.name
    for page in (ROOT / "docs").glob("*.md")
    if "allocator " in page.read_text("utf-8") and page != TUTORIAL
)
"""The tutorial's own commands run in test_docs_commands.py."""
EXPECTED = {"infeasible.md": (0, 3), "allocator.md": (0, 4)}
"""Page about what fails, or what the clock ends -> exit codes that are right there; elsewhere 0."""
LONG = "scenarios/2027-q1-flight.yaml"
"""Takes minutes to be proven: its search is stopped early here, and its plan says so."""
PARSED_ONLY = (["mmm", "refresh"], ["mmm", "fit"], ["mmm", "qa"], ["mmm", "score"])
"""What takes minutes: each has tests of its own."""


@pytest.fixture(scope="module")
def terminal() -> Iterator[Shell]:
    """What runs commands."""
    with shell() as opened:
        yield opened


@pytest.fixture(scope="module")
def desk(terminal: Shell, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the bundled data and scenarios, and a short fit of the wide table."""
    folder = tmp_path_factory.mktemp("desk")
    for part in ("data", "scenarios"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "pyproject.toml").touch()  # the root of a project, for what files may refer to
    shutil.copytree(ROOT / "data" / "wide", folder / "my")
    done = terminal.run(["mmm", "fit", "my/model.yaml", "--out", "my/fit", *SHORT], folder)
    assert done.returncode in (0, 5), done.stderr
    return folder


@pytest.fixture(scope="module")
def done_before() -> dict[str, int]:
    """Command -> its exit code."""
    return {}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page(
    page: str, terminal: Shell, desk: Path, done_before: dict[str, int]
) -> None:
    right = EXPECTED.get(page, (0,))
    for language, file, text in [*blocks(TUTORIAL), *blocks(ROOT / "docs" / page)]:
        if file and language in ("yaml", "csv") and not (desk / file).exists():
            (desk / file).parent.mkdir(parents=True, exist_ok=True)
            (desk / file).write_text(text, encoding="utf-8")
    lines = [
        line
        for language, _, text in blocks(ROOT / "docs" / page)
        if language == "sh"
        for line in text.strip().replace("\\\n", "").splitlines()
    ]
    for written in lines:
        line = shlex.split(written)
        if line[0] == "curl":
            assert _asks_the_api(line), written
            continue
        if line[0] not in ("mmm", "allocator", "cp", "mkdir"):
            assert _is_a_module_or_file(line), written
            continue
        if line[:2] in PARSED_ONLY:
            parses(line)
            _give_a_fit(line, desk)
            continue
        if written not in done_before:
            done = terminal.run(_accepting(line), desk)
            done_before[written] = done.returncode
            assert done.returncode in right, f"{written}: {done.returncode}\n{done.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["allocator", "show", "scenarios/2027-q1-base.yaml"], 0),
        (["allocator", "verify", "nothing.json"], 2),
        (["allocator", "verify", "--wrong"], 2),
    ],
)
def test_a_forked_command_is_the_command(
    line: list[str], code: int, terminal: Shell, desk: Path
) -> None:
    """Its exit code, and what it says and where, as from a process that starts from nothing."""
    forked, alone = terminal.forked(line, desk), terminal.alone(line, desk)
    assert forked.returncode == alone.returncode == code
    assert (forked.stdout, forked.stderr) == (alone.stdout, alone.stderr)
    assert alone.stdout + alone.stderr != ""


def _accepting(line: list[str]) -> list[str]:
    """A fit of a few draws is accepted as unhealthy, where a command takes a reason."""
    if LONG in line:
        return [*line, "--set", "run.time_limit=15s"]
    own = any(part.startswith(("my/", "first/")) for part in line)
    return line + ACCEPT if line[:2] == ["allocator", "plan"] and own else line


def _give_a_fit(line: list[str], desk: Path) -> None:
    """What a fit would have written, from the short one."""
    if line[:2] == ["mmm", "fit"] and "--out" in line:
        out = desk / line[line.index("--out") + 1]
        if not out.exists():
            shutil.copytree(desk / "my" / "fit", out)


def _is_a_module_or_file(line: list[str]) -> bool:
    """``python tests/x.py`` or ``VAR=… python -m tests.x``: the file is there."""
    words = [word for word in line if "=" not in word]
    assert words[0] == "python", line
    if words[1] == "-m":
        place = ROOT.joinpath(*words[2].split("."))
        return place.with_suffix(".py").exists() or (place / "__main__.py").exists()
    return (ROOT / words[1]).exists()


def _asks_the_api(line: list[str]) -> bool:
    """Whether the address is one that the API has; what it answers, the story's tests say."""
    from fastapi import FastAPI

    from allocator.web.api import ROUTERS

    app = FastAPI()
    for router in ROUTERS:
        app.include_router(router)
    return urlsplit(next(word for word in line if "://" in word)).path in app.openapi()["paths"]
