"""Cells of the table of orders: what they say, and what they look like without saying it."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from mmm.clv.orders import day_of
from mmm.spec.tables import TableSpec

LONGEST_SHAPE = 20
FORMATS = ("YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "YYYYMMDD", "YYYY/MM/DD")


def shape(text: str) -> str:
    """What a cell looks like: digits as 9, letters as a; nothing of what it says."""
    if not text:
        return "an empty cell"
    if len(text) > LONGEST_SHAPE:
        return f"a text of {len(text)} characters"
    return repr("".join("9" if c.isdigit() else "a" if c.isalpha() else c for c in text))


@cache
def as_strptime(form: str) -> str:
    """A date format as Python's strptime writes it."""
    return TableSpec(file="x.csv", date_format=form).strptime


@cache
def parsed_day(text: str, form: str) -> int | None:
    """Days since 1970; a table has few dates and many rows, so each is read once."""
    text = re.sub(r"[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?\Z", "", text)
    sample = dt.date(2026, 11, 22).strftime(form)
    if len(text) != len(sample):
        return None  # strptime would read 2021111 as two different days
    try:
        return day_of(dt.datetime.strptime(text, form).date())
    except ValueError:
        return None
