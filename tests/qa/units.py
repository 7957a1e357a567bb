"""The answer does not depend on the unit of money or on the order of the lines.

Curves are read on a lattice of totals that is not the same in thousands and in cents, and a climb
ends where it sees no more gain; the last digits are Newton's, and the same in every unit.
"""

from __future__ import annotations

from dataclasses import replace

import curve_case
import numpy as np

from allocator.constraints import MinimumIfActive, Row
from allocator.engine.problem import AllocationProblem, Budget, Limit
from allocator.engine.search import search
from allocator.objectives import Terms
from mmm.curves import ParametricCurves
from tests.qa.part import PATIENCE, Findings, Part

CLOSE = 1e-4  # of the budget
FLAT = 1e-8  # of the value: plans so nearly equal are not unique within CLOSE
MONEY = ("spend", "exposure", "scale")


def fitted(seed: int) -> ParametricCurves:
    """A small market of carry-over and Hill curves."""
    rng = np.random.default_rng(seed)
    lines = tuple(f"l{place}" for place in range(int(rng.integers(3, 7))))
    market = curve_case.Market(
        lines=lines, kpis=("revenue",), draws=int(rng.integers(1, 7)), lags=3
    )
    return curve_case.parametric(seed, market)


def problem_of(
    seed: int, *, unit: float = 1.0, order: list[int] | None = None
) -> AllocationProblem:
    """The instance with money in units of 1/``unit``, its lines in another order."""
    market = fitted(seed)
    rng = np.random.default_rng(seed)
    data = market.data.assign({name: market.data[name] * unit for name in MONEY})
    curves = ParametricCurves(data)
    names = list(curves.lines)
    ahead = curve_case.window(curves, 4, weekly=unit * 8000.0)
    budget = unit * len(names) * 4 * float(rng.uniform(4000, 20000))
    limits = tuple(
        Limit("limits", line, side, budget * share)
        for line, side, share in (
            (names[0], "min", rng.uniform(0, 0.3)),
            (names[1], "max", rng.uniform(0.2, 0.6)),
        )
    )
    minima = (MinimumIfActive("active", names[2], budget * rng.uniform(0.05, 0.3)),)
    cap = rng.uniform(0.4, 0.8)
    share = Row("share", "two", "max", 0.0, {n: cap - (n in names[:2]) for n in names})
    ordered = [names[place] for place in order] if order else names
    return AllocationProblem(
        tuple(ordered),
        Budget(budget, True),
        Terms({"revenue": 1.0}, 0.0, "currency"),
        {("revenue", n): curves.steady("revenue", n, np.full(4, 0.25), ahead) for n in ordered},
        dict.fromkeys(ordered, np.inf),
        limits,
        (share,),
        minima,
    )


def shares_of(problem: AllocationProblem) -> dict[str, float]:
    """line -> its part of the budget in the best plan, proven to 0.1 %."""
    found = search(problem, dict, time_limit=PATIENCE, seed=0)
    assert found.spend is not None
    assert found.certificate.bound <= problem.value(found.spend) * (1 + 1e-3)
    return {line: amount / problem.budget.total for line, amount in found.spend.items()}


def units(seed: int) -> Findings:
    """The same split in thousands and cents, with lines reordered, and in another outcome unit."""
    problem = problem_of(seed)
    shares = shares_of(problem)
    order = np.random.default_rng(seed + 1).permutation(len(shares)).tolist()
    terms = Terms({"revenue": 1e-6 if seed % 2 else 1e6}, 0.0, "currency")
    thousands, cents = problem_of(seed, unit=1e-3), problem_of(seed, unit=100.0)
    return {
        "unit": _moved(problem, shares, [thousands, cents]),
        "order": _moved(problem, shares, [problem_of(seed, order=order)]),
        "outcome": _moved(problem, shares, [replace(problem, terms=terms)]),
    }


def _moved(
    problem: AllocationProblem, shares: dict[str, float], others: list[AllocationProblem]
) -> str | None:
    for other in others:
        again = shares_of(other)
        apart = max(abs(again[line] - shares[line]) for line in shares)
        if apart > CLOSE and not _as_good(problem, shares, again):
            return f"a line moves by {apart:.2e} of the budget"
    return None


def _as_good(problem: AllocationProblem, one: dict[str, float], two: dict[str, float]) -> bool:
    """Both plans are worth the same to FLAT: the optimum is not unique within CLOSE."""
    worth = [
        problem.value({line: share * problem.budget.total for line, share in plan.items()})
        for plan in (one, two)
    ]
    return abs(worth[0] - worth[1]) <= FLAT * abs(worth[0])


UNITS = Part(
    "units",
    {
        "unit": "the same split in thousands and in cents, to 1e-4 of the budget",
        "order": "and with the lines in another order",
        "outcome": "and with the outcome counted in millions or in millionths",
    },
    units,
    few=2,
)
