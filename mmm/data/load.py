"""From model.yaml to MediaData: tables are read, doubted, and put together by label."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from mmm.data.calendar import DAY, WEEK, agreed_weeks
from mmm.data.dataset import Weekly, dataset_of
from mmm.data.findings import Findings
from mmm.data.long import has_columns
from mmm.data.media_data import MediaData
from mmm.data.plausible import check_length, check_series
from mmm.data.reach_rows import check_reach
from mmm.data.regions import check_measured, check_moving, read_by_region, read_weekly
from mmm.data.rows import MEDIA, DatedTable, Key, dated
from mmm.data.text import RawTable, read_table
from mmm.data.wide import Wanted, place_columns, wanted
from mmm.errors import nearest
from mmm.spec import EventSpec, ModelSpec


def load(spec: ModelSpec) -> MediaData:
    """Read every table of ``spec``. Raises InputError with every fault and question at once."""
    findings = Findings()
    raws = [
        raw
        for place in range(len(spec.data.tables))
        if (raw := read_table(spec, place, findings)) is not None
    ]
    complete = len(raws) == len(spec.data.tables)
    homes = _homes(spec, raws, complete, findings)
    weekly: dict[Key, pd.Series] = {}
    spans, tables = [], []
    for raw in raws:
        table = _dated(spec, raw, findings)
        if table is None:
            complete = False
            continue
        read = read_weekly(spec, table, homes, findings)
        tables.append((table, read))
        _join(spec, weekly, read, raw, findings)
        complete = complete and raw.whole
        if read:
            spans.append((raw, min(table.weeks), max(table.weeks), _may_be_short(spec, read)))
    _without_cost(spec, weekly)
    weeks = agreed_weeks(spec, spans, findings) if complete and spans else None
    if complete:
        _absent_channels(spec, weekly, raws, findings)
    dropped = check_series(spec, weekly, findings)
    check_reach(spec, weekly, findings)
    check_measured(spec, tables, findings)
    if weeks:
        check_length(spec, len(weeks), weeks[0], findings)
        weekly |= _events(spec, weekly, weeks, findings)
    findings.raise_if_any()
    assert weeks is not None  # no weeks without a fault
    regional = read_by_region(spec, [table for table, _ in tables], homes)
    check_moving(spec, regional, findings)
    findings.raise_if_any()
    for key in [key for key in weekly if key[1] in dropped and key[0] in MEDIA]:
        del weekly[key]
    dataset = dataset_of(spec, Weekly(weekly, regional, weeks))
    return MediaData.of(dataset, unused=_unused(spec, raws), notes=findings.notes)


def _homes(
    spec: ModelSpec, raws: list[RawTable], complete: bool, findings: Findings
) -> dict[int, list[Wanted]]:
    """Which wanted series stand in which table; unknown columns only when all could be read."""
    wide = [(raw.place, raw.columns) for raw in raws if raw.spec.form == "wide"]
    return place_columns(spec, wide, findings if complete else Findings())


def _dated(spec: ModelSpec, raw: RawTable, findings: Findings) -> DatedTable | None:
    if not has_columns(spec, raw.place, raw.columns, findings):
        return None
    return dated(spec, raw, findings)


def _may_be_short(spec: ModelSpec, read: dict[Key, pd.Series]) -> bool:
    media_only = all(kind in MEDIA for kind, _ in read)
    return media_only and spec.answers.missing_weeks == "zero_spend"


def _join(
    spec: ModelSpec,
    weekly: dict[Key, pd.Series],
    read: dict[Key, pd.Series],
    raw: RawTable,
    findings: Findings,
) -> None:
    """Add the series of one table; a line may go on in another long table, in other weeks."""
    for key, series in read.items():
        if key not in weekly:
            weekly[key] = series
            continue
        both = weekly[key].index.intersection(series.index)
        if len(both) and spec.answers.duplicate_dates != "sum":
            found = f"{key[1]} in the week of {both[0].date()}, which an earlier table has as well"
            fix = "delete one, or write `answers: {duplicate_dates: sum}` to add them up"
            findings.add(raw.fault(0, raw.spec.date, found, "each week of a line once", fix))
        weekly[key] = weekly[key].add(series, fill_value=0.0)


def _without_cost(spec: ModelSpec, weekly: dict[Key, pd.Series]) -> None:
    """Organic media have a spend like any other line: none in every week."""
    for kind, line in list(weekly):
        if kind == "impressions" and spec.channels[line.partition("/")[0]].organic:
            weekly.setdefault(("spend", line), 0.0 * weekly[kind, line])


def _absent_channels(
    spec: ModelSpec, weekly: dict[Key, pd.Series], raws: list[RawTable], findings: Findings
) -> None:
    """Channels and listed campaigns that a long table should hold and none does."""
    have = {name for kind, name in weekly if kind == "spend"}
    in_wide = {want.key[1].partition("/")[0] for want in wanted(spec) if want.key[0] in MEDIA}
    long = [raw for raw in raws if raw.spec.form == "long"]
    if not long:
        return
    named = {name for raw in long for name in raw.column(raw.spec.channel or "")}
    files = ", ".join(raw.spec.file for raw in long)
    for channel, body in spec.channels.items():
        if channel in in_wide:
            continue
        lines = [channel]
        if body.campaigns and body.level == "campaign":
            lines = [f"{channel}/{campaign}" for campaign in body.campaigns]
        for line in lines:
            if any(name == line or name.startswith(f"{line}/") for name in have):
                continue
            fix = nearest(channel, named) if channel not in named else ""
            path = ("channels", channel)
            findings.add(spec.fault(path, f"no row of {line} in {files}", "at least one row", fix))


def _events(
    spec: ModelSpec,
    weekly: dict[Key, pd.Series],
    weeks: tuple[dt.date, ...],
    findings: Findings,
) -> dict[Key, pd.Series]:
    """Days of every event in every week, over the most it has in any week."""
    index = pd.DatetimeIndex(weeks, name="date")
    events: dict[Key, pd.Series] = {}
    for place, event in enumerate(spec.events):
        if event.column:
            days = weekly.get(("event", event.name))
            if days is None:
                continue
            days = days.reindex(index)
        else:
            days = pd.Series([_days_in(event, week) for week in weeks], index=index, dtype=float)
        if days.max() > 0:
            events["event", event.name] = days / days.max()
        elif not event.column:
            found = f"no day of {event.name} between {weeks[0]} and {weeks[-1] + 6 * DAY}"
            findings.add(spec.fault(("events", place), found, "an event inside the data"))
    return events


def _days_in(event: EventSpec, week: dt.date) -> int:
    if event.dates is not None:
        return sum(week <= day < week + WEEK for day in set(event.dates))
    assert event.start is not None
    assert event.end is not None  # the schema asks for both
    first, last = max(event.start, week), min(event.end, week + 6 * DAY)
    return max((last - first).days + 1, 0)


def _unused(spec: ModelSpec, raws: list[RawTable]) -> tuple[str, ...]:
    used = {want.column for want in wanted(spec)} | {want.times for want in wanted(spec)}
    read: dict[str, set[str | None]] = {}
    for table in (raw.spec for raw in raws):  # a file may be read twice, long and wide
        own = {table.date, table.geo, table.channel, table.campaign, table.spend}
        own |= {table.impressions, table.reach} | (used if table.form == "wide" else set())
        read.setdefault(table.file, set()).update(own)
    every = dict.fromkeys((raw.spec.file, column) for raw in raws for column in raw.columns)
    return tuple(f"{file}: {column}" for file, column in every if column not in read[file])
