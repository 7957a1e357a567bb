"""The only module that knows ArviZ: convergence figures, and the layout of fit.nc.

Files are written as ArviZ reads them (``arviz.from_netcdf``): one NetCDF group per kind of number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from mmm.errors import Fault, InputError

GROUPS = ("posterior", "sample_stats", "constant_data")
START = "warm_start"
"""A further group, which older files do not have."""


@dataclass(frozen=True)
class Worst:
    """The worst value of a figure over all parameters, and where it is."""

    value: float
    where: str


@dataclass(frozen=True)
class Diagnostics:
    """How well the sampler did on one KPI.

    r_hat, ess_bulk, ess_tail: rank-normalised (Vehtari et al. 2021), worst parameter
    bfmi: energy Bayesian fraction of missing information (Betancourt 2016), worst chain
    divergences: number among ``draws``
    """

    r_hat: Worst
    ess_bulk: Worst
    ess_tail: Worst
    bfmi: float
    divergences: int
    draws: int


def diagnose(draws: Mapping[str, np.ndarray], stats: Mapping[str, np.ndarray]) -> Diagnostics:
    """Figures of what was sampled: name -> (chain, draw, …), stats with energy and diverging."""
    import arviz as az  # two seconds that only a process that samples should spend

    posterior = xr.Dataset(
        {
            name: (("chain", "draw", *(f"{name}_{i}" for i in range(values.ndim - 2))), values)
            for name, values in draws.items()
        }
    )
    diverging = stats["diverging"]
    return Diagnostics(
        r_hat=_worst(az.rhat(posterior), largest=True),
        ess_bulk=_worst(az.ess(posterior, method="bulk"), largest=False),
        ess_tail=_worst(az.ess(posterior, method="tail"), largest=False),
        bfmi=float(np.min(az.bfmi(stats["energy"]))),
        divergences=int(diverging.sum()),
        draws=int(diverging.size),
    )


def _worst(figures: xr.Dataset, *, largest: bool) -> Worst:
    """The worst figure; one that cannot be computed is worse than any."""
    found: list[tuple[float, str]] = []
    for name in figures.data_vars:
        values = np.atleast_1d(figures[name].to_numpy()).ravel()
        if np.isnan(values).any():
            return Worst(float("nan"), str(name))
        place = int(values.argmax() if largest else values.argmin())
        found.append((float(values[place]), f"{name}[{place}]" if values.size > 1 else str(name)))
    value, where = max(found) if largest else min(found)
    return Worst(value, where)


def save(path: Path, groups: Mapping[str, xr.Dataset], attrs: Mapping[str, str]) -> None:
    """Write the groups to one NetCDF file; ``attrs`` stand at its root."""
    xr.Dataset(attrs=dict(attrs)).to_netcdf(path, engine="h5netcdf", mode="w")
    for name, group in groups.items():
        packed = {
            str(key): {"zlib": True, "complevel": 4, "shuffle": True}
            for key, values in group.data_vars.items()
            if values.dtype.kind == "f"
        }
        group.to_netcdf(path, engine="h5netcdf", mode="a", group=name, encoding=packed)


def load(path: Path) -> tuple[dict[str, xr.Dataset], dict[str, str]]:
    """Groups and attributes of a file that ``save`` wrote. Raises InputError for anything else."""
    attrs = attributes(path)
    with _readable(path):
        groups = {name: _group(path, name) for name in GROUPS}
    with suppress(OSError, ValueError, KeyError):
        groups[START] = _group(path, START)
    return groups, attrs


def attributes(path: Path) -> dict[str, str]:
    """What stands at the root of a file that ``save`` wrote. Raises InputError as ``load``."""
    with _readable(path), xr.open_dataset(path, engine="h5netcdf") as root:
        return {str(key): str(value) for key, value in root.attrs.items()}


def _group(path: Path, name: str) -> xr.Dataset:
    with xr.open_dataset(path, engine="h5netcdf", group=name) as group:
        return group.load().drop_encoding()


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        fault = Fault(str(path), 0, 0, "", f"a file that cannot be read ({first})", "a fit.nc")
        raise InputError([fault]) from None
