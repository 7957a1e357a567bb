"""A setting as a weekly problem: curves by week, every rule in amounts by line and week."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from allocator.constraints import Meter, MinimumIfActive, Row
from allocator.engine.extrapolation import EXTRAPOLATION
from allocator.engine.pose import declarations
from allocator.engine.problem import Budget
from allocator.engine.setting import Setting
from allocator.engine.weekly.problem import Reading, Readings, Sources, WeeklyProblem, total_row
from mmm.curves import FlightedResponse


def pose_weekly(setting: Setting) -> WeeklyProblem:
    """The mathematics of the scenario with an amount for every line and week.

    Rules with a probability are left out: ``chance`` puts rows in their place.
    """
    rows = [*map(total_row, setting.limits), *_caps(setting)]
    minima: list[MinimumIfActive] = []
    meters: dict[str, Meter] = dict(setting.meters)
    for declared in declarations(setting):
        assert not declared.marginals  # ``refused`` has asked
        rows.extend(row for row in declared.rows if row.probability is None)
        minima.extend(declared.minima)
        meters.update(declared.meters)
    known: dict[tuple[str, str], FlightedResponse] = {}

    def extend(new: Mapping[str, Meter]) -> tuple[Readings, Sources]:
        readings: dict[str, Reading] = {}
        sources: dict[tuple[str, str], FlightedResponse] = {}
        for name, meter in sorted(new.items()):
            readings[name] = _reading(setting, meter)
            for line in setting.curves.lines:
                key = readings[name].source, line
                if key not in known:
                    known[key] = _response(setting, meter, line)
                sources[key] = known[key]
        return readings, sources

    needed = {name for name, weight in setting.terms.response.items() if weight}
    needed |= {name for row in rows for name, _ in row.response}
    readings, sources = extend({name: meters.get(name, Meter(name)) for name in needed})
    return WeeklyProblem(
        lines=setting.curves.lines,
        weeks=setting.window.weeks,
        budget=Budget(setting.money, setting.scenario.budget.exact),
        terms=setting.terms,
        readings=readings,
        sources=sources,
        rows=tuple(rows),
        minima=tuple(minima),
        interest=setting.interest,
        extend=extend,
    )


def _caps(setting: Setting) -> list[Row]:
    """How far beyond its history a line may go in any week."""
    rows = []
    for line, cap in setting.caps.items():
        for week in range(setting.window.weeks):
            weight = np.zeros(setting.window.weeks)
            weight[week] = -1.0
            rows.append(Row(EXTRAPOLATION, line, "max", -cap, {line: weight}))
    return rows


def _reading(setting: Setting, meter: Meter) -> Reading:
    assert not meter.marginal  # ``refused`` has asked
    curves = setting.models[meter.curves]
    weights = meter.draws
    if weights is None:
        weights = np.full(curves.draws, 1 / curves.draws)
    counted = "" if meter.count is None else np.asarray(meter.count, dtype=float).tobytes().hex()
    week = "" if meter.week is None else str(meter.week)
    return Reading(f"{meter.kpi}|{meter.curves}|{week}|{counted}", np.asarray(weights, dtype=float))


def _response(setting: Setting, meter: Meter, line: str) -> FlightedResponse:
    count = meter.count
    if meter.week is not None:
        count = np.zeros(setting.window.weeks + 1)
        count[meter.week] = 1.0
    return setting.models[meter.curves].flighted(meter.kpi, line, setting.window, count)
