"""Quantities as planners write them: ``240k``, ``35%``, ``-30%``, ``60s``. Stored as plain floats.

Money is in currency units, a share is a fraction (``35%`` is 0.35), time is in seconds. In a
resolved scenario (context ``RESOLVED``) all of them are plain numbers; with the context
``AS_WRITTEN`` they are dumped in the form in which a person writes them.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SerializationInfo,
    ValidationInfo,
    WithJsonSchema,
)

from allocator.cents import cents as cents
from allocator.cents import to_cents as to_cents

RESOLVED = "resolved"
"""Validation context: quantities are plain numbers already."""
AS_WRITTEN = "as written"
"""Serialization context: quantities as a person writes them."""

LARGEST = 1e12  # cents of larger amounts are no longer exact in a float with room to add them up

_AMOUNT = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?([kM]?)\Z")
_PERCENT = re.compile(r"([+-]?)([0-9]+(?:\.[0-9]+)?)%\Z")
_SECONDS = re.compile(r"([0-9]+(?:\.[0-9]+)?)s\Z")
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(?![0-9])")
_STEPS = {"": 1, "k": 1_000, "M": 1_000_000}
_SIGNS = "€$£¥₹"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _finite(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("a finite number")
    return number


def money(value: Any) -> float:
    """An amount in currency units from ``240000``, ``240k`` or ``2.0M``.

    Raises ValueError, saying how to write it, for commas, underscores, currency signs, blanks,
    other suffixes, negative or infinite amounts and amounts finer than a cent.
    """
    if _is_number(value):
        exact = Decimal(repr(_finite(value)))
    elif isinstance(value, str):
        match = _AMOUNT.match(value)
        if match is None:
            raise ValueError(_amount_advice(value))
        exact = Decimal(value.rstrip("kM")) * _STEPS[match.group(1)]
    else:
        raise ValueError("an amount such as 240000, 240k or 2.0M")
    if exact < 0:
        raise ValueError("an amount that is not negative")
    if exact >= Decimal(LARGEST):
        raise ValueError("an amount below 1,000,000 million")
    if exact != round(exact, 2):
        raise ValueError("an amount in whole cents, two decimals at most")
    return float(exact)


def _amount_advice(text: str) -> str:
    if "%" in text:
        return "an amount of money, not a percentage; write it as 240000, 240k or 2.0M"
    bare = text.strip().strip(_SIGNS).strip()
    bare = re.sub(r"\A[A-Z]{3}\b\s*|\s*\b[A-Z]{3}\Z", "", bare)
    if any(sign in text for sign in _SIGNS) or bare != text.strip():
        expected = "an amount without a currency sign (`currency` says it once for the file)"
    elif "," in text:
        expected = "an amount without commas"
    elif "_" in text:
        expected = "an amount without underscores"
    elif re.fullmatch(r"[+-]?[0-9.\s]+[kM]?", text):
        expected = "an amount without blanks"
    elif re.fullmatch(r"[0-9.]+[Km]", text):
        expected = "k for thousands or M for millions"
    else:
        return "an amount such as 240000, 240k or 2.0M"
    bare = re.sub(r"[\s_]", "", bare)
    bare = bare.replace(",", "") if _THOUSANDS.match(bare) else bare.replace(",", ".")
    bare = re.sub(r"K\Z", "k", re.sub(r"m\Z", "M", bare))
    return f"{expected}; write {bare}" if _AMOUNT.match(bare) else expected


def _percentage(value: Any, *, signed: bool) -> float:
    example = "+30%" if signed else "35%"
    if _is_number(value):
        raise ValueError(_percent_advice(_finite(value), signed=signed))
    match = _PERCENT.match(value) if isinstance(value, str) else None
    if match is None:
        close = re.sub(r"\s", "", value).replace(",", ".") if isinstance(value, str) else ""
        write = close if _PERCENT.match(close) else example
        raise ValueError(f"a percentage such as {example}; write {write}")
    fraction = float(Decimal(match.group(1) + match.group(2)) / 100)
    if signed and not match.group(1) and fraction != 0:
        raise ValueError(f"a change with its sign; write +{value} for more, -{value} for less")
    return fraction


def _percent_advice(number: float, *, signed: bool) -> str:
    sign = "+" if signed and number > 0 else ""
    if 0 < abs(number) < 1:
        return (
            f"a percentage with its sign %; write {sign}{number * 100:g}% (or {sign}{number:g}%, "
            "if that is meant)"
        )
    return f"a percentage with its sign %; write {sign}{number:g}%"


def _money(value: Any, info: ValidationInfo) -> float:
    return money(value)


def _count(value: Any) -> float:
    try:
        return money(value)
    except ValueError:
        raise ValueError("a number such as 850000, 850k or 12M") from None


def _share(value: Any, info: ValidationInfo) -> float:
    resolved = info.context == RESOLVED and _is_number(value)
    fraction = _finite(value) if resolved else _percentage(value, signed=False)
    if not 0 <= fraction <= 1:
        raise ValueError("a percentage from 0% to 100%")
    return fraction


def _signed_share(value: Any, info: ValidationInfo) -> float:
    resolved = info.context == RESOLVED and _is_number(value)
    fraction = _finite(value) if resolved else _percentage(value, signed=True)
    if fraction < -1:
        raise ValueError("a change of -100% or more (nothing is left at -100%)")
    return fraction


def _seconds(value: Any, info: ValidationInfo) -> float:
    if _is_number(value) and info.context != RESOLVED:
        raise ValueError(f"seconds with their unit; write {value:g}s")
    match = _SECONDS.match(value) if isinstance(value, str) else None
    if not _is_number(value) and match is None:
        raise ValueError("seconds such as 60s")
    number = _finite(float(match.group(1)) if match else value)
    if number <= 0:
        raise ValueError("a time above 0s")
    return number


def _ratio(value: Any) -> float:
    if not _is_number(value):
        raise ValueError("a plain number such as 3.0")
    number = _finite(value)
    if number <= 0:
        raise ValueError("a number above zero")
    return number


def _signed_number(value: Any) -> float:
    if isinstance(value, str) and _AMOUNT.match(value):
        return float(Decimal(value.rstrip("kM")) * _STEPS[value[-1] if value[-1] in "kM" else ""])
    if not _is_number(value):
        raise ValueError("a plain number such as -1.5, 300 or 4M")
    return _finite(value)


def _above_zero(value: float) -> float:
    if value <= 0:
        raise ValueError("more than zero")
    return value


def plain(value: float) -> str:
    """A number without a needless fraction or exponent: ``240000``, ``0.1``."""
    text = format(Decimal(repr(value)).normalize(), "f")
    return text


def _money_out(value: float, info: SerializationInfo) -> float | int:
    if info.context == AS_WRITTEN and value == int(value):
        return int(value)
    return value


def _percent_out(value: float, info: SerializationInfo) -> float | str:
    if info.context != AS_WRITTEN:
        return value
    return plain(float(Decimal(repr(value)) * 100)) + "%"


def _signed_out(value: float, info: SerializationInfo) -> float | str:
    text = _percent_out(value, info)
    return f"+{text}" if isinstance(text, str) and value > 0 else text


def _seconds_out(value: float, info: SerializationInfo) -> float | str:
    return plain(value) + "s" if info.context == AS_WRITTEN else value


def _text_form(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


_MONEY_FORM = WithJsonSchema(
    {
        "anyOf": [
            {"type": "number", "minimum": 0},
            {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?[kM]?$"},
        ],
        "examples": [240000, "240k", "2.0M"],
    }
)

Money = Annotated[
    float, BeforeValidator(_money), PlainSerializer(_money_out), _MONEY_FORM
]  # fmt: skip
"""An amount that is not negative, in whole cents: ``240000``, ``240k``, ``2.0M``."""

PositiveMoney = Annotated[
    float,
    BeforeValidator(_money),
    AfterValidator(_above_zero),
    PlainSerializer(_money_out),
    _MONEY_FORM,
]
"""Money above zero."""

Count = Annotated[
    float,
    BeforeValidator(_count),
    AfterValidator(_above_zero),
    PlainSerializer(_money_out),
    _MONEY_FORM,
]
"""A number of people or impressions above zero: ``12000000``, ``850k``, ``12M``."""

Share = Annotated[
    float,
    BeforeValidator(_share),
    PlainSerializer(_percent_out),
    _text_form(r"^[0-9]+(\.[0-9]+)?%$", "35%"),
]
"""A part of a whole, 0 % to 100 %, with its sign: ``35%``."""

SignedShare = Annotated[
    float,
    BeforeValidator(_signed_share),
    PlainSerializer(_signed_out),
    _text_form(r"^([+-][0-9]+(\.[0-9]+)?|0(\.0+)?)%$", "-30%", "+30%"),
]
"""A change with its sign, -100 % or more: ``-30%``, ``+30%``, ``0%``."""

Seconds = Annotated[
    float,
    BeforeValidator(_seconds),
    PlainSerializer(_seconds_out),
    _text_form(r"^[0-9]+(\.[0-9]+)?s$", "60s"),
]
"""A time above zero: ``60s``."""

Ratio = Annotated[
    float,
    BeforeValidator(_ratio),
    Field(json_schema_extra={"exclusiveMinimum": 0}),
]
"""A plain number above zero: ``3.0``."""

Number = Annotated[
    float,
    BeforeValidator(_signed_number),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "string", "pattern": r"^[+-]?[0-9]+(\.[0-9]+)?[kM]?$"},
            ],
            "examples": [-1.5, 300, "4M"],
        }
    ),
]
"""Any plain number, k and M allowed: ``-1.5``, ``300``, ``4M``."""

Probability = Annotated[
    float,
    BeforeValidator(_share),
    AfterValidator(_above_zero),
    PlainSerializer(_percent_out),
    _text_form(r"^[0-9]+(\.[0-9]+)?%$", "80%"),
]
"""A share of the draws, above 0 %: ``80%``."""
