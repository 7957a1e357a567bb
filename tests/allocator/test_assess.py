"""Where money stands: distances to the hurdle by closed forms, ratios from the curves, faults."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case
from typer.testing import CliRunner

from allocator.asked_plainly import question, stretch_of
from allocator.assess.conduct import Asked, assess
from allocator.assess.hurdle import distance
from allocator.assess.platform import Report, read_reports
from allocator.assess.table import COLUMNS, tidy
from allocator.cli import app
from allocator.findings.assessment import Assessment
from allocator.reports._base.assessed import finding, nearby, platforms
from allocator.reports.assess import assess_page
from mmm.curves import ParametricCurves, TabulatedCurves
from mmm.curves import save as save_curves
from mmm.errors import InputError

ROOTS = {"tv": 300.0, "search": 500.0, "social": 100.0}
SPENT = {"tv": 40_000.0, "search": 40_000.0, "social": 0.0}


def roots() -> TabulatedCurves:
    """Revenue factor·√x of each line, finely tabulated; two draws around it."""
    at = 400_000.0 * np.linspace(0, 1, 2001) ** 2
    return curve_case.tabulated(
        dict.fromkeys(ROOTS, at.tolist()),
        {
            "revenue": {
                line: np.outer([0.9, 1.1], factor * np.sqrt(at)) for line, factor in ROOTS.items()
            }
        },
    )


def assessed(hurdle: float | None = None, reports: tuple[Report, ...] = ()) -> Assessment:
    curves = roots()
    rows = [{"line": line, "week": None, "spend": spend} for line, spend in SPENT.items()]
    loaded = question(
        curves, Path("curves.nc"), title="today", period=stretch_of("--period", "2027-W01:13"),
        reference={"table": "spent.csv", "rows": rows}, money=80_000.0,
    )  # fmt: skip
    return assess(loaded, curves, Asked("today", hurdle, 0.2), reports=reports)


@pytest.fixture(scope="module")
def today() -> Assessment:
    reports = (
        Report("tv", "revenue", 120_000.0, "p.csv:2"), Report("search", "revenue", 1e5, "p.csv:3")
    )  # fmt: skip
    return assessed(1.0, reports)


def test_distances_are_those_of_the_closed_form(today: Assessment) -> None:
    """d(f·√x)/dx = f / (2·√x) = 1 at x = f² / 4: 22,500 for tv, 62,500 for search."""
    lines = {line.line: line for line in today.lines}
    tv, search = lines["tv"], lines["search"]
    assert tv.state == "beyond"
    assert tv.beyond == pytest.approx(40_000 - 22_500, rel=0.02)
    assert tv.headroom is None
    assert search.state == "room"
    assert search.headroom == pytest.approx(62_500 - 40_000, rel=0.02)
    assert not search.at_least
    assert lines["social"].state == "off"
    assert lines["social"].roas == {"revenue": None}
    assert today.beyond == tv.beyond
    assert tv.next == pytest.approx(300 / 2 / 200, rel=0.01)


def test_outcome_and_ratio_are_those_of_the_curve(today: Assessment) -> None:
    tv = next(line for line in today.lines if line.line == "tv")
    brings = 300 * math.sqrt(40_000)
    assert tv.kpis["revenue"].mean == pytest.approx(brings)
    assert tv.roas["revenue"] is not None
    assert tv.roas["revenue"].mean == pytest.approx(brings / 40_000)
    assert tv.roas["revenue"].p10 == pytest.approx((0.9 + 0.1 * 0.2) * brings / 40_000)
    assert today.spend == 80_000


def test_the_best_split_nearby_is_at_its_limits(today: Assessment) -> None:
    """search earns more at the margin until it has (500/300)² of tv's: both move by 20 %."""
    assert today.frontier is not None
    assert today.frontier.spend == {"tv": 32_000, "search": 48_000, "social": 0}
    after = 300 * math.sqrt(32_000) + 500 * math.sqrt(48_000)
    gain = after - 800 * math.sqrt(40_000)
    assert today.frontier.gain.mean == pytest.approx(gain, rel=0.02)
    assert today.frontier.better == 1
    assert today.frontier.proven


def test_platforms_are_turned_into_what_they_cause(today: Assessment) -> None:
    tv, search = today.reported
    assert tv.factor is not None
    assert tv.factor.mean == pytest.approx(0.5)  # 60,000 of 120,000
    assert tv.reported_ratio == 3.0
    assert search.factor is not None
    assert search.factor.mean == pytest.approx(1.0)
    assert platforms(today).startswith("tv reports more than it causes")


def test_sentences(today: Assessment) -> None:
    said = finding(today).replace("\u00a0", " ")
    assert said.startswith("EUR 80.0k brings EUR 160k revenue; EUR 17.")
    assert said.endswith("of it no longer pays, in tv")
    assert "every line moved by at most 20.0" in nearby(today)
    cheap = assessed(0.1)
    assert "every line's last unit of money clears the hurdle" in finding(cheap)


