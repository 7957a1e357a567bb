"""A small spreadsheet: computes the formulas of a workbook again, without the program's help.

It knows what the finance workbook uses and nothing else: + − * < <= =, SUM, SUMIFS, AND, ABS, IF,
references, ranges and names. Anything else is an error, so that no formula goes unread.
"""

from __future__ import annotations

import copy
import io
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries

TOKEN = re.compile(
    r"\s*(?:(?P<ref>(?:'[^']+'!|[A-Za-z][A-Za-z0-9]*!)?\$?[A-Z]{1,3}\$?[0-9]+(?::\$?[A-Z]{1,3}\$?[0-9]+)?)"
    r"(?![A-Za-z0-9_(])|(?P<call>[A-Z]+)\(|(?P<name>[a-z_][a-z0-9_]*)|(?P<op><=|[-+*(),=<]))"
)
Key = tuple[str, int, int]


class Spreadsheet:
    """The workbook's values, formulas computed on demand."""

    def __init__(self, book: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(book))
        self.known: dict[Key, Any] = {}
        self.values = {
            (sheet.title, cell.column, cell.row): (cell.data_type, cell.value)
            for sheet in self.book
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        self.names: dict[str, Key] = {}
        for name, defined in self.book.defined_names.items():
            ((title, at),) = defined.destinations
            left, top, _, _ = range_boundaries(at.replace("$", ""))
            self.names[name] = (title, left, top)

    def changed(self, title: str, at: str, value: float) -> Spreadsheet:
        """The same with another number in one cell."""
        other = copy.copy(self)
        left, top, _, _ = range_boundaries(at)
        other.values = {**self.values, (title, left, top): ("n", value)}
        other.known = {}
        return other

    @property
    def formulas(self) -> dict[Key, str]:
        return {key: value for key, (kind, value) in self.values.items() if kind == "f"}

    def value(self, key: Key) -> Any:
        if key not in self.known:
            kind, value = self.values.get(key, ("n", None))
            self.known[key] = _Parser(self, key[0], value[1:]).result() if kind == "f" else value
        return self.known[key]

    def named(self, name: str) -> Any:
        return self.value(self.names[name])


@cache
def tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) of every part of a formula."""
    found = []
    place = 0
    while place < len(text):
        match = TOKEN.match(text, place)
        assert match, f"what is {text[place:]!r} in {text!r}?"
        found.append((str(match.lastgroup), str(match.group(match.lastgroup or 0))))
        place = match.end()
    return found


class _Parser:
    def __init__(self, book: Spreadsheet, sheet: str, text: str) -> None:
        self.book, self.sheet, self.at = book, sheet, 0
        self.tokens = tokens(text)

    def result(self) -> Any:
        value = self.comparison()
        assert self.at == len(self.tokens)
        return value

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def comparison(self) -> Any:
        left = self.sum()
        tests: dict[str, Callable[[Any, Any], bool]] = {
            "<=": lambda a, b: a <= b, "<": lambda a, b: a < b, "=": lambda a, b: a == b,
        }  # fmt: skip
        if self.peek() in tests:
            return tests[self.take()[1]](left, self.sum())
        return left

    def sum(self) -> Any:
        value = self.product()
        while self.peek() in ("+", "-"):
            sign = 1 if self.take()[1] == "+" else -1
            other = self.product()
            value = value + sign * other
        return value

    def product(self) -> Any:
        value = self.one()
        while self.peek() == "*":
            self.take()
            value = value * self.one()
        return value

    def one(self) -> Any:
        kind, text = self.take()
        if kind == "call":
            return self.call(text)
        if kind == "name":
            return self.book.named(text)
        if kind == "ref":
            cells = self.cells(text)
            return cells[0] if len(cells) == 1 else cells
        assert text == "(", text
        value = self.comparison()
        assert self.take()[1] == ")"
        return value

    def call(self, name: str) -> Any:
        parts = [self.comparison()]
        while self.peek() == ",":
            self.take()
            parts.append(self.comparison())
        assert self.take()[1] == ")"
        return {"SUM": _sum, "SUMIFS": _sumifs, "AND": _and, "ABS": abs, "IF": _if}[name](*parts)

    def cells(self, text: str) -> list[Any]:
        sheet, _, at = text.rpartition("!")
        left, top, right, bottom = range_boundaries(at.replace("$", ""))
        title = sheet.strip("'") or self.sheet
        return [
            self.book.value((title, column, row))
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _sum(*parts: Any) -> float:
    return math.fsum(v for part in parts for v in _list(part) if isinstance(v, int | float))


def _and(*parts: Any) -> bool:
    found = [value for part in parts for value in _list(part)]
    assert all(isinstance(value, bool) for value in found)
    return all(found)


def _if(condition: bool, yes: Any, no: Any) -> Any:
    return yes if condition else no


def _sumifs(what: list[Any], *pairs: Any) -> float:
    columns = [(_list(pairs[n]), pairs[n + 1]) for n in range(0, len(pairs), 2)]
    return math.fsum(
        value
        for place, value in enumerate(_list(what))
        if all(column[place] == wanted for column, wanted in columns)
    )
