"""Reading orders: what is understood, what is refused and how, and what is never told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from orders_case import SMALL, orders_of, spec_of

from mmm.clv.cells import shape
from mmm.clv.read import read_orders
from mmm.clv.spec import csv_spec, load_spec
from mmm.clv.summary import summarise
from mmm.errors import InputError


def test_orders_of_a_day_are_one_and_customers_are_numbers(tmp_path: Path) -> None:
    orders = orders_of(tmp_path, segment="channel")
    assert orders.customer.tolist() == [0, 0, 1, 1, 2]
    assert orders.amount.tolist() == [10.0, 7.5, 20.0, 40.0, 7.0]
    assert orders.segment.tolist() == ["search", "social", "search"], "the first order's"
    assert orders.first.tolist() == [True, False, True, False, True]
    made = summarise(orders)
    assert made.x.tolist() == [1, 1, 0]
    assert made.t_x.tolist() == [2, 4, 0]
    assert made.T.tolist() == [29 / 7, 4, 2 / 7], "to the last order of the table, 2026-02-03"
    assert made.mean_repeat.tolist() == [7.5, 40, 0]
    assert made.first_amount.tolist() == [10, 20, 7]


def test_without_consent_a_customer_is_left_out_and_rows_are_counted(tmp_path: Path) -> None:
    assert orders_of(tmp_path).rows_without_consent == 1
    later = SMALL + "ben,2026-02-04,social,1.00,\n"
    orders = orders_of(tmp_path, later)
    assert orders.rows_without_consent == 4, "carla's, and all of ben's, who took it back"
    assert len(orders.segment) == 2
    assert orders_of(tmp_path, SMALL.replace("consent", "agreed")).rows_without_consent is None
    named = orders_of(tmp_path, SMALL.replace("consent", "agreed"), consent="agreed")
    assert named.rows_without_consent == 1


def test_the_digest_knows_neither_names_nor_the_order_of_rows(tmp_path: Path) -> None:
    lines = SMALL.splitlines()
    shuffled = "\n".join([lines[0], *sorted(lines[1:], reverse=True)]) + "\n"
    renamed = SMALL.replace("anna@example.com", "z9")
    first = orders_of(tmp_path).digest
    assert orders_of(tmp_path, shuffled).digest == first
    assert orders_of(tmp_path, renamed).digest == first
    assert orders_of(tmp_path, SMALL.replace("7.00", "7.01")).digest != first


def test_customers_until_a_day_and_those_kept(tmp_path: Path) -> None:
    orders = orders_of(tmp_path)
    early = orders.until(int(orders.day[0]) + 1)
    assert early.amount.tolist() == [10, 20]
    kept = orders.of(np.array([False, True, True]))
    assert kept.customer.tolist() == [0, 0, 1]
    assert kept.amount.tolist() == [20, 40, 7]


HEAD = "customer_id,date,amount\n"
BAD = {
    "missing column": ("customerid,date,amount\na,2026-01-01,1\n", {},
        "1: found no column 'customer_id', expected the customer column; did you mean "
        "'customerid'?"),
    "missing segment": (HEAD + "a,2026-01-01,1\n", {"segment": "chanel"},
        "found no column 'chanel', expected the segment column"),
    "duplicate header": ("customer_id,date,amount,amount\na,2026-01-01,1,1\n", {},
        "1: found the column 'amount' twice, expected every column name once"),
    "date of another format": (HEAD + "a,13/02/2026,1\n", {},
        "2: date: found '99/99/9999', expected a date as YYYY-MM-DD; write "
        "`date_format: DD/MM/YYYY`"),
    "date that is none": (HEAD + "a,2026-02-30,1\n", {}, "expected a date as YYYY-MM-DD"),
    "half a date": (HEAD + "a,2026-02,1\n", {}, "expected a date as YYYY-MM-DD"),
    "negative": (HEAD + "a,2026-01-01,-5\n", {},
        "2: amount: found a negative amount, expected 0 or more; net refunds"),
    "no number": (HEAD + "a,2026-01-01,5 EUR\n", {}, "found '9 aaa', expected a number"),
    "decimal comma": (HEAD + 'a,2026-01-01,"5,20"\n', {}, 'write `decimal: ","`'),
    "empty amount": (HEAD + "a,2026-01-01,\n", {}, "found an empty cell, expected a number"),
    "not finite": (HEAD + "a,2026-01-01,inf\n", {}, "found 'aaa', expected a number"),
    "huge": (HEAD + f"a,2026-01-01,{'9' * 400}\n", {}, "found a text of 400 characters"),
    "after the end": (HEAD + "a,2026-03-01,5\n", {"end": "2026-02-28"},
        "2: date: found a later day, expected a day up to the end, 2026-02-28"),
    "nobody": (HEAD + " ,2026-01-01,5\n", {}, "customer_id: found an empty cell"),
    "too few fields": (HEAD + "a,2026-01-01\n", {}, "2: found 2 fields, expected 3"),
    "too many fields": (HEAD + "a,2026-01-01,1,2\n", {}, "quote a text that holds the delimiter"),
    "no header": ("anna@example.com,2026-01-01,5\n", {}, "found a first line that looks like data"),
    "delimiter": ("customer_id;date;amount\na;2026-01-01;1\n", {}, 'write `delimiter: ";"`'),
    "only a header": (HEAD, {}, "found a header without rows"),
    "empty": ("", {}, "found an empty file"),
    "quotation": (HEAD + 'a,2026-01-01,"5\n', {}, "a broken quotation"),
    "nobody agreed": ("customer_id,date,amount,consent\na,2026-01-01,5,no\n", {},
        "found no row with consent"),
    "unclear consent": ("customer_id,date,amount,consent\na,2026-01-01,5,maybe\n", {},
        "consent: found 'aaaaa', expected yes or no"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_table_is_told_in_words(case: str, tmp_path: Path) -> None:
    text, options, wanted = BAD[case]
    with pytest.raises(InputError) as error:
        orders_of(tmp_path, text, **options)
    assert wanted in str(error.value)
    assert str(error.value).startswith(f"{tmp_path / 'orders.csv'}:")


def test_all_faults_come_in_one_list(tmp_path: Path) -> None:
    text = HEAD + "a,2026-01-01,-1\nb,soon,2\n,2026-01-01,3\n"
    with pytest.raises(InputError) as error:
        orders_of(tmp_path, text)
    assert [fault.line for fault in error.value.faults] == [2, 3, 4]


def test_bytes_that_are_no_text_and_files_that_are_none(tmp_path: Path) -> None:
    spec = spec_of(tmp_path)
    (tmp_path / "orders.csv").write_bytes(HEAD.encode() + b"\xe4,2026-01-01,1\n")
    with pytest.raises(InputError, match="bytes that are not utf-8"):
        read_orders(spec)
    with pytest.raises(InputError, match=r"no such file.*did you mean 'orders.csv'"):
        read_orders(csv_spec(tmp_path / "order.csv", {}))
    with pytest.raises(InputError, match=r"a \.parquet file, expected a \.csv"):
        read_orders(csv_spec(tmp_path / "orders.parquet", {}))


@pytest.mark.parametrize("wrong", ["date", "amount", "consent"])
def test_no_fault_tells_an_identifier(wrong: str, tmp_path: Path) -> None:
    """Whatever column is named by mistake, what stands in it is not shown."""
    text = "who,when,much\n" + "".join(f"anna{n}@example.com,2026-01-0{n},5\n" for n in (1, 2, 3))
    options = {"customer": "much", "date": "when", "amount": "much2"} | {wrong: "who"}
    with pytest.raises(InputError) as error:
        orders_of(tmp_path, text.replace("much", "much,much2").replace(",5\n", ",5,5\n"), **options)
    assert "anna" not in str(error.value)
    assert "example" not in str(error.value)


def test_a_shape_tells_nothing() -> None:
    assert shape("K-1234") == "'a-9999'"
    assert shape("") == "an empty cell"
    assert shape("x" * 21) == "a text of 21 characters"


def test_the_spec_file(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(SMALL)
    path = tmp_path / "clv-spec.yaml"
    path.write_text("file: orders.csv\nsegment: channel\nmargin: 0.4\nend: 2026-02-28\n")
    spec = load_spec(path)
    assert read_orders(spec).end - read_orders(spec).day[0] == 54
    path.write_text("file: orders.csv\nsegmnt: channel\nmargin: 2\ndate_format: nonsense\n")
    with pytest.raises(InputError) as error:
        load_spec(path)
    assert "did you mean 'segment'?" in str(error.value)
    assert len(error.value.faults) == 3
    with pytest.raises(InputError, match="--margin: found 7"):
        csv_spec(tmp_path / "orders.csv", {"margin": 7})
    with pytest.raises(InputError, match="a column of its own"):
        csv_spec(tmp_path / "orders.csv", {"date": "amount"})
