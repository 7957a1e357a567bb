"""mmm check: its figures, its words, and how a command behaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import planner_case
import pytest
import typer

from mmm.check import describe
from mmm.cli import app
from mmm.console import three_digits
from mmm.data import load
from mmm.errors import OutputExists
from mmm.spec import load_spec
from mmm.terminal import progress, run
from real_sets import REPOSITORY, model_file, needs_datasets


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return planner_case.write(tmp_path, planner_case.files())


def test_figures_against_the_formulas_of_the_case(model: Path) -> None:
    spec = load_spec(model)
    summary = describe(load(spec), spec)
    spends = {
        line: np.array([planner_case.spend(line, t) for t in range(planner_case.WEEKS)])
        for line in ("tv", "brand", "generic")
    }
    total = sum(series.sum() for series in spends.values())
    assert summary.weeks == planner_case.WEEKS
    assert (str(summary.first), str(summary.last)) == ("2021-01-04", "2022-02-27")
    assert summary.spend == pytest.approx(total)
    assert [line.line for line in summary.lines] == ["tv", "search/brand", "search/generic"]
    assert summary.lines[0].share == pytest.approx(spends["tv"].sum() / total)
    assert sum(line.share for line in summary.lines) == pytest.approx(1)
    assert summary.lines[0].impressions is None
    assert summary.lines[1].impressions == sum(round(cost * 80) for cost in spends["brand"])
    customers = summary.kpis[1]
    assert (customers.total, customers.lowest, customers.highest) == (60 * 224, 210, 238)
    revenue = 20_000 + 150 * np.arange(60) + 3 * spends["tv"]
    expected = np.cov(spends["tv"], revenue)[0, 1] / (
        spends["tv"].std(ddof=1) * revenue.std(ddof=1)
    )
    found = {(pair.one, pair.other): pair.value for pair in summary.with_others}
    assert found["tv", "revenue"] == pytest.approx(expected, rel=1e-4)


def test_gaps_and_warnings(tmp_path: Path) -> None:
    case = planner_case.files()
    rows = [f"date,tv,radio,{','.join(planner_case.kpi_rows()[0][1:])}"]
    for t, cells in enumerate(planner_case.kpi_rows()[1:]):
        tv = 0 if 10 <= t < 17 or t == 30 else 100 + 13 * (t % 6)
        radio = tv + t % 2 if t % 10 == 5 else 0
        rows.append(f"{cells[0]},{tv},{radio},{','.join(cells[1:])}")
    media = planner_case.MODEL.split("    - ")[2].split("currency")[0]
    text = planner_case.MODEL.replace("    - " + media, "")
    text = text.replace("tv: {}", "tv: {spend: tv}").replace("search: {}", "radio: {spend: radio}")
    case = {"model.yaml": text, "kpis.csv": "\n".join(rows)}
    spec = load_spec(planner_case.write(tmp_path, case))
    summary = describe(load(spec), spec)
    first, second = summary.lines
    assert (first.zero_weeks, first.longest_gap) == (8, 7)
    assert second.zero_weeks == 54
    assert summary.warnings == (
        "radio has spend in 6 weeks only: its curve will be mostly the prior's.",
    )


def test_the_terminal_table(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["check", str(model)]) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0].startswith("60 complete weeks from 2021-01-04 to 2022-02-27: ")
    assert all(len(line) <= 100 for line in lines)
    assert "\x1b" not in shown.out
    assert any("search/generic" in line and "%" in line for line in lines)
    assert shown.err == ""


def test_json_and_quiet(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(app, ["check", str(model), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["weeks"] == 60
    assert told["lines"][1]["line"] == "search/brand"
    assert run(app, ["check", str(model), "--quiet"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999.6, "1.00k"),
        (1700, "1.70k"),
        (-45678, "-45.7k"),
        (1_234_567, "1.23M"),
        (1.7e9, "1.70bn"),
        (12.34, "12.3"),
        (0.00123, "0.00123"),
    ],
)
def test_three_digits(value: float, text: str) -> None:
    assert three_digits(value) == text


def _failing(error: Exception) -> typer.Typer:
    failing = typer.Typer(pretty_exceptions_enable=False)

    @failing.command()
    def fail() -> None:
        raise error

    return failing


def test_an_internal_fault_is_one_line_and_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_failing(RuntimeError("first\nsecond")), []) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("internal fault: RuntimeError: first; log at ")
    log = Path(line.rpartition(" ")[2])
    assert "Traceback" in log.read_text("utf-8")
    log.unlink()


def test_other_exits(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_failing(OutputExists("out/curves.nc")), []) == 2
    assert capsys.readouterr().err.startswith("out/curves.nc: already exists")
    assert run(app, ["check"]) == 2
    assert run(app, ["chekc"]) == 2
    assert run(app, ["--help"]) == 0


def test_progress_is_silent_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("fitting", total=3) as advance:
        advance(1)
    assert capsys.readouterr().err == ""


def test_help_starts_without_the_heavy_libraries() -> None:
    heavy = [
        *("pymc", "pytensor", "arviz", "nutpie", "numba", "jax"),
        *("pandas", "xarray", "scipy", "matplotlib", "rich.progress"),
    ]
    code = (
        "import sys; from mmm.cli import app; from mmm.terminal import run; "
        f"run(app, ['--help']); print(*[m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stderr.split() == []
    assert "check" in done.stdout


def test_the_process_itself_has_the_exit_code(tmp_path: Path) -> None:
    code = "from mmm.cli import main; main()"
    arguments = [sys.executable, "-c", code, "check", str(tmp_path / "no.yaml")]
    done = subprocess.run(arguments, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "1 thing to put right:"
    assert "Traceback" not in done.stderr


@needs_datasets
@pytest.mark.parametrize(
    ("name", "weeks", "lines", "total"),
    [
        # weeks and spend totals as the sets' publishers count them; x1 and x2 have no currency
        ("robyn", 208, 5, 14_529_099),
        ("meridian", 156, 4, None),
        ("mmm_example", 179, 2, None),
    ],
)
def test_real_sets(
    name: str,
    weeks: int,
    lines: int,
    total: float | None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = model_file(name, tmp_path)
    assert run(app, ["check", str(model), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["weeks"], len(told["lines"])) == (weeks, lines)
    if total is not None:
        assert told["spend"] == pytest.approx(total, abs=1)
