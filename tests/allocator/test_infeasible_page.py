"""docs/infeasible.md shows what the command says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from allocator.cli import app
from mmm.terminal import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "infeasible.md").read_text(encoding="utf-8")


def test_the_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (command,) = re.findall(r"```sh\n(.*?)\n```", PAGE)
    (shown,) = re.findall(r"```text\n(.*?)\n```", PAGE, re.DOTALL)
    monkeypatch.chdir(ROOT)
    words = shlex.split(command)[1:]
    words[words.index("--out") + 1] = str(tmp_path / "out")
    assert run(app, words) == 3
    assert capsys.readouterr().err.strip() == shown
    assert not (tmp_path / "out").exists()
