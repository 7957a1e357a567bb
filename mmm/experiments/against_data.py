"""Experiments beside the data they are about: names, weeks, and money that was there to change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from mmm.errors import nearest
from mmm.experiments.experiment import ALL, Experiment, chosen
from mmm.experiments.known import Known, Written
from mmm.experiments.values import Reader

DAY = dt.timedelta(days=1)
ROUNDING = 1.001  # spend tables carry cents, reports of a test are often rounded to a thousandth


def check(written: Sequence[Written], known: Known, reader: Reader) -> None:
    """Every fault between the rows and the data, into ``reader``."""
    for one in written:
        named = _names(one, known, reader)
        dated = _dates(one, known, reader)
        if named and dated:
            _money(one, known, reader)


def geo_rows(geos: Sequence[str], known: Sequence[str]) -> tuple[int, ...]:
    """Positions of an experiment's geos in the data; of national data the one row there is.

    A test in one geo of a national model is a change of the national exposure by that amount:
    exact where response is linear in the range of the change, an approximation elsewhere.
    """
    if len(known) <= 1:
        return (0,)
    return tuple(place for place, geo in enumerate(known) if ALL in geos or geo in geos)


def week_span(first: dt.date, last: dt.date, weeks: np.ndarray) -> slice:
    """The weeks from the one that starts on ``first`` to the one that ends on ``last``."""
    days = weeks.astype("datetime64[D]")
    begin = int(np.searchsorted(days, np.datetime64(first)))
    return slice(begin, int(np.searchsorted(days, np.datetime64(last), side="right")))


def _names(one: Written, known: Known, reader: Reader) -> bool:
    it, row, before = one.experiment, one.row, len(reader.faults)
    if it.kpi not in known.kpis:
        fix = nearest(it.kpi, known.kpis)
        reader.wrong(row["kpi"], "kpi", repr(it.kpi), "a KPI of the model", fix)
    channels = {line.partition("/")[0] for line in known.lines}
    for selector in it.lines:
        if not chosen([selector], known.lines):
            expected = "a channel, a channel/campaign of the model, or all"
            fix = nearest(selector, {*known.lines, *channels})
            reader.wrong(row["lines"], "lines", repr(selector), expected, fix)
    if len(known.geos) > 1:
        for geo in it.geos:
            if geo != ALL and geo not in known.geos:
                fix = nearest(geo, known.geos)
                reader.wrong(row["geo"], "geo", repr(geo), "a geo of the model, or all", fix)
    return len(reader.faults) == before


def _dates(one: Written, known: Known, reader: Reader) -> bool:
    """Dates inside the data, on the edges of its weeks."""
    it, row, before = one.experiment, one.row, len(reader.faults)
    days = [day.astype("datetime64[D]").item() for day in known.weeks]
    first, last = days[0], days[-1] + 6 * DAY
    shown = f"a day of the data, {first} to {last}"
    ends = {"start": it.start, "end": it.end}
    if it.measured_until != it.end:
        ends["measured_until"] = it.measured_until
    for column, day in ends.items():
        if not first <= day <= last:
            fix = "leave out what the model's data do not cover, or extend them"
            reader.wrong(row[column], column, str(day), shown, fix)
            continue
        begin = day - (day - first).days % 7 * DAY
        if column == "start" and day != begin:
            expected = f"the first day of a week ({begin:%A})"
            fix = f"the model is weekly: write {begin}; the change of spend stays as it was"
            reader.wrong(row[column], column, f"{day}, a {day:%A}", expected, fix)
        elif column != "start" and day != begin + 6 * DAY:
            expected = f"the last day of a week ({begin + 6 * DAY:%A})"
            fix = f"the model is weekly: write {begin + 6 * DAY}"
            reader.wrong(row[column], column, f"{day}, a {day:%A}", expected, fix)
    return len(reader.faults) == before


def _money(one: Written, known: Known, reader: Reader) -> None:
    """A change can only add what was spent, or take what is ever spent."""
    it = one.experiment
    spent, most, weeks = _spent(it, known)
    cell, place = one.row["spend_change"], "spend_change"
    if it.spend_change > spent * ROUNDING:
        found = f"{it.spend_change:,.0f} more than without the experiment"
        expected = f"at most what these lines spent in its {weeks} weeks, {spent:,.0f}"
        reader.wrong(cell, place, found, expected, "check lines, geo, dates and currency")
    if -it.spend_change > most * ROUNDING:
        found = f"a cut of {-it.spend_change:,.0f}"
        expected = f"at most what these lines ever spent in {weeks} weeks, {most:,.0f}"
        reader.wrong(cell, place, found, expected, "check lines, geo, dates and currency")


def _spent(it: Experiment, known: Known) -> tuple[float, float, int]:
    """(spend in the test's weeks, most spend in as many weeks on end, those weeks)."""
    lines, geos = list(chosen(it.lines, known.lines)), list(geo_rows(it.geos, known.geos))
    weekly = known.spend[np.ix_(lines, geos)].sum(axis=(0, 1))
    span = week_span(it.start, it.end, known.weeks)
    length = span.stop - span.start
    sums = np.convolve(weekly, np.ones(length), mode="valid")
    return float(weekly[span].sum()), float(sums.max()), length
