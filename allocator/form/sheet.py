"""A sheet of the form being written."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from allocator.form.layout import HEAD

FONT, SIZE, GREY, TINT, LINE = "Arial", 9, "#5f6670", "#fff6e0", "#dfe2e6"
CREATED = datetime(2000, 1, 1)  # a form has no date: the same scenario gives the same bytes
LISTED = 255
"""Characters of a list that stands in the cell's own rule; longer ones are not checked."""

_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "grey": {"font_color": GREY},
    "head": {"bold": True, "bottom": 1, "bottom_color": "#8a8f98"},
    "words": {"bottom": 1, "bottom_color": LINE, "text_wrap": True, "valign": "top"},
    "value": {"bottom": 1, "bottom_color": LINE, "bg_color": TINT, "text_wrap": True,
              "valign": "top", "align": "left", "num_format": "@", "quote_prefix": True},
    "number": {"bottom": 1, "bottom_color": LINE, "bg_color": TINT, "valign": "top",
               "align": "left", "num_format": "General"},
}  # fmt: skip


def new_workbook(output: BytesIO) -> Any:
    """An empty workbook in which text stays text."""
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": FONT, "font_size": SIZE},
    }  # fmt: skip
    book = xlsxwriter.Workbook(output, options)
    book.set_properties({"title": "Scenario form", "created": CREATED})
    return book


class Sheet:
    """One sheet; rows and columns count from 0."""

    def __init__(self, book: Any, name: str) -> None:
        self.sheet = book.add_worksheet(name)
        self.sheet.hide_gridlines(2)
        base = {"font_name": FONT, "font_size": SIZE}
        self._looks = {name: book.add_format(base | look) for name, look in _LOOKS.items()}
        self._texts: dict[int, dict[int, str]] = {}
        self._columns = 1

    def lead(self, title: str, subtitle: str) -> None:
        """What the sheet is."""
        self.sheet.write_string(0, 0, title, self._looks["title"])
        self.sheet.write_string(1, 0, subtitle, self._looks["grey"])

    def heads(self, heads: Sequence[str]) -> None:
        """Column heads."""
        self._columns = len(heads)
        for column, head in enumerate(heads):
            self.sheet.write_string(HEAD, column, head, self._looks["head"])

    def words(self, row: int, texts: Sequence[str], *, first: int = 0) -> None:
        """Texts that are not read back."""
        for column, text in enumerate(texts, first):
            self.sheet.write_string(row, column, text, self._looks["words"])
            self._texts.setdefault(row, {})[column] = text

    def value(self, row: int, column: int, value: str | float | None) -> None:
        """A value that may be edited: a number, a text, or nothing."""
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, self._looks["value"])
        elif isinstance(value, str):
            self.sheet.write_string(row, column, value, self._looks["value"])
            self._texts.setdefault(row, {})[column] = value
        else:
            self.sheet.write_number(row, column, value, self._looks["number"])

    def choose(
        self, first: int, last: int, column: int, choices: Sequence[str], *, strict: bool = True
    ) -> None:
        """A drop-down list; ``strict`` refuses other values as they are typed."""
        if len(",".join(choices)) > LISTED or any("," in choice for choice in choices):
            return
        rule = {"validate": "list", "source": list(choices),
                "error_type": "stop" if strict else "information"}  # fmt: skip
        self.sheet.data_validation(first, column, last, column, rule)

    def finish(self, widths: Sequence[float]) -> None:
        """Widths, heights, frozen heads and print."""
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)
        for row, texts in self._texts.items():
            lines = max(
                len(textwrap.wrap(text, max(4, int(widths[column])))) or 1
                for column, text in texts.items()
            )
            self.sheet.set_row(row, 12.0 * lines + 3)
        self.sheet.freeze_panes(HEAD + 1, 1)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(HEAD)
