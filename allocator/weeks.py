"""Days and weeks as planners write them: ``2027-W14`` or ``2027-04-05``, kept as text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

if TYPE_CHECKING:  # `allocator show` reads scenarios without NumPy
    import numpy as np

MOST = 104  # weeks of a period

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def weeks_in(year: int) -> int:
    """Number of ISO weeks of a year, 52 or 53 (the week of 28 December is the last)."""
    return dt.date(year, 12, 28).isocalendar().week


def iso_monday(week: str) -> dt.date | None:
    """The Monday of ``2027-W14``; None if the text is no week. Raises ValueError for W00, W60."""
    match = _WEEK.match(week)
    if match is None:
        return None
    year, number = int(match.group(1)), int(match.group(2))
    if not 1900 <= year <= 2200:
        raise ValueError("a year from 1900 to 2200")
    last = weeks_in(year)
    if not 1 <= number <= last:
        raise ValueError(f"a week from {year}-W01 to {year}-W{last}")
    return dt.date.fromisocalendar(year, number, 1)


def week_or_day(value: Any) -> str:
    """``2027-W14`` or ``2027-04-05`` as such text. Raises ValueError for what is neither."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = value.isoformat()
    if not isinstance(value, str):
        raise ValueError("a week such as 2027-W14, or a day such as 2027-04-05")
    if iso_monday(value) is not None:
        return value
    if _DAY.match(value):
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError("a day of the calendar, as year-month-day") from None
        if not 1900 <= day.year <= 2200:
            raise ValueError("a year from 1900 to 2200")
        return value
    near = re.fullmatch(r"([0-9]{4})[- ]?[Ww]([0-9]{1,2})", value)
    write = f"; write {near.group(1)}-W{int(near.group(2)):02d}" if near else ""
    raise ValueError(f"a week such as 2027-W14, or a day such as 2027-04-05{write}")


WeekOrDay = Annotated[
    str,
    BeforeValidator(week_or_day),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[0-9]{4}-(W[0-9]{2}|[0-9]{2}-[0-9]{2})$",
            "examples": ["2027-W14", "2027-04-05"],
        }
    ),
]
"""An ISO week or a day, as text."""


def week(value: Any) -> str:
    """``2027-W14`` as such text. Raises ValueError for anything else."""
    if isinstance(value, str) and _WEEK.match(value) and iso_monday(value) is not None:
        return value
    near = isinstance(value, str) and re.fullmatch(r"([0-9]{4})[- ]?[Ww]([0-9]{1,2})", value)
    write = f"; write {near.group(1)}-W{int(near.group(2)):02d}" if near else ""
    raise ValueError(f"a week such as 2027-W14{write}")


def several_weeks(value: Any) -> tuple[str, ...]:
    """Weeks from one, a list of them, or ``{from: 2027-W14, to: 2027-W17}``, in their order.

    Raises ValueError for anything else, a week twice, and a range that ends before it begins.
    """
    if isinstance(value, str):
        return (week(value),)
    if isinstance(value, dict):
        if set(value) != {"from", "to"}:
            raise ValueError("a range of weeks such as {from: 2027-W14, to: 2027-W17}")
        first, last = (iso_monday(week(value[key])) for key in ("from", "to"))
        assert first is not None
        assert last is not None  # both are weeks
        count = (last - first).days // 7 + 1
        if not 1 <= count <= MOST:
            raise ValueError(f"a range of 1 to {MOST} weeks, the first week first")
        days = (first + dt.timedelta(weeks=n) for n in range(count))
        return tuple(f"{day:%G}-W{day:%V}" for day in days)
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError("weeks such as [2027-W14, 2027-W15], or {from: 2027-W14, to: 2027-W17}")
    named = tuple(week(item) for item in value)
    again = next((label for place, label in enumerate(named) if label in named[:place]), None)
    if again is not None:
        raise ValueError(f"each week once, not {again} again")
    return tuple(sorted(named))


def weights(count: int, at: Mapping[int, float]) -> np.ndarray:
    """(count,) zeros but for the weights of some weeks, counted from 0."""
    import numpy as np  # not before a plan is made

    made = np.zeros(count)
    for place, weight in at.items():
        made[place] = weight
    return made


_WEEK_FORM: dict[str, Any] = {"type": "string", "pattern": "^[0-9]{4}-W[0-9]{2}$"}

Week = Annotated[
    str, BeforeValidator(week), WithJsonSchema({**_WEEK_FORM, "examples": ["2027-W14"]})
]
"""An ISO week, as text: the model's week that begins in it."""

Weeks = Annotated[
    tuple[str, ...],
    BeforeValidator(several_weeks),
    WithJsonSchema(
        {
            "anyOf": [
                _WEEK_FORM,
                {"type": "array", "items": _WEEK_FORM, "minItems": 1},
                {
                    "type": "object",
                    "properties": {"from": _WEEK_FORM, "to": _WEEK_FORM},
                    "required": ["from", "to"],
                    "additionalProperties": False,
                },
            ],
            "examples": ["2027-W20", ["2027-W20", "2027-W21"]],
        }
    ),
]
"""One week, a list of them, or a range from one to another."""
