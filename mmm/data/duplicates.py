"""Rows that speak of the same date: a mistake, regions, or parts to be added up."""

from __future__ import annotations

from collections.abc import Sequence

from mmm.data.findings import Findings
from mmm.data.region_rows import check_regions
from mmm.data.rows import DatedTable
from mmm.spec import ModelSpec

REGION_WORDS = ("geo", "region", "state", "market", "country", "dma", "city", "location", "store")


def check_duplicates(
    spec: ModelSpec, table: DatedTable, owners: Sequence[str], findings: Findings
) -> None:
    """Each owner (a line; the empty text in a wide table) has a date once, per region."""
    raw = table.raw
    regions = [""] * len(raw.rows)
    if raw.spec.geo:
        regions = raw.column(raw.spec.geo)
        check_regions(spec, table, regions, findings)
    if spec.answers.duplicate_dates == "sum":
        return
    first: dict[tuple[object, ...], int] = {}
    for row, date in enumerate(table.dates):
        earlier = first.setdefault((regions[row], owners[row], date), row)
        if earlier == row:
            continue
        of_line = f" of {owners[row]}" if owners[row] else ""
        on_line = f" (first on line {raw.lines[earlier]})" if raw.lines[earlier] else ""
        found = f"{date}{of_line} again{on_line}"
        fix = "delete one, or write `answers: {duplicate_dates: sum}` to add them up"
        guess = [c for c in raw.columns if c.lower() in REGION_WORDS and not raw.spec.geo]
        if guess:
            fix = f"if {guess[0]!r} holds regions, write `geo: {guess[0]}` for this table"
        findings.add(raw.fault(row, raw.spec.date, found, "each date once", fix))
