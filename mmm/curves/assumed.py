"""What somebody expects to be otherwise than the model saw it: prices, and what a line brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import xarray as xr

from mmm.curves._base import ResponseCurves

Curves = TypeVar("Curves", bound=ResponseCurves)

REMEMBERED = 4  # of each curves: what is tried in turn; each remembers responses of its own


@dataclass(frozen=True)
class Change:
    """What changes for one line in the planned weeks.

    price:   times what a unit of its exposure costs there; what is spent before and after these
             weeks, and in the history, bought at the price the model knows
    outcome: KPI -> times what the line brings; 1 for a KPI that is not named
    """

    price: float = 1.0
    outcome: Mapping[str, float] = field(default_factory=dict)


def assumed(curves: Curves, changes: Mapping[str, Change]) -> Curves:
    """The curves as they would be under the changes, line by line: R'(x) = outcome · R(x / price).

    Asked for again they are the same object. They name the curves they come from (``given``),
    whose digest they keep; without a change they are those curves. Raises KeyError for a line or
    KPI that the curves do not have, ValueError for a factor that is not finite and above 0.
    """
    price = xr.DataArray(np.ones(len(curves.lines)), {"line": list(curves.lines)}, ("line",))
    outcome = xr.DataArray(
        np.ones((len(curves.kpis), len(curves.lines))),
        {"kpi": list(curves.kpis), "line": list(curves.lines)},
        ("kpi", "line"),
    )
    for line, change in changes.items():
        price.loc[_known(line, curves.lines)] = _factor(change.price)
        for kpi, factor in change.outcome.items():
            outcome.loc[_known(kpi, curves.kpis), line] = _factor(factor)
    if bool((price == 1).all()) and bool((outcome == 1).all()):
        return curves
    key = price.to_numpy().tobytes() + outcome.to_numpy().tobytes()
    if key not in curves.under:
        if len(curves.under) >= REMEMBERED:
            curves.under.pop(next(iter(curves.under)))
        given = curves if curves.given is None else curves.given
        curves.under[key] = replace(curves, data=curves.changed(price, outcome), given=given)
    found = curves.under[key]
    assert isinstance(found, type(curves))  # made by replacing its data
    return found


def _known(name: str, names: tuple[str, ...]) -> str:
    if name not in names:
        raise KeyError(name)
    return name


def _factor(value: float) -> float:
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"a factor of {value}: expected a finite number above 0")
    return value
