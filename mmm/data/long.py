"""Long tables: one row per date and channel, or date, channel and campaign."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mmm.data.calendar import check_whole
from mmm.data.cells import empty_rows, read_numbers
from mmm.data.duplicates import check_duplicates
from mmm.data.findings import Findings
from mmm.data.rows import DatedTable, Key
from mmm.errors import nearest
from mmm.spec import ModelSpec


def has_columns(spec: ModelSpec, place: int, names: Sequence[str], findings: Findings) -> bool:
    """Whether the table has the columns that its entry in model.yaml names."""
    table = spec.data.tables[place]
    fine = True
    for key in ("channel", "campaign", "spend", "impressions", "geo"):
        column = getattr(table, key)
        if column and column not in names:
            path = ("data", "tables", place, key)
            found, expected = f"the column {column!r}", f"a column of {table.file}"
            findings.add(spec.fault(path, found, expected, nearest(column, names)))
            fine = False
    return fine


def read_long(spec: ModelSpec, table: DatedTable, findings: Findings) -> dict[Key, pd.Series]:
    """Spend and impressions of every line in one table, by week; weeks without a row are absent.

    Whether absent weeks mean no spend is asked here, line by line.
    """
    parts, lines = _lines(spec, table, findings)
    check_duplicates(spec, table, parts, findings)
    rows_of: dict[str, list[int]] = {}
    for row, line in enumerate(lines):
        if line:
            rows_of.setdefault(line, []).append(row)
    spend = _media(spec, table, table.raw.spec.spend or "", findings, lines)
    weekly: dict[Key, pd.Series] = {}
    for line in sorted(rows_of):
        rows = rows_of[line]
        weekly["spend", line] = _subset(table, rows).by_week(spend[rows])
    if table.raw.spec.impressions:
        observed = _observed(table, rows_of)
        seen = [line if line in observed else "" for line in lines]
        counts = _media(spec, table, table.raw.spec.impressions, findings, seen)
        for line in observed:
            rows = rows_of[line]
            weekly["impressions", line] = _subset(table, rows).by_week(counts[rows])
    if all(lines[row] or _left_out(spec, table, row) for row in range(len(lines))):
        _ask_about_absent_weeks(spec, table, rows_of, findings)
    return weekly


def _left_out(spec: ModelSpec, table: DatedTable, row: int) -> bool:
    place = table.raw.columns.index(table.raw.spec.channel or "")
    return table.raw.rows[row][place].strip() in spec.answers.ignore_channels


def _subset(table: DatedTable, rows: Sequence[int]) -> DatedTable:
    keep = np.zeros(len(table.dates), dtype=bool)
    keep[list(rows)] = True
    dates = tuple(table.dates[row] for row in rows)
    return DatedTable(table.raw.only(list(keep)), dates, table.calendar)


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
        elif body.spend or any(c.spend for c in (body.campaigns or {}).values()):
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


def _observed(table: DatedTable, rows_of: dict[str, list[int]]) -> list[str]:
    """Lines with impressions in some row; a line without any has none measured."""
    column = table.raw.spec.impressions or ""
    empty = set(empty_rows(table.raw, column))
    return [line for line, rows in sorted(rows_of.items()) if not empty.issuperset(rows)]


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
    for line, rows in sorted(rows_of.items()):
        if missing := sorted(every - {table.dates[row] for row in rows}):
            found = f"no row of {line} for {missing[0]}"
            if len(missing) > 1:
                found += f" and {len(missing) - 1} more {unit}s"
            fix = "if nothing was spent then, write `answers: {missing_weeks: zero_spend}`"
            expected = f"a row of every line for every {unit}"
            findings.add(table.raw.fault(rows[0], table.raw.spec.date, found, expected, fix))
