"""docs/reach.md: its Python runs and its audience is that of the sample."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from mmm.cli import app
from mmm.terminal import run
from mmm.yamlfile import parse, read

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reach.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def test_the_commands_of_the_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    lines = block("sh").strip().splitlines()
    assert len(lines) == 2
    for line in lines:
        assert run(app, shlex.split(line)[1:]) == 0
    assert "adults" in capsys.readouterr().out


def test_the_python_of_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    exec(block("python"), names)
    printed = capsys.readouterr().out.replace("[", " ").replace("]", " ").split()
    reach, frequency, same = (float(word) for word in printed[:3])
    assert (reach, frequency) == pytest.approx((0.664, 1.3554), abs=5e-5)
    assert same == pytest.approx(0.6034, abs=5e-5)
    error, often = (float(word) for word in printed[-2:])
    assert error < 0.05
    assert 20 / 8 < often < 4  # impressions per head, and what a reach of five eighths would give


def test_the_audience_of_the_page_is_that_of_the_sample() -> None:
    shown = parse(block("yaml"), "page.yaml").data
    assert read(ROOT / "data" / "sample" / "model.yaml").data["audiences"] == shown["audiences"]
