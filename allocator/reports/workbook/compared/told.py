"""The figures of a comparison, a row for every plan, with the place each has on sheet Data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell

from allocator.findings.comparison import Change, Comparison, Figure, Reading
from allocator.reports.workbook._base.book import Binder, short_digest
from allocator.reports.workbook._base.formula import Cell

SHEET, FIRST = "Data", 4
"""The sheet, and the row of its first figure, from 0."""
CALENDARS = ("all", "month", "after")
"""Weeks are in comparison.csv: a sheet of them is no longer read."""
VALUES = ("mean", "p10", "p90", "change", "change p10", "change p90", "above")
"""What is known of a plan's figure; ``change``: less the first plan."""
VALUE = 8
"""Column of the first of them."""


class Key(NamedTuple):
    """Names the figure of one plan."""

    level: str
    line: str
    metric: str
    plan: int
    period: str = "all"
    model: str = ""


@dataclass(frozen=True)
class Row:
    """A plan's figure: what is known of it, None where it is absent."""

    key: Key
    figure: Figure
    values: tuple[float | None, ...]


class ComparedBook(Binder):
    """What the sheets of the workbook share while they are written."""

    def __init__(self, comparison: Comparison, made_on: str) -> None:
        foot = f"comparison {short_digest(comparison.digest)}"
        super().__init__(comparison.currency, title="Plans compared", made_on=made_on, foot=foot)
        self.comparison, self.made_on = comparison, made_on
        self.rows = tuple(_rows(comparison))
        self._places = {row.key: place for place, row in enumerate(self.rows)}

    def cell(self, key: Key, value: str = "mean") -> Cell | None:
        """Where it stands; None where the plan has no such figure. No model: the first."""
        key = key if key.model else key._replace(model=self.comparison.plans[0].name)
        place, column = self._places.get(key), VALUES.index(value)
        found = None if place is None else self.rows[place].values[column]
        if place is None or found is None:
            return None
        return Cell(f"{SHEET}!{xl_rowcol_to_cell(FIRST + place, VALUE + column)}", found)


def _rows(comparison: Comparison) -> list[Row]:
    return [
        Row(
            Key(one.level, _named(one), one.metric, plan, one.period, one.model),
            one,
            (*_of(value), *_than(change)),
        )
        for one in comparison.figures
        if one.calendar in CALENDARS
        for plan, (value, change) in enumerate(zip(one.values, one.changes, strict=True))
        if value is not None
    ]


def _named(figure: Figure) -> str:
    return figure.channel if figure.level == "channel" else figure.line


def _of(value: Reading) -> tuple[float | None, ...]:
    return value.mean, value.p10, value.p90


def _than(change: Change | None) -> tuple[float | None, ...]:
    if change is None:
        return (None,) * 4
    return change.mean, change.p10, change.p90, change.above
