"""The files that ``allocator init`` and ``allocator new`` write can be used as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allocator.cli import app
from allocator.scenario import load
from mmm.data import load as load_data
from mmm.errors import InputError
from mmm.spec import load_spec

ROOT = Path(__file__).parents[3]
HOSTILE = "=cmd: {x}, #y"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    shutil.copytree(ROOT / "data" / "wide", tmp_path / "wide")
    return tmp_path


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(part) for part in arguments], catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_the_model_reads_the_table_and_the_scenario_loads(project: Path) -> None:
    said = run(
        "init", project / "wide" / "weekly.csv", "--currency", "EUR", "--out", project / "my"
    )
    assert "mmm fit" in said
    data = load_data(load_spec(project / "my" / "model.yaml"))
    assert list(data.lines) == ["tv", "video", "search", "social", "ooh", "affiliate"]
    assert set(data.kpi_names) == {"revenue", "new_customers"}
    scenario = load(project / "my" / "scenario.yaml").scenario
    assert (scenario.period.start, scenario.period.weeks) == ("2026-W48", 13)
    assert scenario.reference.actuals is not None
    assert scenario.reference.actuals.start == "2025-W48"


def test_the_budget_is_what_was_spent_a_year_earlier(project: Path) -> None:
    lines = (project / "wide" / "weekly.csv").read_text(encoding="utf-8").splitlines()
    head = lines[0].split(",")
    spends = [head.index(name) for name in head if name.endswith("_spend")]
    days = [line.split(",") for line in lines[1:]]
    total = sum(
        float(day[place])
        for day in days
        if "2025-11-24" <= day[0] <= "2026-02-16"  # 13 Mondays, 52 weeks before 2026-11-23
        for place in spends
    )
    run("init", project / "wide" / "weekly.csv", "--currency", "EUR", "--out", project / "my")
    assert load(project / "my" / "scenario.yaml").scenario.budget.exactly == round(total, -3)


def test_names_are_never_yaml(project: Path) -> None:
    file = project / "odd.csv"
    rows = [f"2026-{month:02d}-{day:02d},1,2" for month, day in ((11, 2), (11, 9), (11, 16))]
    file.write_text("\n".join([f'date,"{HOSTILE} spend",revenue', *rows]), encoding="utf-8")
    run("init", file, "--currency", "EUR", "--out", project / "my")
    from mmm.yamlfile import read

    data = read(project / "my" / "model.yaml").data
    assert list(data["channels"]) == [HOSTILE]


def test_nothing_is_overwritten(project: Path) -> None:
    (project / "my").mkdir()
    (project / "my" / "scenario.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(Exception, match="already exists"):
        run("init", project / "wide" / "weekly.csv", "--currency", "EUR", "--out", project / "my")
    assert (project / "my" / "scenario.yaml").read_text(encoding="utf-8") == "mine"
    assert not (project / "my" / "model.yaml").exists()


@pytest.mark.parametrize(
    ("source", "reference"),
    [
        ("actuals:2026-W01", {"actuals": {"start": "2026-W01", "weeks": 13}}),
        ("total:2.0M", {"flat": True}),
    ],
)
def test_new_scenarios_load(project: Path, source: str, reference: dict[str, object]) -> None:
    shutil.copy(ROOT / "data" / "sample" / "curves.nc", project / "curves.nc")
    out = project / "scenarios" / "q1.yaml"
    run("new", "q1", "--from", source, "--start", "2027-W01",
        "--curves", project / "curves.nc", "--out", out)  # fmt: skip
    loaded = load(out)
    assert loaded.scenario.reference.model_dump(exclude_none=True) == reference
    assert loaded.curves_file == (project / "curves.nc").resolve()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("actual:2026-W01", "actuals"),
        ("actuals:2026-W99", "from 2026-W01 to 2026-W53"),
        ("actuals:2020-W01", "hold weeks 2023-W48 to 2026-W47"),
        ("total:2,000", "comma"),
        ("csv:nowhere.csv", "nowhere.csv"),
        ("plan:nowhere.json", "nowhere.json"),
    ],
)
def test_sources_that_cannot_be_used(project: Path, source: str, found: str) -> None:
    shutil.copy(ROOT / "data" / "sample" / "curves.nc", project / "curves.nc")
    out = project / "q1.yaml"
    with pytest.raises(InputError, match=found):
        run("new", "q1", "--from", source, "--curves", project / "curves.nc", "--out", out)
    assert not out.exists()
