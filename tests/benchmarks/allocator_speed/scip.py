"""SCIP on the exact Hill functions: a global solver that knows nothing of budgets."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

from mmm.curves import Adstocked

from .local_search import within, worth
from .market import Size, hill_market, posed
from .ours import ours, untouched
from .part import Table, percent, seconds, timed, times

SIZES = (Size(6, 1, weeks=1, lags=1), Size(12, 4, weeks=1, lags=1), Size(12, 8, weeks=4, lags=3))
SLOPES = (1.5, 4.0)
SHARE = 0.5
LIMIT = 60.0  # seconds


def scip() -> Table:
    """Few draws and weeks, because every one of them is a function of its own to SCIP."""
    if find_spec("pyscipopt") is None:
        return Table(("SCIP",), (("not installed: `pip install pyscipopt`",),), "")
    rows = []
    for size in SIZES:
        curves, budget = hill_market(4, size, slopes=SLOPES)
        problem = posed(curves, SHARE * budget)
        found = ours(untouched(problem))
        (share, bound), cpu = timed(lambda c=curves, p=problem: solved(c, p.budget.total))
        value = -np.inf
        if share is not None:
            value = worth(problem, within(problem, share * problem.budget.total))
        most = max(found.value, value)
        terms = sum(int((curve.unit > 0).sum()) for curve in curves.values())
        rows.append((
            f"{size.lines} × {size.draws} × {size.weeks}", f"{terms:,}",
            percent(1 - found.value / most), percent(found.gap), seconds(found.cpu),
            percent(1 - value / most), percent(bound / value - 1), seconds(cpu),
            times(cpu / found.cpu),
        ))  # fmt: skip
    return Table(
        ("lines × draws × weeks", "Hill functions", "ours: short", "ours: gap", "ours: CPU s",
         "SCIP: short", "SCIP: gap", "SCIP: CPU s", "times ours"),
        rows,
        f"S-shaped lines; SCIP stops at a gap of 0.01 % or after {LIMIT:.0f} s.",
    )  # fmt: skip


def solved(
    curves: dict[str, Adstocked], budget: float, *, limit: float = LIMIT
) -> tuple[np.ndarray | None, float]:
    """(line,) shares of the budget, None if none was found, and SCIP's bound.

    maximise Σ_i v_i,  v_i ≤ mean_s Σ_t effect_s · [g(carried_st + unit_st · x_i) − g(carried_st)],
    with every term scaled by the largest full effect of a line.
    """
    from pyscipopt import Model

    size = max(float(curve.effect.mean() * curve.unit.shape[1]) for curve in curves.values())
    model = Model()
    model.hideOutput()
    model.setParam("limits/time", limit)
    model.setParam("limits/gap", 1e-4)
    model.setParam("lp/threads", 1)
    shares, heights = [], []
    for line, curve in curves.items():
        y = model.addVar(name=line, lb=0.0, ub=1.0)
        v = model.addVar(lb=0.0, ub=1.0)
        model.addCons(v <= _response(curve, y, budget) / size)
        shares.append(y)
        heights.append(v)
    model.addCons(sum(shares) == 1)
    model.setObjective(sum(heights), sense="maximize")
    model.optimize()
    bound = float(model.getDualbound()) * size
    if model.getNSols() == 0:
        return None, bound
    return np.array([model.getVal(y) for y in shares]), bound


def _response(curve: Adstocked, y: Any, budget: float) -> Any:
    """The mean response as an expression: one Hill function for each draw and week reached."""
    terms: list[Any] = []
    draws, weeks = curve.unit.shape
    slope, half = curve.parameters["slope"], curve.parameters["half_saturation"]
    for s in range(draws):
        steep, top = float(slope[s, 0]), float(half[s, 0]) ** float(slope[s, 0])
        for t in range(weeks):
            if curve.unit[s, t] == 0:
                continue
            before = float(curve.carried[s, t])
            level = before + float(curve.unit[s, t] * budget) * y
            start = before**steep / (before**steep + top)
            effect = float(curve.effect[s]) / draws
            terms.append(effect * (1 - top / (top + level**steep)) - effect * start)
    return sum(terms)
