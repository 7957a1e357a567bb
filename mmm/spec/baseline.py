"""The part of model.yaml about all that is no media."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema

from mmm.spec.priors import (
    DEFAULT_RETENTION,
    BetaPrior,
    HalfLifePrior,
    LogNormalPrior,
    Name,
    PositiveNumber,
    Written,
)

MOST_WEEKS = 26  # what takes longer than half a year is a trend
Weeks = Annotated[int, Field(strict=True, ge=0, le=MOST_WEEKS)]
Level = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class ControlAdstockSpec(Written):
    """Geometric carry-over of a control: the effect fades by a fixed share each week."""

    window: Annotated[int, Field(strict=True, ge=2, le=52)] = 8
    """Weeks over which a figure acts, its own week included."""
    retention: BetaPrior | None = None
    """Share of the effect that is kept from one week to the next; by default Beta(2, 2)."""
    half_life: LogNormalPrior | None = None
    """In place of ``retention``: weeks after which half of the effect is left."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.retention and self.half_life:
            raise ValueError("retention or half_life, not both: one follows from the other")
        return self

    @property
    def belief(self) -> BetaPrior | HalfLifePrior:
        """Prior of the retention, the default filled in."""
        if self.half_life is None:
            return self.retention or DEFAULT_RETENTION
        return HalfLifePrior.of(self.half_life, "geometric", self.window)


class ControlSpec(Written):
    """Something that is no media and moves the KPIs: price, promotion, a competitor."""

    column: Name
    """Column of a wide table."""
    name: Name | None = None
    """Name in tables and plots; by default that of the column."""
    aggregate: Literal["mean", "sum"] = "mean"
    """How days (or regions) become a week: the mean for prices and indices, the sum for counts."""
    lag: Weeks = 0
    """Weeks by which the effect comes later than the figure. In the first weeks of the data, the
    first figure stands for those before it."""
    adstock: ControlAdstockSpec | None = None
    """Carry-over, for what acts on for weeks; by default none. Its coefficient is then sampled
    beside the media, which takes longer."""
    kind: Literal["control", "treatment"] = "control"
    """``control``: explains, and is part of the baseline. ``treatment``: something that was done
    (a price, a promotion) and has a contribution of its own, against ``base``."""
    base: Literal["min", "max", "mean"] | Level | None = None
    """treatment: the level that counts as none of it. Its smallest, largest or mean value in the
    data, or a number: 0 for a discount, ``max`` for a price that is sometimes reduced."""

    @field_validator("base", mode="before")
    @classmethod
    def _one_fault(cls, base: object) -> object:
        number = isinstance(base, int | float) and not isinstance(base, bool)
        if base is not None and not number and base not in ("min", "max", "mean"):
            raise ValueError("min, max, mean or a number")
        return base

    @model_validator(mode="after")
    def _base_of_a_treatment(self) -> Self:
        if self.kind == "treatment" and self.base is None:
            raise ValueError("a base beside kind treatment: min, max, mean or a number")
        if self.kind == "control" and self.base is not None:
            raise ValueError("kind treatment beside base; a control has no contribution of its own")
        return self

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
    before: Weeks = 0
    """Weeks before it in which it shows already: its effect rises in equal steps."""
    after: Weeks = 0
    """Weeks after it in which it still shows: its effect falls in equal steps."""

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

    def days_in(self, week: dt.date) -> int:
        """Days of the event in the seven days from ``week``, for one whose dates are stated."""
        if self.dates is not None:
            return sum(week <= day < week + dt.timedelta(days=7) for day in set(self.dates))
        if self.start is None or self.end is None:
            raise ValueError(f"{self.name}: its days are in the data, not in model.yaml")
        first, last = max(self.start, week), min(self.end, week + dt.timedelta(days=6))
        return max((last - first).days + 1, 0)


FLEXIBLE = {
    "knot_weeks": ("local", "piecewise"),
    "flexibility": ("local", "piecewise", "gp"),
    "length_weeks": ("gp",),
}
"""key of a trend -> the kinds that have it"""


