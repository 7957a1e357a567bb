"""``mmm experiment``: what it prints, what it writes, what it refuses."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from mmm.cli import app
from mmm.experiments import read_experiments
from mmm.simulate.geo_test import FILE
from mmm.terminal import run

CITIES = ("augsburg", "erfurt", "kassel", "kiel", "mannheim")
TREATED = [word for city in CITIES for word in ("--treated", city)]
DATES = ["--start", "2026-08-17", "--end", "2026-09-13", "--measured-until", "2026-09-20"]
ROW = ["--kpi", "revenue", "--lines", "video/youtube_instream", "--name", "five cities"]


def command(*words: object) -> int:
    return run(app, ["experiment", *map(str, words)])


def test_a_geo_test_is_shown_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "experiments.csv"
    assert command(FILE, *TREATED, *DATES, *ROW, "--write", table, "--json") == 0
    body = json.loads(capsys.readouterr().out)
    best, other = body["lifts"]
    assert (best["method"], other["method"]) == ("synthetic control", "difference in differences")
    assert body["sentence"].startswith("The change brought ")
    (row,) = read_experiments(table)
    assert row.incremental_outcome == pytest.approx(best["effect"])
    assert row.standard_error == pytest.approx(best["standard_error"])
    assert row.spend_change == pytest.approx(body["spend_change"])
    assert (row.kind, str(row.measured_until), row.geos) == ("geo_lift", "2026-09-20", ("all",))
    assert command(FILE, *TREATED, *DATES, "--method", "difference") == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 100
    assert shown.index("difference in") < shown.index("synthetic control")


def test_two_groups_of_a_holdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    users = tmp_path / "users.csv"
    users.write_text("group,users,outcome\nout,10000,200\nin,10000,300\n", encoding="utf-8")
    when = ["--start", "2026-09-07", "--end", "2026-09-20", "--spend-change", "-5000"]
    table = tmp_path / "experiments.csv"
    assert command(users, "--treated", "out", *when, *ROW, "--write", table) == 0
    assert "The change cost 100 revenue, 33.3% of what was expected" in capsys.readouterr().out
    (row,) = read_experiments(table)
    assert (row.kind, row.spend_change) == ("holdout", -5000.0)
    assert row.incremental_outcome == pytest.approx(-100)


def test_a_plan_names_the_smallest_test(capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--lengths", "4", "--shares", "10%,25%"]
    assert command(FILE, "--plan", *few, "--lift", "8") == 0
    assert "An effect of 8.0% needs 4 weeks in 2 geos" in capsys.readouterr().out
    assert command(FILE, "--plan", *few, "--lift", "0.1") == 0
    assert "None of these tests" in capsys.readouterr().out
    assert command(FILE, "--plan", *few, "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["designs"]) == 2


WRONG = (
    ([], "--treated: found nothing", "--start: found nothing"),
    ([*TREATED, "--start", "17.08.2026", "--end", "2026-09-13"], "'17.08.2026'", "YYYY-MM-DD"),
    ([*TREATED, *DATES, "--method", "synthetik"], "did you mean 'synthetic'?", "--method"),
    ([*TREATED, *DATES, "--kind", "lift"], "--kind", "one of holdout"),
    ([*TREATED, *DATES, "--write", "{there}"], "--kpi: found nothing", "--lines: found nothing"),
    (["--plan", "--lengths", "four"], "--lengths: found 'four'", "a number"),
    (["--plan", "--lengths", "40"], "--lengths: found 40", "half of the dates"),
    (["--plan", "--shares", "95"], "--shares: found 95%", "2 of the 20 geos left"),
    (["--plan", "--geo-column", "city"], "city: found no such column", "among the columns"),
    ([*TREATED, *DATES, "--geo-column", "x"], "a geo test", "two groups"),
)


@pytest.mark.parametrize(("words", "first", "second"), WRONG)
def test_what_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    first: str,
    second: str,
) -> None:
    there = tmp_path / "experiments.csv"
    assert command(FILE, *(word.format(there=there) for word in words)) == 2
    said = capsys.readouterr().err
    assert first in said
    assert second in said
    assert "Traceback" not in said
    assert not there.exists()


def test_a_table_that_is_not_one_of_experiments_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "experiments.csv"
    shutil.copy(FILE, table)
    assert command(FILE, *TREATED, *DATES, *ROW, "--write", table, "--quiet") == 2
    assert "standard_error: found no such column" in capsys.readouterr().err
    assert table.read_bytes() == FILE.read_bytes()


def test_the_page_s_commands_run_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = FILE.parents[2]
    page = (root / "docs" / "experiments.md").read_text(encoding="utf-8")
    (tmp_path / "data" / "sample").mkdir(parents=True)
    shutil.copy(FILE, tmp_path / "data" / "sample")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    ran = 0
    for language, file, text in blocks:
        if file:
            Path(file).write_text(text, encoding="utf-8")
        elif language == "sh":
            assert run(app, shlex.split(text)[1:]) == 0
            ran += 1
    assert ran == 4
    assert read_experiments(Path("experiments.csv"))[0].name == "five cities"
    assert "brought" in capsys.readouterr().out
