"""Bring your own curves: a table exported from another tool becomes TabulatedCurves.

Columns ``channel[,campaign][,geo],kpi,spend,response[,draw]``, in any order, and a column
``label_<name>`` for every label of the lines, such as ``label_audience``. spend and response are
totals over the plan's window; between points the curve is a straight line. The points may differ
by KPI and draw, but each of a line's curves starts at (0, 0) and ends at the same spend: nothing
is known beyond it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import xarray as xr

from mmm.card import HealthCard
from mmm.curves.table_rows import Row, rows_of
from mmm.curves.tabulated import TabulatedCurves
from mmm.errors import Fault, InputError, nearest, on_disk

Key = tuple[str, str, int]
"""(media line, kpi, draw): which curve a row belongs to."""


def read_table(
    path: Path | str, *, currency: str, weeks: int, counts: Sequence[str] = ()
) -> TabulatedCurves:
    """Read a CSV of curves.

    currency: ISO code of spend and of every KPI that is money
    weeks:    length of the window that the totals are about
    counts:   KPIs that are counts; the others are money

    The curves were not fitted here, so their health card is empty (NOT FITTED). Raises
    InputError with every fault, each with its line in the file.
    """
    file = str(path)
    text, digest = _text(Path(path))
    rows, faults = rows_of(text, file)
    source = {"table": Path(path).name, "sha256": digest}
    return _made(rows, faults, (file, currency, weeks, counts), source)


def from_points(
    points: Mapping[str, Mapping[str, Sequence[tuple[float, float]]]],
    *,
    currency: str,
    weeks: int,
    counts: Sequence[str] = (),
) -> TabulatedCurves:
    """Curves from points in Python: line -> KPI -> [(spend, response), …].

    Lines are called ``channel``, ``channel/campaign`` or either with ``@geo``; the rest is as in
    ``read_table``. Raises InputError with every fault, a point's number in place of a line.

    >>> curves = from_points(
    ...     {"tv": {"revenue": [(0, 0), (100, 80), (200, 120)]}}, currency="EUR", weeks=4
    ... )
    >>> curves.lines
    ('tv',)
    """
    rows = [
        Row(0, *_called(line), kpi, 0, float(spend), float(response), geo=line.partition("@")[2])
        for line, by_kpi in points.items()
        for kpi, curve in by_kpi.items()
        for spend, response in curve
    ]
    rows = [replace(row, at=place) for place, row in enumerate(rows, start=1)]
    return _made(rows, [], ("points", currency, weeks, counts), {"table": "points"})


def _called(line: str) -> tuple[str, str]:
    """Channel and campaign of a line's name."""
    channel, _, campaign = line.partition("@")[0].partition("/")
    return channel, campaign


def _made(
    rows: list[Row],
    faults: list[Fault],
    stated: tuple[str, str, int, Sequence[str]],
    source: Mapping[str, str],
) -> TabulatedCurves:
    """The curves of these rows. stated: file, currency, weeks, KPIs that count."""
    file, currency, weeks, counts = stated
    faults += _option_faults(file, currency, weeks)
    if not faults:
        faults += [*_table_faults(rows, file), *_count_faults(rows, counts, file)]
    if faults:
        raise InputError(faults)
    data = _dataset(rows, counts).assign_attrs(
        currency=currency,
        week_start="monday",
        weeks=weeks,
        health=HealthCard().to_json(),
        source=json.dumps(dict(source), sort_keys=True),
    )
    return TabulatedCurves(data)


