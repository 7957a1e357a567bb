"""The workbook being written: its file, formats, figures, named cells, and what ties to what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from allocator.dossier import Dossier
from allocator.plan import Plan
from allocator.reports.workbook._base import styles
from allocator.reports.workbook._base.figures import Figures, Id
from allocator.reports.workbook._base.formula import Cell, Formula


@dataclass(frozen=True)
class Check:
    """Two cells that must agree within ``allowed``; ``kind`` groups them."""

    kind: str
    name: str
    left: Formula
    right: Formula
    cents: bool = False
    """compare as money, to the cent; otherwise up to what floating point loses"""
    allowed: Formula | None = None


@dataclass
class Book:
    """What the sheets of one workbook share while they are written."""

    plan: Plan
    dossier: Dossier
    figures: Figures
    output: BytesIO = field(default_factory=BytesIO)
    cells: dict[str, Cell] = field(default_factory=dict)
    """what sheets know of each other, by a word"""
    again: dict[Id, Cell] = field(default_factory=dict)
    """figure -> where the workbook computes it itself"""
    checks: list[Check] = field(default_factory=list)

    def __post_init__(self) -> None:
        options = {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "nan_inf_to_errors": False,
            "default_format_properties": {"font_name": styles.FONT, "font_size": styles.SIZE},
        }  # fmt: skip
        self.file: Any = xlsxwriter.Workbook(self.output, options)
        day = datetime.fromisoformat(self.dossier.made_on)
        self.file.set_properties({"title": "Finance workbook", "created": day})
        self._formats: dict[tuple[str, ...], Any] = {}
        self._words = styles.words(self.plan.currency)

    @property
    def short_digest(self) -> str:
        """Enough of the plan's digest to tell it from others."""
        return "".join(c for c in self.plan.digest if c in "0123456789abcdef")[:12]

    def format(self, *style: str) -> Any:
        """The format that the words add up to, made once."""
        if style not in self._formats:
            properties: dict[str, Any] = {
                "font_name": styles.FONT, "font_size": styles.SIZE, "font_color": styles.INK,
            }  # fmt: skip
            for word in style:
                properties |= self._words[word]
            self._formats[style] = self.file.add_format(properties)
        return self._formats[style]

    def name(self, name: str, cell: Cell) -> Cell:
        """Give a cell a name that formulas of every sheet can use."""
        sheet, _, place = cell.at.rpartition("!")
        letters = place.rstrip("0123456789")
        self.file.define_name(name, f"={sheet}!${letters}${place[len(letters) :]}")
        named = Cell(name, cell.value)
        self.cells[name] = named
        return named

    def ties(self, id: Id, cell: Cell) -> Cell:
        """Remember that the workbook computes this figure itself, there."""
        self.again[id] = cell
        return cell

    def bytes(self) -> bytes:
        """The finished file."""
        self.file.close()
        return self.output.getvalue()
