"""From a fit to the parts of one KPI. NumPy and xarray only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from mmm.attribution.parts import (
    Part,
    baseline_parts,
    bent_parts,
    media_parts,
    synergy_parts,
)
from mmm.contributions import DRAWS, contributions, thinned
from mmm.worth import margin_of, money_of


@dataclass(frozen=True, eq=False)
class Attribution:
    """One KPI, divided: the parts of every draw add up to what that draw expects.

    observed: (geo, week) the KPI itself; spend: line -> (geo, week) currency
    worth:    (geo, week) money per unit of the KPI, 1 for money; None for a count without value
    margin:   (geo, week) share of that money left before media are paid for; None if not stated
    """

    kpi: str
    unit: str
    currency: str
    geos: tuple[str, ...]
    weeks: np.ndarray
    parts: tuple[Part, ...]
    observed: np.ndarray
    spend: dict[str, np.ndarray]
    worth: np.ndarray | None
    margin: np.ndarray | None

    @cached_property
    def expected(self) -> np.ndarray:
        """(draw, geo, week) the KPI as every draw expects it: all parts together."""
        return np.sum([part.weekly for part in self.parts], axis=0)

    @property
    def synergy(self) -> bool:
        """Whether pairs of media were allowed to act together."""
        return any(part.kind == "synergy" for part in self.parts)


def attribution(
    posterior: xr.Dataset, constants: xr.Dataset, kpi: str, *, draws: int = DRAWS
) -> Attribution:
    """Divide ``kpi`` over the weeks of a Fit, by at most ``draws`` of its draws."""
    own = thinned(posterior, kpi, draws)
    brought = contributions(posterior, constants, kpi, draws=draws)
    parts = [
        *baseline_parts(own, constants, kpi),
        *media_parts(brought, constants),
        *synergy_parts(own, constants, kpi, brought),
    ]
    at = constants.sel(kpi=kpi)
    if str(at["likelihood"].item()) == "negative_binomial":
        parts = bent_parts(parts, at["population"].to_numpy(), float(at["centre"]))
    spend = at["spend"].transpose("line", "geo", "week").to_numpy()
    return Attribution(
        kpi=kpi,
        unit=str(at["unit"].item()),
        currency=str(constants.attrs["currency"]),
        geos=brought.geos,
        weeks=brought.weeks,
        parts=tuple(parts),
        observed=at["kpi_values"].transpose("geo", "week").to_numpy(),
        spend=dict(zip(brought.lines, spend, strict=True)),
        worth=_cells(money_of(constants, kpi)),
        margin=_cells(margin_of(constants, kpi)),
    )


def _cells(values: xr.DataArray | None) -> np.ndarray | None:
    if values is None:
        return None
    cells: np.ndarray = values.transpose("geo", "week").to_numpy()
    return cells
