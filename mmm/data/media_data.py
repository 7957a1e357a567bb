"""What the model is fitted to: weekly, national, complete."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import xarray as xr

DIMS = {
    "spend": "line",
    "impressions": "line",
    "kpi": "kpi",
    "control": "control",
    "event": "event",
}
VARIABLES = {kind: kind if dim == "line" else f"{kind}s" for kind, dim in DIMS.items()}
"""Names in the dataset: the plural where the singular is the dimension."""


@dataclass(frozen=True)
class MediaData:
    """Weekly series, labelled.

    ``dataset`` holds, over ``date`` (first day of each week, consecutive weeks):

    - spend (line, date): currency units, or the media's own unit when there is no currency; ≥ 0
    - impressions (line, date): counts; NaN for every week of a line whose impressions are not
      measured (absent is not zero), and nowhere else; ``has_impressions`` (line) says which
    - kpis (kpi, date): currency units or counts, as the spec's unit says
    - controls (control, date): as in the data
    - events (event, date): 0 to 1; days of the event in the week over the most it has in any week

    with the coordinates channel (line) and campaign (line, "" where the channel is the line) and
    the attributes ``week_start`` and ``currency`` ("" where media have none). A line's id is
    ``channel`` or ``channel/campaign``.

    ``digest``: SHA-256 over labels and numbers, the same for any order of lines, KPIs and columns.
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

    def exposure(self, media: dict[str, str]) -> xr.DataArray:
        """The series that responses run on, (line, date): spend or impressions.

        media: line -> "spend" or "impressions". Raises KeyError for a line that is not there and
        ValueError where impressions are asked of a line that has none.
        """
        rows = []
        for line in self.lines:
            series = self.dataset[media[line]].sel(line=line)
            if bool(series.isnull().any()):
                raise ValueError(f"{line} has no measured impressions")
            rows.append(series.to_numpy())
        spend = self.dataset["spend"].transpose("line", "date")
        return spend.copy(data=np.stack(rows)).rename("exposure")


def digest_of(dataset: xr.Dataset) -> str:
    """SHA-256 of labels, numbers (as little-endian doubles), currency and week start."""
    sha = hashlib.sha256()
    head = {key: dataset.attrs[key] for key in ("currency", "week_start")}
    head["dates"] = [str(day)[:10] for day in dataset["date"].values]
    sha.update(json.dumps(head, sort_keys=True).encode())
    for kind, dim in DIMS.items():
        for label in sorted(str(label) for label in dataset[dim].values):
            sha.update(json.dumps([kind, label]).encode())
            series = dataset[VARIABLES[kind]].sel({dim: label}).values
            sha.update((series + 0.0).astype("<f8").tobytes())  # + 0.0: one zero, not two
    return sha.hexdigest()


def _check(dataset: xr.Dataset) -> None:
    for name in VARIABLES.values():
        values = dataset[name].transpose(..., "date").values
        absent = np.isnan(values)
        if name == "impressions":
            absent = absent & dataset["has_impressions"].values[:, None]
        if absent.any() or np.isinf(values).any():
            raise ValueError(f"{name} holds values that are not finite")
    if (dataset["spend"].values < 0).any():
        raise ValueError("spend holds values below zero")
    steps = np.diff(dataset["date"].values)
    if not (steps == np.timedelta64(7, "D")).all():
        raise ValueError("dates are not consecutive weeks")
