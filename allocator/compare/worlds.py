"""Plans in each other's worlds: what a split brings on some curves, in some weeks, at some prices.

A world is the setting of one of the plans. A plan whose curves have the same digest is read in its
own (its weeks, its assumptions), since the same draw of the same curves is behind both; any other
plan's amounts are put on the world's curves, line by line and week by week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import xarray as xr

from allocator.compare.contender import Contender
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.figures.worth import earned, objective_draws, paid
from allocator.engine.setting import Setting
from mmm.curves import ResponseCurves, TabulatedCurves


@dataclass(frozen=True, eq=False)
class Read:
    """A plan read in a world: outcomes in the world's units, money in its currency.

    setting: of the world; spend, response: as it has them
    factor:  what its amounts are multiplied with to be in the comparison's currency
    """

    setting: Setting
    found: Evaluated
    factor: float

    def draws(self, kpi: str, lines: Sequence[str] | None = None) -> np.ndarray:
        """(draw,) a KPI of some lines, in the comparison's currency where it is money."""
        own = self.found.draws(kpi, lines)
        return own * self.factor if self.setting.curves.units[kpi] == "currency" else own

    @cached_property
    def objective(self) -> np.ndarray:
        """(draw,) the world's objective."""
        own = objective_draws(self.setting, self.found)
        return own * self.factor if self.setting.terms.unit == "currency" else own

    @cached_property
    def timed(self) -> xr.DataArray | None:
        """(draw, kpi, line, week) by the week in which it falls; None where curves know none."""
        curves = self.setting.curves
        if curves.history is None:
            return None
        found = curves.timed(self.found.spend, self.setting.window)
        money = [self.factor if unit == "currency" else 1.0 for unit in curves.units.values()]
        return found * xr.DataArray(money, {"kpi": list(curves.kpis)}, ("kpi",))


def own(plan: Contender) -> Read:
    """A plan in its own world."""
    return _read(plan.setting, plan.setting.labelled(plan.spend), plan.factor)


def read_in(plan: Contender, world: Contender) -> Read:
    """A plan's money on the curves of another. Raises ValueError where they do not know it."""
    if plan is world:
        return own(plan)
    amounts = on_lines(plan.money, world)
    return _read(world.setting, world.setting.labelled(amounts), world.factor)


def on_lines(money: Mapping[str, np.ndarray], world: Contender) -> np.ndarray:
    """(line, week) amounts on the lines of a world's curves, in its currency.

    A line of the world that the plan does not have gets nothing. Raises ValueError for money on a
    line that the world does not have, or beyond the last point of an imported curve.
    """
    curves = world.setting.curves
    alien = [line for line, row in money.items() if line not in curves.lines and row.any()]
    if alien:
        more = " …" if alien[1:] else ""
        raise ValueError(f"the curves of {world.name} do not know {alien[0]}{more}")
    nothing = np.zeros(world.setting.window.weeks)
    amounts = np.array([money.get(line, nothing) for line in curves.lines])
    return amounts / world.factor if world.factor != 1 else amounts


def _read(setting: Setting, spend: xr.DataArray, factor: float) -> Read:
    return Read(setting, Evaluated(spend, setting.curves.response(spend, setting.window)), factor)


def prices_of(curves: ResponseCurves) -> np.ndarray:
    """(line,) what a unit of media is assumed to cost, over what the model knows."""
    if curves.given is not None and isinstance(curves, TabulatedCurves):
        most = [(curves.largest_total(x), curves.given.largest_total(x)) for x in curves.lines]
        return np.array([here / there for here, there in most])
    return curves.price


def at_prices(
    plan: Mapping[str, np.ndarray], prices: Contender, world: Contender
) -> tuple[Setting, Evaluated, Evaluated]:
    """Amounts on a world's curves at another plan's prices: what a unit of media costs and what an
    outcome is worth. (setting with those prices, what is spent, what reaches the curves).

    R'(x) = o·R(x / p): at the price q in place of p it is R'(x·p / q).
    """
    amounts = on_lines(plan, world)
    setting = world.setting
    if prices is not world:
        theirs = prices.setting
        setting = replace(
            setting, terms=theirs.terms, meters=theirs.meters, interest=theirs.interest
        )
        of = dict(zip(theirs.curves.lines, prices_of(theirs.curves).tolist(), strict=True))
        here = prices_of(setting.curves)
        pairs = zip(setting.curves.lines, here, strict=True)
        there = np.array([of.get(line, own) for line, own in pairs])
        reaching = amounts * (here / there)[:, None]
    else:
        reaching = amounts
    spent, reached = setting.labelled(amounts), setting.labelled(reaching)
    response = setting.curves.response(reached, setting.window)
    return setting, Evaluated(spent, response), Evaluated(reached, response)


def objective_at(setting: Setting, spent: Evaluated, reached: Evaluated) -> np.ndarray:
    """(draw,) the objective where the money spent and what reaches the curves differ by price."""
    total: np.ndarray = earned(setting, reached).sum(axis=1)
    return total + paid(setting, spent) + setting.terms.base


def same_prices(a: Contender, b: Contender) -> bool:
    """Media cost the same, and outcomes are worth the same."""
    one, two = a.setting, b.setting
    if one.terms != two.terms or one.meters.keys() != two.meters.keys():
        return False
    same_worth = _same(one.interest, two.interest) and a.factor == b.factor
    return same_worth and same_costs(a, b)


def same_costs(a: Contender, b: Contender) -> bool:
    """A unit of media costs the same on every line that both have."""
    p, q = (
        dict(zip(one.lines, prices_of(one).tolist(), strict=True))
        for one in (a.setting.curves, b.setting.curves)
    )
    return all(p[line] == q[line] for line in p.keys() & q.keys())


def same_curves(a: Contender, b: Contender) -> bool:
    """The same response at the same prices, in the same weeks, around the same spend."""
    one, two = a.setting, b.setting
    if one.curves.digest != two.curves.digest or one.window.start != two.window.start:
        return False
    around = all(
        _same(getattr(one.window, side).to_numpy(), getattr(two.window, side).to_numpy())
        for side in ("before", "after")
    )
    return around and all(
        _same(one.curves.data[name].to_numpy(), two.curves.data[name].to_numpy())
        for name in ("effect", "response")
        if name in one.curves.data
    )


def _same(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=True))
