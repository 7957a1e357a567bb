"""Weekly flighting: an amount for every line and week, all draws, against SLSQP on the same."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from allocator.engine.problem import Budget
from allocator.engine.weekly.problem import Reading, WeeklyProblem
from allocator.engine.weekly.search import search
from allocator.objectives import Terms
from mmm.curves import FlightedResponse
from mmm.curves.flattened import Saturated
from mmm.saturation import Hill

from .market import Draws, Size, scattered
from .part import Table, percent, seconds, timed

SIZES = (Size(20, 1000, 13), Size(50, 1000, 52, 12))
CONCAVE = (0.7, 1.0)
SMALL = 400  # amounts: SLSQP's steps grow with the cube of them
LIMIT = 120.0  # seconds


def weekly() -> Table:
    """CPU and gap of two sizes, and what one start of SLSQP takes and loses on the smaller."""
    rows = []
    for size in SIZES:
        problem = weekly_problem(1, size)
        even = np.full((size.lines, size.weeks), problem.budget.total / size.lines / size.weeks)
        found, cpu = timed(lambda p=problem, e=even: search(p, (e,), time_limit=LIMIT, seed=0))  # type: ignore[misc]
        assert found.spend is not None
        value = problem.value(found.spend)
        gap = (found.certificate.bound - value) / value
        name = f"{size.lines} × {size.weeks} × {size.draws:,}"
        rows.append((name, "ours", seconds(cpu), percent(gap)))
        if even.size <= SMALL:
            plan, cpu = timed(lambda p=problem, e=even: slsqp(p, e))  # type: ignore[misc]
            lost = 1 - problem.value(plan) / value
            rows.append((name, "SLSQP, scaled, one start", seconds(cpu), f"{percent(lost)} short"))
    return Table(
        ("lines × weeks × draws", "", "CPU s", "gap"),
        rows,
        "concave Hill curves (slopes 0.7 to 1), carry-over over 8 and 12 weeks inside the plan.",
    )


def weekly_problem(seed: int, size: Size) -> WeeklyProblem:
    """A market at random, its budget what every line's scale asks for in every week."""
    draws = scattered(seed, size, slopes=CONCAVE)
    draws.parameters["slope"].clip(None, 1.0, out=draws.parameters["slope"])
    names = tuple(f"l{place:03d}" for place in range(size.lines))
    sources = {("revenue", name): flighted(draws, place, size) for place, name in enumerate(names)}
    return WeeklyProblem(
        lines=names,
        weeks=size.weeks,
        budget=Budget(float(draws.scale.sum()) * size.weeks, True),
        terms=Terms({"revenue": 1.0}, 0.0, "currency"),
        readings={"revenue": Reading("revenue", np.full(size.draws, 1 / size.draws))},
        sources=sources,
    )


def flighted(draws: Draws, line: int, size: Size) -> FlightedResponse:
    """One line: geometric carry-over, nothing carried in."""
    kernel = draws.retention[line, :, None] ** np.arange(size.lags)
    kernel = kernel / kernel.sum(axis=1, keepdims=True) / draws.scale[line]
    terms = size.weeks + size.lags - 1
    return FlightedResponse(
        size.weeks,
        np.repeat(draws.effect[line][:, None], terms, axis=1),
        np.zeros((size.draws, terms)),
        kernel,
        Saturated(Hill(), {name: each[line][:, None] for name, each in draws.parameters.items()}),
        np.arange(terms),
    )


def slsqp(problem: WeeklyProblem, start: np.ndarray) -> np.ndarray:
    """SciPy's SLSQP from one start, spend in units of the even split, exact gradients."""
    unit = float(start.mean())
    size = problem.value(start)
    alike = np.full((1, len(problem.readings["revenue"].weights)), 1.0)
    alike /= alike.size

    def loss(z: np.ndarray) -> tuple[float, np.ndarray]:
        spend = np.maximum(z.reshape(start.shape), 0.0) * unit
        value, slope = 0.0, np.zeros_like(spend)
        for line, name in enumerate(problem.lines):
            source = problem.sources["revenue", name]
            height, rise = source.cuts(spend[line], alike)
            value += float(height.sum())
            for lag in range(source.lags):
                weeks = np.arange(source.terms) - lag
                inside = (weeks >= 0) & (weeks < problem.weeks)
                np.add.at(slope[line], weeks[inside], rise[0, inside, lag])
        return -value / size, -(slope * unit / size).ravel()

    total = np.ones(start.size)
    budget = {"type": "eq", "fun": lambda z: total @ z - start.size, "jac": lambda z: total}
    found = minimize(
        loss, (start / unit).ravel(), jac=True, method="SLSQP", bounds=[(0, None)] * start.size,
        constraints=[budget],
        options={"maxiter": 200, "ftol": 1e-10},
    )  # fmt: skip
    spend: np.ndarray = np.maximum(found.x.reshape(start.shape), 0.0)
    return spend * (problem.budget.total / spend.sum())
