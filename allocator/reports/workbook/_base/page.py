"""A sheet being written: texts that stay texts, formulas with values, widths that fit, print."""

from __future__ import annotations

import functools
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_rowcol_to_cell

from allocator.reports._base.names import clean
from allocator.reports.workbook._base.formula import Cell, Formula, Value
from allocator.reports.workbook._base.plain_sheet import PlainSheet

if TYPE_CHECKING:
    from allocator.reports.workbook._base.book import Binder

STEERS = ("=", "+", "-", "@", "\t", "\r", "'", "|", "%")
"""How a text begins that a spreadsheet could take for more, once somebody edits the cell."""
LONGEST = 32_000  # characters; Excel takes 32,767 in a cell
LINE = 12.0  # points a line of text is high, at the font's size
TITLE = 1.55  # times as large
WIDEST = 46  # characters; longer names go on a second line
A4, A3 = 9, 8  # Excel's numbers of paper


class _Exact(float):
    """A number written with all of its digits; XlsxWriter itself formats it with 16."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


@functools.lru_cache(maxsize=4096)  # names come again in every row of their figures
def _shown(text: str) -> tuple[str, bool]:
    """A text fit to be shown, and whether it begins like a formula."""
    said = clean(text)[:LONGEST]
    return said, said.startswith(STEERS)


class Page:
    """One sheet. Rows and columns count from 0."""

    def __init__(self, book: Binder, name: str) -> None:
        self.book = book
        self.name = name
        self.sheet: Any = book.file.add_worksheet(name, PlainSheet)
        self.sheet.hide_gridlines(2)
        self._quoted = f"'{name}'" if not name.isalnum() else name
        self._widths: dict[int, float] = {}
        self._exactly: set[int] = set()
        self._paragraphs: list[tuple[int, int, int, str, str]] = []
        self._wrapped: dict[int, list[tuple[int, int, str, bool]]] = {}
        self._levels: dict[int, int] = {}
        self._last = (0, 0)

    def text(self, row: int, column: int, text: str, *style: str, fit: bool = False) -> Cell:
        """A text, whatever it begins with. ``fit``: the column grows to hold it."""
        said, quoted = _shown(text)
        words = (*style, "quoted") if quoted else style
        self.sheet.write_string(row, column, said, self.book.format(*words))
        if fit:
            self.widen(column, min(WIDEST, 1.1 * len(said) + 2))
        if "wrap" in style or "head" in style:
            self._wrapped.setdefault(row, []).append((column, 1, said, "head" in style))
        return self._placed(row, column, said)

    def word(self, row: int, column: int, text: str) -> None:
        """A text that no formula reads, as it comes: a list has a hundred thousand of them."""
        said, quoted = _shown(text)
        self.sheet.write_string(row, column, said, self.book.format(*(("quoted",) * quoted)))

    def number(self, row: int, column: int, value: float, *style: str) -> Cell:
        """A figure that is an input."""
        self.sheet.write_number(row, column, _Exact(value), self.book.format(*style))
        if column not in self._exactly:
            self._room(column, value, style)
        return self._placed(row, column, value)

    def formula(self, row: int, column: int, formula: Formula, *style: str) -> Cell:
        """A formula with its value."""
        text = "=" + formula.text.replace(f"{self._quoted}!", "")
        self.sheet.write_formula(row, column, text, self.book.format(*style), formula.value)
        if column not in self._exactly:
            self._room(column, formula.value, style)
        return self._placed(row, column, formula.value)

    def blank(self, row: int, column: int, *style: str) -> None:
        """Nothing, with its line below."""
        self.sheet.write_blank(row, column, None, self.book.format(*style))
        self._placed(row, column, "")

    def heads(self, row: int, heads: Sequence[str], *, words: int = 1) -> None:
        """Column heads; from the column ``words`` on they stand over figures, to the right."""
        for column, head in enumerate(heads):
            self.text(row, column, head, "head", *(("right",) if column >= words else ()))
            self.widen(column, 1.12 * max(len(word) for word in (*head.split(), "")) + 2)

    def lead(self, finding: str, subtitle: str, columns: int) -> None:
        """The first two rows: what the sheet says, and about what."""
        said = ((finding, "title"), (subtitle, "subtitle"))
        for row, (text, look) in enumerate(said):
            self._paragraphs.append((row, 0, columns, clean(text)[:LONGEST], look))
        self.reserve(1, columns - 1)

    def paragraph(self, row: int, text: str, columns: int, *, first: int = 0) -> None:
        """A text over several columns, as high as it needs once all columns have their widths."""
        self._paragraphs.append((row, first, columns, clean(text)[:LONGEST], ""))
        self.reserve(row, first + columns - 1)

    def reserve(self, row: int, column: int) -> None:
        """Printed too, whatever is written there later."""
        self._placed(row, column, "")

    def widen(self, column: int, width: float) -> None:
        """At least so many characters."""
        self._widths[column] = max(self._widths.get(column, 9.0), width)

    def width(self, column: int, width: float) -> None:
        """Exactly so many characters, whatever stands in it from now on."""
        self._widths[column] = width
        self._exactly.add(column)

    def level(self, row: int, level: int) -> None:
        """How deep in the outline a row is."""
        self._levels[row] = level

    def finish(
        self,
        *,
        freeze: tuple[int, int],
        heads: int | None = None,
        paper: int = A4,
        pages: int = 0,
        printed: int | None = None,
    ) -> None:
        """Widths, heights, frozen panes and print.

        heads: the row repeated on every printed page; pages: as many as it is fitted to, 0 for as
        many as it takes; printed: the last row that is, of a list to be filtered rather than read.
        """
        for column, width in self._widths.items():
            self.sheet.set_column(column, column, width)
        for paragraph in self._paragraphs:
            self._over(*paragraph)
        for row in self._wrapped.keys() | self._levels.keys():
            self._row(row)
        self.sheet.freeze_panes(*freeze)
        self.sheet.set_landscape()
        self.sheet.set_paper(paper)
        self.sheet.fit_to_pages(1, pages)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        last = self._last[0] if printed is None else min(printed, self._last[0])
        self.sheet.print_area(0, 0, last, self._last[1])
        if heads is not None:
            self.sheet.repeat_rows(heads)
        name = self.name.replace("&", "&&")
        self.sheet.set_footer(f"&L&8{name}&C&8{self.book.foot}&R&8&P / &N")

    def at(self, row: int, column: int, value: Value = "") -> Cell:
        """The cell there."""
        return Cell(f"{self._quoted}!{xl_rowcol_to_cell(row, column)}", value)

    def _placed(self, row: int, column: int, value: Value) -> Cell:
        self._last = (max(self._last[0], row), max(self._last[1], column))
        return self.at(row, column, value)

    def _room(self, column: int, value: Value, style: Sequence[str]) -> None:
        """Figures in full: a column that is too narrow shows ####."""
        if isinstance(value, bool | str):
            self.widen(column, 9)
            return
        places = 3 if {"cents", "ratio", "iso cents"} & set(style) else 0
        code = 5 if any("iso" in word for word in style) else 0
        bold = 1.15 if {"sum", "bold"} & set(style) else 1.0
        self.widen(column, bold * (len(f"{abs(value):,.0f}") + places + code + 3))

    def _over(self, row: int, first: int, columns: int, said: str, look: str) -> None:
        words = ("wrap", "top", *((look,) if look else ()))
        words += ("quoted",) if said.startswith(STEERS) else ()
        style = self.book.format(*words)
        if columns > 1:
            self.sheet.merge_range(row, first, row, first + columns - 1, "", style)
        self.sheet.write_string(row, first, said, style)
        title = look == "title"
        lines = self._lines(first, columns, said, 0.9 * (TITLE if title else 1.0))
        self.sheet.set_row(row, LINE * (TITLE if title else 1.0) * lines + 3)

    def _row(self, row: int) -> None:
        """As high as its longest text, and its depth in the outline."""
        lines = 1
        for column, columns, said, bold in self._wrapped.get(row, ()):
            lines = max(lines, self._lines(column, columns, said, 1.12 if bold else 1.0))
        options = {"level": self._levels[row]} if row in self._levels else {}
        self.sheet.set_row(row, LINE * lines + 3, None, options)

    def _lines(self, first: int, columns: int, said: str, size: float) -> int:
        """How many lines a text takes over columns; ``size`` times the usual letters."""
        room = sum(self._widths.get(first + place, 9.0) for place in range(columns))
        if any(unicodedata.east_asian_width(letter) in "WF" for letter in said):
            size *= 2.0  # letters that are twice as wide
        return max(1, len(textwrap.wrap(said, max(3, int(room / size)))))
