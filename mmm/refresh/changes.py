"""What a new fit sees that the earlier one did not: weeks, revised figures, model, versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from mmm.data import MediaData, digest_of
from mmm.refresh.spec_changes import spec_changes
from mmm.spec import ModelSpec

SAME = 1e-9  # relative: far below any rounding in a file, far above that of double arithmetic


@dataclass(frozen=True)
class Revision:
    """Figures of weeks that both fits know, and that differ.

    largest: the greatest change, relative to the series' mean; week: its first day
    """

    series: str
    weeks: int
    largest: float
    week: str


@dataclass(frozen=True)
class Changes:
    """new, gone: first days of weeks that only one of the fits knows
    revised: series of which figures were revised; others_revised: controls, events or values were,
             of which an earlier fit keeps the digest alone
    model: what differs in model.yaml, in words; experiments: whether the table of them differs
    versions: packages that differ, ``name old → new``
    """

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    revised: tuple[Revision, ...] = ()
    others_revised: bool = False
    model: tuple[str, ...] = ()
    experiments: bool = False
    versions: tuple[str, ...] = ()

    @property
    def causes(self) -> int:
        """How many kinds of change there are; of one alone it is known what it did."""
        weeks, figures = bool(self.new or self.gone), bool(self.revised or self.others_revised)
        return weeks + figures + sum(map(bool, (self.model, self.experiments, self.versions)))


def changes(
    constants: xr.Dataset,
    source: Mapping[str, object],
    spec: ModelSpec,
    data: MediaData,
    new: Mapping[str, object],
) -> Changes:
    """What a fit of ``data`` sees that the earlier fit did not.

    constants, source: of the earlier fit; new: the source of the new one
    """
    before, after = _days(constants["week"].to_numpy()), _days(data.dates)
    both = data.dataset.sel(date=[day in set(before) for day in after])
    revised = tuple(_revised(constants, spec, MediaData.of(both)))
    known = len(both["date"]) == len(before) and digest_of(both) == source["data_digest"]
    same_series = _series(constants) == (set(data.lines), set(data.kpi_names))
    return Changes(
        new=tuple(day for day in after if day not in before),
        gone=tuple(day for day in before if day not in after),
        revised=revised,
        others_revised=not known
        and same_series
        and len(both["date"]) == len(before)
        and not revised,
        model=spec_changes(_mapping(source["model"]), _mapping(new["model"])),
        experiments=source.get("experiments_digest") != new["experiments_digest"],
        versions=tuple(_versions(_mapping(source["versions"]), _mapping(new["versions"]))),
    )


def _series(constants: xr.Dataset) -> tuple[set[str], set[str]]:
    return set(map(str, constants["line"].to_numpy())), set(map(str, constants["kpi"].to_numpy()))


def _revised(constants: xr.Dataset, spec: ModelSpec, data: MediaData) -> Iterator[Revision]:
    """Figures of ``data``, which ends with the weeks that both know, that were others before."""
    if list(data.geos) != list(map(str, constants["geo"].to_numpy())):
        return
    weeks = [day in set(_days(data.dates)) for day in _days(constants["week"].to_numpy())]
    old = constants.isel(week=weeks)
    lines, kpis = _series(constants)
    for row, kpi in enumerate(data.kpi_names):
        if kpi in kpis:
            now = data.panel("kpis")[row]
            yield from _compared(kpi, old["kpi_values"].sel(kpi=kpi), now, data.dates)
    owners = map(str, data.dataset["channel"].to_numpy())
    for row, (line, channel) in enumerate(zip(data.lines, owners, strict=True)):
        if line not in lines:
            continue
        now = data.panel("spend")[row]
        yield from _compared(f"spend of {line}", old["spend"].sel(line=line), now, data.dates)
        if spec.channels[channel].media == "impressions" or spec.channels[channel].organic:
            now, was = data.panel("impressions")[row], old["exposure"].sel(line=line)
            yield from _compared(f"impressions of {line}", was, now, data.dates)


def _compared(
    name: str, was: xr.DataArray, now: np.ndarray, dates: np.ndarray
) -> Iterator[Revision]:
    before = was.transpose("geo", "week").to_numpy()
    scale = max(float(np.abs(before).mean()), np.finfo(float).tiny)
    change = ((now - before) / scale)[np.abs(now - before).argmax(axis=0), np.arange(len(dates))]
    found = np.flatnonzero(np.abs(change) > SAME)
    if len(found):
        place = int(np.abs(change).argmax())
        yield Revision(name, len(found), float(change[place]), _days(dates)[place])


def _versions(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    for name in sorted({*old, *new} - {"python"}):
        if old.get(name) != new.get(name):
            yield f"{name} {old.get(name, 'unknown')} → {new.get(name, 'unknown')}"


def _mapping(value: object) -> Mapping[str, object]:
    assert isinstance(value, Mapping)
    return value


def _days(dates: np.ndarray) -> list[str]:
    return [str(day)[:10] for day in dates]
