"""A line that did nothing, to see what the model makes of it.

Its exposure is that of the line with the largest spend, in blocks of four weeks that are shuffled:
flights and their carry-over keep their shape, and only their place in time, which is all that could
have moved a KPI, is drawn by lot. It is believed to earn what the real line is believed to earn.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from mmm.data import MediaData
from mmm.errors import InputError
from mmm.spec import ModelSpec

NAME = "placebo"
BLOCK = 4  # weeks: longer than most effects carry over, short enough for many orders


def with_placebo(spec: ModelSpec, data: MediaData, *, seed: int) -> tuple[ModelSpec, MediaData]:
    """Both with one more line, the last. Raises InputError where no line ever spent anything."""
    spend = data.panel("spend").sum(axis=(1, 2))
    if not spend.any():
        raise InputError(
            [spec.fault(("channels",), "no spend at all", "some spend to make a placebo from")]
        )
    row = int(spend.argmax())
    dataset = data.dataset
    channel = str(dataset["channel"].to_numpy()[row])
    name = NAME
    while name in spec.channels or name in data.lines:
        name += "_"
    order = shuffled(dataset.sizes["date"], seed)
    own = dataset.isel(line=[row])
    moved = {
        key: series.copy(data=np.take(series.to_numpy(), order, axis=series.dims.index("date")))
        for key, series in own.data_vars.items()
        if {"line", "date"} <= set(series.dims)
    }
    labels = {"line": [name], "channel": ("line", [name]), "campaign": ("line", [""])}
    own = own.assign(moved).assign_coords(labels)
    by_line = [key for key, series in dataset.data_vars.items() if "line" in series.dims]
    both = xr.concat([dataset[by_line], own[by_line]], dim="line")
    rest = dataset.drop_vars(by_line).drop_dims("line")
    channels = {**spec.channels, name: spec.channels[channel]}
    tried = spec.model_copy(update={"channels": channels})
    return tried, MediaData.of(rest.merge(both, combine_attrs="override"))


def shuffled(weeks: int, seed: int) -> np.ndarray:
    """Positions of the weeks, blocks of BLOCK in random order: (weeks,)."""
    starts = np.arange(0, weeks, BLOCK)
    drawn = np.random.default_rng([seed, weeks]).permutation(starts)
    return np.concatenate([np.arange(start, min(start + BLOCK, weeks)) for start in drawn])
