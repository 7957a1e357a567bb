"""The regions of one table: known by name, and each on every date."""

from __future__ import annotations

from collections.abc import Sequence

from mmm.data.findings import Findings
from mmm.data.rows import DatedTable
from mmm.errors import nearest
from mmm.spec import ModelSpec


def regions_of(spec: ModelSpec, table: DatedTable) -> list[str]:
    """The region that each row is kept apart for; "" where regions are not kept."""
    if spec.answers.geo != "keep" or not table.raw.spec.geo:
        return [""] * len(table.dates)
    return table.raw.column(table.raw.spec.geo)


def check_regions(
    spec: ModelSpec, table: DatedTable, regions: Sequence[str], findings: Findings
) -> None:
    """Regions are summed or kept only when ``answers.geo`` says so, and each has every date.

    A sum over fewer regions would look like a fall. Kept regions are those of ``geos``.
    """
    if len(set(regions)) > 1 and spec.answers.geo == "refuse":
        path = ("data", "tables", table.raw.place, "geo")
        fix = (
            "write `answers: {geo: sum}` to add the regions up to one national series, or "
            "`answers: {geo: keep}` with `geos` to model each"
        )
        findings.add(spec.fault(path, f"{len(set(regions))} regions", "one national series", fix))
        return
    if not _known(spec, table, regions, findings):
        return
    if table.raw.spec.form == "wide":  # whether a line may lack rows is asked line by line
        _check_dates(spec, table, regions, findings)


def _known(spec: ModelSpec, table: DatedTable, regions: Sequence[str], findings: Findings) -> bool:
    """Whether kept regions are all in model.yaml; a wide table must have all of those, too."""
    if spec.answers.geo != "keep":
        return True
    known = spec.geos.population if spec.geos else {}
    raw, named = table.raw, list(dict.fromkeys(regions))
    unknown = [region for region in named if region not in known]
    for region in unknown:
        found, expected = repr(region) if region else "an empty cell", "a region of geos.population"
        row, fix = list(regions).index(region), nearest(region, known)
        findings.add(raw.fault(row, raw.spec.geo or "", found, expected, fix))
    if raw.spec.form == "wide" and raw.whole and not unknown:
        for region in [region for region in known if region not in named]:
            path = ("geos", "population", region)
            found = f"no row of region {region!r} in {raw.spec.file}"
            findings.add(spec.fault(path, found, "rows of every region in every wide table"))
    return not unknown


def _check_dates(
    spec: ModelSpec, table: DatedTable, regions: Sequence[str], findings: Findings
) -> None:
    have: dict[str, set[object]] = {region: set() for region in regions}
    for region, date in zip(regions, table.dates, strict=True):
        have[region].add(date)
    every = set(table.dates)
    why = {"sum": ", as regions are added up"}.get(spec.answers.geo, "")
    for region, dates in sorted(have.items()):
        if missing := sorted(every - dates, key=str):
            found = f"no row of region {region!r} for {missing[0]}"
            more = len(missing) - 1
            found += f" and {more} more {'date' if more == 1 else 'dates'}" if more else ""
            expected = f"every region on every date{why}"
            findings.add(table.raw.fault(0, table.raw.spec.geo or "", found, expected))
