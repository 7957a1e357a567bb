"""The results of a sweep as one table: filtered, sorted, written as CSV; no plan is read."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from allocator.quantities import Share, money
from allocator.sweep.folder import Cell
from allocator.sweep.summary import BAD_INPUT, Summary
from mmm.errors import Fault, InputError, nearest

Row = dict[str, Any]
"""column -> number or text; no such key where there is nothing to say"""

FIRST = ("cell", "scenario", "variant")
FIGURES = (
    "status", "budget", "objective", "value", "value_p10", "value_p90",
    "gain", "gain_p10", "gain_p90", "better", "spend", "moved", "gap",
)  # fmt: skip
LAST = ("binding", "warnings", "currency", "file", "key", "words")

_CONDITION = re.compile(r"\s*([^\s<>=!~]+)\s*(>=|<=|!=|=|>|<|~)\s*(.*?)\s*\Z")
_SAME = 1e-9  # relative; amounts are floats of whole cents

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": lambda have, want: have > want,
    "<": lambda have, want: have < want,
    ">=": lambda have, want: have >= want,
    "<=": lambda have, want: have <= want,
}


@dataclass(frozen=True)
class Listing:
    """A table of results: its columns in order, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def where(self, conditions: Sequence[str]) -> Listing:
        """Rows that meet all conditions: ``budget>1.9M``, ``money=low``, ``better>=90%``,
        ``binding~tv``. What a row does not say meets none. Raises InputError."""
        tests = [self._test(text) for text in conditions]
        return replace(self, rows=tuple(row for row in self.rows if all(t(row) for t in tests)))

    def by(self, column: str, *, least_first: bool = False) -> Listing:
        """Sorted by a column, largest first, rows without it last. Raises InputError."""
        self._refuse_unknown("--sort", column)
        have = [row for row in self.rows if column in row]
        rest = [row for row in self.rows if column not in row]
        numbers = all(isinstance(row[column], int | float) for row in have)
        have.sort(
            key=lambda row: row[column] if numbers else str(row[column]),
            reverse=numbers and not least_first,
        )
        return replace(self, rows=(*have, *rest))

    def to_csv(self) -> str:
        """A header and a line a row, in full precision; nothing where there is nothing to say."""
        text = io.StringIO()
        writer = csv.DictWriter(text, self.columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue()

    def _test(self, text: str) -> Callable[[Row], bool]:
        match = _CONDITION.match(text)
        if match is None:
            expected = "COLUMN, one of > >= < <= = != ~, and a value: budget>1.9M"
            raise InputError([Fault("--where", 0, 0, "", repr(text), expected)])
        column, sign, wanted = match.groups()
        self._refuse_unknown("--where", column)
        if sign == "~":
            return lambda row: wanted.lower() in str(row.get(column, "")).lower()
        numbers = any(isinstance(row.get(column), int | float) for row in self.rows)
        if not numbers:
            if sign in _COMPARE:
                expected = "= or != or ~, as the column holds words"
                raise InputError([Fault("--where", 0, 0, column, sign, expected)])
            return lambda row: column in row and (str(row[column]) == wanted) == (sign == "=")
        number = _number(column, wanted)
        if sign in _COMPARE:
            compare = _COMPARE[sign]
            return lambda row: column in row and compare(row[column], number)
        return lambda row: (
            column in row and math.isclose(row[column], number, rel_tol=_SAME) == (sign == "=")
        )

    def _refuse_unknown(self, option: str, column: str) -> None:
        if column not in self.columns:
            fix = nearest(column, self.columns)
            raise InputError([Fault(option, 0, 0, "", f"{column!r}", "a column of the table", fix)])


def listing(cells: Sequence[Cell], results: Mapping[str, Summary]) -> Listing:
    """The table of a sweep, in the order in which it was asked.

    Choices have columns of their own: an axis, a key that was set, the market; ``choice.NAME``
    where the table has a column of that name already. KPIs stand as ``kpi.NAME``, ``roas.NAME``
    and ``cac.NAME``.
    """
    taken = {*FIRST, *FIGURES, *LAST}
    choices = dict.fromkeys(name for cell in cells for name in cell.choices)
    called = {name: f"choice.{name}" if name in taken else name for name in choices}
    rows = tuple(_row(cell, results.get(cell.key), called) for cell in cells)
    ratios = dict.fromkeys(
        column for row in rows for column in row if column.startswith(("kpi.", "roas.", "cac."))
        and column not in called.values()
    )  # fmt: skip
    return Listing((*FIRST, *called.values(), *FIGURES, *ratios, *LAST), rows)


def _row(cell: Cell, result: Summary | None, called: Mapping[str, str]) -> Row:
    row: Row = {"cell": cell.name, "variant": cell.variant, "file": cell.file, "key": cell.key}
    row |= {called[name]: value for name, value in cell.choices.items()}
    if result is None:
        known = {"status": BAD_INPUT if cell.words else "not planned yet", "words": cell.words}
        return _said(row | known)
    row |= {"scenario": result.scenario, "currency": result.currency}
    row["words"] = "; ".join(line.strip() for line in result.words.splitlines())
    row |= {name: getattr(result, name) for name in FIGURES}
    for name, means in (("kpi", result.kpis), ("roas", result.roas), ("cac", result.cac)):
        row |= {f"{name}.{kpi}": mean for kpi, mean in means.items()}
    if result.value is not None:
        row["warnings"] = result.warnings
    return _said(row | {"binding": " ".join(result.binding)})


def _said(row: Row) -> Row:
    """Only what is said: absent is neither zero nor empty."""
    return {column: value for column, value in row.items() if value not in (None, "")}


def _number(column: str, text: str) -> float:
    """An amount or a percentage as in a scenario, a minus before it where it is a loss."""
    sign, bare = (-1, text[1:]) if text.startswith("-") else (1, text)
    try:
        if bare.endswith("%"):
            share: float = TypeAdapter(Share).validate_python(bare)
            return sign * share
        return sign * (money(bare) if bare.endswith(("k", "M")) else float(bare))
    except (ValueError, ValidationError):
        expected = "a number such as 1.9M, 0.5 or 90%"
        raise InputError([Fault("--where", 0, 0, column, repr(text), expected)]) from None
