"""Every figure of the plan and its dossier, one row each, with the place it has on sheet Data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell

from allocator.plan import Interval
from allocator.reports.workbook._base.formula import Cell

SHEET = "Data"
FIRST = 4
"""The row of the first figure, from 0."""
VALUE, ENGINE, AGAIN, AGREES = 8, 9, 10, 11
"""Columns: what the sheets use, what the engine wrote, what formulas make of it, agreement."""
QUANTILES = ("mean", "p05", "p10", "p50", "p90", "p95")
SURE = ("mean", "p10", "p90")


class Id(NamedTuple):
    """Names one figure."""

    table: str
    """``total``, ``channel``, ``campaign``, ``region``, ``line``, ``bridge`` …"""
    key: str
    """of the row within its table; never a name that a person gave"""
    metric: str
    of: str = "plan"
    """``plan``, ``reference``, ``scaled`` (the reference scaled to the budget), or a difference:
    ``on reference``, ``on scaled``"""
    statistic: str = "amount"
    period: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure, what it belongs to and its unit."""

    id: Id
    name: str
    unit: str
    value: float


class Figures:
    """All figures, by id."""

    def __init__(self, figures: Iterator[Figure]) -> None:
        self.rows = tuple(figures)
        self._places: Mapping[Id, int] = {row.id: place for place, row in enumerate(self.rows)}
        assert len(self._places) == len(self.rows)  # an id names one figure

    def cell(self, id: Id) -> Cell | None:
        """Where the figure stands; None where there is no such figure."""
        place = self._places.get(id)
        return None if place is None else self.placed(place)

    def stated(self, id: Id) -> Cell:
        """Where a figure stands that is always there."""
        return self.placed(self._places[id])

    def placed(self, place: int) -> Cell:
        """The cell of the value of the row so far down."""
        at = xl_rowcol_to_cell(FIRST + place, VALUE)
        return Cell(f"{SHEET}!{at}", self.rows[place].value)

    def place(self, id: Id) -> int:
        """How far down the figure stands."""
        return self._places[id]


def interval(
    id: Id, name: str, unit: str, value: Interval | None, *, of: tuple[str, ...] = SURE
) -> Iterator[Figure]:
    """A row for the mean and each quantile; none where there is no value."""
    if value is None:
        return
    for statistic in of:
        yield Figure(id._replace(statistic=statistic), name, unit, getattr(value, statistic))
