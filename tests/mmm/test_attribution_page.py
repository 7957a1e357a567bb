"""docs/attribution.md: its commands run on a fit, its model file is read."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from attributed_case import NATION, case

from mmm.cli import app
from mmm.fit.conduct import save
from mmm.spec import spec_of
from mmm.terminal import run
from mmm.yamlfile import parse

PAGE = (Path(__file__).parents[2] / "docs" / "attribution.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_commands_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = blocks("sh")
    first, *rest = [shlex.split(line) for line in block.strip().splitlines()]
    assert first[:2] == ["mmm", "fit"]
    fit, _ = case("nation")
    save(replace(fit, source={**fit.source, "model": {}}), first[first.index("--out") + 1])
    for words in rest:
        assert words[0] == "mmm"
        assert run(app, words[1:]) == 0, capsys.readouterr().err
    written = ("attribution.csv", "weeks.png", "returns.svg")
    assert all((tmp_path / name).stat().st_size > 1000 for name in written)


def test_the_model_file_of_the_page() -> None:
    kpis, synergy = blocks("yaml")
    head, rest = NATION.split("kpis:\n")
    _, channels = rest.split("channels:\n")
    plain = channels.split("synergy:")[0]
    spec = spec_of(parse(f"{head}{kpis}channels:\n{plain}{synergy}", "page.yaml"))
    assert spec.synergy == (("tv", "search"),)
    assert spec.kpis["orders"].value_per_unit == "basket_value"