def _text(path: Path) -> tuple[str, str]:
    """The file as text, and the SHA-256 of its bytes."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = on_disk(error)
        fault = Fault(str(path), 0, 0, "", reason, "a readable CSV file", "check the path")
        raise InputError([fault]) from None
    try:
        return raw.decode("utf-8-sig"), hashlib.sha256(raw).hexdigest()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        fault = Fault(str(path), line, 0, "", "bytes that are not UTF-8", "UTF-8", "save as UTF-8")
        raise InputError([fault]) from None


def _option_faults(file: str, currency: str, weeks: int) -> Iterator[Fault]:
    if not re.fullmatch("[A-Z]{3}", currency):
        yield Fault(file, 0, 0, "currency", repr(currency), "an ISO code such as EUR")
    if weeks < 1:
        yield Fault(file, 0, 0, "weeks", str(weeks), "a whole number of weeks from 1")


def _count_faults(rows: list[Row], counts: Sequence[str], file: str) -> Iterator[Fault]:
    kpis = {row.kpi for row in rows}
    for name in counts:
        if name not in kpis:
            found = f"the KPI {name!r} stated as a count"
            yield Fault(file, 0, 0, "counts", found, "a KPI of the table", nearest(name, kpis))


def _table_faults(rows: list[Row], file: str) -> Iterator[Fault]:
    """What is wrong between rows: doubled points, curves that do not start or end as they must."""
    yield from _doubled(rows, file)
    yield from _campaigns(rows, file)
    yield from _regions(rows, file)
    yield from _relabelled(rows, file)
    curves = _curves(rows)
    yield from _missing(curves, file)
    ends: dict[str, Row] = {}
    seen: dict[tuple[str, str, str], int] = {}
    for (line, kpi, draw), points in curves.items():
        end = ends.setdefault(line, points[-1])
        for found, expected, fix in _curve_complaints(points, end):
            # of many draws with the same fault the first stands for all
            if seen.setdefault((line, kpi, expected), draw) == draw:
                place = f"{line}, {kpi}" + (f", draw {draw}" if _has_draws(curves) else "")
                yield Fault(file, points[0].at, 0, place, found, expected, fix)


def _curve_complaints(points: list[Row], end: Row) -> Iterator[tuple[str, str, str]]:
    """(found, expected, fix) for one curve, its points in rising order of spend.

    end: the last point of the line's first curve, where its other curves must end as well
    """
    first, last = points[0], points[-1]
    if first.spend > 0:
        found = f"no row with spend 0 (the lowest is {first.spend:.12g})"
        yield found, "a row with spend 0 and response 0", "add it"
    elif first.response != 0:
        fix = "a response is what the spend adds, so no spend adds nothing"
        yield f"response {first.response:.12g} at spend 0", "response 0 at spend 0", fix
    if len(points) == 1:
        yield "a single point", "at least two points", "a curve is drawn between points"
    if end.spend != last.spend:
        found = f"a last point at spend {last.spend:.12g}"
        expected = f"{end.spend:.12g}, where the curve of line {end.at} ends"
        yield found, expected, "all curves of a line end at the same spend"


def _doubled(rows: list[Row], file: str) -> Iterator[Fault]:
    first: dict[tuple[Key, float], int] = {}
    for row in rows:
        at = first.setdefault(((row.line, row.kpi, row.draw), row.spend), row.at)
        if at != row.at:
            place = f"{row.line}, {row.kpi}"
            found = f"spend {row.spend:.12g} again (first on line {at})"
            yield Fault(file, row.at, 0, place, found, "each point once", "delete one")


def _campaigns(rows: list[Row], file: str) -> Iterator[Fault]:
    """A channel is one line or is made of campaigns; both would count it twice."""
    kinds: dict[str, dict[bool, int]] = {}
    for row in rows:
        kinds.setdefault(row.channel, {}).setdefault(bool(row.campaign), row.at)
    for channel, kind in kinds.items():
        if len(kind) == 2:
            found = f"{channel} without a campaign here and with one on line {kind[True]}"
            expected = "a campaign in every row of the channel or in none"
            yield Fault(file, kind[False], 0, "campaign", found, expected)


def _regions(rows: list[Row], file: str) -> Iterator[Fault]:
    """A line is bought by region or for all of them; both would count it twice."""
    kinds: dict[tuple[str, str], dict[bool, int]] = {}
    for row in rows:
        kinds.setdefault((row.channel, row.campaign), {}).setdefault(bool(row.geo), row.at)
    for (channel, campaign), kind in kinds.items():
        if len(kind) == 2:
            name = f"{channel}/{campaign}" if campaign else channel
            found = f"{name} without a region here and with one on line {kind[True]}"
            yield Fault(file, kind[False], 0, "geo", found, "a region in every row or in none")


def _relabelled(rows: list[Row], file: str) -> Iterator[Fault]:
    first: dict[str, Row] = {}
    said: set[tuple[str, str]] = set()
    for row in rows:
        known = first.setdefault(row.line, row)
        for (name, value), (_, before) in zip(row.labels, known.labels, strict=True):
            if value != before and (row.line, name) not in said:
                said.add((row.line, name))
                found = f"{value!r} for {row.line}"
                expected = f"{before!r}, as on line {known.at}"
                fix = "a line has one value of a label"
                yield Fault(file, row.at, 0, f"label_{name}", found, expected, fix)


def _missing(curves: dict[Key, list[Row]], file: str) -> Iterator[Fault]:
    """Every line needs every KPI, and every curve the same draws."""
    start: dict[str, int] = {}
    for (line, _, _), points in curves.items():
        start.setdefault(line, min(row.at for row in points))
    draws = sorted({draw for _, _, draw in curves})
    for line, at in start.items():
        for kpi in dict.fromkeys(kpi for _, kpi, _ in curves):
            gone = [draw for draw in draws if (line, kpi, draw) not in curves]
            if len(gone) == len(draws):
                yield Fault(file, at, 0, line, f"no row of the KPI {kpi!r}", "every KPI of others")
            elif gone:
                shown = ", ".join(map(str, islice(gone, 5))) + (", …" if len(gone) > 5 else "")
                found = f"no draw {shown} of {kpi}"
                yield Fault(file, at, 0, line, found, f"the same {len(draws)} draws in each curve")


def _has_draws(curves: dict[Key, list[Row]]) -> bool:
    return len({draw for _, _, draw in curves}) > 1


def _curves(rows: list[Row]) -> dict[Key, list[Row]]:
    """The points of each curve in rising order of spend; curves in order of appearance."""
    curves: dict[Key, list[Row]] = {}
    for row in rows:
        curves.setdefault((row.line, row.kpi, row.draw), []).append(row)
    return {key: sorted(points, key=lambda row: row.spend) for key, points in curves.items()}


def _dataset(rows: list[Row], counts: Sequence[str]) -> xr.Dataset:
    """Every line on the union of its points, which is exact for straight lines."""
    curves = _curves(rows)
    lines = {row.line: row for row in reversed(rows)}
    names = list(dict.fromkeys(row.line for row in rows))
    kpis = list(dict.fromkeys(row.kpi for row in rows))
    draws = sorted({row.draw for row in rows})
    spends: dict[str, set[float]] = {line: set() for line in names}
    for row in rows:
        spends[row.line].add(row.spend)
    union = {line: np.array(sorted(values)) for line, values in spends.items()}
    size = max(len(points) for points in union.values())
    points = np.full((len(names), size), np.nan)
    response = np.full((len(kpis), len(draws), len(names), size), np.nan)
    for i, line in enumerate(names):
        known = len(union[line])
        points[i, :known] = union[line]
        for k, kpi in enumerate(kpis):
            for s, draw in enumerate(draws):
                own = curves[line, kpi, draw]
                spend, value = [row.spend for row in own], [row.response for row in own]
                response[k, s, i, :known] = np.interp(union[line], spend, value)
    return xr.Dataset(
        {
            "points": (("line", "point"), points),
            "response": (("kpi", "draw", "line", "point"), response),
            "unit": ("kpi", ["count" if kpi in counts else "currency" for kpi in kpis]),
            "prior_driven": ("line", np.zeros(len(names), dtype=bool)),
        },
        coords={
            "kpi": kpis,
            "draw": draws,
            "line": names,
            "channel": ("line", [lines[line].channel for line in names]),
            "campaign": ("line", [lines[line].campaign for line in names]),
            **_geo_and_labels([lines[line] for line in names]),
        },
    )


def _geo_and_labels(lines: list[Row]) -> dict[str, tuple[str, list[str]]]:
    """Coordinates of lines by region and with labels; none where a table has no such column."""
    made = {"geo": ("line", [line.geo for line in lines])} if any(r.geo for r in lines) else {}
    for place, (name, _) in enumerate(lines[0].labels):
        made[f"label_{name}"] = ("line", [line.labels[place][1] for line in lines])
    return made
