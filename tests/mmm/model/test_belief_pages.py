"""The pages on baseline and beliefs: their model files are read, their commands run."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from mmm.cli import app
from mmm.model.half_life import retention
from mmm.spec import load_spec
from mmm.terminal import run

ROOT = Path(__file__).parents[3]
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["baseline.md", "priors.md", "new-lines.md"])
def test_the_page_works_as_it_stands(
    page: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    ran = 0
    for language, file, text in BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8")):
        if file:
            Path(file).parent.mkdir(exist_ok=True)
            Path(file).write_text(text, encoding="utf-8")
        elif language == "sh":
            for line in text.strip().splitlines():
                words = shlex.split(line)
                assert words[0] == "mmm"
                code = run(app, words[1:])
                assert code == 0, capsys.readouterr().err
                ran += 1
    assert ran == 1


def test_figures_of_the_page_on_beliefs(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "priors.md").read_text(encoding="utf-8")
    yaml = next(text for _, file, text in BLOCK.findall(text) if file)
    (tmp_path / "model.yaml").write_text(yaml, encoding="utf-8")
    spec = load_spec(tmp_path / "model.yaml")
    assert "1 week is r = 0.5, of 3 weeks 0.79" in text
    assert round(float(retention(3.0, "geometric", 13)), 2) == 0.79
    paid = spec.channels["affiliate"].commission
    assert paid is not None
    assert 1000 / paid.rate * paid.incremental.median == pytest.approx(3750)
    assert "3,750 at 30 %" in text
