"""From text to dates and numbers, one column at a time, without a guess."""

from __future__ import annotations

import datetime as dt
import math
import re

import numpy as np

from mmm.data.findings import Findings
from mmm.data.text import RawTable
from mmm.spec import TableSpec

COMMON_FORMATS = (
    "YYYY-MM-DD",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "DD.MM.YYYY",
    "DD-MM-YYYY",
    "MM-DD-YYYY",
    "YYYY/MM/DD",
    "YYYYMMDD",
    "DD/MM/YY",
    "MM/DD/YY",
    "DD.MM.YY",
)
EMPTY_WORDS = ("na", "n/a", "nan", "null", "none", "-", "#n/a", "nil", ".")
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?(Z|\+00:00)?\Z")
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?\Z")
_COMMA = re.compile(r"[-+]?\d*,\d+\Z")
_POINT_GROUPS = re.compile(r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?\Z")
_THREE_DECIMALS = re.compile(r"[1-9]\d{0,2}\.\d{3}\Z")
_MONEY_SIGN = re.compile(r"[€$£¥₹]|\b[A-Z]{3}\b")
MANY = 8  # a column whose values all have exactly three decimals by chance: below 1e-8


def read_dates(table: RawTable, findings: Findings) -> list[dt.date | None]:
    """Dates of every row; None where the cell is none, with the reason in ``findings``."""
    spec = table.spec
    texts = [_MIDNIGHT.sub("", text) for text in table.column(spec.date)]
    dates = [_date(text, spec) for text in texts]
    wrong = [row for row, date in enumerate(dates) if date is None]
    if not wrong:
        return dates
    others = [form for form in COMMON_FORMATS if form != spec.date_format]
    fitting = [form for form in others if all(_date(text, _like(spec, form)) for text in texts)]
    expected = f"a date as {spec.date_format}"
    if fitting:
        choice = " or ".join(f"`date_format: {form}`" for form in fitting)
        question = "day or month first? " if len(fitting) > 1 else ""
        row = wrong[0]
        found = f"{texts[row]!r} and {len(wrong) - 1} more" if len(wrong) > 1 else repr(texts[row])
        fix = f"{question}write {choice} for this table"
        findings.add(table.fault(row, spec.date, found, expected, fix))
        return dates
    for row in wrong:
        found = repr(texts[row]) if texts[row] else "an empty cell"
        findings.add(table.fault(row, spec.date, found, expected, "correct this row"))
    return dates


def _like(spec: TableSpec, form: str) -> TableSpec:
    return spec.model_copy(update={"date_format": form})


def _date(text: str, spec: TableSpec) -> dt.date | None:
    if len(text) != len(spec.date_format) and (
        text.isdigit() or ("YYYY" in spec.date_format and len(text) > len(spec.date_format))
    ):
        return None  # strptime would read 2021111 as two different days
    try:
        return dt.datetime.strptime(text, spec.strptime).date()
    except ValueError:
        return None


def read_numbers(
    table: RawTable, column: str, findings: Findings, *, empty_is_zero: bool = False
) -> np.ndarray:
    """Numbers of every row, (row,); NaN where the cell is none, with a reason in ``findings``."""
    spec, texts = table.spec, table.column(column)
    values = np.full(len(texts), math.nan)
    plain = _pattern(spec)
    for row, text in enumerate(texts):
        if text == "" or text in spec.na_values:
            if empty_is_zero:
                values[row] = 0.0
            continue
        if plain.match(text):
            values[row] = float(_pointed(text, spec))
            if math.isinf(values[row]):
                values[row] = math.nan
                findings.add(table.fault(row, column, repr(text), "a finite number"))
            continue
        expected, fix = _diagnosis(text, spec)
        findings.add(table.fault(row, column, repr(text), expected, fix))
    _ask_about_three_decimals(table, column, texts, findings)
    return values


def empty_rows(table: RawTable, column: str) -> list[int]:
    """Rows whose cell is empty, or a text that ``na_values`` declares to be."""
    na = table.spec.na_values
    return [row for row, text in enumerate(table.column(column)) if text == "" or text in na]


def _pattern(spec: TableSpec) -> re.Pattern[str]:
    mark = re.escape(spec.decimal or ".")
    whole = r"\d+"
    if spec.thousands:
        whole = rf"(\d{{1,3}}({re.escape(spec.thousands)}\d{{3}})+|\d+)"
    return re.compile(rf"[-+]?({whole}({mark}\d*)?|{mark}\d+)([eE][-+]?\d+)?\Z", re.ASCII)


def _pointed(text: str, spec: TableSpec) -> str:
    if spec.thousands:
        text = text.replace(spec.thousands, "")
    return text.replace(",", ".") if spec.decimal == "," else text


def _diagnosis(text: str, spec: TableSpec) -> tuple[str, str]:
    """What was expected instead of ``text``, and how to put it right."""
    number = f"a number with a decimal {'comma' if spec.decimal == ',' else 'point'}"
    if text.lower() in EMPTY_WORDS:
        fix = f'if it means an empty cell, write `na_values: ["{text}"]` for this table'
        return "a number", fix
    if text.lower().strip("+-") in ("inf", "infinity"):
        return "a finite number", "write the figure itself"
    if text.endswith("%"):
        return "a number without a sign", "write 12% as 0.12"
    if _MONEY_SIGN.search(text):
        return "a plain number", "state the money once, as `currency` in model.yaml"
    if spec.decimal == ",":
        if _POINT_GROUPS.match(text) and not spec.thousands:
            return number, 'if the point separates thousands, write `thousands: "."`'
        return number, "one table has one decimal mark"
    comma_decimal = 'write `decimal: ","` for this table'
    if _GROUPED.match(text):
        grouped = 'write `thousands: ","`'
        if text.count(",") == 1 and "." not in text:
            fix = f"if the comma separates thousands, {grouped}; if decimals, {comma_decimal}"
            return number, fix
        return number, f"{grouped} for this table"
    if _COMMA.match(text):
        return number, comma_decimal
    if _POINT_GROUPS.match(text):
        return number, 'write `thousands: "."` and `decimal: ","` for this table'
    return number, "correct this cell"


def _ask_about_three_decimals(
    table: RawTable, column: str, texts: list[str], findings: Findings
) -> None:
    """12.345 in every cell may be twelve thousand: ask, unless ``decimal`` is stated."""
    if table.spec.decimal is not None:
        return
    filled = [text for text in texts if text not in ("", "0", *table.spec.na_values)]
    if len(filled) >= MANY and all(_THREE_DECIMALS.match(text) for text in filled):
        row = texts.index(filled[0])
        found = f"{filled[0]!r}, and three digits after the point in every cell"
        expected = "to be told what the point means"
        fix = 'for decimals write `decimal: "."`, for thousands `thousands: "."` and `decimal: ","`'
        findings.add(table.fault(row, column, found, expected, fix))
