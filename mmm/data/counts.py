"""Figures of a KPI that is modelled as a count: whole numbers, none below zero."""

from __future__ import annotations

import numpy as np

from mmm.data.findings import Findings
from mmm.data.rows import DatedTable

FIX = "or write `likelihood: normal` for this KPI"


def check_counts(
    table: DatedTable, column: str, values: np.ndarray, findings: Findings, *, below_zero: bool
) -> None:
    """One fault for all figures that are no whole numbers, one for those below zero.

    below_zero: whether those are looked for here; they are told elsewhere unless accepted.
    """
    known = np.isfinite(values)
    broken = np.flatnonzero(known & (values != np.round(values)))
    _tell(table, column, broken, "whole numbers, as likelihood negative_binomial has", findings)
    if below_zero:
        negative = np.flatnonzero(known & (values < 0))
        _tell(table, column, negative, "counts, as likelihood negative_binomial has", findings)


def _tell(
    table: DatedTable, column: str, rows: np.ndarray, expected: str, findings: Findings
) -> None:
    if len(rows):
        first = int(rows[0])
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        found = f"{table.raw.column(column)[first]!r}{more}"
        findings.add(table.raw.fault(first, column, found, expected, FIX))
