"""Amounts, shares and ranges of rules as a person says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

V = TypeVar("V")


def amount(value: float, currency: str) -> str:
    """Money in words: ``240,000 EUR``, with cents only where there are any."""
    return f"{value:,.0f} {currency}" if value == round(value) else f"{value:,.2f} {currency}"


def percent(share: float) -> str:
    """A share in words: ``12.5%``."""
    return f"{round(share * 100, 6):g}%"


def chance_words(probability: float | None) -> str:
    """`` in 80% of the draws``, or nothing."""
    return "" if probability is None else f" in {percent(probability)} of the draws"


def range_words(low: str | None, high: str | None) -> str:
    """``at least 2 and at most 3``, of limits in words."""
    said = [f"at least {low}"] if low is not None else []
    return " and ".join([*said, *([f"at most {high}"] if high is not None else [])])


def in_week(part: str, week: str) -> str:
    """What a row or a measure of one week is called: ``tv in 2027-W14``."""
    return f"{part} in {week}"


def by_name(values: Mapping[str, V]) -> tuple[tuple[str, V], ...]:
    """Name and value by the names: in a file they come in any order, and a plan keeps none."""
    return tuple(sorted(values.items()))
