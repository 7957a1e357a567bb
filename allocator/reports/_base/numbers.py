"""Figures as a person reads them; an amount and its currency stay on one line.

Estimates carry three significant digits, since more would claim a knowledge that no model has;
amounts of money that are decisions are written out in whole units.
"""

from __future__ import annotations

import math

NBSP = "\u00a0"
THIN = "\u202f"
MINUS = "\u2212"
SURE = f"80{THIN}% sure"
"""What the range from p10 to p90 is called."""
_STEPS = ((1e9, "bn"), (1e6, "M"), (1e3, "k"))


def significant(value: float, digits: int = 3) -> float:
    """The value rounded to so many significant digits."""
    if value == 0:
        return 0.0
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def no_less(value: float, digits: int = 3) -> float:
    """The value rounded up to so many significant digits: a bound stays one when it is written."""
    if value <= 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    return significant(math.ceil(value / step * (1 - 1e-12)) * step, digits)


def _sign(value: float, *, always: bool = False) -> str:
    if value < 0:
        return MINUS
    return "+" if always and value > 0 else ""


def _plain(value: float, digits: int = 3) -> str:
    """``1,230,000``, ``42.3``, ``0.840``: so many significant digits, without a sign."""
    size = abs(significant(value, digits))
    if size == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(size)))
    return f"{size:,.{places}f}"


def _compact(value: float, from_: float = 1e4) -> str:
    """``1.23M``, ``410k``, ``9,310``, without a sign; k and M from ``from_`` on."""
    size = abs(significant(value))
    if size < from_:
        return _plain(size)
    limit, mark = next(step for step in _STEPS if size >= step[0])
    return _plain(size / limit) + mark


def compact(value: float, *, signed: bool = False) -> str:
    """Three significant digits with k, M or bn: ``1.23M``, ``410k``, ``9,310``, ``−42.3``."""
    return _sign(significant(value), always=signed) + _compact(value)


def money(value: float, currency: str) -> str:
    """An estimate or a rounded amount in prose: ``EUR 410k``, ``−EUR 9,310``."""
    return f"{_sign(significant(value))}{currency}{NBSP}{_compact(value)}"


def count(value: float) -> str:
    """A number of something, in prose: ``3,210``, ``12,300``, ``1.20M``."""
    return _sign(significant(value)) + _compact(value, 1e6)


def quantity(value: float, unit: str, currency: str) -> str:
    """A KPI amount in prose: money where ``unit`` is ``currency``, a count otherwise."""
    return money(value, currency) if unit == "currency" else count(value)


def estimate(value: float, *, signed: bool = False) -> str:
    """An estimate in a table, its unit in the column's head: ``1,230,000``, ``+42.3``."""
    return _sign(significant(value), always=signed) + _plain(value)


def whole(value: float, *, signed: bool = False) -> str:
    """An amount that is decided, in whole units of currency: ``240,000``, ``+24,000``, ``0``."""
    rounded = round(value)
    return _sign(rounded, always=signed) + f"{abs(rounded):,}"


def percent(fraction: float, *, signed: bool = False, digits: int = 3) -> str:
    """A fraction in percent: ``12.5 %``, ``+30.0 %``, ``0.0412 %``."""
    value = significant(fraction * 100, digits)
    return f"{_sign(value, always=signed)}{_plain(value, digits)}{THIN}%"


def change(value: float, reference: float) -> str:
    """A change relative to the reference: ``+30.0 %``; ``new`` where there was none."""
    if reference == 0:
        return "new" if value > 0 else ""
    moved = value - reference
    if abs(moved) < 0.0005 * reference:  # would be written as 0.0 %
        return "unchanged"
    if value == 0:
        return "off"
    return f"{_sign(moved, always=True)}{abs(moved) / reference * 100:,.1f}{THIN}%"


def chance(probability: float) -> str:
    """A share of draws: ``94 %``. Never certain: ``over 99 %``, ``under 1 %``."""
    if probability > 0.99:
        return f"over{NBSP}99{THIN}%"
    if probability < 0.01:
        return f"under{NBSP}1{THIN}%"
    return f"{probability * 100:.0f}{THIN}%"


def axis(value: float) -> str:
    """A tick: ``0``, ``50k``, ``1.5M``; ticks are round numbers, so that nothing is lost."""
    size = abs(value)
    for limit, mark in _STEPS:
        if size >= limit:
            return f"{_sign(value)}{size / limit:.3g}{mark}"
    return f"{_sign(value)}{size:.3g}"


def round_up(value: float) -> float:
    """The next of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 times a power of ten: an axis' end."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    return next(step * power for step in steps if step * power >= value * (1 - 1e-9))
