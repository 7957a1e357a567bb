"""The part of model.yaml about all that is no media."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mmm.spec.priors import Name, Written


class ControlSpec(Written):
    """Something that is no media and moves the KPIs: price, promotion, a competitor."""

    column: Name
    """Column of a wide table."""
    name: Name | None = None
    """Name in tables and plots; by default that of the column."""
    aggregate: Literal["mean", "sum"] = "mean"
    """How days (or regions) become a week: the mean for prices and indices, the sum for counts."""

    @property
    def label(self) -> str:
        """``name``, or the column's name."""
        return self.name or self.column


class EventSpec(Written):
    """Something that happened on known days: ``dates``, ``start`` with ``end``, or a column.

    In the model an event is a number per week: its days in that week, divided by the most days it
    has in any week (so 1 in a full week, and 1 in the week of a single day).
    """

    name: Name
    """Name in tables and plots."""
    dates: tuple[dt.date, ...] | None = None
    """The days."""
    start: dt.date | None = None
    """First day of a stretch."""
    end: dt.date | None = None
    """Last day of a stretch."""
    column: Name | None = None
    """Column of a wide table that names what happened in each row."""
    value: str | None = None
    """The text in ``column`` that stands for this event."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        stated = (
            self.dates is not None,
            self.start is not None or self.end is not None,
            self.column is not None or self.value is not None,
        )
        whole = bool(self.dates) or bool(self.start and self.end) or bool(self.column)
        if sum(stated) != 1 or not whole or (self.column and self.value is None):
            raise ValueError("one of: dates; start with end; column with value")
        if self.start and self.end and self.end < self.start:
            raise ValueError("end on or after start")
        return self


class TrendSpec(Written):
    """Slow change of the baseline."""

    kind: Literal["local", "linear", "none"] = "local"
    """``local``: straight pieces that may bend at every knot, so that demand which moves both
    sales and spend is not credited to media. ``linear``: one straight line. ``none``: level."""
    knot_weeks: Annotated[int, Field(strict=True, ge=4, le=104)] = 13
    """Weeks between two knots of a local trend."""


class SeasonalitySpec(Written):
    """What repeats every year."""

    yearly: Annotated[int, Field(strict=True, ge=0, le=10)] = 2
    """Pairs of sine and cosine over a year; 0 for none."""


class HolidaySpec(Written):
    """Public holidays, from the calendar of the ``holidays`` library."""

    country: Name
    """Two-letter country code, such as DE, US, FR."""
    subdivision: Name | None = None
    """State or province code, for holidays that only it has."""
    names: tuple[Name, ...] | None = None
    """Only these holidays, by the names the library gives them in English; by default all."""
