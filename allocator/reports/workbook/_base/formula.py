"""Formulas that know their value: the text Excel computes and the figure it shows until it does.

Each is made from cells, so that text and value cannot part. No number stands in a formula:
parameters live in named cells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Value = float | bool | str


@dataclass(frozen=True)
class Cell:
    """A place (``Compare!C7``, or a name) and what stands in it."""

    at: str
    value: Value

    @property
    def amount(self) -> float:
        """What stands in it, as a number."""
        return _amount(self.value)

    @property
    def place(self) -> str:
        """``C7``, for its own sheet."""
        return self.at.rpartition("!")[2]

    @property
    def fixed(self) -> str:
        """``Compare!$C$7``: it means the same wherever it is read."""
        letters = self.place.rstrip("0123456789")
        fixed = f"${letters}${self.place[len(letters) :]}"
        return self.at.removesuffix(self.place) + fixed


@dataclass(frozen=True)
class Formula:
    """What Excel computes (without its ``=``), and the value."""

    text: str
    value: Value

    @property
    def amount(self) -> float:
        """The value, as a number."""
        return _amount(self.value)


def _amount(value: Value) -> float:
    assert not isinstance(value, str)  # only figures are computed with
    return float(value)


def read(cell: Cell) -> Formula:
    """What stands in another cell."""
    return Formula(cell.at, cell.value)


def span(first: Cell, last: Cell) -> str:
    """``Compare!C7:C12``."""
    return f"{first.at}:{last.place}"


def total(column: Sequence[Cell]) -> Formula:
    """The sum of cells that stand below each other, without a gap."""
    value = math.fsum(cell.amount for cell in column)
    return Formula(f"SUM({span(column[0], column[-1])})", value)


def added(cells: Sequence[Cell]) -> Formula:
    """The sum of cells wherever they stand."""
    value = math.fsum(cell.amount for cell in cells)
    return Formula("+".join(cell.at for cell in cells), value)


def less(whole: Cell, *parts: Cell) -> Formula:
    """The first less all others."""
    text = "-".join(cell.at for cell in (whole, *parts))
    return Formula(text, apart(whole.amount, math.fsum(cell.amount for cell in parts)))


def apart(one: float, other: float) -> float:
    """One less the other; spreadsheets call it nothing where the two agree in 48 bits."""
    return 0.0 if abs(one - other) < abs(one) * 2.0**-48 else one - other


def product(one: Cell, other: Cell) -> Formula:
    """The two multiplied."""
    return Formula(f"{one.at}*{other.at}", one.amount * other.amount)


def near(one: Cell, other: Cell, allowed: Formula) -> Formula:
    """TRUE where the two differ by no more than is allowed."""
    holds = abs(one.amount - other.amount) <= allowed.amount
    return Formula(f"ABS({one.at}-{other.at})<={allowed.text}", holds)


def rounding(of: Cell, relative: Cell, least: Cell) -> Formula:
    """What floating point may lose: a part of the figure, and a little where it is nothing."""
    value = relative.amount * abs(of.amount) + least.amount
    return Formula(f"{relative.at}*ABS({of.at})+{least.at}", value)


def every(column: Sequence[Cell]) -> Formula:
    """TRUE where all cells below each other are."""
    return Formula(f"AND({span(column[0], column[-1])})", all(cell.value for cell in column))


def together(tests: Sequence[Formula]) -> Formula:
    """TRUE where all tests are."""
    text = ",".join(test.text for test in tests)
    return Formula(f"AND({text})", all(test.value for test in tests))


def chosen(condition: Cell, yes: Cell, no: Cell) -> Formula:
    """One cell or the other."""
    value = yes.value if condition.value else no.value
    return Formula(f"IF({condition.at},{yes.at},{no.at})", value)
