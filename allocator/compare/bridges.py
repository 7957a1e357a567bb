"""The bridges of a comparison: from the first plan to another, in the objective and every KPI."""

from __future__ import annotations

from functools import partial

import numpy as np

from allocator.compare.bridge import Side, bridge
from allocator.compare.contender import Contender
from allocator.compare.readings import OBJECTIVE, same_goal, units_of
from allocator.compare.worlds import (
    at_prices,
    objective_at,
    same_costs,
    same_curves,
    same_prices,
)
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.setting import Setting
from allocator.findings.bridge import Bridge

Ends = Side[Contender, Contender]


def bridges_of(a: Contender, b: Contender) -> tuple[tuple[Bridge, ...], tuple[str, ...]]:
    """(the bridges, why some are missing)."""
    lines = tuple(dict.fromkeys((*a.money, *b.money)))
    worlds = _Worlds(lines)
    made, notes = [], []
    wanted = {kpi: unit for kpi, unit in units_of((a, b)).items() if _both(a, b, kpi)}
    if not same_goal((a, b)):
        notes.append(f"{a.name} and {b.name} maximise different things: no bridge of the objective")
    elif a.factor != b.factor:
        notes.append(f"{a.name} and {b.name} are in two currencies: no bridge of the objective")
    else:
        wanted = {OBJECTIVE: a.setting.terms.unit, **wanted}
    for metric, unit in wanted.items():
        same = same_prices if metric == OBJECTIVE else same_costs
        ends = _ends(a, b, lines, a if same(a, b) else b)
        value = partial(worlds.draws, metric, unit)
        try:
            made.append(bridge(*ends, value, metric=metric, unit=unit, currency=a.plan.currency))
        except ValueError as error:
            notes.append(f"no bridge from {a.name} to {b.name} in {metric}: {error}")
    return tuple(made), tuple(notes)


def _both(a: Contender, b: Contender, kpi: str) -> bool:
    return a.plan.units.get(kpi) == b.plan.units.get(kpi)


def _ends(
    a: Contender, b: Contender, lines: tuple[str, ...], prices: Contender
) -> tuple[Ends, Ends]:
    nothing = np.zeros(a.setting.window.weeks)
    rows = [np.array([one.money.get(line, nothing) for line in lines]) for one in (a, b)]
    curves = a if same_curves(a, b) else b
    return Side(a.name, rows[0], a, a), Side(b.name, rows[1], prices, curves)


class _Worlds:
    """Metrics of amounts by ``lines`` in worlds; what was read once is kept for the next metric."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        self._kept: dict[tuple[bytes, int, int], tuple[Setting, Evaluated, Evaluated]] = {}

    def draws(
        self, metric: str, unit: str, spend: np.ndarray, prices: Contender, world: Contender
    ) -> np.ndarray:
        """(draw,) of a metric, in the common currency where it is money."""
        key = spend.tobytes(), id(prices), id(world)
        if key not in self._kept:
            plan = dict(zip(self.lines, spend, strict=True))
            self._kept[key] = at_prices(plan, prices, world)
        setting, spent, reached = self._kept[key]
        of = objective_at(setting, spent, reached) if metric == OBJECTIVE else reached.draws(metric)
        return of * world.factor if unit == "currency" else of
