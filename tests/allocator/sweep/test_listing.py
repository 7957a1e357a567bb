"""The table of a sweep: conditions, order, CSV, and ten thousand rows."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path

import pytest

from allocator.cli import app
from allocator.sweep.folder import Cell, Folder
from allocator.sweep.listing import Listing, listing
from allocator.sweep.summary import Summary
from mmm.errors import InputError
from mmm.terminal import run


def summary(number: int) -> Summary:
    return Summary(
        f"{number:064x}", "proven within gap", "q1", "EUR",
        budget=1e6 + 1000.0 * number, objective="profit", value=5.0 * number, value_p10=0.0,
        value_p90=1.0, gain=float(number * 7919 % 1000), gain_p10=-1.0, gain_p90=9.0,
        better=number % 100 / 100, spend=1e6, moved=10.0, gap=0.0, kpis={"revenue": 3.0 * number},
        roas={"revenue": 3.0}, binding=("cap", "tv-floor") if number % 2 else (),
    )  # fmt: skip


def table(count: int) -> Listing:
    cells = [
        Cell(f"q1.c{n}", "q1.yaml", f"c{n}", {"money": "low" if n % 2 else "high", "gain": "x"},
             f"{n:064x}")
        for n in range(count)
    ]  # fmt: skip
    cells += [Cell("bad", "bad.yaml", "", {}, words="bad.yaml:1:1: found nothing")]
    cells += [Cell("q1.later", "q1.yaml", "later", {"money": "low"}, "f" * 64)]
    return listing(cells, {f"{n:064x}": summary(n) for n in range(count)})


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (["budget>1.005M"], {6, 7, 8, 9}),
        (["budget>=1.005M", "money=low"], {5, 7, 9}),
        (["budget<1001k"], {0}),
        (["budget=1.002M"], {2}),
        (["budget!=1.002M", "better<=3%"], {0, 1, 3}),
        (["binding~FLOOR"], {1, 3, 5, 7, 9}),
        (["kpi.revenue > 20"], {7, 8, 9}),
        (["gain_p10<-0.5"], set(range(10))),
        (["status=bad input"], set()),
        (["choice.gain=x", "value<5"], {0}),
    ],
)
def test_conditions_pick_rows_that_say_so(conditions: list[str], expected: set[int]) -> None:
    found = table(10).where(conditions)
    numbers = {int(row["key"], 16) for row in found.rows if "value" in row}
    assert numbers == expected
    if conditions == ["status=bad input"]:
        assert [row["cell"] for row in found.rows] == ["bad"]


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("budgt>1M", "--where: found 'budgt', expected a column of the table; did you mean"),
        ("budget", "expected COLUMN, one of"),
        ("budget>much", "--where: budget: found 'much', expected a number"),
        ("money>low", "--where: money: found >, expected ="),
    ],
)
def test_other_conditions_are_refused(condition: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        table(3).where([condition])
    assert told in str(caught.value)


def test_rows_are_sorted_with_the_silent_last() -> None:
    gains = [row.get("gain") for row in table(10).by("gain").rows]
    assert gains[:10] == sorted((n * 7919 % 1000 for n in range(10)), reverse=True)
    assert gains[10:] == [None, None]
    assert [row.get("cell") for row in table(3).by("cell").rows][:2] == ["bad", "q1.c0"]


def test_the_csv_says_what_the_summaries_say() -> None:
    rows = list(csv.DictReader(io.StringIO(table(4).to_csv())))
    assert [float(row["value"]) for row in rows[:4]] == [0, 5, 10, 15]
    assert rows[3]["binding"] == "cap tv-floor"
    assert (rows[4]["status"], rows[4]["value"]) == ("bad input", "")
    assert rows[5]["status"] == "not planned yet"


def test_ten_thousand_are_listed_without_a_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No plan is there to be read, and a second is enough on a machine that others use."""
    count = 10_000
    folder = Folder(tmp_path)
    folder.write_cells(
        Cell(f"q1.c{n}", "q1.yaml", f"c{n}", {"money": "low"}, f"{n:064x}") for n in range(count)
    )
    (tmp_path / "summaries").mkdir()
    lines = "".join(summary(n).to_line() for n in range(count))
    (tmp_path / "summaries" / "all.jsonl").write_text(lines, encoding="utf-8")
    started = time.process_time()
    command = ["sweep", "list", str(tmp_path), "--where", "budget>6M", "--sort", "gain", "--json"]
    assert run(app, command) == 0
    assert time.process_time() - started < 3
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 4_999
    assert rows[0]["gain"] == 999
    assert run(app, ["sweep", "list", str(tmp_path)]) == 0
    assert "… and 9,980 more" in capsys.readouterr().out


def test_a_folder_without_a_sweep_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(app, ["sweep", "list", str(tmp_path)]) == 2
    assert "expected the folder of a sweep" in capsys.readouterr().err
