"""experiments.csv: what is read, every fault at its place, and a row that is added."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from mmm.errors import InputError
from mmm.experiments import Experiment, Known, append, read_experiments

HEADER = "kpi,lines,geo,start,end,spend_change,incremental_outcome,standard_error,kind"
GOOD = "revenue,search/brand+tv,DE,2026-01-05,2026-01-18,-400,-900,150,holdout"
WEEKS = np.arange(np.datetime64("2026-01-05"), np.datetime64("2026-03-02"), 7)
KNOWN = Known(
    kpis=("revenue", "new_customers"),
    lines=("tv", "search/brand", "search/generic"),
    geos=("AT", "DE"),
    weeks=WEEKS,
    spend=np.full((3, 2, len(WEEKS)), 100.0),
)


def table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "experiments.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_row_is_read(tmp_path: Path) -> None:
    (read,) = read_experiments(table(tmp_path, GOOD), KNOWN)
    assert read == Experiment(
        kpi="revenue",
        lines=("search/brand", "tv"),
        geos=("DE",),
        start=dt.date(2026, 1, 5),
        end=dt.date(2026, 1, 18),
        spend_change=-400.0,
        incremental_outcome=-900.0,
        standard_error=150.0,
        kind="holdout",
        measured_until=dt.date(2026, 1, 18),
        name="",
    )


def test_columns_in_any_order_a_tail_and_a_name(tmp_path: Path) -> None:
    header = "name,measured_until," + HEADER
    path = table(tmp_path, f'"dark, DE",2026-02-01,{GOOD}', header=header)
    (read,) = read_experiments(path, KNOWN)
    assert (read.name, read.measured_until) == ("dark, DE", dt.date(2026, 2, 1))


FAULTS = (
    ("revenue", "revenu", 1, "did you mean 'revenue'?"),
    ("search/brand+tv", "serch", 9, "did you mean 'search'?"),
    (",DE,", ",DEU,", 25, "did you mean 'DE'?"),
    (",DE,", ",,", 25, "an empty cell"),
    ("2026-01-05", "2026-01-06", 28, "2026-01-06, a Tuesday, expected the first day of a week"),
    ("2026-01-18", "2026-01-17", 39, "write 2026-01-18"),
    ("2026-01-05", "2025-12-29", 28, "a day of the data, 2026-01-05 to 2026-03-01"),
    ("2026-01-05", "05.01.2026", 28, "a date as YYYY-MM-DD"),
    ("2026-01-18", "2026-01-04", 39, "a day after the start"),
    (",-400,", ",400,", 50, "below 0 for a holdout; write -400"),
    (",-400,", ",0,", 50, "a change"),
    (",-400,", ",-401,", 50, "at most what these lines ever spent in 2 weeks, 400"),
    (",-400,", ',"4,0",', 50, "a plain number such as 1250.5"),
    (",150,", ",0,", 60, "above 0"),
    (",150,", ",,", 60, "an empty cell"),
    ("holdout", "hold-out", 64, "did you mean 'holdout'?"),
)


@pytest.mark.parametrize(("cell", "wrong", "column", "said"), FAULTS)
def test_a_fault_has_its_place(
    tmp_path: Path, cell: str, wrong: str, column: int, said: str
) -> None:
    path = table(tmp_path, GOOD.replace(cell, wrong, 1))
    with pytest.raises(InputError) as raised:
        read_experiments(path, KNOWN)
    (fault,) = raised.value.faults
    assert (fault.line, fault.column) == (2, column)
    assert said in str(fault)


def test_a_scale_up_adds_no_more_than_was_spent(tmp_path: Path) -> None:
    """Two lines at 100 a week in DE: 400 in two weeks, so without it less than nothing."""
    row = "revenue,tv+search/brand,DE,2026-01-05,2026-01-18,500,900,150,scale_up"
    with pytest.raises(InputError, match="spent in its 2 weeks, 400"):
        read_experiments(table(tmp_path, row), KNOWN)


def test_every_fault_comes_at_once(tmp_path: Path) -> None:
    rows = [GOOD, GOOD, GOOD.replace("-400", "1,5").replace("revenue", "sales"), "a,b"]
    with pytest.raises(InputError) as raised:
        read_experiments(table(tmp_path, *rows[:2], GOOD.replace("revenue", "sales")), KNOWN)
    assert [(fault.line, fault.column) for fault in raised.value.faults] == [(3, 1), (4, 1)]
    assert "experiment of line 2 again" in str(raised.value)
    with pytest.raises(InputError, match="2 fields, expected 9"):
        read_experiments(table(tmp_path, *rows), KNOWN)


def test_the_header_is_checked(tmp_path: Path) -> None:
    header = HEADER.replace("standard_error", "std_error")
    with pytest.raises(InputError) as raised:
        read_experiments(table(tmp_path, GOOD, header=header))
    assert {fault.path for fault in raised.value.faults} == {"standard_error", "std_error"}


def test_national_data_take_any_geo(tmp_path: Path) -> None:
    national = Known(KNOWN.kpis, KNOWN.lines, (), WEEKS, KNOWN.spend[:, :1])
    (read,) = read_experiments(table(tmp_path, GOOD.replace(",DE,", ",Bavaria,")), national)
    assert read.geos == ("Bavaria",)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_row_is_appended_and_the_rest_stays(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "experiments.csv"
    before = f"name,{HEADER}{ending}first  ,{GOOD}".encode()  # no line end at the end of the file
    path.write_bytes(before)
    (first,) = read_experiments(path)
    second = Experiment(**{**vars(first), "kpi": "new_customers", "name": 'dark, "DE"'})
    append(path, second)
    after = path.read_bytes()
    assert after.startswith(before + ending.encode())
    assert after.count(ending.encode()) == 3
    assert read_experiments(path) == (first, second)
    assert [file.name for file in tmp_path.iterdir()] == ["experiments.csv"]
    with pytest.raises(InputError, match="already"):
        append(path, second)


def test_a_table_is_begun_and_a_tail_is_never_lost(tmp_path: Path) -> None:
    path = table(tmp_path, GOOD)
    (one,) = read_experiments(path)
    longer = Experiment(**{**vars(one), "measured_until": dt.date(2026, 2, 1)})
    with pytest.raises(InputError, match="measured_until"):
        append(path, longer)
    append(tmp_path / "new.csv", longer)
    assert read_experiments(tmp_path / "new.csv") == (longer,)
