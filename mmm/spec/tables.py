"""The part of model.yaml about tables: where they are, how they are written, and the answers."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from mmm.spec.priors import Name, Written

_DATE_PARTS = re.compile(r"YYYY|YY|MM|DD")


class TableSpec(Written):
    """One CSV or Parquet file.

    ``wide``: one row per date, one column per series. ``long``: one row per date and channel (and
    campaign), with columns for spend and impressions.
    """

    file: Name
    """Path of a .csv or .parquet file, relative to model.yaml."""
    form: Literal["wide", "long"] = "wide"
    """wide or long."""
    date: Name = "date"
    """Column with the date."""
    date_format: str = "YYYY-MM-DD"
    """How dates are written: YYYY (or YY), MM and DD in any order with separators, such as
    DD/MM/YYYY, MM/DD/YYYY, DD.MM.YY, YYYYMMDD. It is never inferred."""
    week_label: Literal["start", "end"] = "start"
    """Whether a weekly date is the first or the last day of its week."""
    frequency: Literal["weekly", "daily"] | None = None
    """What one date stands for, where this table differs from the others."""
    channel: Name | None = None
    """long: column with the channel."""
    campaign: Name | None = None
    """long: column with the campaign."""
    spend: Name | None = None
    """long: column with the spend."""
    impressions: Name | None = None
    """long: column with the impressions (or clicks, or GRPs)."""
    reach: Name | None = None
    """long: column with the people reached, each counted once a week."""
    geo: Name | None = None
    """Column with the region, when there is one row per region; see ``answers.geo``."""
    delimiter: Literal[",", ";", "\t", "|"] = ","
    """What separates the fields of a CSV file."""
    decimal: Literal[".", ","] | None = None
    """The decimal mark; a point by default."""
    thousands: Literal[",", ".", " ", "'", "_"] | None = None
    """The separator of thousands, if numbers have one."""
    na_values: tuple[str, ...] = ()
    """Texts that mean an empty cell in columns of numbers, such as NA or -. Elsewhere text is
    kept as it is: a region called NA stays NA."""
    encoding: Literal["utf-8", "utf-16", "cp1252", "latin-1"] = "utf-8"
    """Encoding of a CSV file."""

    @field_validator("file")
    @classmethod
    def _known_kind(cls, file: str) -> str:
        if not file.lower().endswith((".csv", ".tsv", ".txt", ".parquet")):
            raise ValueError("a file that ends in .csv or .parquet")
        return file

    @field_validator("date_format")
    @classmethod
    def _whole_date(cls, form: str) -> str:
        parts = sorted(part[0] for part in _DATE_PARTS.findall(form))
        rest = _DATE_PARTS.sub("", form)
        if parts != ["D", "M", "Y"] or re.search(r"[^-/. ]", rest):
            raise ValueError("a pattern of YYYY, MM and DD, such as DD/MM/YYYY")
        return form

    @model_validator(mode="after")
    def _columns_of_its_form(self) -> Self:
        long_only = {
            "channel": self.channel,
            "campaign": self.campaign,
            "spend": self.spend,
            "impressions": self.impressions,
            "reach": self.reach,
        }
        if self.form == "wide":
            given = [name for name, column in long_only.items() if column]
            if given:
                raise ValueError(
                    f"form: long (a wide table has no {given[0]} column of its own; "
                    "name its columns under channels)"
                )
        elif not (self.channel and self.spend):
            raise ValueError("channel and spend, the columns every long table has")
        if self.thousands is not None and self.thousands == (self.decimal or "."):
            raise ValueError("a decimal mark and a separator of thousands that differ")
        return self

    @property
    def strptime(self) -> str:
        """``date_format`` as Python's strptime writes it."""
        python = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d"}
        return _DATE_PARTS.sub(lambda part: python[part.group()], self.date_format)


class DataSpec(Written):
    """The tables, and the stretch of time to use."""

    tables: Annotated[tuple[TableSpec, ...], Field(min_length=1)]
    """One or several files, joined by date."""
    start: dt.date | None = None
    """First day of the first week to use; earlier rows are left out. By default all."""
    end: dt.date | None = None
    """A day of the last week to use; rows of later weeks are left out. By default all."""


class Answers(Written):
    """Answers to the questions that reading the data raises; nothing is assumed without one."""

    missing_weeks: Literal["refuse", "zero_spend"] = "refuse"
    """A line has no row in some weeks: ``zero_spend`` says that nothing was spent then."""
    empty_cells: Literal["refuse", "zero_spend"] = "refuse"
    """A spend or impressions cell is empty: ``zero_spend`` says that it means 0."""
    duplicate_dates: Literal["refuse", "sum"] = "refuse"
    """A date (of one line) has several rows: ``sum`` adds them up; controls are averaged or
    summed as their ``aggregate`` says."""
    geo: Literal["refuse", "sum", "keep"] = "refuse"
    """A table has one row per region: ``sum`` adds them up to one national series; controls are
    averaged or summed as their ``aggregate`` says. ``keep`` models every region of ``geos``."""
    negative_kpi: Literal["refuse", "accept"] = "refuse"
    """A KPI is below zero in some rows: ``accept`` says that it is meant (returns, say)."""
    no_spend: Literal["refuse", "drop"] = "refuse"
    """A channel or campaign has no spend at all: ``drop`` leaves it out."""
    same_value: Literal["refuse", "accept"] = "refuse"
    """A KPI and a spend hold the very same number in one row: ``accept`` says it is a chance."""
    same_series: tuple[tuple[Name, Name], ...] = ()
    """Pairs of lines whose series are the same or proportional, and may be: their effects cannot
    be told apart and are divided by the prior alone."""
    ignore_channels: tuple[Name, ...] = ()
    """Channels in a long table that are left out on purpose."""
