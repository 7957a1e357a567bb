"""What a KPI's expectation is made of, draw by draw, before it is put into rows and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from mmm.baseline import carried, held
from mmm.contributions import Contributions
from mmm.model.noise import bent
from mmm.model.synergy import interaction, members, relative

KINDS = ("level", "season", "holidays", "events", "controls", "treatment", "organic", "media",
         "synergy")  # fmt: skip
"""What a part may be; the first five are the baseline."""

BASELINE = {
    "level and trend": ("level", ("intercept", "trend")),
    "season": ("season", ("season",)),
    "holidays": ("holidays", ("holiday",)),
    "events": ("events", ("event",)),
    "controls": ("controls", ("control",)),
}
"""name of a part -> its kind, and the first words of the baseline's columns it is made of"""

TREATMENT = "treatment"
STILL = 1e-6  # of the mean count: parts that add up to less do not move a count


@dataclass(frozen=True, eq=False)
class Part:
    """One reason for the KPI: weekly is (draw, geo, week), KPI units; channel only of media."""

    name: str
    kind: str
    weekly: np.ndarray
    channel: str = ""


def baseline_parts(own: xr.Dataset, constants: xr.Dataset, kpi: str) -> list[Part]:
    """The baseline and the treatments; own: draws of ``kpi`` along ``sample``.

    A treatment counts against its base; what the base itself is worth belongs to the level. The
    level is always there, the other parts where the model has such terms.
    """
    heads = constants["population"].to_numpy()[:, None]
    scale = float(constants["standard_deviation"].sel(kpi=kpi)) * heads
    shape = (own.sizes["sample"], *scale.shape[:1], constants.sizes["week"])
    totals = {name: np.zeros(shape) for name in BASELINE}
    there = {"level and trend"}
    treatments = []
    totals["level and trend"] += float(constants["centre"].sel(kpi=kpi)) * heads
    for column, values in _columns(own, constants):
        word, _, label = column.partition(" ")
        if word == TREATMENT:
            strength, moving = values
            base = float(constants["treatment_base"].sel(treatment=column))
            totals["level and trend"] += scale * strength * base
            treatments.append(Part(label, TREATMENT, scale * strength * (moving - base)))
            continue
        name = next(name for name, (_, words) in BASELINE.items() if word in words)
        there.add(name)
        totals[name] += scale * values[0] * values[1]
    plain = [Part(name, BASELINE[name][0], totals[name]) for name in BASELINE if name in there]
    return [*plain, *treatments]


def _columns(
    own: xr.Dataset, constants: xr.Dataset
) -> Iterator[tuple[str, tuple[np.ndarray, np.ndarray]]]:
    """(name, (coefficient, column)) of every term, that broadcast to (draw, geo, week)."""
    b = own["b"].transpose("sample", "column").to_numpy()
    for place, name in enumerate(map(str, own["column"].to_numpy())):
        design = constants["design"].isel(column=place).to_numpy()
        yield name, (b[:, place, None, None], design)
    if "own" in own:
        local = own["own"].transpose("sample", "geo", "own_column").to_numpy()
        for place, name in enumerate(map(str, own["own_column"].to_numpy())):
            design = constants["own_design"].isel(own_column=place).to_numpy()
            yield name, (local[:, :, place, None], design)
    if "column_effect" in own:
        for name in map(str, own["sampled_column"].to_numpy()):
            strength = own["column_effect"].sel(sampled_column=name).to_numpy()
            yield name, (strength[:, None, None], _moved(own, constants, name))


def _moved(own: xr.Dataset, constants: xr.Dataset, name: str) -> np.ndarray:
    """A sampled column as the model saw it: (draw, geo, week), or (geo, week) if not carried."""
    at = constants.sel(sampled_column=name)
    level = at["sampled_values"].transpose("geo", "week").to_numpy()
    window = int(at["sampled_window"])
    if window == 1:
        return level
    retention = own["column_retention"].sel(sampled_column=name).to_numpy()
    moved: np.ndarray = carried(held(level, window), retention[:, None])
    return moved


def media_parts(brought: Contributions, constants: xr.Dataset) -> list[Part]:
    """Every line that had any exposure."""
    organic = constants["organic"].to_numpy()
    exposure = constants["exposure"].transpose("line", "geo", "week").to_numpy()
    reached = exposure.max(axis=(1, 2)) > 0
    return [
        Part(line, "organic" if organic[row] else "media", brought.weekly[:, row].astype(float),
             brought.channels[row])
        for row, line in enumerate(brought.lines)
        if reached[row]
    ]  # fmt: skip


def synergy_parts(
    own: xr.Dataset, constants: xr.Dataset, kpi: str, brought: Contributions
) -> list[Part]:
    """Every pair that was asked for: see mmm.model.synergy."""
    if "synergy_effect" not in own:
        return []
    heads = constants["population"].to_numpy()
    scale = float(constants["standard_deviation"].sel(kpi=kpi)) * heads[:, None]
    share, weeks = heads / heads.sum(), constants.sizes["week"]
    found = []
    for name in map(str, own["pair"].to_numpy()):
        strength = own["synergy_effect"].sel(pair=name).to_numpy()[:, None, None]
        sides = []
        for side in map(str, constants["synergy_sides"].sel(pair=name).to_numpy()):
            rows = members(side, brought.lines, brought.channels)
            per_head = brought.weekly[:, rows].sum(axis=1, dtype=float) / heads[:, None]
            sides.append(relative(per_head, share, weeks))
        found.append(Part(name, "synergy", scale * interaction(strength, *sides)))
    return found


def bent_parts(parts: list[Part], heads: np.ndarray, centre: float) -> list[Part]:
    """Parts of a count that is bent above zero: they add up to the bent expectation.

    With f the bend, L the level and x all other parts together, all of them are multiplied by
    (f(L + x) − f(L)) / x, which lies between 0 and 1, and the level becomes f(L). Wherever a
    week sells at all f changes nothing, and the factor is 1. parts: the level first; heads: (geo,);
    centre: mean KPI per head.
    """
    people = heads[:, None]
    level = parts[0].weekly / people
    other = sum((part.weekly for part in parts[1:]), np.zeros_like(level)) / people
    moved = np.where(np.abs(other) < STILL * centre, STILL * centre, other)
    factor = (bent(level + moved, centre) - bent(level, centre)) / moved
    first = replace(parts[0], weekly=bent(level, centre) * people)
    return [first, *(replace(part, weekly=part.weekly * factor) for part in parts[1:])]
