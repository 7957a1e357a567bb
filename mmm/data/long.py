"""Long tables: one row per date and channel, or date, channel and campaign."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mmm.data.calendar import check_whole
from mmm.data.cells import empty_rows, read_numbers
from mmm.data.duplicates import check_duplicates
from mmm.data.findings import Findings
from mmm.data.reach_rows import check_reach_rows
from mmm.data.region_rows import regions_of
from mmm.data.rows import DatedTable, Key, Kind
from mmm.errors import nearest
from mmm.spec import ChannelSpec, ModelSpec

COUNTS: tuple[Kind, ...] = ("impressions", "reach")
"""What is measured of some lines and not of others."""


def has_columns(spec: ModelSpec, place: int, names: Sequence[str], findings: Findings) -> bool:
    """Whether the table has the columns that its entry in model.yaml names."""
    table = spec.data.tables[place]
    fine = True
    for key in ("channel", "campaign", "spend", "impressions", "reach", "geo"):
        column = getattr(table, key)
        if column and column not in names:
            path = ("data", "tables", place, key)
            found, expected = f"the column {column!r}", f"a column of {table.file}"
            findings.add(spec.fault(path, found, expected, nearest(column, names)))
            fine = False
    return fine


def read_long(spec: ModelSpec, table: DatedTable, findings: Findings) -> dict[Key, pd.Series]:
    """Spend, impressions and reach of every line in one table, by week.

    Weeks without a row are absent. Whether that means no spend is asked here, line by line.
    """
    parts, lines = _lines(spec, table, findings)
    check_duplicates(spec, table, parts, findings)
    rows_of = _rows_of(lines)
    spend = _spend(spec, table, lines, findings)
    weekly: dict[Key, pd.Series] = {}
    for line in sorted(rows_of):
        rows = rows_of[line]
        weekly["spend", line] = _subset(table, rows).by_week(spend[rows])
    for kind in COUNTS:
        column = getattr(table.raw.spec, kind)
        for line, counts in _counts(spec, table, column, findings, lines).items():
            if kind == "reach":
                check_reach_rows(table, column, rows_of[line], findings)
            weekly[kind, line] = _subset(table, rows_of[line]).by_week(counts)
    if all(lines[row] or _left_out(spec, table, row) for row in range(len(lines))):
        _ask_about_absent_weeks(spec, table, rows_of, findings)
    return weekly


def _left_out(spec: ModelSpec, table: DatedTable, row: int) -> bool:
    place = table.raw.columns.index(table.raw.spec.channel or "")
    return table.raw.rows[row][place].strip() in spec.answers.ignore_channels


def _rows_of(lines: Sequence[str]) -> dict[str, list[int]]:
    rows_of: dict[str, list[int]] = {}
    for row, line in enumerate(lines):
        if line:
            rows_of.setdefault(line, []).append(row)
    return rows_of


def _subset(table: DatedTable, rows: Sequence[int]) -> DatedTable:
    keep = np.zeros(len(table.dates), dtype=bool)
    keep[list(rows)] = True
    return table.only(keep.tolist())


def _lines(spec: ModelSpec, table: DatedTable, findings: Findings) -> tuple[list[str], list[str]]:
    """Of every row: its channel/campaign, and the line it counts towards ('' if left out)."""
    raw = table.raw
    column = raw.spec.channel or ""
    channels = raw.column(column)
    campaigns = raw.column(raw.spec.campaign) if raw.spec.campaign else [""] * len(channels)
    with_campaigns = {c for c, k in zip(channels, campaigns, strict=True) if k}
    parts, lines = [], []
    for row, (channel, campaign) in enumerate(zip(channels, campaigns, strict=True)):
        parts.append(f"{channel}/{campaign}" if campaign else channel)
        lines.append("")
        if channel in spec.answers.ignore_channels:
            continue
        body = spec.channels.get(channel)
        if body is None:
            found = repr(channel) if channel else "an empty cell"
            fix = f"or leave it out: `answers: {{ignore_channels: [{channel}]}}`"
            fix = f"{nearest(channel, spec.channels)}; {fix}"
            expected = "a channel of model.yaml"
            findings.add(raw.fault(row, column, found, expected, fix if channel else ""))
        elif _has_columns(body):
            fix = "take its columns out of model.yaml, or its rows out of this table"
            expected = "channels whose columns model.yaml does not name"
            findings.add(raw.fault(row, column, repr(channel), expected, fix))
        elif not campaign and channel in with_campaigns:
            fix = f"name the campaign of every row of {channel}"
            expected = "a campaign, as other rows of this channel have one"
            findings.add(raw.fault(row, raw.spec.campaign or "", "an empty cell", expected, fix))
        elif body.campaigns is not None and campaign not in body.campaigns:
            found = f"{campaign!r}" if campaign else f"no campaign of {channel}"
            fix = nearest(campaign, body.campaigns)
            expected = f"a campaign of channels.{channel}.campaigns"
            findings.add(raw.fault(row, raw.spec.campaign or column, found, expected, fix))
        else:
            lines[-1] = channel if body.level == "channel" else parts[-1]
    return parts, lines


def _has_columns(channel: ChannelSpec) -> bool:
    """Whether model.yaml names columns of a wide table for it."""
    campaigns = (channel.campaigns or {}).values()
    return bool(channel.spend or channel.impressions) or any(
        campaign.spend or campaign.impressions for campaign in campaigns
    )


def _counts(
    spec: ModelSpec,
    table: DatedTable,
    column: str | None,
    findings: Findings,
    lines: Sequence[str],
) -> dict[str, np.ndarray]:
    """Numbers of every line that has any in ``column``, in the order of its rows."""
    if not column:
        return {}
    rows_of = _rows_of(lines)
    observed = _observed(table, column, rows_of)
    seen = [line if line in observed else "" for line in lines]
    counts = _media(spec, table, column, findings, seen)
    return {line: counts[rows_of[line]] for line in observed}


def _observed(table: DatedTable, column: str, rows_of: dict[str, list[int]]) -> list[str]:
    """Lines with a figure in some row; a line without any has none measured."""
    empty = set(empty_rows(table.raw, column))
    return [line for line, rows in sorted(rows_of.items()) if not empty.issuperset(rows)]


def _spend(
    spec: ModelSpec, table: DatedTable, lines: Sequence[str], findings: Findings
) -> np.ndarray:
    """Spend of every row, (row,): 0 where media are organic, whose cells are empty or 0."""
    column = table.raw.spec.spend or ""
    organic = [bool(line) and spec.channels[line.partition("/")[0]].organic for line in lines]
    paid = ["" if free else line for line, free in zip(lines, organic, strict=True)]
    spend = _media(spec, table, column, findings, paid)
    free = table.raw.only(organic)
    for row, cost in enumerate(read_numbers(free, column, findings, empty_is_zero=True)):
        if cost != 0:
            fix = "take `organic` out of the channel if it costs money"
            found = repr(free.column(column)[row])
            expected = "an empty cell or 0, as the channel is organic"
            findings.add(free.fault(row, column, found, expected, fix))
    spend[organic] = 0.0
    return spend


def _media(
    spec: ModelSpec, table: DatedTable, column: str, findings: Findings, lines: Sequence[str]
) -> np.ndarray:
    """Numbers of the rows that count towards a line; others are NaN and not judged."""
    counted = [bool(line) for line in lines]
    raw = table.raw.only(counted)
    zero = spec.answers.empty_cells == "zero_spend"
    values = read_numbers(raw, column, findings, empty_is_zero=zero)
    if not zero:
        fix = "if nothing was spent, write `answers: {empty_cells: zero_spend}`"
        for row in empty_rows(raw, column):
            findings.add(raw.fault(row, column, "an empty cell", "a number", fix))
    texts = raw.column(column)
    for row in np.flatnonzero(values < 0).tolist():
        fix = "book a correction in the week it belongs to"
        findings.add(raw.fault(row, column, f"{texts[row]!r}", "zero or more", fix))
    every = np.full(len(lines), np.nan)
    every[counted] = values
    return every


def _ask_about_absent_weeks(
    spec: ModelSpec, table: DatedTable, rows_of: dict[str, list[int]], findings: Findings
) -> None:
    may_miss = spec.answers.missing_weeks == "zero_spend"
    check_whole(table.raw, table.dates, table.calendar, findings, may_miss=may_miss)
    if may_miss or not table.raw.whole:
        return
    every = set(table.dates)
    unit = "day" if table.calendar.daily else "week"
    kept = regions_of(spec, table)
    places = list(spec.geos.population) if spec.geos and any(kept) else [""]
    if not set(kept) <= set(places):
        return  # names that are not known have been told
    for line, rows in sorted(rows_of.items()):
        for place in places:
            there = {table.dates[row] for row in rows if kept[row] == place}
            if not (missing := sorted(every - there)):
                continue
            found = f"no row of {line}{f' in region {place!r}' if place else ''} for {missing[0]}"
            if len(missing) > 1:
                found += f" and {len(missing) - 1} more {unit}s"
            fix = "if nothing was spent then, write `answers: {missing_weeks: zero_spend}`"
            expected = f"a row of every line for every {unit}"
            findings.add(table.raw.fault(rows[0], table.raw.spec.date, found, expected, fix))
