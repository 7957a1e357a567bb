"""Small plans to be explained: curves with closed forms, asked in Python and solved once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from allocator import Problem
from allocator.constraints import Measure
from allocator.engine.figures.check import check
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.setting import settle
from allocator.scenario import Constraint, LoadedScenario
from allocator.sensitivity.again import Known, solve_again
from mmm.curves import TabulatedCurves
from mmm.curves.importing import from_points
from mmm.yamlfile import Document

Formula = Callable[[np.ndarray], np.ndarray]


def drawn(formulas: Mapping[str, Formula], end: float, pieces: int = 600) -> TabulatedCurves:
    """A revenue curve for every formula, straight between points that lie dense near nothing."""
    at = end * np.linspace(0, 1, pieces + 1) ** 2
    points = {
        line: {"revenue": list(zip(at.tolist(), formula(at).tolist(), strict=True))}
        for line, formula in formulas.items()
    }
    return from_points(points, currency="EUR", weeks=1)


def roots(**factors: float) -> TabulatedCurves:
    """line -> factor·√x up to 400,000."""
    return drawn({line: lambda x, f=f: f * np.sqrt(x) for line, f in factors.items()}, 400_000.0)


def asked(
    curves: TabulatedCurves,
    budget: Mapping[str, Any],
    rules: Sequence[Constraint] = (),
    **others: Any,
) -> tuple[LoadedScenario, Known]:
    """The scenario for the most revenue, and its best plan."""
    objective = None if "least_for" in budget or "most_with" in budget else {"maximise": "revenue"}
    problem = Problem(
        curves,
        period={"start": "2027-W01", "weeks": 1},
        reference=others.pop("reference", {"flat": True, "scale_to": 1000}),
        budget=budget,
        objective=others.pop("objective", objective),
        rules=rules,
        others=others,
    )
    scenario = problem.scenario()
    loaded = LoadedScenario(scenario, Document("Problem", {}, {}), Path())
    known = solve_again(settle(loaded, curves))
    assert known is not None
    return loaded, known


def measured(known: Known) -> tuple[Measure, ...]:
    setting, spend = known.setting, known.setting.labelled(known.spend)
    plan = Evaluated(spend, setting.curves.response(spend, setting.window))
    return check(setting, spend, plan.response)
