"""What the data hold, as plain figures: the answer of ``mmm check``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import combinations, groupby

import numpy as np

from mmm.data import MediaData
from mmm.errors import InputError
from mmm.spec import ModelSpec
from mmm.unlearnt import new_line_misfits, notes

STRONGEST = 5
TOGETHER = 0.8  # above, two thirds of one line's movement is the other's (0.8² = 0.64)
FEW_WEEKS = 8  # fewer weeks with spend cannot carry a curve of three parameters


@dataclass(frozen=True)
class LineSummary:
    """One media line. spend and mean_when_on are in currency units, shares between 0 and 1."""

    line: str
    spend: float
    share: float
    mean_when_on: float
    zero_weeks: int
    longest_gap: int
    """most weeks in a row without spend (of organic media: without impressions)"""
    impressions: float | None
    """total; None when they are not measured"""
    organic: bool
    """costs nothing"""


@dataclass(frozen=True)
class KpiSummary:
    """One KPI over all weeks, in currency units or counts per week."""

    name: str
    unit: str
    total: float
    mean: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class RegionSummary:
    """One region; spend in currency units."""

    name: str
    population: float
    share: float
    """of the population of all regions, between 0 and 1"""
    spend_per_head: float
    """over all weeks"""
    kpis_per_head: dict[str, float]
    """KPI -> total over all weeks, per head"""


@dataclass(frozen=True)
class Correlation:
    """Pearson correlation of two weekly series."""

    one: str
    other: str
    value: float


@dataclass(frozen=True)
class DataSummary:
    """Everything ``mmm check`` tells; ``digest`` is that of the data."""

    headline: str
    first: dt.date
    last: dt.date
    """last day of the last week"""
    weeks: int
    currency: str | None
    spend: float
    lines: tuple[LineSummary, ...]
    kpis: tuple[KpiSummary, ...]
    regions: tuple[RegionSummary, ...]
    """empty where the data are national"""
    controls: tuple[str, ...]
    events: tuple[str, ...]
    between_lines: tuple[Correlation, ...]
    """strongest between the spends of two lines (impressions where media are organic)"""
    with_others: tuple[Correlation, ...]
    """strongest between a line's spend and a KPI or control"""
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    unused: tuple[str, ...]
    digest: str


def describe(data: MediaData, spec: ModelSpec) -> DataSummary:
    """Range, shares, gaps, totals and correlations of ``data``.

    Raises InputError where the data hold what ``new_lines`` calls new.
    """
    if faults := new_line_misfits(spec, data):
        raise InputError(faults)
    first = data.dates[0].astype("datetime64[D]").astype(object)
    last = data.dates[-1].astype("datetime64[D]").astype(object) + dt.timedelta(days=6)
    lines = _lines(data)
    kpis = _kpis(data, spec)
    between = _between_lines(data)
    spend = sum(line.spend for line in lines)
    amount = f"{spend:,.0f} {data.currency}" if data.currency else f"{spend:,.1f} units of media"
    regions = _regions(data)
    places = f", {_counted(len(regions), 'region')}" if regions else ""
    return DataSummary(
        headline=(
            f"{len(data.dates)} complete weeks from {first} to {last}: "
            f"{amount} on {_counted(len(lines), 'line')}, {_counted(len(kpis), 'KPI')}{places}."
        ),
        first=first,
        last=last,
        weeks=len(data.dates),
        currency=data.currency,
        spend=spend,
        lines=lines,
        kpis=kpis,
        regions=regions,
        controls=tuple(str(name) for name in data.dataset["control"].values),
        events=tuple(str(name) for name in data.dataset["event"].values),
        between_lines=between[:STRONGEST],
        with_others=_with_others(data)[:STRONGEST],
        warnings=_warnings(lines, between, len(data.dates)),
        notes=(*data.notes, *notes(spec, list(map(str, data.dataset["channel"].to_numpy())))),
        unused=data.unused,
        digest=data.digest,
    )


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _lines(data: MediaData) -> tuple[LineSummary, ...]:
    numbers, series = data.national, _media(data)
    total = float(numbers["spend"].sum())
    summaries = []
    for line, organic in zip(data.lines, data.organic.tolist(), strict=True):
        here = numbers.sel(line=line)
        spend = here["spend"].values
        off = series[line] == 0
        runs = [len(list(run)) for idle, run in groupby(off) if idle]
        summaries.append(
            LineSummary(
                line=line,
                spend=float(spend.sum()),
                share=float(spend.sum()) / total if total else 0.0,
                mean_when_on=0.0 if organic else float(spend[spend > 0].mean()),
                zero_weeks=int(off.sum()),
                longest_gap=max(runs, default=0),
                impressions=(
                    float(here["impressions"].sum()) if bool(here["has_impressions"]) else None
                ),
                organic=organic,
            )
        )
    return tuple(summaries)


