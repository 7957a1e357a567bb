"""The workbook being written: its file, formats, figures, named cells, and what ties to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from allocator.findings.dossier import Dossier
from allocator.plan import Plan
from allocator.reports.workbook._base import styles
from allocator.reports.workbook._base.figures import Figures, Id
from allocator.reports.workbook._base.formula import Cell, Formula, rounding


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


class Binder:
    """A workbook's file: its formats, its named cells, and what must agree in it.

    currency: of its amounts; made_on: day, ISO 8601; foot: below every printed page
    """

    def __init__(self, currency: str, *, title: str, made_on: str, foot: str) -> None:
        options = {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "nan_inf_to_errors": False,
            "default_format_properties": {"font_name": styles.FONT, "font_size": styles.SIZE},
        }  # fmt: skip
        self.output = BytesIO()
        self.file: Any = xlsxwriter.Workbook(self.output, options)
        self.file.set_properties({"title": title, "created": datetime.fromisoformat(made_on)})
        self.foot = foot
        self.cells: dict[str, Cell] = {}
        """what sheets know of each other, by a word"""
        self.checks: list[Check] = []
        self._formats: dict[tuple[str, ...], Any] = {}
        self._words = styles.words(currency)

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
        self.file.define_name(name, f"={cell.fixed}")
        named = Cell(name, cell.value)
        self.cells[name] = named
        return named

    def rounding(self, of: Cell) -> Formula:
        """What floating point may lose of a figure, by the settings."""
        return rounding(of, self.cells["relative_rounding"], self.cells["least_rounding"])

    def bytes(self) -> bytes:
        """The finished file."""
        self.file.close()
        return self.output.getvalue()


def short_digest(digest: str) -> str:
    """Enough of a digest to tell it from others."""
    return "".join(c for c in digest if c in "0123456789abcdef")[:12]


class Book(Binder):
    """What the sheets of a plan's workbook share while they are written."""

    def __init__(self, plan: Plan, dossier: Dossier, figures: Figures) -> None:
        foot = f"plan {short_digest(plan.digest)}"
        super().__init__(
            plan.currency, title="Finance workbook", made_on=dossier.made_on, foot=foot
        )
        self.plan, self.dossier, self.figures = plan, dossier, figures
        self.again: dict[Id, Cell] = {}
        """figure -> where the workbook computes it itself"""

    def ties(self, id: Id, cell: Cell) -> Cell:
        """Remember that the workbook computes this figure itself, there."""
        self.again[id] = cell
        return cell
