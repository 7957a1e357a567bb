"""A table of plans: a column for each, a row for what is said of all of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """What is said of one plan, and what stands beneath it."""

    value: str
    beneath: str = ""


@dataclass(frozen=True)
class Row:
    """A row with a cell for every plan."""

    name: str
    cells: tuple[Cell, ...]
