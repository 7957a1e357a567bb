"""What the columns of a CSV seem to be. A guess from names, written down for a person to check."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from allocator.starter.table import Table
from mmm.errors import Fault, InputError, nearest

FORMATS = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "YYYY/MM/DD": "%Y/%m/%d",
    "YYYYMMDD": "%Y%m%d",
    "DD.MM.YYYY": "%d.%m.%Y",
    "DD/MM/YYYY": "%d/%m/%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
}
"""As model.yaml writes it -> as Python reads it."""

_SPEND = re.compile(r"(?i)(?P<name>.+?)[ _.-]?(spend|costs?|budget|invest(ment)?)\Z")
_SPEND_BEFORE = re.compile(r"(?i)(spend|costs?)[ _.-](?P<name>.+)\Z")
_ROBYN = re.compile(r"(?P<name>.+)_S\Z")
_IMPRESSIONS = re.compile(r"(?i)(?P<name>.+?)[ _.-]?(impressions?|imps?)\Z")
_ROBYN_IMPRESSIONS = re.compile(r"(?P<name>.+)_I\Z")
_MONEY = re.compile(r"(?i).*(revenue|sales|turnover|umsatz)")
_COUNT = re.compile(
    r"(?i).*(customers|conversions|orders|leads|sign_?ups|installs|subscriptions|units_sold)"
)
_CLAIMED = re.compile(r"(?i)platform|attributed|claimed|last_?click")
_WHOLE_SPEND = re.compile(r"(?i)(spend|cost|costs|media_?spend|ad_?spend)\Z")
_WHOLE_IMPRESSIONS = re.compile(r"(?i)(impressions?|imps?)\Z")


@dataclass(frozen=True)
class Roles:
    """Column by role.

    days:        the date of every row
    step:        days between two dates: 7 weekly, 1 daily
    channel, campaign, spend, impressions: of a long table, None in a wide one
    channels:    channel -> its spend column; of a long table its names alone
    exposure:    channel -> its impressions column, in a wide table
    kpis:        KPI column -> ``currency`` or ``count``
    others:      numeric columns that are none of these
    """

    date: str
    date_format: str
    days: tuple[dt.date, ...]
    step: int
    channel: str | None
    campaign: str | None
    spend: str | None
    impressions: str | None
    channels: dict[str, str]
    exposure: dict[str, str]
    kpis: dict[str, str]
    geo: str | None
    others: tuple[str, ...]

    @property
    def long(self) -> bool:
        """One row per date and channel."""
        return self.channel is not None


def roles_of(table: Table, *, spend: Sequence[str] = (), kpi: Sequence[str] = ()) -> Roles:
    """What each column seems to be.

    spend, kpi: columns said to be so, whatever they are called. Raises InputError where there is
    no date, no spend or no KPI, or a date that can be read in two ways.
    """
    _refuse_unknown(table, spend, kpi)
    date, form, days = _dates(table)
    named = {name.lower(): name for name in table.columns}
    channel = named.get("channel") or named.get("media") or named.get("platform")
    whole = next((c for c in table.columns if _WHOLE_SPEND.match(c)), None)
    if channel is None or whole is None:
        channel = whole = None
    geo = named.get("geo") or named.get("region") or named.get("country") or named.get("dma")
    long = whole is not None
    kpis = {name: _unit(name) for name in kpi} or ({} if long else _sold(table))
    channels = _wide(table, spend, kpis)
    if whole is not None and channel is not None:
        channels = dict.fromkeys(dict.fromkeys(table.column(channel)), whole)
    exposure = {} if long else _exposure(table, channels)
    seen = next((c for c in table.columns if long and _WHOLE_IMPRESSIONS.match(c)), None)
    _refuse_nothing(table, channels, kpis, long=long)
    taken = {date, geo, channel, whole, seen, *channels.values(), *exposure.values(), *kpis}
    others = () if long else tuple(
        c for c in table.columns if c not in taken and table.is_numeric(c)
    )  # fmt: skip
    return Roles(
        date, form, days, _step(days), channel, named.get("campaign") if long else None, whole,
        seen, channels, exposure, kpis, geo, others,
    )  # fmt: skip


def _unit(name: str) -> str:
    return "count" if _COUNT.match(name) and not _MONEY.match(name) else "currency"


def _sold(table: Table) -> dict[str, str]:
    """What is sold, by its name; what a platform claims is no such thing."""
    return {
        name: _unit(name)
        for name in table.columns
        if (_MONEY.match(name) or _COUNT.match(name))
        and not _CLAIMED.search(name)
        and table.is_numeric(name)
    }


def _wide(table: Table, spend: Sequence[str], kpis: dict[str, str]) -> dict[str, str]:
    if spend:
        return {_channel(column) or column: column for column in spend}
    return {
        name: column
        for column in table.columns
        if column not in kpis and (name := _channel(column)) and table.is_numeric(column)
    }


def _channel(column: str) -> str | None:
    for pattern in (_SPEND, _SPEND_BEFORE, _ROBYN):
        match = pattern.match(column)
        if match is not None:
            return match["name"]
    return None


def _exposure(table: Table, channels: dict[str, str]) -> dict[str, str]:
    found = {}
    for column in table.columns:
        match = _IMPRESSIONS.match(column) or _ROBYN_IMPRESSIONS.match(column)
        if match is not None and match["name"] in channels and table.is_numeric(column):
            found[match["name"]] = column
    return found


def _dates(table: Table) -> tuple[str, str, tuple[dt.date, ...]]:
    """The first column of dates, how they are written, and them."""
    for column in table.columns:
        cells = table.column(column)
        readings = {
            form: days
            for form, python in FORMATS.items()
            if (days := _read(cells, python)) is not None
        }
        weekly = {form: days for form, days in readings.items() if _step(days) in (1, 7)}
        chosen = weekly or readings
        if len(chosen) > 1:
            found = f"dates such as {cells[0]} in {column}, which can be read in two ways"
            expected = f"dates of which one reading is left: {' or '.join(chosen)}"
            fault = Fault(str(table.file), 2, 0, "", found, expected, "write them as YYYY-MM-DD")
            raise InputError([fault])
        for form, days in chosen.items():
            if not weekly:
                found = f"dates in {column} that are {_step(days)} days apart"
                fault = Fault(str(table.file), 2, 0, "", found, "one row a week, or one a day")
                raise InputError([fault])
            return column, form, days
    fault = Fault(
        str(table.file), 1, 0, "", f"no column of dates in {', '.join(table.columns[:8])}",
        "one date a row, such as 2026-11-16",
    )  # fmt: skip
    raise InputError([fault])


def _read(cells: Sequence[str], python: str) -> tuple[dt.date, ...] | None:
    try:
        return tuple(dt.datetime.strptime(cell, python).date() for cell in cells)
    except ValueError:
        return None


def _step(days: Sequence[dt.date]) -> int:
    """The most usual distance between two dates that follow each other, days."""
    single = sorted(set(days))
    gaps = [(b - a).days for a, b in zip(single[:-1], single[1:], strict=True)]
    return max(set(gaps), key=gaps.count) if gaps else 0


def _refuse_unknown(table: Table, spend: Sequence[str], kpi: Sequence[str]) -> None:
    faults = [
        Fault(option, 0, 0, "", repr(name), f"a column of numbers of {table.file}",
              nearest(name, table.columns))
        for option, names in (("--spend", spend), ("--kpi", kpi))
        for name in names
        if name not in table.columns or not table.is_numeric(name)
    ]  # fmt: skip
    if faults:
        raise InputError(faults)


def _refuse_nothing(
    table: Table, channels: dict[str, str], kpis: dict[str, str], *, long: bool
) -> None:
    faults = []
    columns = ", ".join(table.columns[:12])
    if not channels:
        found = f"no column that is called spend among {columns}"
        expected = "columns such as tv_spend, or channel and spend"
        fix = "name them: --spend COLUMN --spend COLUMN"
        faults.append(Fault(str(table.file), 1, 0, "", found, expected, fix))
    if not kpis and not long:
        found = f"no column that is called revenue, sales, orders or customers among {columns}"
        fix = "name it: --kpi COLUMN"
        faults.append(Fault(str(table.file), 1, 0, "", found, "what media should move", fix))
    if faults:
        raise InputError(faults)
