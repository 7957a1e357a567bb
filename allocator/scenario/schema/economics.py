"""What an outcome is worth in money."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, ValidationInfo, model_validator
from pydantic.json_schema import SkipJsonSchema

from allocator.quantities import RESOLVED, PositiveMoney, Share
from allocator.scenario.schema.constraint import Written

Kpi = Annotated[str, Field(min_length=1)]


class LifetimeValues(Written):
    """Means over the draws of a `clv.yaml`, in a resolved scenario only."""

    currency: str | None
    """Of every value; null where the file does not say."""
    total: Annotated[float, Field(gt=0)]
    """Of a new customer, whoever it is."""
    segments: dict[str, Annotated[float, Field(gt=0)]]
    """Of a new customer of a segment, by its name."""


class Economics(Written):
    """What an outcome is worth."""

    margin: Share | None = None
    """Contribution margin: what stays of each unit of revenue before media. Left out it is that of
    the curves, where the model states one."""
    value_of: Annotated[dict[Kpi, PositiveMoney], Field(min_length=1)] | None = None
    """What one of a KPI is worth, for `maximise: value`: `{new_customers: 180}`. Left out it is the
    curves' own `value_per_unit` times `margin`, where the model states them."""
    clv: Annotated[str, Field(min_length=1)] | None = None
    """Instead of `value_of`: a `clv.yaml` of `mmm clv`, from this file. A new customer is worth
    the mean of its value in the segment that the line's channel is named for, or in total where
    there is none."""
    discount: Share | None = None
    """Interest a year: money later counts less, by (1 + rate)^(−weeks / 52) from the first week.
    What falls after the period counts as in the week after it."""
    clv_values: SkipJsonSchema[LifetimeValues | None] = None
    """What the file says, in a resolved scenario only."""

    @model_validator(mode="after")
    def _agrees(self, info: ValidationInfo) -> Self:
        if self.clv_values is not None and info.context != RESOLVED:
            raise ValueError("`clv: FILE`, with the values in that file")
        if self.value_of is not None and self.clv is not None:
            raise ValueError("`value_of` or `clv`, one of the two")
        if not self.model_fields_set:
            raise ValueError("margin, value_of, clv or discount, such as `{margin: 35%}`")
        return self
