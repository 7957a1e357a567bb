"""The finance workbook: what a plan costs and brings, in cells that finance can tie out."""

from allocator.reports.workbook.sheets import SHEETS, workbook

__all__ = ["SHEETS", "workbook"]
