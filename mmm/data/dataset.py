"""Weekly series put together by label: the dataset of MediaData."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from mmm.data.media_data import DIMS, VARIABLES
from mmm.data.regions import Regional, paneled
from mmm.data.rows import MEDIA, WORTH, Key, Kind
from mmm.spec import ModelSpec


@dataclass(frozen=True)
class Weekly:
    """Every series over the weeks to use; ``regional`` holds those measured by region."""

    series: Mapping[Key, pd.Series]
    regional: Regional
    weeks: tuple[dt.date, ...]


def dataset_of(spec: ModelSpec, weekly: Weekly) -> xr.Dataset:
    """The dataset that MediaData describes, by region where model.yaml names regions."""
    index = pd.DatetimeIndex(weekly.weeks, name="date").as_unit("ns")
    lines = _in_spec_order(spec, [name for kind, name in weekly.series if kind == "spend"])
    labels: dict[Kind, list[str]] = {
        "spend": lines,
        "impressions": lines,
        "kpi": list(spec.kpis),
        "control": [control.label for control in spec.controls],
        "event": [event.name for event in spec.events],
    }
    for kind in WORTH:
        if any((kind, kpi) in weekly.series for kpi in spec.kpis):
            labels[kind] = list(spec.kpis)
    has_reach = [("reach", line) in weekly.series for line in lines]
    if any(has_reach):
        labels["reach"] = lines
    variables: dict[str, tuple[object, object]] = {}
    for kind, names in labels.items():
        if spec.geos is None or kind == "event":
            variables[VARIABLES[kind]] = (DIMS[kind], "date"), _stacked(weekly, kind, names, index)
        else:
            panel = [_panel(spec, weekly, (kind, name), index) for name in names]
            shape = (len(names), len(spec.geos.population), len(index))
            dims = (DIMS[kind], "geo", "date")
            variables[VARIABLES[kind]] = dims, np.array(panel, dtype=float).reshape(shape)
    has = [("impressions", line) in weekly.series for line in lines]
    variables["has_impressions"] = "line", has
    if any(has_reach):
        variables["has_reach"] = "line", has_reach
    if spec.geos is not None:
        runs_on = {line: _runs_on(spec, line) for line in lines}
        variables["local"] = "line", [(runs_on[line], line) in weekly.regional for line in lines]
    return xr.Dataset(
        variables,
        coords={
            "date": index,
            **{DIMS[kind]: names for kind, names in labels.items()},
            **_coordinates(spec, lines),
        },
        attrs={"currency": spec.currency or "", "week_start": spec.week_start},
    )


def _coordinates(spec: ModelSpec, lines: Sequence[str]) -> dict[str, object]:
    parts = [line.partition("/") for line in lines]
    coords: dict[str, object] = {
        "channel": ("line", [channel for channel, _, _ in parts]),
        "campaign": ("line", [campaign for _, _, campaign in parts]),
    }
    organic = [spec.channels[channel].organic for channel, _, _ in parts]
    if any(organic):
        coords["organic"] = ("line", organic)
    if spec.geos is not None:
        coords["geo"] = list(spec.geos.population)
        coords["population"] = ("geo", list(spec.geos.population.values()))
    return coords


def _runs_on(spec: ModelSpec, line: str) -> Kind:
    body = spec.channels[line.partition("/")[0]]
    return "impressions" if body.organic else body.media


def _stacked(
    weekly: Weekly, kind: Kind, labels: Sequence[str], index: pd.DatetimeIndex
) -> np.ndarray:
    """(label, date); NaN where a series is not there at all."""
    rows = np.full((len(labels), len(index)), np.nan)
    for row, label in enumerate(labels):
        if (kind, label) in weekly.series:
            rows[row] = _over(weekly.series[kind, label], kind, index)
    return rows


def _panel(spec: ModelSpec, weekly: Weekly, key: Key, index: pd.DatetimeIndex) -> np.ndarray:
    """(geo, date) of one series."""
    assert spec.geos is not None  # asked for by the caller
    if key not in weekly.series:
        return np.full((len(spec.geos.population), len(index)), np.nan)
    if key not in weekly.regional:
        return paneled(spec, key, _over(weekly.series[key], key[0], index))
    none = pd.Series(0.0, index=index)
    here = weekly.regional[key]
    return np.stack([_over(here.get(geo, none), key[0], index) for geo in spec.geos.population])


def _over(series: pd.Series, kind: Kind, index: pd.DatetimeIndex) -> np.ndarray:
    """(date,); a week that a media series lacks is one without spend, as was answered."""
    whole = series.reindex(index)
    return (whole.fillna(0.0) if kind in MEDIA else whole).to_numpy()


def _in_spec_order(spec: ModelSpec, lines: Sequence[str]) -> list[str]:
    """Channels as in model.yaml; campaigns as listed there, else by name."""
    channels = list(spec.channels)

    def order(line: str) -> tuple[int, int, str]:
        channel, _, campaign = line.partition("/")
        listed = list(spec.channels[channel].campaigns or {})
        place = listed.index(campaign) if campaign in listed else len(listed)
        return channels.index(channel), place, campaign

    return sorted(lines, key=order)
