"""docs/reach.md: its Python runs and its audience is that of the sample."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from mmm.cli import app
from mmm.curves import Window, load
from mmm.terminal import run
from mmm.yamlfile import parse, read

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reach.md").read_text(encoding="utf-8")


def block(language: str, place: int = 0) -> str:
    """The page has two of each: one about audiences, one about responses."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(found) == 2
    return str(found[place])


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


@pytest.fixture
def video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands about responses, in a folder with the page's table and model file."""
    monkeypatch.chdir(tmp_path)
    exec(block("python", 1), {})
    (tmp_path / "video.yaml").write_text(block("yaml", 1), "utf-8")
    return [shlex.split(line)[1:] for line in block("sh", 1).strip().splitlines()]


def test_the_model_of_the_page_is_good(
    video: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert [line[0] for line in video] == ["check", "fit", "curves"]
    assert run(app, video[0]) == 0, capsys.readouterr().err


@pytest.mark.slow
def test_what_the_page_s_fit_finds(
    video: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """What the response is made of lies within the 90 % range of the draws."""
    short = ["--draws", "100", "--tune", "150", "--chains", "2", "--seed", "1", "--quiet"]
    assert run(app, [*video[1], *short]) == 0, capsys.readouterr().err
    assert run(app, video[2]) == 0
    assert "Times: average exposures a week" in capsys.readouterr().out
    curves = load("fit/curves.nc")
    weekly = np.array([4000.0, 16_000.0])
    often = curves.frequency("video", weekly)
    assert often is not None
    heads = weekly * 100 / 8e5
    reach = 1 - (1 + heads / 0.8) ** -0.8
    np.testing.assert_allclose(often.mean(axis=0), heads / reach, rtol=0.01)
    nothing = xr.DataArray(
        np.zeros((2, 0)), dims=("line", "week"), coords={"line": ["video", "search"]}
    )
    curve = curves.steady(
        "revenue", "video", np.ones(1), Window(dt.date(2026, 1, 5), 1, nothing, nothing)
    )
    true = 0.2 * 8e5 * reach * often.mean(axis=0) ** 2 / (often.mean(axis=0) ** 2 + 2.5**2)
    low, high = np.quantile(curve.value(weekly), [0.05, 0.95], axis=0)
    assert (low < true).all()
    assert (true < high).all()
    assert (high < [2.0, 1.3] * low).all()
