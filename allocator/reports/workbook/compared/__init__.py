"""The workbook of a comparison: plans side by side, in cells that finance can tie out."""

from allocator.reports.workbook.compared.sheets import SHEETS, compared_book

__all__ = ["SHEETS", "compared_book"]
