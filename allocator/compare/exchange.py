"""Amounts of another currency: converted by a rate that somebody states, or not at all."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mmm.errors import Fault, InputError

_FORM = re.compile(r"(?P<currency>[A-Z]{3})=(?P<rate>[0-9.]+)@(?P<day>[0-9-]{10}):(?P<source>.+)\Z")
EXPECTED = "a rate with its day and source, such as USD=0.92@2026-11-20:ECB"
OPTION = "--rate"


@dataclass(frozen=True)
class Rate:
    """One unit of ``currency`` is ``rate`` units of the comparison's."""

    currency: str
    rate: float
    day: str
    source: str

    def words(self, target: str) -> str:
        """``1 USD = 0.92 EUR (2026-11-20, ECB)``."""
        return f"1 {self.currency} = {self.rate:g} {target} ({self.day}, {self.source})"


def rates_of(written: Sequence[str]) -> dict[str, Rate]:
    """Currency -> rate. Raises InputError with every one that is none, or comes twice."""
    rates: dict[str, Rate] = {}
    faults = []
    for text in written:
        try:
            rate = _rate(text)
        except ValueError as error:
            faults.append(Fault(OPTION, 0, 0, "", repr(text), str(error)))
            continue
        if rate.currency in rates:
            faults.append(Fault(OPTION, 0, 0, "", f"{rate.currency} again", "one rate a currency"))
        rates[rate.currency] = rate
    if faults:
        raise InputError(faults)
    return rates


def factor_of(currency: str, target: str, rates: Mapping[str, Rate]) -> float | None:
    """What an amount of a currency is multiplied with; None where nobody says."""
    if currency == target:
        return 1.0
    return rates[currency].rate if currency in rates else None


def _rate(text: str) -> Rate:
    match = _FORM.match(text.strip())
    if match is None:
        raise ValueError(EXPECTED)
    try:
        rate, day = float(match["rate"]), dt.date.fromisoformat(match["day"])
    except ValueError:
        raise ValueError(EXPECTED) from None
    if not (math.isfinite(rate) and rate > 0):
        raise ValueError("a rate above nothing")
    return Rate(match["currency"], rate, day.isoformat(), match["source"].strip())
