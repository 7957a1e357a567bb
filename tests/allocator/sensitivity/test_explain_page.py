"""docs/explain.md: its files are written, its commands run, its sentence comes out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from allocator.cli import app
from mmm.terminal import run

PAGE = Path(__file__).parents[3] / "docs" / "explain.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").touch()  # the root of a project
    (tmp_path / "my").mkdir()
    monkeypatch.chdir(tmp_path)
    for language, file, text in BLOCK.findall(page):
        if file:
            Path(file).write_text(text, encoding="utf-8")
        elif language == "sh":
            for line in text.strip().splitlines():
                assert run(app, shlex.split(line)[1:]) == 0, line
        elif language == "python":
            exec(text, {})
    said = " ".join(capsys.readouterr().out.split())
    quoted = re.search(r'"tv-commit: (relaxing [^"]*)\."', page, re.DOTALL)
    assert quoted
    assert " ".join(quoted.group(1).split()) in said
    assert "Simplified: " in said
    assert (tmp_path / "my" / "three" / "explanation.json").exists()
    assert (tmp_path / "my" / "three" / "stability.json").exists()