def _media(data: MediaData) -> dict[str, np.ndarray]:
    """Line -> its spend by week, or its impressions where it costs nothing."""
    return {
        line: data.national["impressions" if organic else "spend"].sel(line=line).values
        for line, organic in zip(data.lines, data.organic, strict=True)
    }


def _regions(data: MediaData) -> tuple[RegionSummary, ...]:
    if len(data.geos) == 1:
        return ()
    people = data.population
    spend = data.panel("spend").sum(axis=(0, 2)) / people
    kpis = data.panel("kpis").sum(axis=2) / people
    return tuple(
        RegionSummary(
            name=geo,
            population=float(people[place]),
            share=float(people[place] / people.sum()),
            spend_per_head=float(spend[place]),
            kpis_per_head=dict(zip(data.kpi_names, kpis[:, place].tolist(), strict=True)),
        )
        for place, geo in enumerate(data.geos)
    )


def _kpis(data: MediaData, spec: ModelSpec) -> tuple[KpiSummary, ...]:
    summaries = []
    for name in data.kpi_names:
        values = data.national["kpis"].sel(kpi=name).values
        summaries.append(
            KpiSummary(
                name=name,
                unit=spec.kpis[name].unit,
                total=float(values.sum()),
                mean=float(values.mean()),
                lowest=float(values.min()),
                highest=float(values.max()),
            )
        )
    return tuple(summaries)


def _between_lines(data: MediaData) -> tuple[Correlation, ...]:
    media = _media(data)
    return _strongest([(a, b, media[a], media[b]) for a, b in combinations(media, 2)])


def _with_others(data: MediaData) -> tuple[Correlation, ...]:
    numbers = data.national
    others = {
        str(name): numbers[variable].sel({dim: name}).values
        for variable, dim in (("kpis", "kpi"), ("controls", "control"))
        for name in numbers[dim].values
    }
    return _strongest(
        [
            (line, name, series, values)
            for line, series in _media(data).items()
            for name, values in others.items()
        ]
    )


def _strongest(pairs: list[tuple[str, str, np.ndarray, np.ndarray]]) -> tuple[Correlation, ...]:
    """Correlations from strongest to weakest; a constant series has none."""
    found = [
        Correlation(a, b, float(np.corrcoef(x, y)[0, 1]))
        for a, b, x, y in pairs
        if np.ptp(x) > 0 and np.ptp(y) > 0
    ]
    return tuple(sorted(found, key=lambda pair: -abs(pair.value)))


def _warnings(
    lines: tuple[LineSummary, ...], between: tuple[Correlation, ...], weeks: int
) -> tuple[str, ...]:
    together = [
        f"{pair.one} and {pair.other} move together ({pair.value:+.2f}): "
        "their effects will be hard to tell apart."
        for pair in between
        if abs(pair.value) >= TOGETHER
    ]
    seldom = [
        f"{line.line} has {'impressions' if line.organic else 'spend'} "
        f"in {_counted(weeks - line.zero_weeks, 'week')} only: "
        "its curve will be mostly the prior's."
        for line in lines
        if weeks - line.zero_weeks < FEW_WEEKS
    ]
    return (*together, *seldom)
