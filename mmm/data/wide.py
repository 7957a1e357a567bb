"""Wide tables: one column per series, found by the names that model.yaml gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmm.data.calendar import DAY, check_whole
from mmm.data.cells import empty_rows, read_numbers
from mmm.data.counts import check_counts
from mmm.data.duplicates import check_duplicates
from mmm.data.findings import Findings
from mmm.data.reach_rows import check_reach_rows
from mmm.data.rows import MEDIA, WORTH, DatedTable, Key
from mmm.errors import nearest
from mmm.spec import CampaignSpec, ChannelSpec, ModelSpec

Path_ = tuple[str | int, ...]
NAMED = {
    "kpi": "KPI figure",
    "control": "control figure",
    "value": "value",
    "margin": "margin",
}
WORTH_KEYS = {"value": "value_per_unit", "margin": "margin"}
"""kind -> the key of a KPI that names its column"""
CHANCE = 1000.0  # whole numbers below are often equal by chance


@dataclass(frozen=True)
class Wanted:
    """A series that model.yaml expects in some wide table."""

    key: Key
    column: str
    path: Path_
    """where model.yaml names the column"""
    aggregate: str = "sum"
    times: str | None = None
    value: str | None = None
    """the text that stands for an event"""


def wanted(spec: ModelSpec) -> list[Wanted]:
    """Every series that wide tables must hold."""
    series = [
        Wanted(("kpi", kpi), body.column, ("kpis", kpi, "column"), times=body.times)
        for kpi, body in spec.kpis.items()
    ]
    for kpi, own in spec.kpis.items():
        for worth in WORTH:
            named = getattr(own, WORTH_KEYS[worth])
            if isinstance(named, str):
                path: Path_ = ("kpis", kpi, WORTH_KEYS[worth])
                series.append(Wanted((worth, kpi), named, path, "mean"))
    for channel, body in spec.channels.items():
        here: Path_ = ("channels", channel)
        parts: list[tuple[str, Path_, ChannelSpec | CampaignSpec]] = [(channel, here, body)]
        for campaign, columns in (body.campaigns or {}).items():
            line = channel if body.level == "channel" else f"{channel}/{campaign}"
            path = (*here, "campaigns", campaign)
            parts.append((line, path, columns))
        for line, path, owner in parts:
            for kind in MEDIA:
                key: Key = (kind, line)
                if column := getattr(owner, kind):
                    series.append(Wanted(key, column, (*path, kind)))
    for i, control in enumerate(spec.controls):
        path = ("controls", i, "column")
        series.append(Wanted(("control", control.label), control.column, path, control.aggregate))
    for i, event in enumerate(spec.events):
        if event.column:
            key = ("event", event.name)
            path = ("events", i, "column")
            series.append(Wanted(key, event.column, path, value=event.value))
    return series


def place_columns(
    spec: ModelSpec, tables: Sequence[tuple[int, tuple[str, ...]]], findings: Findings
) -> dict[int, list[Wanted]]:
    """Which wanted series stand in which table; tables: (place, column names) of wide ones.

    A column that no table has, or that two tables have, is a fault at its place in model.yaml.
    """
    found_in: dict[int, list[Wanted]] = {place: [] for place, _ in tables}
    every = {name for _, names in tables for name in names}
    files = {place: spec.data.tables[place].file for place, _ in tables}
    for want in wanted(spec):
        homes = []
        for column, path in ((want.column, want.path), (want.times, (*want.path[:-1], "times"))):
            if column is None:
                continue
            having = [place for place, names in tables if column in names]
            if len(having) == 1:
                homes.append(having[0])
                continue
            if not having:
                expected = f"a column of {', '.join(files.values())}"
                fix = nearest(column, every)
            else:
                expected = "a column of one table"
                fix = "rename it in " + " or ".join(files[place] for place in having)
            findings.add(spec.fault(path, f"the column {column!r}", expected, fix))
        if len(set(homes)) == 1 and len(homes) == 1 + (want.times is not None):
            found_in[homes[0]].append(want)
        elif len(set(homes)) == 2:
            found = f"columns of two tables, {want.column!r} and {want.times!r}"
            findings.add(spec.fault(want.path, found, "both in one table"))
    return found_in


def read_wide(
    spec: ModelSpec, table: DatedTable, series: Sequence[Wanted], findings: Findings
) -> dict[Key, pd.Series]:
    """The wanted series of one table, by week."""
    media_only = all(want.key[0] in MEDIA for want in series)
    may_miss = media_only and spec.answers.missing_weeks == "zero_spend"
    check_whole(table.raw, table.dates, table.calendar, findings, may_miss=may_miss)
    check_duplicates(spec, table, [""] * len(table.dates), findings)
    columns: dict[str, np.ndarray] = {}
    weekly: dict[Key, pd.Series] = {}
    for want in series:
        if want.key[0] == "event":
            weekly[want.key] = table.by_week(_flags(spec, table, want, findings))
            continue
        for column in (want.column, want.times):
            if column and column not in columns:
                columns[column] = _numbers(spec, table, want, column, findings)
        values = columns[want.column]
        if want.key[0] == "reach":
            check_reach_rows(table, want.column, range(len(values)), findings)
        if want.times:
            values = values * columns[want.times]
        if want.key[0] == "kpi" and spec.kpis[want.key[1]].likelihood == "negative_binomial":
            accepted = spec.answers.negative_kpi == "accept"
            check_counts(table, want.column, values, findings, below_zero=accepted)
        one = table.by_week(values, want.aggregate)
        weekly[want.key] = weekly[want.key] + one if want.key in weekly else one
    if spec.answers.same_value == "refuse":
        _same_value(table, series, columns, findings)
    return weekly


def _numbers(
    spec: ModelSpec, table: DatedTable, want: Wanted, column: str, findings: Findings
) -> np.ndarray:
    kind, raw = want.key[0], table.raw
    media = kind in MEDIA
    zero = media and spec.answers.empty_cells == "zero_spend"
    values = read_numbers(raw, column, findings, empty_is_zero=zero)
    if not zero:
        fix = (
            "if nothing was spent, write `answers: {empty_cells: zero_spend}`"
            if media
            else f"a missing {NAMED[kind]} is never guessed: fill it in"
        )
        for row in empty_rows(raw, column):
            findings.add(raw.fault(row, column, "an empty cell", "a number", fix))
    if media or (kind == "kpi" and spec.answers.negative_kpi == "refuse"):
        fix = (
            "book a correction in the week it belongs to"
            if media
            else "if returns exceed sales, write `answers: {negative_kpi: accept}`"
        )
        for row in np.flatnonzero(values < 0).tolist():
            found = f"{raw.column(column)[row]!r}"
            findings.add(raw.fault(row, column, found, "zero or more", fix))
    elif kind in WORTH:
        _worth(table, column, values, kind == "margin", findings)
    return values


def _worth(
    table: DatedTable, column: str, values: np.ndarray, share: bool, findings: Findings
) -> None:
    """Values are not below zero, margins neither that nor above 1."""
    wrong = (values < 0) | (values > 1) if share else values < 0
    expected = "a share from 0 to 1" if share else "zero or more"
    fix = "35 % is 0.35" if share else ""
    for row in np.flatnonzero(wrong).tolist():
        found = f"{table.raw.column(column)[row]!r}"
        findings.add(table.raw.fault(row, column, found, expected, fix))


def _flags(spec: ModelSpec, table: DatedTable, want: Wanted, findings: Findings) -> np.ndarray:
    texts = table.raw.column(want.column)
    flags = np.array([text == want.value for text in texts], dtype=float)
    if not flags.any():
        fix = nearest(str(want.value), set(texts))
        path = (*want.path[:-1], "value")
        findings.add(spec.fault(path, repr(want.value), f"a text in {want.column!r}", fix))
    return flags


def _same_value(
    table: DatedTable,
    series: Sequence[Wanted],
    columns: dict[str, np.ndarray],
    findings: Findings,
) -> None:
    """A KPI that equals a spend to the last digit in a row is a slip of copying."""
    for kpi in (want for want in series if want.key[0] == "kpi" and not want.times):
        for media in (want for want in series if want.key[0] == "spend"):
            a, b = columns[kpi.column], columns[media.column]
            telling = (np.abs(a) >= CHANCE) | (a % 1 != 0)
            same = np.flatnonzero((a == b) & telling & (a != 0))
            if len(same):
                row = int(same[0])
                found = (
                    f"{a[row]:.15g}, the same as {media.column!r}, in {len(same)} of {len(a)} rows"
                )
                before = table.weeks[row] - DAY
                fix = (
                    f"correct it, end the data before it with `data: {{end: {before}}}`, "
                    "or write `answers: {same_value: accept}`"
                )
                fault = table.raw.fault(row, kpi.column, found, "a KPI that is not the spend", fix)
                findings.add(fault)
