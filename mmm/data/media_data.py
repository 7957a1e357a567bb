"""What the model is fitted to: weekly, national or by region, complete."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import xarray as xr

DIMS = {
    "spend": "line",
    "impressions": "line",
    "reach": "line",
    "kpi": "kpi",
    "value": "kpi",
    "margin": "kpi",
    "control": "control",
    "event": "event",
}
VARIABLES = {kind: kind if dim == "line" else f"{kind}s" for kind, dim in DIMS.items()}
"""Names in the dataset: the plural where it is not of a line. ``reach``, ``values`` and ``margins``
may be absent."""

PANELS = {VARIABLES[kind]: dim for kind, dim in DIMS.items() if kind != "event"}
"""Variables that have a geo where there are regions, with the dimension of their labels."""

MEANS = {"controls", "values", "margins"}
"""Panels that are averaged over regions, where the others add up."""

NATIONAL = "national"
"""What the one geo of data without regions is called."""


@dataclass(frozen=True)
class MediaData:
    """Weekly series, labelled.

    ``dataset`` holds, over ``date`` (first day of each week, consecutive weeks):

    - spend (line, date): currency units, or the media's own unit when there is no currency; ≥ 0
    - impressions (line, date): counts; NaN for every week of a line whose impressions are not
      measured (absent is not zero), and nowhere else; ``has_impressions`` (line) says which
    - reach (line, date), where any line has it: people, each counted once a week; NaN for lines
      whose reach was not observed; ``has_reach`` (line) says which
    - kpis (kpi, date): currency units or counts, as the spec's unit says
    - values (kpi, date), where any KPI has one in a column: currency per unit of the KPI, mean of
      the week; margins (kpi, date) likewise: share of the money; NaN for the other KPIs
    - controls (control, date): as in the data
    - events (event, date): 0 to 1; days of the event in the week over the most it has in any week

    with the coordinates channel (line) and campaign (line, "" where the channel is the line) and
    the attributes ``week_start`` and ``currency`` ("" where media have none). A line's id is
    ``channel`` or ``channel/campaign``. Where some media cost nothing, the coordinate ``organic``
    (line) says which; their spend is 0 in every week.

    Data by region have a dimension ``geo`` before ``date`` in spend, impressions, kpis and
    controls, the coordinate ``population`` (geo), and the variable ``local`` (line): the series
    that the line's response runs on was measured by region, and is not a national one spread by
    population.

    ``digest``: SHA-256 over labels and numbers, the same for any order of lines, KPIs, regions
    and columns.
    ``unused``: ``file: column`` of every column that was not read.
    ``notes``: what was left out or added up because model.yaml says so.
    """

    dataset: xr.Dataset
    digest: str
    unused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, dataset: xr.Dataset, *, unused: tuple[str, ...] = (), notes: tuple[str, ...] = ()
    ) -> MediaData:
        """The dataset with its digest. Raises ValueError when it is not as the class says."""
        _check(dataset)
        return cls(dataset, digest_of(dataset), unused, notes)

    @property
    def dates(self) -> np.ndarray:
        """First day of every week, (date,)."""
        return self.dataset["date"].values

    @property
    def lines(self) -> tuple[str, ...]:
        """Line ids in the order of the spec."""
        return tuple(str(line) for line in self.dataset["line"].values)

    @property
    def kpi_names(self) -> tuple[str, ...]:
        """KPI names in the order of the spec."""
        return tuple(str(kpi) for kpi in self.dataset["kpi"].values)

    @property
    def currency(self) -> str | None:
        """ISO code of spend and money KPIs, None where media have no currency."""
        return self.dataset.attrs["currency"] or None

    @property
    def geos(self) -> tuple[str, ...]:
        """Regions in the order of the spec; ("national",) where data have none."""
        if "geo" not in self.dataset.dims:
            return (NATIONAL,)
        return tuple(str(geo) for geo in self.dataset["geo"].values)

    @property
    def population(self) -> np.ndarray:
        """People of every geo, (geo,); 1 where data have no regions."""
        if "geo" not in self.dataset.dims:
            return np.ones(1)
        return self.dataset["population"].values.astype(float)

    @property
    def local(self) -> np.ndarray:
        """Which lines were measured geo by geo, (line,); all where data have no regions."""
        if "geo" not in self.dataset.dims:
            return np.ones(len(self.lines), dtype=bool)
        return self.dataset["local"].values.astype(bool)

    @property
    def organic(self) -> np.ndarray:
        """Which lines cost nothing, (line,)."""
        if "organic" not in self.dataset.coords:
            return np.zeros(len(self.lines), dtype=bool)
        return self.dataset["organic"].values.astype(bool)

    def panel(self, name: str) -> np.ndarray:
        """spend, impressions, reach, kpis, values, margins or controls as (label, geo, date).

        One geo without regions. Raises KeyError for another name, and for reach, values or margins
        where nothing has them.
        """
        if name not in PANELS:
            raise KeyError(f"{name!r} is none of {', '.join(PANELS)}")
        series = self.dataset[name].transpose(PANELS[name], ..., "date").values
        return series if series.ndim == 3 else series[:, None, :]

    @property
    def national(self) -> xr.Dataset:
        """The dataset without regions: media and KPIs summed, the rest averaged by population."""
        if "geo" not in self.dataset.dims:
            return self.dataset
        people = self.dataset["population"]
        panels = [name for name in PANELS if name in self.dataset]
        one = {name: self.dataset[name].sum("geo", skipna=False) for name in panels}
        for name in MEANS & set(panels):
            weighted = (self.dataset[name] * people).sum("geo", skipna=False)
            one[name] = weighted / people.sum()
        rest = self.dataset.drop_vars([*panels, "local"]).drop_dims("geo")
        return rest.assign({name: one[name].transpose(..., "date") for name in panels})

    def exposure(self, media: dict[str, str]) -> xr.DataArray:
        """The series that responses run on: spend or impressions, (line, date).

        With regions (line, geo, date). media: line -> "spend" or "impressions"; what costs nothing
        runs on impressions whatever ``media`` says. Raises KeyError for a line that is not there
        and ValueError where impressions are asked of a line that has none.
        """
        rows = []
        for line, organic in zip(self.lines, self.organic, strict=True):
            kind = "impressions" if organic else media[line]
            series = self.dataset[kind].sel(line=line).transpose(..., "date")
            if bool(series.isnull().any()):
                raise ValueError(f"{line} has no measured impressions")
            rows.append(series.to_numpy())
        spend = self.dataset["spend"].transpose("line", ..., "date")
        return spend.copy(data=np.stack(rows)).rename("exposure")


def digest_of(dataset: xr.Dataset) -> str:
    """SHA-256 of labels, numbers (as little-endian doubles), currency and week start.

    With regions also of their names, their population and which lines are local.
    """
    sha = hashlib.sha256()
    head: dict[str, object] = {key: dataset.attrs[key] for key in ("currency", "week_start")}
    head["dates"] = [str(day)[:10] for day in dataset["date"].values]
    if "geo" in dataset.dims:
        dataset = dataset.sortby("geo")
        names = map(str, dataset["geo"].values)
        head["geos"] = dict(zip(names, dataset["population"].values.tolist(), strict=True))
        head["local"] = sorted(map(str, dataset["line"].values[dataset["local"].values]))
    sha.update(json.dumps(head, sort_keys=True).encode())
    for kind, dim in DIMS.items():
        if VARIABLES[kind] not in dataset:
            continue  # data without reach keep the digest they had
        for label in sorted(str(label) for label in dataset[dim].values):
            sha.update(json.dumps([kind, label]).encode())
            series = dataset[VARIABLES[kind]].sel({dim: label}).transpose(..., "date").values
            sha.update((series + 0.0).astype("<f8").tobytes())  # + 0.0: one zero, not two
    return sha.hexdigest()


def _check(dataset: xr.Dataset) -> None:
    for name in (name for name in VARIABLES.values() if name in dataset):
        absent = dataset[name].isnull()
        if name in ("impressions", "reach"):
            absent = absent & dataset[f"has_{name}"]
        if name in ("values", "margins"):
            absent = absent & ~absent.all([dim for dim in absent.dims if dim != "kpi"])
        if absent.any() or np.isinf(dataset[name].values).any():
            raise ValueError(f"{name} holds values that are not finite")
    if (dataset["spend"].values < 0).any():
        raise ValueError("spend holds values below zero")
    steps = np.diff(dataset["date"].values)
    if not (steps == np.timedelta64(7, "D")).all():
        raise ValueError("dates are not consecutive weeks")
