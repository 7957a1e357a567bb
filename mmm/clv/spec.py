"""What is asked of ``mmm clv``: the table, its columns, and how a value is counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator

from mmm.errors import Fault, InputError
from mmm.spec.priors import Name, Written
from mmm.spec.tables import TableSpec
from mmm.typed import validate
from mmm.yamlfile import read


class ClvSpec(Written):
    """A table of orders, one row an order (or an item of it), and the questions to it."""

    file: Name
    """Path of the CSV file, relative to this one."""
    customer: Name = "customer_id"
    """Column that identifies a customer. It is hashed on reading and goes nowhere."""
    date: Name = "date"
    """Column with the day of the order."""
    amount: Name = "amount"
    """Column with its revenue."""
    segment: Name | None = None
    """Column with the acquisition channel or segment; that of a customer's first order counts."""
    consent: Name | None = None
    """Column with the consent to this use. A column called ``consent`` is honoured unasked."""
    date_format: str = "YYYY-MM-DD"
    """How dates are written, as in model.yaml. It is never inferred."""
    decimal: Literal[".", ","] = "."
    """The decimal mark."""
    delimiter: Literal[",", ";", "\t", "|"] = ","
    """What separates the fields."""
    encoding: Literal["utf-8", "utf-16", "cp1252", "latin-1"] = "utf-8"
    """Encoding of the file."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    """Currency of the amounts, three letters."""
    margin: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of revenue that is kept after the cost of what is sold."""
    horizon_weeks: Annotated[float, Field(gt=0, le=1040)] = 104.0
    """How long a new customer is counted for."""
    discount_rate: Annotated[float, Field(ge=0, lt=10)] = 0.1
    """A year."""
    end: dt.date | None = None
    """Last day that the table covers in full; by default the day of the last order."""
    new_since: dt.date | None = None
    """Customers whose first order in the table is earlier are left out of the value: say it where
    the table does not reach back to everybody's first order."""
    min_size: Annotated[int, Field(ge=2)] = 50
    """Fewest customers of a segment that leaves the function."""
    min_weekly: Annotated[int, Field(ge=2)] = 10
    """Fewest customers behind a figure of the weekly table."""
    small_segments: Literal["merge", "refuse"] = "merge"
    """Smaller segments are merged into ``other``, or refused with a message."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Of the draws."""
    _folder: Path = PrivateAttr(default=Path())

    @field_validator("date_format")
    @classmethod
    def _whole_date(cls, form: str) -> str:
        TableSpec(file="x.csv", date_format=form)
        return form

    @model_validator(mode="after")
    def _columns_differ(self) -> Self:
        columns = [self.customer, self.date, self.amount, self.segment, self.consent]
        named = [column for column in columns if column is not None]
        if len(set(named)) < len(named):
            raise ValueError("a column of its own for each of customer, date, amount and the rest")
        if self.decimal == self.delimiter:
            raise ValueError("a decimal mark that is not the delimiter")
        return self

    @property
    def path(self) -> Path:
        """The table."""
        return self._folder / self.file

    @property
    def strptime(self) -> str:
        """``date_format`` as Python's strptime writes it."""
        return TableSpec(file="x.csv", date_format=self.date_format).strptime


def load_spec(path: Path) -> ClvSpec:
    """Read a YAML spec. Raises InputError with every fault and its file:line:column."""
    spec = validate(read(path), ClvSpec)
    spec._folder = path.parent
    return spec


def csv_spec(path: Path, options: Mapping[str, object]) -> ClvSpec:
    """The spec of a CSV file named on the command line, None for what was not said.

    Raises InputError with the option that cannot be.
    """
    given = {key: value for key, value in options.items() if value is not None}
    try:
        spec = ClvSpec.model_validate({"file": path.name, **given})
    except ValidationError as error:
        raise InputError(map(_option_fault, error.errors())) from None
    spec._folder = path.parent
    return spec


def _option_fault(entry: Any) -> Fault:
    option = "--" + str(entry["loc"][0]).replace("_", "-") if entry["loc"] else "the options"
    found = repr(entry["input"]) if entry["loc"] else "one column twice, or a mark"
    said = entry["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return Fault(option, 0, 0, "", found, said)
