"""Every row of the index: what each plan has there, and what it changes against the first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allocator.compare.contender import Contender
from allocator.compare.worlds import Read
from allocator.periods import Months, shares_of

ALL, AFTER = "all", "after"
OBJECTIVE, SPEND = "objective", "spend"

Draws = np.ndarray
"""(draw,) of an outcome; a plain number is money that is decided"""


@dataclass(frozen=True)
class Group:
    """Lines that are told together."""

    level: str
    name: str
    channel: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Calendar:
    """The weeks by label, and months as shares of them by days; no months where weeks of different
    years lie side by side."""

    weeks: tuple[str, ...]
    months: Mapping[str, np.ndarray]


def calendar_of(plans: Sequence[Contender]) -> Calendar:
    """The common weeks of the plans: ``week 1`` and so on where they are not the same days."""
    weeks = plans[0].setting.weeks
    if any(one.setting.weeks.start != weeks.start for one in plans):
        return Calendar(tuple(f"week {place}" for place in range(1, weeks.weeks + 1)), {})
    months = {label: np.array(own) for label, own in shares_of(weeks.days, Months()).items()}
    return Calendar(weeks.labels, months)


def groups_of(plans: Sequence[Contender]) -> tuple[Group, ...]:
    """The whole plan, every channel, every line: of all plans, by what is spent on them."""
    spent: dict[str, float] = {}
    channel: dict[str, str] = {}
    for one in plans:
        for entry in one.plan.lines:
            spent[entry.line] = spent.get(entry.line, 0.0) + entry.total * one.factor
            channel.setdefault(entry.line, entry.channel)
    order = sorted(spent, key=lambda line: (-spent[line], line))
    channels = {name: tuple(x for x in order if channel[x] == name) for name in channel.values()}
    by_money = sorted(channels, key=lambda name: (-sum(spent[x] for x in channels[name]), name))
    out = [Group("plan", ALL, ALL, tuple(order))]
    for name in by_money:
        out.append(Group("channel", name, name, channels[name]))
        out += [Group("line", line, name, (line,)) for line in channels[name]]
    return tuple(out)


@dataclass(frozen=True, eq=False)
class Cell:
    """One row before it is summarised: (calendar, period, metric, unit) and every plan's value."""

    calendar: str
    period: str
    metric: str
    unit: str
    values: tuple[Draws | float | None, ...]
    ratios: tuple[tuple[float, float] | None, ...] = ()
    """of a ratio its parts' means, so that the mean is that of means"""


def cells_of(
    group: Group, plans: Sequence[Contender], reads: Sequence[Read | None], calendar: Calendar
) -> Iterator[Cell]:
    """The rows of a group: money by week and month, outcomes in all and by month, ratios.

    reads: each plan in one model, None where the model does not know it.
    """
    lines = [tuple(x for x in group.lines if x in one.money) for one in plans]
    money = [_money(one, own) for one, own in zip(plans, lines, strict=True)]
    yield Cell(ALL, ALL, SPEND, "currency", tuple(None if m is None else _total(m) for m in money))
    for label in calendar.months:
        of_month = tuple(
            _rounded(math.fsum(one.monthly[x][label] for x in own)) if own else None
            for one, own in zip(plans, lines, strict=True)
        )
        yield Cell("month", label, SPEND, "currency", of_month)
    for place, label in enumerate(calendar.weeks):
        of_week = tuple(None if m is None else _rounded(float(m[place])) for m in money)
        yield Cell("week", label, SPEND, "currency", of_week)
    known = [
        tuple(x for x in own if read is not None and x in read.setting.curves.lines)
        for own, read in zip(lines, reads, strict=True)
    ]
    for kpi, unit in units_of(plans).items():
        draws = tuple(
            read.draws(kpi, own) if read is not None and own and kpi in _kpis(read) else None
            for read, own in zip(reads, known, strict=True)
        )
        yield Cell(ALL, ALL, kpi, unit, draws)
        yield _ratio(kpi, unit, draws, money)
        if group.level != "line":
            yield from _by_month(kpi, unit, reads, known, calendar)
    if group.level == "plan":
        yield from _objective(plans, reads)


def units_of(plans: Sequence[Contender]) -> dict[str, str]:
    """KPI -> unit, of all plans. The first to name a KPI says its unit."""
    units: dict[str, str] = {}
    for one in plans:
        for kpi, unit in one.plan.units.items():
            units.setdefault(kpi, unit)
    return units


def same_goal(plans: Sequence[Contender]) -> bool:
    """All of them maximise the same thing in the same unit."""
    return len({(one.plan.objective, one.setting.terms.unit) for one in plans}) == 1


def _kpis(read: Read) -> tuple[str, ...]:
    return read.setting.curves.kpis


def _money(plan: Contender, lines: Sequence[str]) -> np.ndarray | None:
    """(week,) of lines together; None where the plan has none of them."""
    if not lines:
        return None
    total: np.ndarray = np.sum([plan.money[line] for line in lines], axis=0)
    return total


def _total(weekly: np.ndarray) -> float:
    return _rounded(math.fsum(weekly))


def _rounded(amount: float) -> float:
    return round(float(amount), 2)


def _ratio(
    kpi: str, unit: str, draws: Sequence[Draws | None], money: Sequence[np.ndarray | None]
) -> Cell:
    """ROAS of a KPI that is money, CAC of one that is counted; none where nothing is spent."""
    values: list[Draws | None] = []
    parts: list[tuple[float, float] | None] = []
    for own, spent in zip(draws, money, strict=True):
        total = 0.0 if spent is None else _total(spent)
        if own is None or total <= 0 or (unit == "count" and not np.all(own > 0)):
            values.append(None)
            parts.append(None)
        elif unit == "currency":
            values.append(own / total)
            parts.append((float(own.mean()), total))
        else:
            values.append(total / own)
            parts.append((total, float(own.mean())))
    name = "roas" if unit == "currency" else "cac"
    return Cell(ALL, ALL, f"{name} {kpi}", "ratio" if name == "roas" else "currency",
                tuple(values), tuple(parts))  # fmt: skip


def _by_month(
    kpi: str,
    unit: str,
    reads: Sequence[Read | None],
    lines: Sequence[Sequence[str]],
    calendar: Calendar,
) -> Iterator[Cell]:
    """Outcomes in the month in which they fall, and after the period."""
    timed = []
    for read, own in zip(reads, lines, strict=True):
        found = None
        if read is not None and own and kpi in _kpis(read) and read.timed is not None:
            chosen = read.timed.sel(kpi=kpi, line=list(own))
            found = chosen.transpose("draw", "line", "week").to_numpy().sum(axis=1)
        timed.append(found)
    if all(found is None for found in timed):
        return
    for label, share in calendar.months.items():
        of_month = tuple(None if found is None else found[:, :-1] @ share for found in timed)
        yield Cell("month", label, kpi, unit, of_month)
    after = tuple(None if found is None else found[:, -1] for found in timed)
    yield Cell(AFTER, AFTER, kpi, unit, after)


def _objective(plans: Sequence[Contender], reads: Sequence[Read | None]) -> Iterator[Cell]:
    if same_goal(plans):
        unit = plans[0].setting.terms.unit
        draws = tuple(None if read is None else read.objective for read in reads)
        yield Cell(ALL, ALL, OBJECTIVE, unit, draws)
