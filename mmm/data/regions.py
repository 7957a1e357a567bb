"""Series by region: read once more region by region, or spread where a table has no regions.

The national reading has judged every cell before, so what is found here again is thrown away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from mmm.data.findings import Findings
from mmm.data.long import read_long
from mmm.data.plausible import place_of
from mmm.data.rows import MEDIA, DatedTable, Key
from mmm.data.wide import Wanted, read_wide
from mmm.spec import ModelSpec

Regional = Mapping[Key, Mapping[str, pd.Series]]
"""series -> region -> weeks, of the series that are measured by region"""


def read_weekly(
    spec: ModelSpec, table: DatedTable, homes: Mapping[int, Sequence[Wanted]], findings: Findings
) -> dict[Key, pd.Series]:
    """Every series of one table by week, whatever its form."""
    if table.raw.spec.form == "long":
        return read_long(spec, table, findings)
    return read_wide(spec, table, homes[table.raw.place], findings)


def check_measured(
    spec: ModelSpec,
    tables: Sequence[tuple[DatedTable, Mapping[Key, pd.Series]]],
    findings: Findings,
) -> None:
    """Every KPI is measured by region, and no line partly so; tells what is spread.

    tables: each with the series that were read from it.
    """
    if spec.geos is None:
        return
    local = {key: table for table, read in tables for key in read if table.raw.spec.geo}
    whole = {key: table for table, read in tables for key in read if not table.raw.spec.geo}
    for key, table in whole.items():
        path, file = place_of(key, spec), table.raw.spec.file
        if key[0] == "kpi":
            found = f"{key[1]} in {file}, a table without regions"
            expected = "a KPI by region, from a table with `geo`"
            fix = "a KPI cannot be spread; write `answers: {geo: sum}` for a national model"
            findings.add(spec.fault(path, found, expected, fix))
        elif key in local and key[0] != "event":
            found = (
                f"{key[1]} in {file}, without regions, and in {local[key].raw.spec.file}, by region"
            )
            findings.add(spec.fault(path, found, "a series by region, or without, throughout"))
    for kinds, how in ((MEDIA, "spread over them by population"), (("control",), "repeated")):
        names = dict.fromkeys(key[1] for key in whole if key[0] in kinds and key not in local)
        if names:
            findings.note(f"{', '.join(names)}: not measured by region, {how}")


def read_by_region(
    spec: ModelSpec, tables: Sequence[DatedTable], homes: Mapping[int, Sequence[Wanted]]
) -> Regional:
    """Every series of the tables with regions, region by region; tables are without a fault.

    A region without any row of a line is absent there, which is no spend, as was answered.
    """
    regional: dict[Key, dict[str, pd.Series]] = {}
    for table in tables:
        if spec.geos is None or not table.raw.spec.geo:
            continue
        places = table.raw.column(table.raw.spec.geo)
        for geo in spec.geos.population:
            keep = [place == geo for place in places]
            if not any(keep):
                continue
            for key, series in read_weekly(spec, table.only(keep), homes, Findings()).items():
                here = regional.setdefault(key, {})
                here[geo] = here[geo].add(series, fill_value=0.0) if geo in here else series
    return regional


def check_moving(spec: ModelSpec, regional: Regional, findings: Findings) -> None:
    """A KPI varies in every region."""
    for key, places in regional.items():
        for geo, series in places.items():
            if key[0] == "kpi" and series.nunique() == 1:
                found = f"{key[1]} at {series.iloc[0]:g} in every week of region {geo!r}"
                fix = "correct it, or leave the region out of the data and of geos.population"
                findings.add(spec.fault(place_of(key, spec), found, "figures that vary", fix))


def paneled(spec: ModelSpec, key: Key, series: np.ndarray) -> np.ndarray:
    """A series without regions, (date,), as (geo, date): media by population, others repeated."""
    assert spec.geos is not None  # asked for by the caller
    people = np.array(list(spec.geos.population.values()))
    parts = people / people.sum() if key[0] in MEDIA else np.ones(len(people))
    return parts[:, None] * series
