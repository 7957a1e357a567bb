"""What a planner expects to be otherwise than the model saw it, and who says so."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    SerializationInfo,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from allocator.quantities import AS_WRITTEN, RESOLVED, Probability, plain
from allocator.scenario.schema.constraint import Slug, Written
from allocator.selectors import Selectors

LEAST, MOST = 0.01, 100.0  # of a factor: further away it is a slip of the pen, or another medium

_TIMES = re.compile(r"[x×]([0-9]+(?:\.[0-9]+)?)\Z")
_PERCENT = re.compile(r"([+-]?)([0-9]+(?:\.[0-9]+)?)%\Z")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _factor(value: Any, info: ValidationInfo) -> float:
    """1.06 from ``+6%`` or ``x1.06``. Raises ValueError for what is no change."""
    if _number(value):
        if info.context != RESOLVED:
            raise ValueError(f"a change such as -10% or x0.9; write x{value:g} if it is a factor")
        return _within(float(value))
    text = value if isinstance(value, str) else ""
    times, percent = _TIMES.match(text), _PERCENT.match(text)
    if times is not None:
        return _within(float(Decimal(times.group(1))))
    if percent is None:
        raise ValueError("a change such as +6%, -10% or x0.9")
    if not percent.group(1) and float(percent.group(2)) != 0:
        raise ValueError(f"a change with its sign; write +{text} for more, -{text} for less")
    return _within(float(1 + Decimal(percent.group(1) + percent.group(2)) / 100))


def _within(factor: float) -> float:
    if not (math.isfinite(factor) and LEAST <= factor <= MOST):
        raise ValueError(f"a change from -99% to x{MOST:g}")
    return factor


def _factor_out(value: float, info: SerializationInfo) -> float | str:
    return f"x{plain(value)}" if info.context == AS_WRITTEN else value


_CHANGE = {"type": "string", "pattern": r"^([+-][0-9.]+%|0%|[x×][0-9]+(\.[0-9]+)?)$"}

Factor = Annotated[
    float,
    BeforeValidator(_factor),
    PlainSerializer(_factor_out),
    WithJsonSchema({**_CHANGE, "examples": ["-10%", "x0.9"]}),
]
"""A change: ``-10%``, ``x0.9``; kept as the factor 0.9."""


@dataclass(frozen=True)
class Price:
    """A price as a change of what it was, or as an amount; one of the two."""

    factor: float | None = None
    amount: float | None = None

    def over(self, known: float) -> float:
        """Times what is known: the factor, or the amount over it."""
        if self.factor is not None:
            return self.factor
        assert self.amount is not None  # one of the two
        return self.amount / known


def _price(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, Price):
        return value
    if isinstance(value, dict) and info.context == RESOLVED and len(value) == 1:
        if "factor" in value:
            return Price(factor=_factor(value["factor"], info))
        value = value.get("amount")
    if not _number(value):
        try:
            return Price(factor=_factor(value, info))
        except ValueError as error:
            raise ValueError(f"{error}, or a plain number: the amount itself") from None
    if not (math.isfinite(value) and 0 < value < 1e12):
        raise ValueError("a change such as +6%, or an amount above 0")
    return Price(amount=float(value))


def _price_out(value: Price, info: SerializationInfo) -> Any:
    if info.context == AS_WRITTEN:
        return value.amount if value.factor is None else _factor_out(value.factor, info)
    return {"amount": value.amount} if value.factor is None else {"factor": value.factor}


PriceChange = Annotated[
    Price,
    BeforeValidator(_price),
    PlainSerializer(_price_out),
    WithJsonSchema(
        {
            "anyOf": [_CHANGE, {"type": "number", "exclusiveMinimum": 0}],
            "examples": ["+6%", "x1.06", 12.5],
        }
    ),
]
"""A change such as ``+6%``, or an amount such as ``12.5``."""

Kpi = Annotated[str, Field(min_length=1)]


def _no_change(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("+", "-", "x", "×"):
        raise ValueError("the margin itself, such as 33%, not a change of it")
    return value


Margin = Annotated[Probability, BeforeValidator(_no_change)]
"""A margin above 0 %: ``33%``."""


class Assumption(Written):
    """Something that is expected to be otherwise in the planned weeks than the model saw it.

    Several assumptions about one line multiply. The response of a line that spends x becomes
    effectiveness · R(x / cost), in the planned weeks only: what is spent before them and after
    them buys at the price of before, and the history stays what it was.
    """

    id: Slug
    """Name of the assumption in plans and reports."""
    lines: Selectors | None = None
    """Which lines: `[tv, search/brand]`, or `all`. Left out where it is about all of them."""
    cost_per_unit: PriceChange | None = None
    """What a unit of media costs: a change such as `+6%`, or the amount itself (`12.5`) where the
    model knows what a unit cost, of media that it measures in impressions, clicks or the like."""
    effectiveness: Factor | None = None
    """What the lines bring, in every KPI: `-10%` or `x0.9`."""
    revenue_per_conversion: Annotated[
        dict[Kpi, PriceChange], Field(min_length=1)
    ] | None = None  # fmt: skip
    """KPI -> a change of what one of it is worth. Of a KPI that is money it multiplies what the
    lines bring of it: `{revenue: +5%}`. Of one that is counted it changes `value_of`, `clv` or the
    model's own value, for all lines: `{new_customers: +5%}`, or the amount itself."""
    margin: Margin | None = None
    """The contribution margin instead of the one in `economics` or in the curves: `33%`."""
    source: Annotated[str, Field(min_length=1)]
    """Who says so, and where: `agency rate card 2027-01`."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        about_lines = self.cost_per_unit is not None or self.effectiveness is not None
        if not about_lines and self.revenue_per_conversion is None and self.margin is None:
            raise ValueError(
                "cost_per_unit, effectiveness, revenue_per_conversion or margin, such as "
                "`cost_per_unit: +6%`"
            )
        if about_lines and self.lines is None:
            raise ValueError("`lines: [tv]`, or `lines: all`")
        if self.margin is not None and self.lines not in (None, ("all",)):
            raise ValueError(
                "a margin for all lines: there is one; put it in an assumption without `lines`"
            )
        return self
