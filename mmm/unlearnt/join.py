"""Further lines behind those of a fit's posterior and constants, in the same variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from mmm.unlearnt.line import Line

EMPTY = {"f": np.nan, "U": "", "O": "", "b": False}
"""Kind of number -> what a line has that says nothing: absent is not zero."""


def with_lines(
    posterior: xr.Dataset, constants: xr.Dataset, lines: Sequence[Line]
) -> tuple[xr.Dataset, xr.Dataset]:
    """Both with ``lines`` added. Draws are those of ``Line.drawn``, history is its spend."""
    if not lines:
        return posterior, constants
    kpis = list(map(str, posterior["kpi"].to_numpy()))
    return (
        _extended(posterior, lines, _draws(lines, kpis, posterior)),
        _extended(constants, lines, _constants(lines)),
    )


def _draws(
    lines: Sequence[Line], kpis: Sequence[str], posterior: xr.Dataset
) -> dict[str, xr.Variable]:
    by_kpi = ("line", "kpi", "chain", "draw")
    shape = (len(lines), *(posterior.sizes[name] for name in by_kpi[1:]))
    found = {
        name: xr.Variable(
            (*by_kpi, "geo"),
            np.stack([[getattr(line.drawn[kpi], name) for kpi in kpis] for line in lines]),
        )
        for name in ("effect", "average")
    }
    names = {name for line in lines for own in line.drawn.values() for name in own.parameters}
    for name in sorted(names):
        values = np.full(shape, np.nan)
        for row, line in enumerate(lines):
            for place, kpi in enumerate(kpis):
                if name in line.drawn[kpi].parameters:
                    values[row, place] = line.drawn[kpi].parameters[name]
        found[name] = xr.Variable(by_kpi, values)
    return found


def _constants(lines: Sequence[Line]) -> dict[str, xr.Variable]:
    of = ("adstock", "window", "saturation", "order", "cost_per_unit", "scale", "local",
          "prior_driven")  # fmt: skip
    found = {name: xr.Variable("line", [getattr(line, name) for line in lines]) for name in of}
    parts = [line.name.partition("/") for line in lines]
    cells = ("line", "geo", "week")
    labels = sorted({name for line in lines for name in line.labels})
    return {
        **found,
        "spend": xr.Variable(cells, np.stack([line.spend for line in lines])),
        "exposure": xr.Variable(
            cells, np.stack([line.spend / line.cost_per_unit for line in lines])
        ),
        "channel": xr.Variable("line", [channel for channel, _, _ in parts]),
        "campaign": xr.Variable("line", [campaign for _, _, campaign in parts]),
        **{
            f"label_{name}": xr.Variable("line", [line.labels.get(name, "") for line in lines])
            for name in labels
        },
    }


def _extended(
    numbers: xr.Dataset, lines: Sequence[Line], added: Mapping[str, xr.Variable]
) -> xr.Dataset:
    """``numbers`` with more lines; a variable that either side lacks is empty there."""
    old, new = numbers.sizes["line"], len(lines)
    names = [str(name) for name, one in numbers.variables.items() if "line" in one.dims]
    out = {}
    for name in dict.fromkeys([*names, *added]):
        if name == "line":
            continue
        model = numbers.variables[name] if name in numbers.variables else added[name]
        first = model.transpose("line", ...)
        both = [
            _or_empty(numbers.variables.get(name), first, old),
            _or_empty(added.get(name), first, new),
        ]
        out[name] = xr.Variable(first.dims, np.concatenate(both)).transpose(*model.dims)
    every = [*map(str, numbers["line"].to_numpy()), *(line.name for line in lines)]
    coords = {
        name: one for name, one in out.items() if name in numbers.coords or name[:6] == "label_"
    }
    rest = {name: one for name, one in out.items() if name not in coords}
    return (
        numbers.drop_vars(names)
        .assign_coords({"line": every, **coords})
        .assign(rest)
        .assign_attrs(numbers.attrs)
    )


def _or_empty(values: xr.Variable | None, model: xr.Variable, count: int) -> np.ndarray:
    if values is not None:
        return values.transpose(*model.dims).to_numpy()
    return np.full((count, *model.shape[1:]), EMPTY[model.dtype.kind])
