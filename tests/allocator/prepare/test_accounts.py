"""Accounts are read whole or refused with every fault and its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.prepare.accounts import read_accounts
from mmm.errors import InputError

LINES = ("tv", "search/brand")


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "lines.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_what_is_not_said_is_not_known(tmp_path: Path) -> None:
    text = "line,supplier,fee,tax,days_to_pay\ntv,Nord & Co,5%,0.19,45\n\nsearch/brand,,,,\n"
    found = read_accounts(written(tmp_path, text), LINES)
    tv, brand = found["tv"], found["search/brand"]
    assert (tv.supplier, tv.fee, tv.tax, tv.days_to_pay) == ("Nord & Co", 0.05, 0.19, 45)
    assert tv.source.endswith("lines.csv:2")
    assert (brand.supplier, brand.fee, brand.days_to_pay) == (None, 0, 0)
    assert brand.source.endswith("lines.csv:4")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("line,fe\ntv,1%\n", ":1:2: found the column 'fe', expected a column of accounts; did you"),
        ("line;fee\ntv;1%\n", "separate columns with commas"),
        ("fee\n1%\n", "no column `line`"),
        ("line,fee,fee\ntv,1%,1%\n", ":1:3: found the column 'fee' again"),
        ("line,fee\ntvv,1%\n", ":2: line: found 'tvv', expected a line of the plan; did you mean"),
        ("line,fee\ntv,1%\ntv,2%\n", ":3: line: found tv again (first on line 2)"),
        ("line,fee\ntv,5\n", ":2:2: fee: found '5', expected a share such as 5% or 0.05"),
        ("line,fee\ntv,nan\n", "found 'nan'"),
        ("line,tax\ntv,-1%\n", "found '-1%'"),
        ("line,days_to_pay\ntv,30.5\n", "expected whole days"),
        ("line,days_to_pay\ntv,900\n", "expected whole days, 0 to 366"),
        ("line,fee\n,1%\n", ":2: line: found nothing, expected the name of a line"),
        ("line,fee\ntv\n", ":2: found 1 values, expected 2, one for each column"),
        ('line,fee\n"tv,1%\n', "expected a CSV file"),
        (b"line,supplier\ntv,\xff\n", ":2: found bytes that are not UTF-8"),
    ],
)
def test_faults_say_where(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_accounts(written(tmp_path, text), LINES)
    assert said in str(caught.value)


def test_every_fault_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_accounts(written(tmp_path, "line,fee,tax\ntvv,1%,0%\ntv,x,y\n"), LINES)
    assert len(caught.value.faults) == 3


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_accounts(tmp_path / "none.csv", LINES)
