"""Rows that speak of the same date: a mistake, regions, or parts to be added up."""

from __future__ import annotations

from collections.abc import Sequence

from mmm.data.findings import Findings
from mmm.data.rows import DatedTable
from mmm.spec import ModelSpec

REGION_WORDS = ("geo", "region", "state", "market", "country", "dma", "city", "location", "store")


def check_duplicates(
    spec: ModelSpec, table: DatedTable, owners: Sequence[str], findings: Findings
) -> None:
    """Each owner (a line; the empty text in a wide table) has a date once, per region.

    Regions are added up only when ``answers.geo`` says so, and only when each region has every
    date, as a sum over fewer regions would look like a fall.
    """
    raw = table.raw
    regions = [""] * len(raw.rows)
    if raw.spec.geo:
        regions = raw.column(raw.spec.geo)
        _check_regions(spec, table, regions, findings)
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


def _check_regions(
    spec: ModelSpec, table: DatedTable, regions: Sequence[str], findings: Findings
) -> None:
    names = set(regions)
    if len(names) > 1 and spec.answers.geo != "sum":
        path = ("data", "tables", table.raw.place, "geo")
        fix = "write `answers: {geo: sum}` to add the regions up to one national series"
        findings.add(spec.fault(path, f"{len(names)} regions", "one national series", fix))
        return
    if table.raw.spec.form == "long":
        return  # whether a line may lack rows is asked line by line
    have: dict[str, set[object]] = {name: set() for name in names}
    for region, date in zip(regions, table.dates, strict=True):
        have[region].add(date)
    every = set(table.dates)
    for region, dates in sorted(have.items()):
        if missing := sorted(every - dates, key=str):
            found = f"no row of region {region!r} for {missing[0]}"
            found += f" and {len(missing) - 1} more dates" if len(missing) > 1 else ""
            expected = "every region on every date, as regions are added up"
            findings.add(table.raw.fault(0, table.raw.spec.geo or "", found, expected))
