"""A setting as an allocation problem: curves along each line's profile, rules as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from allocator.constraints import Declared, MarginalFloor, Meter, MinimumIfActive, Multiple, Row
from allocator.engine.allowed import marginal_holes
from allocator.engine.extrapolation import steady_limits
from allocator.engine.goal import rows_of
from allocator.engine.problem import AllocationProblem, Budget, Cell, split
from allocator.engine.setting import Setting
from mmm.curves import Elasticity, SteadyResponse

CANCELLED = 1e-12  # relative: what is left of a sum of weeks that cancel is rounding


def pose(setting: Setting) -> AllocationProblem:
    """The mathematics of the scenario, every line's total spread by its profile.

    Rules with a probability are left out: ``chance`` puts rows in their place.
    """
    limits = [*setting.limits, *steady_limits(setting.caps, setting.facts.profile)]
    rows: list[Row] = []
    minima: list[MinimumIfActive] = []
    multiples: list[Multiple] = []
    marginals: list[MarginalFloor] = []
    meters: dict[str, Meter] = dict(setting.meters)
    for declared in declarations(setting):
        steady = replace(declared, rows=tuple(along(setting, row) for row in declared.rows))
        of_one_line, others = split(steady)
        limits.extend(of_one_line)
        rows.extend(row for row in others if row.probability is None)
        minima.extend(declared.minima)
        multiples.extend(declared.multiples)
        marginals.extend(declared.marginals)
        meters.update(declared.meters)

    def responses(new: Mapping[str, Meter]) -> dict[Cell, SteadyResponse]:
        return {
            (name, line): read(setting, meter, line)
            for name, meter in sorted(new.items())
            for line in setting.curves.lines
        }

    needed = {name for name, weight in setting.terms.response.items() if weight}
    needed |= {name for row in rows for name, _ in row.response}
    plain = {name: Meter(name) for name in needed if name not in meters}
    problem = AllocationProblem(
        lines=setting.curves.lines,
        budget=Budget(setting.money, setting.scenario.budget.exact),
        terms=setting.terms,
        responses=responses({**plain, **{k: m for k, m in meters.items() if k in needed}}),
        domain={
            line: min(curves.largest_total(line) for curves in setting.models)
            for line in setting.curves.lines
        },
        limits=tuple(limits),
        rows=tightest(rows),
        minima=tuple(minima),
        multiples=tuple(multiples),
        extend=responses,
    )
    sure, inner = marginal_holes(problem, tuple(marginals), responses)
    return replace(problem, holes=sure, inner_holes=inner)


def declarations(setting: Setting) -> tuple[Declared, ...]:
    """What the budget and every rule declare, in order; a soft rule's rows carry its price."""
    out = [rows_of(setting.scenario.budget, setting.facts)]
    for bound in setting.rules:
        declared = bound.rule.declare(bound.id, bound.selection, setting.facts)
        out.append(declared if bound.price is None else softened(declared, bound.price))
    return tuple(out)


def softened(declared: Declared, price: float) -> Declared:
    """The same at a price; a smallest buy becomes x − minimum·[x > 0] ≥ −what it is short of."""
    rows = [replace(row, price=price) for row in declared.rows]
    rows += [
        Row(
            item.rule, item.line, "min", 0.0, {item.line: 1.0}, active={item.line: -item.minimum},
            price=price,
        )
        for item in declared.minima
    ]  # fmt: skip
    return replace(declared, rows=tuple(rows), minima=())


def tightest(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Of hard rows of a rule that differ in nothing but their bound, the one that asks for most.

    Weeks of a flat profile ask the same of a line's total, each as many times as there are weeks.
    """
    kept: dict[object, Row] = {}
    for place, row in enumerate(rows):
        weights = (row.spend, row.response, row.active)
        same: object = (row.rule, row.side, *(tuple(sorted(part.items())) for part in weights))
        if row.price is not None:
            same = place  # each of them is paid for
        if same not in kept or row.bound > kept[same].bound:
            kept[same] = row
    return tuple(kept.values())


def along(setting: Setting, row: Row) -> Row:
    """The row on totals: weights by week are averaged with each line's profile."""
    spend = {
        line: _averaged(weight, setting.facts.profile[line])
        if isinstance(weight, np.ndarray)
        else weight
        for line, weight in row.spend.items()
    }
    return replace(row, spend=spend)


def _averaged(weight: np.ndarray, profile: np.ndarray) -> float:
    """Σ weight · profile; exactly 0 where weeks cancel, and only rounding is left."""
    terms = weight * profile
    total = float(terms.sum())
    return total if abs(total) > CANCELLED * float(np.abs(terms).sum()) else 0.0


def read(setting: Setting, meter: Meter, line: str) -> SteadyResponse:
    """The line's curve along its profile as the meter reads it."""
    curves = setting.models[meter.curves]
    count = meter.count
    if meter.week is not None:
        count = np.zeros(setting.window.weeks + 1)
        count[meter.week] = 1.0
    profile = setting.facts.profile[line]
    curve = curves.steady(meter.kpi, line, profile, setting.window, count)
    if meter.draws is not None:
        curve = curve.weighted(meter.draws)
    return Elasticity(curve) if meter.marginal else curve
