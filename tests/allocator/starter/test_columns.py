"""What the columns of a newcomer's CSV are taken for."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.starter import read_table, roles_of
from allocator.starter.columns import Roles
from mmm.errors import InputError

MONDAYS = ("2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23")


def table(folder: Path, head: str, row: str, dates: tuple[str, ...] = MONDAYS) -> Path:
    file = folder / "data.csv"
    file.write_text("\n".join([head, *(f"{date}{row}" for date in dates)]) + "\n", encoding="utf-8")
    return file


def roles(folder: Path, head: str, row: str, dates: tuple[str, ...] = MONDAYS) -> Roles:
    return roles_of(read_table(table(folder, head, row, dates)))


@pytest.mark.parametrize(
    ("head", "row", "channels", "kpis", "others"),
    [
        ("date,tv_spend,search cost,revenue,price", ",1,2,3,4",
         {"tv": "tv_spend", "search": "search cost"}, {"revenue": "currency"}, ("price",)),
        ("DATE,tv_S,facebook_S,facebook_I,revenue", ",1,2,3,4",
         {"tv": "tv_S", "facebook": "facebook_S"}, {"revenue": "currency"}, ()),
        ("week,spend_tv,spend_web,new_customers", ",1,2,3",
         {"tv": "spend_tv", "web": "spend_web"}, {"new_customers": "count"}, ()),
        ("date,tv_spend,revenue,attributed_revenue", ",1,2,3",
         {"tv": "tv_spend"}, {"revenue": "currency"}, ("attributed_revenue",)),
    ],
)  # fmt: skip
def test_names_that_tools_use(
    tmp_path: Path, head: str, row: str, channels: object, kpis: object, others: object
) -> None:
    found = roles(tmp_path, head, row)
    assert (found.channels, found.kpis, found.others) == (channels, kpis, others)
    assert not found.long


def test_a_long_table_has_its_channels_in_rows(tmp_path: Path) -> None:
    file = tmp_path / "media.csv"
    rows = [f"{day},{channel},9" for day in MONDAYS for channel in ("tv", "web")]
    file.write_text("\n".join(["date,channel,spend", *rows]), encoding="utf-8")
    found = roles_of(read_table(file))
    assert found.long
    assert found.channels == {"tv": "spend", "web": "spend"}
    assert found.kpis == {}


@pytest.mark.parametrize(
    ("dates", "form"),
    [
        (("02.11.2026", "09.11.2026", "16.11.2026"), "DD.MM.YYYY"),
        (("10/19/2026", "10/26/2026", "11/02/2026"), "MM/DD/YYYY"),
        (("01/06/2026", "08/06/2026", "15/06/2026"), "DD/MM/YYYY"),
        (("20261102", "20261109", "20261116"), "YYYYMMDD"),
    ],
)
def test_dates_are_read_in_the_one_way_that_gives_weeks(
    tmp_path: Path, dates: tuple[str, ...], form: str
) -> None:
    assert roles(tmp_path, "date,tv_spend,revenue", ",1,2", dates).date_format == form


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    file = table(tmp_path, "date;tv_spend;revenue", ";1.234,50;2,5")
    found = read_table(file)
    assert (found.delimiter, found.decimal) == (";", ",")
    assert found.number("1.234,50") == 1234.5
    assert roles_of(found).channels == {"tv": "tv_spend"}


def test_columns_can_be_named(tmp_path: Path) -> None:
    found = read_table(table(tmp_path, "date,x1,x2,y", ",1,2,3"))
    named = roles_of(found, spend=["x1", "x2"], kpi=["y"])
    assert named.channels == {"x1": "x1", "x2": "x2"}
    assert list(named.kpis) == ["y"]
    with pytest.raises(InputError, match="no column that is called spend"):
        roles_of(found)
    with pytest.raises(InputError, match=r"--spend: found 'x3', expected a column of numbers"):
        roles_of(found, spend=["x3"], kpi=["y"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "0 rows"),
        ("date,tv_spend\n2026-11-02,1\n", "2 rows"),
        ("a,b\nx,1\ny,2\n", "no column of dates"),
        ("date,a,a\n2026-11-02,1,2\n2026-11-09,1,2\n", "the column 'a' 2 times"),
        ("date,a\n2026-11-02,1\n2026-11-09\n", ":3: found 1 cells"),
        ("date,tv_spend,revenue\n2026-01-01,1,2\n2026-02-01,1,2\n2026-03-01,1,2\n", "days apart"),
        ("date,tv_spend,revenue\n01/01/2026,1,2\n02/01/2026,1,2\n", None),
    ],
)
def test_what_is_no_table_of_weeks(tmp_path: Path, text: str, found: str | None) -> None:
    file = tmp_path / "data.csv"
    file.write_text(text, encoding="utf-8")
    if found is None:  # 1 and 2 January, or 1 January and 1 February: only one makes days
        assert roles_of(read_table(file)).date_format == "DD/MM/YYYY"
        return
    with pytest.raises(InputError) as error:
        roles_of(read_table(file))
    assert found in str(error.value)
    assert str(file) in str(error.value)
