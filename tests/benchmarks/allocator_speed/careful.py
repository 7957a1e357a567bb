"""CVaR of the gain over a reference: 50 lines × 500 draws, against SLSQP on the same draws."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from allocator.constraints import Meter
from allocator.engine.problem import AllocationProblem, Cell
from allocator.engine.risk.judge import Blend, Goal
from allocator.engine.risk.search import search_risky
from allocator.engine.risk.stated import Stated
from allocator.engine.risk.tail import cvar
from mmm.curves import SteadyResponse

from .market import Size, hill_market, posed
from .part import Table, percent, seconds, timed

SIZE = Size(50, 500)
SHARE, WEIGHT = 0.2, 0.5
LIMIT = 120.0  # seconds


def careful() -> Table:
    """CPU, gap, and what one start of SLSQP on the same blend takes and loses."""
    rows = []
    for words, slopes in (("concave", (0.7, 1.0)), ("S-shaped too", (0.7, 3.0))):
        problem, stated, reference = risky(slopes)
        found, cpu = timed(
            lambda p=problem, s=stated: search_risky(p, s, dict, time_limit=LIMIT, seed=0)  # type: ignore[misc]
        )
        assert found.spend is not None
        value = blend(problem, found.spend, reference)
        outcome = problem.value(found.spend)
        rows.append(
            (words, "ours", seconds(cpu), percent((found.certificate.bound - value) / outcome))
        )
        plan, cpu = timed(lambda p=problem, r=reference: slsqp(p, r))  # type: ignore[misc]
        lost = (value - blend(problem, plan, reference)) / outcome
        rows.append((words, "SLSQP, scaled, one start", seconds(cpu), f"{percent(lost)} short"))
    return Table(
        ("curves", "", "CPU s", "gap, of the outcome"),
        rows,
        f"{SIZE.lines} lines × {SIZE.draws} draws; {1 - WEIGHT:.0%} the mean of the gain over an "
        f"even split, {WEIGHT:.0%} the mean of its worst {SHARE:.0%}.",
    )


def risky(slopes: tuple[float, float]) -> tuple[AllocationProblem, Stated, np.ndarray]:
    """The problem, what it asks of the draws, and the reference draw by draw."""
    curves, budget = hill_market(1, SIZE, slopes=slopes)
    plain = posed(curves, budget)

    def extend(meters: dict[str, Meter]) -> dict[Cell, SteadyResponse]:
        return {
            (name, line): curves[line]
            if meter.draws is None
            else curves[line].weighted(meter.draws)
            for name, meter in meters.items()
            for line in plain.lines
        }

    problem = AllocationProblem(
        plain.lines,
        plain.budget,
        plain.terms,
        plain.responses,
        plain.domain,
        extend=extend,  # type: ignore[arg-type]
    )
    share = problem.budget.total / len(problem.lines)
    reference = draws_of(problem, dict.fromkeys(problem.lines, share))
    goal = Goal(plain.terms, Blend(SHARE, WEIGHT, reference))
    kpi = next(iter(plain.terms.response))
    return problem, Stated({kpi: Meter(kpi)}, goals=(goal,)), reference


def draws_of(problem: AllocationProblem, plan: dict[str, float]) -> np.ndarray:
    """(draw,) the goal of a plan."""
    kpi = next(iter(problem.terms.response))
    parts = [problem.responses[kpi, line].value(np.array([x]))[:, 0] for line, x in plan.items()]
    total: np.ndarray = np.sum(parts, axis=0)
    return total


def blend(problem: AllocationProblem, plan: dict[str, float], reference: np.ndarray) -> float:
    """What is maximised."""
    gain = draws_of(problem, plan) - reference
    return (1 - WEIGHT) * float(gain.mean()) + WEIGHT * cvar(gain, SHARE)


def slsqp(problem: AllocationProblem, reference: np.ndarray) -> dict[str, float]:
    """SLSQP on the blend itself, with the gradient of the worst draws as they stand."""
    kpi, lines = next(iter(problem.terms.response)), problem.lines
    unit, size = problem.budget.total, abs(float(reference.mean()))
    worst = max(1, round(SHARE * len(reference)))

    def loss(z: np.ndarray) -> tuple[float, np.ndarray]:
        plan = dict(zip(lines, (np.maximum(z, 0.0) * unit).tolist(), strict=True))
        gain = draws_of(problem, plan) - reference
        bad = np.argsort(gain)[:worst]
        slope = np.array(
            [
                (1 - WEIGHT) * (s := problem.responses[kpi, line].slope(np.array([x]))[:, 0]).mean()
                + WEIGHT * s[bad].mean()
                for line, x in plan.items()
            ]
        )
        value = (1 - WEIGHT) * float(gain.mean()) + WEIGHT * float(gain[bad].mean())
        return -value / size, np.clip(-slope * unit / size, -1e12, 1e12)

    ones = np.ones(len(lines))
    found = minimize(
        loss, ones / len(lines), jac=True, method="SLSQP", bounds=[(0, 1)] * len(lines),
        constraints=[{"type": "eq", "fun": lambda z: z.sum() - 1, "jac": lambda z: ones}],
        options={"maxiter": 200, "ftol": 1e-10},
    )  # fmt: skip
    shares = np.maximum(found.x, 0.0)
    return dict(zip(lines, (shares / shares.sum() * unit).tolist(), strict=True))
