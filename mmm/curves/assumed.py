"""What somebody expects to be otherwise than the model saw it: prices, and what a line brings."""

from __future__ import annotations

import math
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
    prices = np.ones(len(curves.lines))
    outcomes = np.ones((len(curves.kpis), len(curves.lines)))
    for line, change in changes.items():
        column = _place(line, curves.lines)
        prices[column] = _factor(change.price)
        for kpi, factor in change.outcome.items():
            outcomes[_place(kpi, curves.kpis), column] = _factor(factor)
    if bool((prices == 1).all()) and bool((outcomes == 1).all()):
        return curves
    key = prices.tobytes() + outcomes.tobytes()
    if key not in curves.under:
        if len(curves.under) >= REMEMBERED:
            curves.under.pop(next(iter(curves.under)))
        labels = {"kpi": list(curves.kpis), "line": list(curves.lines)}
        price = xr.DataArray(prices, {"line": labels["line"]}, ("line",))
        outcome = xr.DataArray(outcomes, labels, ("kpi", "line"))
        given = curves if curves.given is None else curves.given
        curves.under[key] = replace(curves, data=curves.changed(price, outcome), given=given)
    found = curves.under[key]
    assert isinstance(found, type(curves))  # made by replacing its data
    return found


def _place(name: str, names: tuple[str, ...]) -> int:
    if name not in names:
        raise KeyError(name)
    return names.index(name)


def _factor(value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"a factor of {value}: expected a finite number above 0")
    return value
