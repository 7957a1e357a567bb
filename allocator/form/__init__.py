"""Scenarios as spreadsheets: a form to fill in, and the assumptions of a workbook, read back."""

from allocator.form.edited import Edited, edited
from allocator.form.read import scenario_text
from allocator.form.write import form

__all__ = ["Edited", "edited", "form", "scenario_text"]