class TrendSpec(Written):
    """Slow change of the baseline."""

    kind: Literal["local", "piecewise", "gp", "linear", "none"] = "local"
    """``local``: straight pieces that may bend at every knot, so that demand which moves both
    sales and spend is not credited to media. ``piecewise``: likewise, but the slope goes on from
    piece to piece, for growth that changes its pace now and then. ``gp``: a smooth curve, a
    Gaussian process (Matérn 5/2). ``linear``: one straight line. ``none``: level."""
    knot_weeks: Annotated[int, Field(strict=True, ge=4, le=104)] = 13
    """local, piecewise: weeks between two knots."""
    flexibility: PositiveNumber | None = None
    """How far the trend may go, in standard deviations of the KPI. local: standard deviation of its
    change from knot to knot; piecewise: that of the change of this change; gp: that of the curve
    around its straight line. By default it is learnt, summed over several values."""
    length_weeks: Annotated[float, Field(strict=True, ge=4, le=104)] | None = None
    """gp: weeks over which the curve hardly changes (the length scale). By default it is learnt,
    summed over a quarter and half a year."""

    @model_validator(mode="after")
    def _keys_of_its_kind(self) -> Self:
        for key, kinds in FLEXIBLE.items():
            if key in self.model_fields_set and self.kind not in kinds:
                raise ValueError(f"no {key} in kind {self.kind}; it belongs to {', '.join(kinds)}")
        return self


class SeasonalitySpec(Written):
    """What repeats every year and every month.

    Patterns over the days of the week are no part of it: the model is weekly, and each week holds
    every day of the week once.
    """

    yearly: Annotated[int, Field(strict=True, ge=0, le=10)] = 2
    """Pairs of sine and cosine over a year; 0 for none."""
    monthly: Annotated[int, Field(strict=True, ge=0, le=2)] = 0
    """Pairs of sine and cosine over a month, for paydays and rents; 0 for none. Weeks cannot show
    more than two."""
    weekly: SkipJsonSchema[object] = None
    """Never a value: refused with its reason, as people look for it."""

    @field_validator("weekly", mode="before")
    @classmethod
    def _adds_up(cls, value: object) -> object:
        raise ValueError(
            "yearly or monthly: the model sums days to weeks, so that a pattern over the days of "
            "the week is the same number in every week and part of the level"
        )


class HolidaySpec(Written):
    """Public holidays, from the calendar of the ``holidays`` library."""

    country: Name
    """Two-letter country code, such as DE, US, FR."""
    subdivision: Name | None = None
    """State or province code, for holidays that only it has."""
    names: tuple[Name, ...] | None = None
    """Only these holidays, by the names the library gives them in English; by default all."""
    before: Weeks | dict[Name, Weeks] = 0
    """Weeks before a holiday in which people buy for it; they have an effect of their own. For
    every holiday alike, or by name: ``{Christmas Day: 3}``."""
    after: Weeks | dict[Name, Weeks] = 0
    """Weeks after a holiday that differ because of it; likewise."""

    @field_validator("before", "after", mode="before")
    @classmethod
    def _one_fault(cls, width: object) -> object:
        stated = width.values() if isinstance(width, Mapping) else (width,)
        if not all(type(weeks) is int and 0 <= weeks <= MOST_WEEKS for weeks in stated):
            raise ValueError(
                f"0 to {MOST_WEEKS} weeks, or weeks by holiday, such as {{Christmas Day: 3}}"
            )
        return width

    def weeks_before(self, name: str) -> int:
        """Width before one holiday."""
        return self.before.get(name, 0) if isinstance(self.before, Mapping) else self.before

    def weeks_after(self, name: str) -> int:
        """Width after one holiday."""
        return self.after.get(name, 0) if isinstance(self.after, Mapping) else self.after

    @property
    def widest(self) -> tuple[int, ...]:
        """Every stated width."""
        return tuple(
            weeks
            for width in (self.before, self.after)
            for weeks in (width.values() if isinstance(width, Mapping) else (width,))
        )
