"""``clv.yaml``: the value of a new customer, as scenarios read it. Pydantic only, no NumPy."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mmm.errors import Fault, InputError
from mmm.files import write_whole
from mmm.typed import validate
from mmm.yamlfile import read, to_text

SCHEMA_VERSION = 1

NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """Base of what stands in the file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Range(Part):
    """A median and the 90 % interval around it."""

    median: NotNegative
    """Half of the posterior lies below."""
    p05: NotNegative
    """5 % of the posterior lies below."""
    p95: NotNegative
    """5 % of the posterior lies above."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.p05 <= self.median <= self.p95:
            raise ValueError("p05 up to the median and the median up to p95")
        return self


class Segment(Part):
    """Customers of one acquisition channel or segment, or all of them.

    Money is margin (revenue × ``margin``) in the file's currency per new customer, discounted to
    the day of the first order. An interval is about the segment's average, not about one customer.
    """

    customers: Annotated[int, Field(ge=1)]
    """New customers that the figures rest on."""
    value: Range
    """The first order and all repeat orders within the horizon."""
    first_order: Range
    """The first order alone."""
    repeat: Range
    """Repeat orders within the horizon alone; use it where the first order is counted elsewhere,
    as in a plan whose revenue KPI holds it already."""
    repeat_orders: Range
    """Repeat orders within the horizon, a number, not discounted."""
    order_revenue: Range
    """Revenue of a repeat order, before margin."""
    mu: float
    """Mean of ln(value): ``value`` is close to LogNormal(mu, sigma)."""
    sigma: NotNegative
    """Standard deviation of ln(value)."""
    draws: Annotated[tuple[NotNegative, ...], Field(min_length=1)]
    """Draws of ``value``. They are drawn for each segment by itself: draw s of one has nothing to
    do with draw s of another."""
    parameters: dict[str, Range]
    """BG/NBD: r, alpha (weeks), a, b. Gamma-gamma: p, q, v (currency)."""


class Holdout(Part):
    """The last weeks predicted from the weeks before them: is the model good for this table?"""

    weeks: Positive
    """Length of the stretch held back, in weeks."""
    predicted: NotNegative
    """Repeat orders in it of customers acquired before it, as expected."""
    actual: Count
    """The same, as counted."""

    @property
    def error(self) -> float | None:
        """(predicted − actual) / actual; None where nothing was ordered."""
        return (self.predicted - self.actual) / self.actual if self.actual else None


class ClvFile(Part):
    """Everything in a ``clv.yaml``. No customer's row, identifier or figure is in it."""

    schema_version: Literal[1]
    """Version of this format."""
    currency: str | None
    """Of every amount; null where it was not said."""
    margin: Annotated[float, Field(gt=0, le=1)]
    """Share of revenue that is kept; 1 means that values are revenue."""
    horizon_weeks: Positive
    """How long a new customer is counted for, from the first order."""
    discount_rate: Annotated[float, Field(ge=0, lt=10)]
    """A year; a euro in a year is worth 1 / (1 + rate) today."""
    first_date: dt.date
    """First order used."""
    last_date: dt.date
    """Last day observed."""
    customers: Annotated[int, Field(ge=1)]
    """New customers used."""
    orders: Annotated[int, Field(ge=1)]
    """Orders used; those of one customer on one day are one order."""
    rows_without_consent: Count | None
    """Rows left out for want of consent; null where the table has no consent column."""
    min_size: Annotated[int, Field(ge=1)]
    """No segment rests on fewer customers."""
    merged_segments: Count
    """Segments below it, merged into ``other``."""
    data_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the orders used, without identifiers, whatever the order of rows."""
    seed: int
    """Of the draws."""
    holdout: Holdout | None
    """None where the table is too short to hold anything back."""
    notes: tuple[str, ...]
    """What to know before using it, a sentence each."""
    total: Segment
    """All customers."""
    segments: dict[str, Segment]
    """By name; empty where none were labelled."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.total.customers != self.customers:
            raise ValueError("as many customers in total as in the file")
        if self.segments and sum(part.customers for part in self.segments.values()) != (
            self.customers
        ):
            raise ValueError("segments whose customers add up to the total")
        small = [part for part in (self.total, *self.segments.values())
                 if part.customers < self.min_size]  # fmt: skip
        if small:
            raise ValueError("min_size customers or more in every segment")
        if len({len(part.draws) for part in (self.total, *self.segments.values())}) > 1:
            raise ValueError("as many draws in every segment")
        return self


def load(path: Path | str) -> ClvFile:
    """Read and check a ``clv.yaml``.

    Raises InputError with every fault and its place, also for a version that is not known here.
    """
    document = read(path)
    version = document.data.get("schema_version")
    if version != SCHEMA_VERSION:
        found = "nothing" if version is None else repr(version)
        fault = Fault(
            document.file, *document.place(("schema_version",)), "schema_version", found,
            f"{SCHEMA_VERSION}, the version of clv.yaml read here", "run `mmm clv` again",
        )  # fmt: skip
        raise InputError([fault])
    return validate(document, ClvFile)


def save(clv: ClvFile, path: Path) -> Path:
    """Write the file whole or not at all. Raises OutputImpossible."""
    text = to_text(clv.model_dump(mode="json"))
    return write_whole(path, lambda part: part.write_text(text, encoding="utf-8", newline="\n"))
