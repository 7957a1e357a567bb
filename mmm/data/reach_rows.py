"""Observed reach: people, who are neither summed over days nor more than impressions."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from mmm.data.findings import Findings
from mmm.data.plausible import place_of
from mmm.data.rows import DatedTable, Key
from mmm.spec import ModelSpec

EXCESS = 0.05  # platforms estimate reach: in thin weeks a little more than impressions is no slip


def check_reach_rows(
    table: DatedTable, column: str, rows: Iterable[int], findings: Findings
) -> None:
    """Reach of one line is there once a week (and region): several rows of it do not add up."""
    if table.calendar.daily:
        expected = "weekly reach: who is reached on two days would count twice"
        fix = "put weekly reach, with its impressions, into a weekly table"
        findings.add(table.raw.fault(0, column, "reach by day", expected, fix))
        return
    geo = table.raw.spec.geo
    regions = table.raw.column(geo) if geo else [""] * len(table.dates)
    seen: set[tuple[object, str]] = set()
    for row in rows:
        key = (table.weeks[row], regions[row])
        if key in seen:
            found = f"reach of {key[0]} again"
            expected = "reach once a week, as people do not add up"
            findings.add(table.raw.fault(row, column, found, expected))
        seen.add(key)


def check_reach(spec: ModelSpec, weekly: dict[Key, pd.Series], findings: Findings) -> None:
    """Reach is above 0 where there are impressions, and not above them."""
    for kind, line in weekly:
        if kind != "reach":
            continue
        path = place_of((kind, line), spec)
        shown = weekly.get(("impressions", line))
        if shown is None:
            found = f"reach of {line} without impressions"
            findings.add(spec.fault(path, found, "measured impressions beside reach"))
            continue
        reached, shown = weekly[kind, line].align(shown, join="inner")
        over = reached[reached > (1 + EXCESS) * shown]
        if len(over):
            week = over.index[0]
            found = f"{over.iloc[0]:g} people reached by {shown[week]:g} impressions of {line} in "
            found += f"the week of {week.date()}"
            expected = "reach of at most the impressions"
            findings.add(spec.fault(path, found, expected, "are the two columns swapped?"))
        silent = shown[(reached == 0) & (shown > 0)]
        if len(silent):
            found = f"{silent.iloc[0]:g} impressions of {line} in the week of "
            found += f"{silent.index[0].date()} that reached nobody"
            fix = "leave reach out if it was not measured throughout"
            findings.add(spec.fault(path, found, "a reach above 0", fix))