def test_a_curve_that_climbs_first() -> None:
    """s(x) = 2·x·e^(1 − x) of a line: above 1 between its two crossings, 0.2320 and 2.6783."""

    def slope(x: np.ndarray) -> np.ndarray:
        return 2 * x * np.exp(1 - x)

    low, high = 0.2319609529865344, 2.6783469900166605
    assert slope(np.array([low, high])) == pytest.approx([1, 1])
    assert distance(slope, 0.1, 1.0, most=4).state == "climb"
    room = distance(slope, 1.0, 1.0, most=4)
    assert room.headroom == pytest.approx(high - 1)
    past = distance(slope, 3.5, 1.0, most=4)
    assert (past.state, past.beyond) == ("beyond", pytest.approx(3.5 - high))
    assert distance(slope, 1.0, 1.0, most=2.0).at_least
    assert distance(slope, 3.5, 9.0, most=4).beyond == 3.5
    assert distance(slope, 0.0, 1.0, most=4).state == "off"


def test_the_next_unit_is_the_gradient_of_the_curves(tmp_path: Path) -> None:
    curves: ParametricCurves = curve_case.parametric(3, curve_case.Market(slopes=(0.7, 1.0)))
    loaded = question(
        curves, tmp_path / "curves.nc", title="t", period=stretch_of("--period", "2027-W01:6"),
        reference={"actuals": {"start": "2026-W01", "weeks": 6}}, money=250_000.0, margin=0.5,
    )  # fmt: skip
    found = assess(loaded, curves, Asked("t", None, 0.2))
    assert found.hurdle == 1.0
    assert found.objective == "profit"
    line = next(one for one in found.lines if one.line == "tv")
    own = line.marginal["revenue"]
    assert own is not None
    assert line.next == pytest.approx(0.5 * own.mean)
    total, count = line.kpis["revenue"].mean, line.kpis["new_customers"].mean
    assert line.cac["new_customers"] is not None
    assert line.cac["new_customers"].mean == pytest.approx(line.spend / count)
    assert line.roas["revenue"] is not None
    assert line.roas["revenue"].mean == pytest.approx(total / line.spend)


def test_the_command_writes_all_three(tmp_path: Path) -> None:
    save_curves(roots(), tmp_path / "curves.nc")
    (tmp_path / "spent.csv").write_text(
        "line,spend\n" + "".join(f"{line},{spend}\n" for line, spend in SPENT.items())
    )
    out = tmp_path / "out"
    line = ["assess", str(tmp_path / "curves.nc"), "--reference", str(tmp_path / "spent.csv"),
            "--period", "2027-W01:13", "--out", str(out)]  # fmt: skip
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 0, done.output
    text = (out / "assessment.json").read_text(encoding="utf-8")
    assert Assessment.model_validate_json(text).to_json() == text
    assert max(map(len, done.output.splitlines()[:-1])) <= 100
    rows = list(csv.reader(io.StringIO((out / "assessment.csv").read_text())))
    assert tuple(rows[0]) == COLUMNS
    assert (out / "assess.html").read_bytes() == assess_page(Assessment.model_validate_json(text))


def test_names_run_nowhere(today: Assessment) -> None:
    evil = "<script>alert(1)</script>"
    lines = (today.lines[0].model_copy(update={"line": evil}), *today.lines[1:])
    assert today.frontier is not None
    best = today.frontier.model_copy(update={"spend": {**today.frontier.spend, evil: 1.0}})
    changed = today.model_copy(update={"lines": lines, "frontier": best})
    page = assess_page(changed).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    formula = today.lines[0].model_copy(update={"line": "=1+1"})
    first = tidy(today.model_copy(update={"lines": (formula,), "frontier": None}))
    assert first.splitlines()[1].startswith("'=1+1,")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("line;kpi\n", "1:1: "),
        ("line,kpi,reported\ntv,revenue\n", "2:1: "),
        ("line,kpi,reported\ntvv,revenue,1\n", "2:1: line: found the line 'tvv'"),
        ("line,kpi,reported\ntv,sales,1\n", "2:4: kpi: found the KPI 'sales'"),
        ("line,kpi,reported\ntv,revenue,1 000\n", "2:12: reported: found '1 000'"),
        ("line,kpi,reported\ntv,revenue,1\ntv,revenue,2\n", "3:1: found tv, revenue again"),
    ],
)
def test_faults_of_the_platforms_table(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "platform.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_reports(path, ("tv", "search"), {"revenue": "currency"})
    assert said in str(caught.value)


def test_imported_curves_hold_no_spend(tmp_path: Path) -> None:
    save_curves(run_case.alike(), tmp_path / "curves.nc")
    done = CliRunner().invoke(app, ["assess", str(tmp_path / "curves.nc")])
    assert isinstance(done.exception, InputError)
    assert "--reference FILE.csv" in str(done.exception)
