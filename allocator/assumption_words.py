"""What an assumption says, in words, from its resolved form. Ground floor: pages and terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COST, EFFECT, MARGIN, WORTH = "cost_per_unit", "effectiveness", "margin", "revenue_per_conversion"


def change_words(assumption: Mapping[str, Any], currency: str) -> str:
    """``cost per unit +6% and effect -10%``, ``180 EUR for one of new_customers``.

    assumption: as in a resolved scenario: factors as numbers, what is absolute as an amount.
    """
    said = []
    if assumption.get(COST) is not None:
        said.append(f"cost per unit {_price(assumption[COST], currency)}")
    if assumption.get(EFFECT) is not None:
        said.append(f"effect {_factor(assumption[EFFECT])}")
    for kpi, price in (assumption.get(WORTH) or {}).items():
        said.append(f"worth of one of {kpi} {_price(price, currency)}")
    if assumption.get(MARGIN) is not None:
        said.append(f"margin {assumption[MARGIN] * 100:.6g}%")
    return " and ".join(said)


def where_words(assumption: Mapping[str, Any]) -> str:
    """``tv, ooh``, or ``all lines``."""
    lines = assumption.get("lines") or ("all",)
    return "all lines" if tuple(lines) == ("all",) else ", ".join(map(str, lines))


def _price(price: Mapping[str, Any], currency: str) -> str:
    amount = price.get("amount")
    return _factor(price["factor"]) if amount is None else f"{amount:,.6g} {currency}"


def _factor(factor: float) -> str:
    """A factor as a change: 1.06 is ``+6%``."""
    return f"{(factor - 1) * 100:+.6g}%"
