"""``mmm curves``: what it prints, draws and refuses, on curves made by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from curve_table_case import curves_of, regional_curves

from mmm.cli import app
from mmm.curve_tables.plot import draw_curves
from mmm.curve_tables.points import curve_points
from mmm.curves import ParametricCurves, save
from mmm.errors import InputError, OutputExists
from mmm.terminal import run


@pytest.fixture(scope="module")
def curves() -> ParametricCurves:
    return curves_of()


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_drawing(curves: ParametricCurves, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"curves{ending}"
    points = curve_points(curves, "revenue")
    draw_curves(points, path, title="A finding", subtitle="Units")
    first = path.read_bytes()
    if ending == ".png":
        assert first.startswith(b"\x89PNG")
    else:
        text = first.decode()
        for said in ("A finding", "Units", "tv", "search", "20k"):
            assert f">{said}<" in text
    with pytest.raises(OutputExists):
        draw_curves(points, path, title="A finding", subtitle="Units")
    draw_curves(points, path, title="A finding", subtitle="Units", force=True)
    assert path.read_bytes() == first  # the same curves are the same file


def test_other_kinds_of_drawing_are_refused(curves: ParametricCurves, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--plot: found '\.pdf', expected \.png or \.svg"):
        draw_curves(curve_points(curves, "revenue"), tmp_path / "a.pdf", title="", subtitle="")


@pytest.fixture
def on_disk(curves: ParametricCurves, tmp_path: Path) -> str:
    return str(save(curves, tmp_path / "curves.nc"))


def test_command_prints_a_sentence_and_tables_within_100_columns(
    on_disk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(app, ["curves", on_disk]) == 0
    out = capsys.readouterr().out
    assert out.startswith("The next EUR brings most revenue in ")
    assert max(map(len, out.splitlines())) <= 100
    assert "  generic *" in out
    assert "prior-driven" in out
    assert "CAC" in out
    assert "33%" in out
    assert "Health of the fit: NOT FITTED." in out


def test_command_as_json(on_disk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["curves", on_disk, "--json", "--weeks", "4"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["weeks"] == 4
    assert body["rows"][0]["spend"] == pytest.approx(4_000)
    assert set(body["findings"]) == {"revenue", "new_customers"}


def test_command_draws(on_disk: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plot = str(tmp_path / "c.svg")
    arguments = ["curves", on_disk, "--plot", plot, "--kpi", "new_customers", "--campaigns", "-q"]
    assert run(app, arguments) == 0
    assert capsys.readouterr().out == ""
    assert ">search/generic<" in Path(plot).read_text(encoding="utf-8")
    assert run(app, arguments) == 2
    assert "already exists and is kept" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--kpi", "revenu", "--plot", "x.svg"], "--kpi: found 'revenu', expected a KPI of the"),
        (["--plot", "x.gif"], "x.gif: --plot: found '.gif', expected .png or .svg"),
        (["--campaigns"], "--kpi and --campaigns choose what --plot FILE draws"),
        (["--weeks", "99"], "--weeks: found 99, expected 1 to 60, the weeks of history"),
    ],
)
def test_command_refuses(
    on_disk: str, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(app, ["curves", on_disk, *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["curves", str(tmp_path / "none.nc")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_command_by_region(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    regional = regional_curves()
    path = str(save(regional, tmp_path / "curves.nc"))
    assert run(app, ["curves", path, "--by", "geo"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 100
    for own in regional.labels.values():
        assert re.search(rf"^\W*{own['channel']}  ", text, re.MULTILINE)
        assert re.search(rf"^\W*{own['geo']}  ", text, re.MULTILINE)
    assert run(app, ["curves", path, "--by", "region"]) == 2
    assert "--by: found 'region', expected channel or geo" in capsys.readouterr().err
